//! Passkeys: the button in front of the door, the page after the first sign-in, the list in one's own account.

use accounts::PasskeyView;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};

use super::door;
use ui::asset;
use ui::format;
use ui::text::{A, M, t};
use ui::{ago, banner, csrf, icon, tag};

/// What a script does with a passkey: where it asks, where it answers, and what goes with the answer.
struct Ceremony<'a> {
    ask: &'static str,
    answer: &'static str,
    next: &'a str,
    csrf: &'a str,
}

/// Draws a ceremony around its button. Without a script there is nothing to press, so it is hidden until one is there.
fn ceremony(lang: Lang, view: &Ceremony<'_>, inner: &Markup) -> Markup {
    html! {
        div.passkey hidden data-passkey=(view.ask) data-answer=(view.answer) data-next=(view.next) data-csrf=(view.csrf)
            data-stopped=(t(lang, A::PasskeyStopped)) data-known=(t(lang, A::PasskeyKnown)) data-failed=(t(lang, A::PasskeyFailed)) {
            (inner)
            p.wrong role="alert" hidden data-said {}
        }
    }
}

/// Draws a ceremony of the person who is signed in, around its button: where it asks, where it answers, where it goes on.
pub(super) fn ceremony_of(
    signed: &Signed,
    (ask, answer): (&'static str, &'static str),
    next: &str,
    inner: &Markup,
) -> Markup {
    ceremony(signed.cx.lang(), &Ceremony { ask, answer, next, csrf: &signed.csrf }, inner)
}

/// The script of a page that has no frame to name it.
fn script() -> Markup {
    html! { script type="module" src=(asset::url("passkey.js")) {} }
}

/// Draws the way in without a password.
#[must_use]
pub fn enter(lang: Lang, next: &str) -> Markup {
    let view = Ceremony { ask: "/passkeys/ask", answer: "/passkeys/enter", next, csrf: "" };
    let button = html! { button.btn type="button" data-go-passkey { (icon("key")) (t(lang, A::PasskeyEnter)) } };
    html! { (ceremony(lang, &view, &button)) (script()) }
}

fn adding(signed: &Signed, next: &str, class: &str, autofocus: bool) -> Markup {
    let lang = signed.cx.lang();
    let view = Ceremony { ask: "/passkeys/new", answer: "/passkeys/add", next, csrf: &signed.csrf };
    let button = html! {
        button class={ "btn " (class) } type="button" data-go-passkey autofocus[autofocus] { (icon("key")) (t(lang, A::PasskeyAdd)) }
    };
    html! {
        (ceremony(lang, &view, &button))
        p.hint data-unable { (t(lang, A::PasskeyUnable)) }
    }
}

/// Draws the page that leads to a first passkey.
#[must_use]
pub fn first(signed: &Signed, can: bool, next: &str) -> Markup {
    let lang = signed.cx.lang();
    door(
        lang,
        t(lang, A::PasskeyTitle),
        &html! {
            span.mark {}
            h1 data-fresh=[signed.fresh.map(|fresh| fresh.as_secs())] { (t(lang, A::PasskeyTitle)) }
            p.lead { (t(lang, A::PasskeyLead)) }
            ul.facts {
                @for fact in [A::PasskeyFactPhishing, A::PasskeyFactDevice, A::PasskeyFactPassword] { li { (icon("check")) span { (t(lang, fact)) } } }
            }
            @if can { (adding(signed, next, "primary", true)) (script()) }
            @else { (banner("", "info", t(lang, A::PasskeyNotHere), t(lang, A::PasskeyNotHereHint))) }
            a.btn href=(next) { (t(lang, A::PasskeyLater)) }
        },
    )
}

/// Draws the passkeys of one's own account.
#[must_use]
pub fn section(signed: &Signed, passkeys: &[PasskeyView], can: bool, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        section.card.passkeys id="passkeys" {
            div."card-h" { h2 { (t(lang, A::Passkeys)) } }
            p.lead { (t(lang, A::PasskeysLead)) }
            @for passkey in passkeys { (line(signed, passkey, now)) }
            @if can { (adding(signed, "/settings/account", "", false)) }
            @if !can { (banner("", "info", t(lang, A::PasskeyNotHere), t(lang, A::PasskeyNotHereHint))) }
        }
    }
}

fn line(signed: &Signed, passkey: &PasskeyView, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    let (at, menu) = (format!("/settings/account/passkeys/{}", passkey.id), format!("passkey-{}", passkey.id));
    let place: Vec<&str> = [passkey.agent.as_deref(), passkey.ip.as_deref()].into_iter().flatten().collect();
    html! {
        div."line-item" {
            (icon("key"))
            span.grow {
                b { (passkey.name) } span.nil { " · " (passkey.site) " · " (t(lang, if passkey.synced { A::PasskeySynced } else { A::PasskeyBound })) }
                br;
                span.nil {
                    (t(lang, A::PasskeyAdded)) " " (format::date(lang, passkey.added_at.date(), now.date())) " · "
                    @if let Some(used) = passkey.used_at { (t(lang, A::PasskeyUsed)) " " (ago(lang, used, now)) } @else { (t(lang, A::PasskeyUnused)) }
                    @if !place.is_empty() { " · " (place.join(" · ")) }
                    @if let Some(from) = passkey.counts_from { " · " (t(lang, A::PasskeyWaiting)) " " (format::moment(lang, from)) }
                }
            }
            @if passkey.suspended { (tag(t(lang, A::PasskeySuspended), 7)) }
            button.btn.s type="button" popovertarget=(menu) aria-label={ (t(lang, A::PasskeyRename)) ": " (passkey.name) } { (t(lang, A::PasskeyRename)) }
            form.menu.naming id=(menu) popover method="post" action={ (at) "/rename" } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&signed.csrf))
                input.in name="name" value=(passkey.name) required maxlength="60" aria-label=(t(lang, A::PasskeyName));
                button.btn.primary { (t(lang, M::Save)) }
            }
            form method="post" action={ (at) "/remove" } data-swap data-done=(t(lang, A::PasskeyRemoved)) {
                (csrf(&signed.csrf))
                button.btn.s aria-label={ (t(lang, A::PasskeyRemove)) ": " (passkey.name) } { (t(lang, A::PasskeyRemove)) }
            }
        }
        @if passkey.suspended { p.hint { (t(lang, A::PasskeySuspendedHint)) } }
        @if passkey.counts_from.is_some() { p.hint { (t(lang, A::PasskeyWaitsHint)) } }
    }
}
