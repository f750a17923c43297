//! Second factors: the card on one's own account, an app being set up, codes shown once, the second step of a sign-in.

use accounts::{FactorsView, Step, TotpOffer};
use crypto::Secret;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};

use super::auth::Refused;
use super::{door, top};
use ui::text::{A, M, codes_left, t};
use ui::{Control, ago, banner, csrf, device_key, field, icon, qr};

/// A field for a code, or for the password that opens a form.
struct Entry<'a> {
    name: &'a str,
    label: A,
    hint: &'a str,
    password: bool,
}

/// A form with one field and one button.
fn one_field(signed: &Signed, action: &str, entry: &Entry<'_>, refused: &Refused, button: &Markup) -> Markup {
    let lang = signed.cx.lang();
    html! {
        form.narrow method="post" action=(action) {
            (csrf(&signed.csrf))
            (typed(lang, entry, refused, false))
            p.acts { (button) }
        }
    }
}

fn typed(lang: Lang, entry: &Entry<'_>, refused: &Refused, first: bool) -> Markup {
    let wrong = refused.of(lang, entry.name);
    let described = wrong.is_some().then(|| format!("{}-wrong", entry.name));
    let invalid = wrong.is_some().then_some("true");
    let control = Control { name: entry.name, label: t(lang, entry.label), hint: entry.hint, required: false, wrong };
    let (kind, complete) = if entry.password { ("password", "current-password") } else { ("text", "one-time-code") };
    let most = if entry.password { "300" } else { "40" };
    field(
        lang,
        &control,
        &html! {
            input.in id=(entry.name) name=(entry.name) type=(kind) autocomplete=(complete) required maxlength=(most)
                autocapitalize="none" spellcheck="false" autofocus[first] aria-invalid=[invalid] aria-describedby=[described];
        },
    )
}

/// Draws the field for a code of the app.
#[must_use]
pub fn code(lang: Lang, name: &str, refused: &Refused) -> Markup {
    typed(lang, &Entry { name, label: A::Code, hint: t(lang, A::AppOrRecovery), password: false }, refused, true)
}

/// Draws the field for the present password.
#[must_use]
pub fn password(lang: Lang, name: &str, refused: &Refused) -> Markup {
    typed(lang, &Entry { name, label: A::AppPassword, hint: "", password: true }, refused, true)
}

/// Draws the card of second factors on one's own account.
#[must_use]
pub fn card(signed: &Signed, view: &FactorsView, refused: &Refused, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        section.card id="two-steps" {
            div."card-h" { h2 { (t(lang, A::TwoSteps)) } }
            (refused.banner(lang))
            @match view.totp {
                None if view.passkey => {
                    p.lead { (t(lang, A::TwoStepsLead)) }
                    (button_only(signed, "/settings/account/app", &html! { button.btn { (icon("devices")) (t(lang, A::AppAdd)) } }))
                }
                None if !view.password => { p.lead { (t(lang, A::TwoStepsLead)) } p.hint { (t(lang, A::AppNeedsPassword)) } }
                None => {
                    p.lead { (t(lang, A::TwoStepsLead)) }
                    @let entry = Entry { name: "current", label: A::AppPassword, hint: "", password: true };
                    (one_field(signed, "/settings/account/app", &entry, refused, &html! { button.btn.primary { (icon("devices")) (t(lang, A::AppAdd)) } }))
                }
                Some((since, used)) => (app(signed, view, (since, used), refused, now)),
            }
            @if view.recovery.is_some() || view.passkey { (recovery(signed, view, refused)) }
        }
    }
}

/// A form with nothing but its button: who has a passkey proves that.
fn button_only(signed: &Signed, action: &str, button: &Markup) -> Markup {
    html! { form.narrow method="post" action=(action) { (csrf(&signed.csrf)) p.acts { (button) } } }
}

fn app(
    signed: &Signed,
    view: &FactorsView,
    (since, used): (Timestamp, Option<Timestamp>),
    refused: &Refused,
    now: Timestamp,
) -> Markup {
    let lang = signed.cx.lang();
    let entry = Entry { name: "remove", label: A::Code, hint: t(lang, A::AppOrRecovery), password: false };
    html! {
        div."line-item" {
            (icon("devices"))
            span.grow {
                b { (t(lang, A::App)) } span.nil { " · " (ago(lang, since, now)) } br;
                span.nil {
                    @match used { Some(at) => { (t(lang, A::LastUsed)) " " (ago(lang, at, now)) } None => (t(lang, A::AppNeverUsed)) }
                }
            }
        }
        @let button = html! { button.btn.danger { (t(lang, A::AppRemove)) } };
        details.more open[refused.has("remove")] {
            summary.btn.s { (t(lang, A::AppRemove)) }
            @if view.passkey { (button_only(signed, "/settings/account/app/remove", &button)) }
            @else { (one_field(signed, "/settings/account/app/remove", &entry, refused, &button)) }
        }
    }
}

fn recovery(signed: &Signed, view: &FactorsView, refused: &Refused) -> Markup {
    let lang = signed.cx.lang();
    let entry = Entry { name: "renew", label: A::Code, hint: t(lang, A::AppOrRecovery), password: false };
    html! {
        div."line-item" {
            (icon("key"))
            span.grow {
                b { (t(lang, A::RecoveryCodes)) } br;
                span.nil { @match view.recovery { Some(left) => (codes_left(lang, left)), None => (t(lang, A::RecoveryNone)) } }
            }
        }
        @let button = html! { button.btn { (t(lang, A::RecoveryNew)) } };
        details.more open[refused.has("renew")] {
            summary.btn.s { (t(lang, A::RecoveryNew)) }
            @if view.recovery.is_some() { p.hint { (t(lang, A::RecoveryNewHint)) } }
            @if view.passkey { (button_only(signed, "/settings/account/recovery", &button)) }
            @else { (one_field(signed, "/settings/account/recovery", &entry, refused, &button)) }
        }
    }
}

fn page(lang: Lang, title: A, inner: &Markup) -> Markup {
    html! {
        (top(lang, &html! { h1 { (t(lang, title)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow { section.card { (inner) } } }
    }
}

/// Draws the secret for an app, in three forms, and asks for a code of it.
#[must_use]
pub fn offer(signed: &Signed, offer: &TotpOffer, refused: &Refused) -> Markup {
    let lang = signed.cx.lang();
    let entry = Entry { name: "code", label: A::Code, hint: "", password: false };
    page(
        lang,
        A::AppAdd,
        &html! {
            p.lead { (t(lang, A::AppScan)) }
            (qr(offer.link.expose(), t(lang, A::AppPicture)))
            div.field { span.label { (t(lang, A::AppKey)) } p.code { code { (offer.text.expose()) } } }
            p.acts { a.btn.s href=(offer.link.expose()) { (icon("devices")) (t(lang, A::AppHere)) } }
            form.narrow method="post" action="/settings/account/app/confirm" {
                (csrf(&signed.csrf))
                input type="hidden" name="id" value=(offer.id);
                (typed(lang, &entry, refused, true))
                p.acts {
                    button.btn.primary { (t(lang, A::AppConfirm)) }
                    a.btn href="/settings/account" { (t(lang, M::Cancel)) }
                }
            }
        },
    )
}

/// Draws recovery codes, this once.
#[must_use]
pub fn codes(lang: Lang, codes: &[Secret<String>], added: bool) -> Markup {
    page(
        lang,
        A::RecoveryCodes,
        &html! {
            @if added { (banner("good", "check", t(lang, A::AppAdded), "")) }
            p.lead { (t(lang, A::RecoveryLead)) }
            ol.codes { @for code in codes { li { code { (code.expose()) } } } }
            p.acts { a.btn.primary href="/settings/account" { (t(lang, A::RecoveryKept)) } }
        },
    )
}

/// Draws the second step of a sign-in.
#[must_use]
pub fn second_step(lang: Lang, step: &Step, next: &str) -> Markup {
    let wrongs = if step.wrong { vec![("code".to_owned(), "wrong-code".to_owned())] } else { Vec::new() };
    let refused = Refused { code: None, wrongs };
    let entry = Entry { name: "code", label: A::Code, hint: "", password: false };
    door(
        lang,
        t(lang, A::SecondStepTitle),
        &html! {
            span.mark {}
            h1 { (t(lang, A::SecondStepTitle)) }
            p.lead { (t(lang, A::SecondStepLead)) }
            form method="post" action="/sign-in/code" {
                (device_key())
                input type="hidden" name="step" value=(step.id);
                input type="hidden" name="next" value=(next);
                (typed(lang, &entry, &refused, true))
                button.btn.primary { (t(lang, A::Continue)) }
            }
            nav.foot {
                @if step.passkey { a href="/sign-in" { (t(lang, A::UsePasskey)) } }
                @else { a href="/sign-in" { (t(lang, A::StartOver)) } }
            }
        },
    )
}
