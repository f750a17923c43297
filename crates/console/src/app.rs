//! Apps of others: those there are, a new one, and what somebody is asked who is sent here by one.

use std::collections::HashMap;

use apps::{App, AppForm, Consent, Wish};
use authz::Configure;
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::Records;

use pages::auth::Refused;
use pages::{phrase, top};
use ui::text::apps::asks;
use ui::text::{Q, t};
use ui::{Control, ago, banner, csrf, either, empty, field, icon, tag};

use crate::token;

/// What the page of apps shows.
pub struct AppsView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The apps.
    pub apps: &'a [App],
    /// What people are called.
    pub names: &'a HashMap<UserId, String>,
    /// What was typed, and why.
    pub typed: (&'a AppForm, &'a str),
    /// What was wrong about it.
    pub refused: &'a Refused,
    /// What there is to read and write.
    pub records: &'a Records,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn apps(view: &AppsView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, Q::Title)) } @if !view.apps.is_empty() { span.total { (view.apps.len()) } } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, Q::Lead)) }
            @if view.apps.is_empty() { (empty("link", t(lang, Q::Nothing), t(lang, Q::NothingHint), &html! {})) }
            @else { section.card { @for app in view.apps { (line(view, app)) } } }
            @if view.signed.cx.may::<Configure>("app") { (form(view)) }
        } }
    }
}

fn line(view: &AppsView<'_>, app: &App) -> Markup {
    let lang = view.signed.cx.lang();
    let name = |id: UserId| view.names.get(&id).map_or("?", String::as_str);
    let (word, tone) = match app.ended_at {
        Some(_) => (Q::Stopped, 0),
        None if view.now < app.watched_until() => (Q::Fresh, 1),
        None => (Q::Working, 3),
    };
    html! {
        div."line-item" {
            (icon("link"))
            span.grow.wraps {
                b { (app.name) } " " (tag(t(lang, word), tone))
                br; span { (t(lang, Q::MadeBy)) (either(lang, " ", "")) (app.maker) }
                br; span.nil {
                    (phrase::scopes(lang, &app.scopes, view.records))
                    br; (app.addresses.join(either(lang, ", ", "、")))
                    br; (t(lang, Q::Client)) " " code { (app.id) }
                    br; (t(lang, Q::Registered)) (either(lang, " ", "")) (name(app.by))
                    @if let Some(by) = app.approved_by { (either(lang, ", ", "，")) (t(lang, Q::Agreed)) (either(lang, " ", "")) (name(by)) }
                    " · "
                    @match app.used_at {
                        Some(at) => { (t(lang, Q::Used)) (either(lang, " ", "")) (ago(lang, at, view.now)) }
                        None => (t(lang, Q::Never)),
                    }
                }
            }
            @if app.ended_at.is_none() {
                form method="post" action={ "/settings/apps/" (app.id) "/stop" } data-swap data-done=(t(lang, Q::StopDone)) {
                    (csrf(&view.signed.csrf))
                    button.btn.s.danger title=(t(lang, Q::StopHint)) { (t(lang, Q::Stop)) }
                }
            }
        }
    }
}

fn form(view: &AppsView<'_>) -> Markup {
    let (lang, refused, (typed, reason)) = (view.signed.cx.lang(), view.refused, view.typed);
    let control = |name, label, hint: &'static str| Control {
        name,
        label: t(lang, label),
        hint,
        required: true,
        wrong: refused.of(lang, name),
    };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, Q::New)) } }
            p.lead { (t(lang, Q::NewLead)) }
            (refused.banner(lang))
            form.narrow method="post" action="/settings/apps" {
                (csrf(&view.signed.csrf))
                (field(lang, &control("name", Q::Name, ""), &html! {
                    input.in id="name" name="name" type="text" maxlength="80" required value=(typed.name);
                }))
                (field(lang, &control("maker", Q::Maker, t(lang, Q::MakerHint)), &html! {
                    input.in id="maker" name="maker" type="text" maxlength="120" required value=(typed.maker);
                }))
                (field(lang, &control("addresses", Q::Addresses, t(lang, Q::AddressesHint)), &html! {
                    textarea.in id="addresses" name="addresses" rows="2" maxlength="4000" required spellcheck="false" { (typed.addresses) }
                }))
                fieldset.field {
                    legend.label { (t(lang, Q::May)) }
                    (token::ticks(lang, view.records, |scope| typed.scopes.iter().any(|known| known == scope)))
                    @if let Some(text) = refused.of(lang, "scopes") { (ui::wrong("scopes", &text)) }
                }
                (field(lang, &control("reason", Q::Why, t(lang, Q::WhyHint)), &html! {
                    input.in id="reason" name="reason" type="text" maxlength="300" required value=(reason);
                }))
                p.acts { button.btn.primary { (icon("shield")) (t(lang, Q::Ask)) } }
            }
        }
    }
}

/// What somebody is asked by an app.
pub struct ConsentView<'a> {
    /// Who is asked.
    pub signed: &'a Signed,
    /// The question.
    pub asked: &'a Consent,
    /// How it came.
    pub wish: &'a Wish,
    /// How many records of each object it could read, and whether there are more.
    pub reads: &'a [(String, u64, bool)],
    /// What there is to read and write.
    pub records: &'a Records,
    /// Our clock.
    pub now: Timestamp,
}

fn fact(lang: Lang, name: Q, value: &Markup) -> Markup {
    html! { div."line-item".term { span.nil { (t(lang, name)) } span.grow.wraps { (value) } } }
}

/// Draws what somebody is asked: who made the app, what it could do, how many records it could read.
#[must_use]
pub fn consent(view: &ConsentView<'_>) -> Markup {
    let (lang, app) = (view.signed.cx.lang(), &view.asked.app);
    let hidden: [(&str, &str); 7] = [
        ("response_type", &view.wish.kind),
        ("client_id", &view.wish.client),
        ("redirect_uri", &view.wish.redirect),
        ("code_challenge", &view.wish.challenge),
        ("code_challenge_method", &view.wish.method),
        ("scope", view.wish.scope.as_deref().unwrap_or_default()),
        ("state", view.wish.state.as_deref().unwrap_or_default()),
    ];
    let host = view.wish.redirect.split('/').nth(2).unwrap_or_default();
    html! {
        (top(lang, &html! { h1 { (asks(lang, &app.name)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            (banner("", "warn", t(lang, Q::Beware), if view.now < app.watched_until() { t(lang, Q::FirstDay) } else { "" }))
            section.card {
                (fact(lang, Q::Maker, &html! { b { (app.maker) } }))
                (fact(lang, Q::Could, &html! { (phrase::scopes(lang, &view.asked.scopes, view.records)) }))
                (fact(lang, Q::Reads, &reads(lang, view)))
                (fact(lang, Q::Until, &html! { (t(lang, Q::UntilText)) }))
                (fact(lang, Q::LeadsTo, &html! { code { (host) } }))
            }
            form method="post" action="/oauth/authorize" {
                (csrf(&view.signed.csrf))
                @for (name, value) in hidden { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
                p.acts {
                    button.btn.primary name="answer" value="allow" { (t(lang, Q::Allow)) }
                    button.btn name="answer" value="refuse" { (t(lang, Q::Refuse)) }
                }
            }
        } }
    }
}

fn reads(lang: Lang, view: &ConsentView<'_>) -> Markup {
    let any = view.reads.iter().any(|(_, count, _)| *count > 0);
    html! {
        @if !any { (t(lang, Q::NoRecords)) }
        @for (at, (object, count, more)) in view.reads.iter().filter(|(_, count, _)| *count > 0).enumerate() {
            @if at > 0 { br; }
            b {
                @if *more { (t(lang, Q::MoreThan)) " " }
                (phrase::things(lang, object, usize::try_from(*count).unwrap_or(usize::MAX), view.records))
            }
        }
    }
}
