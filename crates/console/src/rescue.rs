//! Getting back into an account: the pages of whoever asks, and of the administrators.

use std::collections::HashMap;
use std::sync::Arc;

use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use rescue::{Card, NEEDED, Request};

use pages::auth::{Input, Refused, foot, input};
use pages::{door, top};
use ui::fault::explain;
use ui::text::{A, R, t};
use ui::{Control, ago, avatar, banner, csrf, either, empty, field, format, icon, tag};

/// Draws the page where somebody asks.
#[must_use]
pub fn ask(lang: Lang, email: &str, refused: &Refused) -> Markup {
    let address = Input {
        name: "email",
        label: t(lang, A::Email),
        hint: "",
        kind: "email",
        autocomplete: "username",
        value: email,
    };
    let control = Control {
        name: "recovery",
        label: t(lang, R::RecoveryCode),
        hint: t(lang, R::RecoveryCodeHint),
        required: false,
        wrong: None,
    };
    door(
        lang,
        t(lang, R::AskTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, R::AskTitle)) }
            p.lead { (t(lang, R::AskLead)) }
            (refused.banner(lang))
            form method="post" action="/recover" {
                (input(lang, &address, refused, true))
                (field(lang, &control, &html! { input.in id="recovery" name="recovery" type="text" autocomplete="off" maxlength="40"; }))
                button.btn.primary { (t(lang, R::Ask)) }
            }
            p.acts { a.quiet href="/sign-in" { (t(lang, A::SignIn)) } }
            (foot(lang))
        },
    )
}

/// Draws the answer: the link, the code, and what happens next. It says the same to everybody.
#[must_use]
pub fn asked(lang: Lang, link: &str, code: &str) -> Markup {
    door(
        lang,
        t(lang, R::AskedTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, R::AskedTitle)) }
            p.lead { (t(lang, R::AskedLead)) }
            ol.told {
                li { p { (t(lang, R::AskedLink)) } p.code { (link) } }
                li { p { (t(lang, R::AskedCall)) } p.code.spoken { (code) } }
                li { p { (t(lang, R::AskedWait)) } }
            }
            (banner("", "shield", "", t(lang, R::AskedNever)))
        },
    )
}

/// Draws the page of a link that opens nothing now, whatever the reason.
#[must_use]
pub fn not_open(lang: Lang, code: Option<&str>) -> Markup {
    door(
        lang,
        t(lang, R::NotYetTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, R::NotYetTitle)) }
            p.lead { (t(lang, R::NotYetLead)) }
            @if let Some(code) = code { div { p { (t(lang, R::AskedCall)) } p.code.spoken { (code) } } }
            p.acts { a.btn href="/sign-in" { (t(lang, A::SignIn)) } }
        },
    )
}

/// Draws the page of a link that is open.
#[must_use]
pub fn open(lang: Lang, action: &str, refused: &Refused) -> Markup {
    let password = Input::new_password(lang, A::Password);
    door(
        lang,
        t(lang, R::OpenTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, R::OpenTitle)) }
            p.lead { (t(lang, R::OpenLead)) }
            (refused.banner(lang))
            form method="post" action=(action) {
                (input(lang, &password, refused, true))
                button.btn.primary { (t(lang, R::Open)) }
            }
        },
    )
}

/// What was refused on the administrators' page: about whom, and the code of the fault.
pub type Said = Option<(UserId, &'static str)>;

/// Draws the page of the administrators.
#[must_use]
pub fn list(
    signed: &Signed,
    cards: &[Card],
    names: &HashMap<UserId, Arc<str>>,
    (now, said): (Timestamp, Said),
) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, R::Requests)) } span.total { (cards.len()) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, R::RequestsLead)) }
                @if cards.is_empty() { (empty("key", t(lang, R::NoRequests), t(lang, R::NoRequestsHint), &html! {})) }
                @for person in cards { (card(signed, person, names, (now, said))) }
            }
        }
    }
}

fn card(signed: &Signed, person: &Card, names: &HashMap<UserId, Arc<str>>, (now, said): (Timestamp, Said)) -> Markup {
    let lang = signed.cx.lang();
    let refused = said.filter(|(about, _)| *about == person.user).map(|(_, code)| explain(lang, code));
    let own = signed.cx.person() == Some(person.user);
    let name = format!("code-{}", person.user);
    html! {
        section.card {
            div.who { (avatar(&person.name, person.user.uuid(), false, "")) div { h2 { (person.name) } span.nil { (person.email) } } }
            @for request in &person.requests { (line(lang, request, names, now)) }
            @if let Some((what, next)) = refused { (banner("bad", "warn", what, next)) }
            @if !own {
                form.agree method="post" action={ "/settings/recovery/" (person.user) "/approve" } data-swap {
                    (csrf(&signed.csrf))
                    div.field {
                        label for=(name) { (t(lang, R::CodeHeard)) }
                        input.in id=(name) name="code" type="text" required autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20";
                    }
                    label.check { input type="checkbox" name="sure" value="yes" required; span { (t(lang, R::Spoken)) } }
                    p.acts { button.btn.primary { (t(lang, R::Agree)) } }
                }
            }
            form method="post" action={ "/settings/recovery/" (person.user) "/stop" } data-swap { (csrf(&signed.csrf)) button.btn.danger { (icon("x")) (t(lang, R::Stop)) } }
        }
    }
}

fn line(lang: Lang, request: &Request, names: &HashMap<UserId, Arc<str>>, now: Timestamp) -> Markup {
    let called = |id: &UserId| names.get(id).map_or("?", |name| &**name);
    let by: Vec<&str> = request.approvals.iter().map(|approval| called(&approval.by)).collect();
    html! {
        div."line-item".notice {
            (icon("clock"))
            span.grow.wraps {
                (ago(lang, request.asked_at, now))
                @if let Some(agent) = &request.agent { " · " (agent) }
                @if let Some(ip) = &request.ip { " · " (ip) }
                " · " (t(lang, if request.strong { R::Strong } else { R::Weak }))
                br; span.nil {
                    (agreed(lang, by.len())) @if !by.is_empty() { ": " (by.join(either(lang, ", ", "、"))) }
                    @if let Some(ready) = request.ready_at { " · " (opens(lang, ready)) }
                }
            }
            @if request.ready_at.is_some() { (tag(&format!("{NEEDED}/{NEEDED}"), 3)) }
            @else { (tag(&format!("{}/{NEEDED}", by.len()), 1)) }
        }
    }
}

fn agreed(lang: Lang, n: usize) -> String {
    match lang {
        Lang::En => format!("{n} of {NEEDED} agreed"),
        Lang::Zh => format!("{NEEDED} 人中已有 {n} 人同意"),
    }
}

fn opens(lang: Lang, at: Timestamp) -> String {
    match lang {
        Lang::En => format!("opens {}", format::moment(lang, at)),
        Lang::Zh => format!("{} 开放", format::moment(lang, at)),
    }
}
