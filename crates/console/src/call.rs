//! Who is on the phone: the page for colleagues, and the one that customers ask.

use caller::{CheckView, With};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};

use pages::auth::Refused;
use pages::{door, top};
use ui::text::{C, M, names, t};
use ui::{Control, banner, csrf, field, icon};

/// What IT never asks for.
const NEVER: [C; 6] = [C::NeverPassword, C::NeverCode, C::NeverPasskey, C::NeverRemote, C::NeverInstall, C::NeverPay];

/// What the page shows.
pub struct CallView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The checks that go, and what became of the latest.
    pub checks: &'a [CheckView],
    /// Colleagues to choose from.
    pub colleagues: &'a [(UserId, String)],
    /// The address of the page that customers ask.
    pub public: &'a str,
    /// What was refused.
    pub refused: &'a Refused,
    /// The moment.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn page(view: &CallView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, C::Title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div.narrow {
                p.lead { (t(lang, C::Lead)) }
                (view.refused.banner(lang))
                @for check in view.checks { (card(view, check)) }
                (begin(view))
                (never(lang))
            }
        }
    }
}

fn begin(view: &CallView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let control = Control {
        name: "colleague",
        label: t(lang, C::Colleague),
        hint: t(lang, C::BeginHint),
        required: false,
        wrong: view.refused.of(lang, "colleague"),
    };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, C::Begin)) } }
            @if view.colleagues.is_empty() { p.lead { (t(lang, C::Nobody)) } } @else {
                form.narrow method="post" action="/verify-call" {
                    (csrf(&view.signed.csrf))
                    (field(lang, &control, &html! {
                        select.in id="colleague" name="colleague" { @for (id, name) in view.colleagues { option value=(id) { (name) } } }
                    }))
                    p.acts { button.btn.primary { (icon("shield")) (t(lang, C::Start)) } }
                }
            }
        }
    }
}

fn card(view: &CallView<'_>, check: &CheckView) -> Markup {
    let lang = view.signed.cx.lang();
    let heading = match &check.with {
        With::Colleague(_, name) if check.own => names(lang, C::With, name),
        With::Colleague(_, name) => names(lang, C::From, name),
        With::Customer(_) => t(lang, C::WithCustomer).to_owned(),
    };
    html! {
        section.card id={ "check-" (check.id) } {
            div."card-h" { h2 { (heading) } }
            @match &check.with {
                With::Colleague(_, name) => (between(view, check, name)),
                With::Customer(_) => (customer(view, check)),
            }
        }
    }
}

fn code(lang: Lang, check: &CheckView) -> Markup {
    html! { div.field { span.label { (t(lang, C::ReadOut)) } p.code.said { code { (check.code) } } } }
}

fn between(view: &CallView<'_>, check: &CheckView, name: &str) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        @if check.verified_at.is_some() { (banner("good", "check", &names(lang, C::Verified, name), t(lang, C::VerifiedHint))) }
        @if check.confirmed_at.is_some() { (banner("good", "check", &names(lang, C::Confirmed, name), "")) }
        @if check.over && check.verified_at.is_none() {
            @if check.left == 0 { (banner("bad", "warn", t(lang, C::Void), t(lang, C::VoidHint))) }
            @else { (banner("", "info", t(lang, C::Over), t(lang, C::OverHint))) }
        } @else if !check.over {
            (code(lang, check))
            @if check.verified_at.is_none() {
                form.narrow method="post" action={ "/verify-call/" (check.id) } {
                    (csrf(&view.signed.csrf))
                    (heard(lang, check))
                    p.acts { button.btn.primary { (t(lang, C::Check)) } (again(lang)) }
                }
            } @else { p.acts { (again(lang)) } }
            (until(lang, check, view.now))
        }
    }
}

fn customer(view: &CallView<'_>, check: &CheckView) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        @if check.verified_at.is_some() {
            @if check.dialled { (banner("good", "check", t(lang, C::CustomerRight), t(lang, C::CustomerRightHint))) }
            @else { (banner("", "info", t(lang, C::CustomerHeard), t(lang, C::CustomerHeardHint))) }
        } @else if check.left == 0 { (banner("bad", "warn", t(lang, C::Void), t(lang, C::VoidHint))) }
        @else if check.over { (banner("", "info", t(lang, C::Over), t(lang, C::OverHint))) }
        @else if check.confirmed_at.is_some() { (back(view, check)) }
        @else {
            p.lead { (t(lang, C::CustomerLead)) }
            p.hint { (t(lang, C::CustomerFirst)) }
            div.field { span.label { (t(lang, C::PublicPage)) } p.code { code { (view.public) } } }
            (code(lang, check))
            (until(lang, check, view.now))
            p.acts { (again(lang)) }
        }
    }
}

/// Draws what takes the code that a customer reads back.
fn back(view: &CallView<'_>, check: &CheckView) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (banner("good", "check", t(lang, C::CustomerDone), t(lang, C::CustomerDoneHint)))
        form.narrow method="post" action={ "/verify-call/" (check.id) } {
            (csrf(&view.signed.csrf))
            input type="hidden" name="customer" value="1";
            (heard(lang, check))
            label.check { input type="checkbox" name="dialled" value="1"; span { (t(lang, C::Dialled)) small { (t(lang, C::DialledHint)) } } }
            p.acts { button.btn.primary { (t(lang, C::Check)) } }
        }
        (until(lang, check, view.now))
    }
}

/// Draws the field for a code that was heard, with how many tries are left.
fn heard(lang: Lang, check: &CheckView) -> Markup {
    let entry = format!("code-{}", check.id);
    let control = Control { name: &entry, label: t(lang, C::Heard), hint: "", required: false, wrong: None };
    html! {
        (field(lang, &control, &html! {
            input.in id=(entry) name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="20";
        }))
        @if check.left < 3 { p.hint { (t(lang, if check.left == 1 { C::OneLeft } else { C::TwoLeft })) } }
    }
}

fn again(lang: Lang) -> Markup {
    html! { a.btn href="/verify-call" data-swap { (t(lang, C::Look)) } }
}

fn until(lang: Lang, check: &CheckView, now: Timestamp) -> Markup {
    html! { p.hint { (ui::text::seconds_left(lang, check.expires_at.since(now).as_secs())) } }
}

fn never(lang: Lang) -> Markup {
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, C::NeverTitle)) } }
            ul.facts.never { @for fact in NEVER { li { (icon("x")) span { (t(lang, fact)) } } } }
            p.hint { (t(lang, C::NeverHint)) }
        }
    }
}

/// Draws the page that customers ask. With `back`, somebody of the company is on the phone, and that is what they read back.
#[must_use]
pub fn public(lang: Lang, workspace: &str, back: Option<&str>, refused: &Refused) -> Markup {
    let control = Control { name: "code", label: t(lang, C::PublicCode), hint: "", required: false, wrong: None };
    let title = names(lang, C::PublicTitle, workspace);
    door(
        lang,
        &title,
        &html! {
            span.mark {}
            h1 { (title) }
            @if let Some(back) = back {
                (banner("good", "check", &names(lang, C::PublicYes, workspace), t(lang, C::PublicYesHint)))
                div.field { span.label { (t(lang, C::PublicBack)) } p.code.said { code { (back) } } }
            } @else {
                p.lead { (t(lang, C::PublicLead)) }
                (refused.banner(lang))
                form method="post" action="/is-it-us" {
                    (field(lang, &control, &html! {
                        input.in id="code" name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="20" autofocus;
                    }))
                    button.btn.primary { (t(lang, C::Check)) }
                }
            }
            ul.facts { @for fact in [C::PublicNever, C::PublicType] { li { (icon("info")) span { (t(lang, fact)) } } } }
            nav.foot { a href={ "?lang=" (if lang == Lang::En { "zh" } else { "en" }) } { (t(lang, M::OtherLanguage)) } }
        },
    )
}
