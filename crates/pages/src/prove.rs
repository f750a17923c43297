//! Proving again who one is: the box that stands in a dialog or on a page of its own, and the way on.

use accounts::Ways;
use authz::Level;
use httpkit::{Pairs, Signed};
use kernel::Timestamp;
use maud::{Markup, html};

use super::auth::Refused;
use super::{factor, passkey};
use ui::text::{A, t};
use ui::{banner, csrf, format, icon};

/// The field for a code.
pub const CODE: &str = "prove-code";
/// The field for a password.
pub const PASSWORD: &str = "prove-password";

/// What the box shows.
pub struct ProveView<'a> {
    /// Who proves.
    pub signed: &'a Signed,
    /// With what they can.
    pub ways: Ways,
    /// Whether browsers know passkeys where the page was asked for.
    pub can: bool,
    /// Where the form that waits goes, or else the page to go back to.
    pub to: &'a str,
    /// The form that waits, as it was sent.
    pub kept: Option<&'a str>,
    /// Whether this is about being let in, and not about one act.
    pub entering: bool,
    /// What was wrong about a try.
    pub refused: &'a Refused,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws the box. With a script it is taken out of its page and shown over the one where the form was sent from.
#[must_use]
pub fn section(view: &ProveView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let title = if view.entering { A::OweTitle } else { A::ProveTitle };
    html! {
        section.card.prove data-step-up {
            div."card-h" { h2 id="prove-title" { (t(lang, title)) } }
            p.lead { (t(lang, lead(view))) }
            (view.refused.banner(lang))
            @if view.ways.passkey { (by_passkey(view)) }
            @if view.ways.password || view.ways.code { (by_typing(view)) }
            @if !view.ways.any() { (nothing_yet(view)) }
            @if view.ways.paper {
                p.hint { (t(lang, A::ProveLost)) " " a href="/prove?level=multi&next=%2Fsettings%2Faccount%23passkeys" { (t(lang, A::ProveLostGo)) } }
            }
            p.acts {
                @if view.entering && view.kept.is_none() { (sign_out(view)) }
                @else { a.btn href=(back(view)) data-give-up { (t(lang, ui::text::M::Cancel)) } }
            }
        }
    }
}

const fn lead(view: &ProveView<'_>) -> A {
    match (view.entering, view.ways.asked) {
        (true, Level::Resistant) => A::OwePasskey,
        (true, _) => A::OweCode,
        (false, Level::Resistant) => A::ProvePasskey,
        (false, Level::Multi) => A::ProveCode,
        (false, Level::Single) => A::ProvePassword,
    }
}

/// Where to go back to: a page, never the address of a form.
fn back<'a>(view: &ProveView<'a>) -> &'a str {
    if view.kept.is_some() { "/" } else { view.to }
}

fn by_passkey(view: &ProveView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        @if view.can {
            (passkey::ceremony_of(view.signed, ("/prove/passkey", "/prove/passkey/answer"), view.to, &html! {
                button.btn.primary type="button" data-go-passkey { (icon("key")) (t(lang, A::PasskeyUse)) }
            }))
            p.hint data-unable { (t(lang, A::PasskeyUseUnable)) }
            @if let Some(kept) = view.kept { (onward(view.signed, view.to, kept, &html! {})) }
        } @else { (banner("", "info", t(lang, A::PasskeyNotHere), t(lang, A::PasskeyNotHereHint))) }
    }
}

fn by_typing(view: &ProveView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        form method="post" action="/prove" {
            (csrf(&view.signed.csrf))
            input type="hidden" name="to" value=(view.to);
            input type="hidden" name="level" value=(view.ways.asked.name());
            @if let Some(kept) = view.kept { input type="hidden" name="kept" value=(kept); }
            @if view.ways.code { (factor::code(lang, CODE, view.refused)) }
            @else { (factor::password(lang, PASSWORD, view.refused)) }
            p.acts { button.btn.primary { (t(lang, A::Continue)) } }
        }
    }
}

fn nothing_yet(view: &ProveView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let resistant = view.ways.asked == Level::Resistant;
    html! {
        @if let Some(until) = view.ways.waits {
            (banner("", "info", t(lang, A::PasskeyWaits), &format::moment(lang, until)))
            p.hint { (t(lang, A::PasskeyWaitsHint)) }
        } @else if resistant && !view.can {
            (banner("", "info", t(lang, A::PasskeyNotHere), t(lang, A::PasskeyNotHereHint)))
        } @else if resistant {
            p { (t(lang, A::ProveNoPasskey)) }
            p.acts { a.btn.primary href="/settings/account#passkeys" { (icon("key")) (t(lang, A::PasskeyAdd)) } }
        } @else if view.ways.asked == Level::Single {
            p { (t(lang, A::ProveSignIn)) }
            p.acts { (sign_out(view)) }
        } @else {
            p { (t(lang, A::ProveNoApp)) }
            p.acts { a.btn.primary href="/settings/account#two-steps" { (icon("devices")) (t(lang, A::AppAdd)) } }
        }
    }
}

fn sign_out(view: &ProveView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! { form method="post" action="/sign-out" { (csrf(&view.signed.csrf)) button.btn { (icon("out")) (t(lang, A::SignOut)) } } }
}

/// Draws the form that waited, with the token of the session that goes on.
#[must_use]
pub fn onward(signed: &Signed, to: &str, kept: &str, button: &Markup) -> Markup {
    let pairs = Pairs::parse(kept.as_bytes()).unwrap_or_default();
    html! {
        form method="post" action=(to) data-onward {
            (csrf(&signed.csrf))
            @for (name, value) in pairs.iter() { input type="hidden" name=(name) value=(value); }
            (button)
        }
    }
}

/// Draws what follows a proof: one button that goes on with the form, or a way back.
#[must_use]
pub fn proved(signed: &Signed, to: &str, kept: Option<&str>) -> Markup {
    let lang = signed.cx.lang();
    html! {
        section.card.prove data-proved=(signed.csrf) {
            div."card-h" { h2 { (t(lang, A::Proved)) } }
            @match kept {
                Some(kept) => {
                    p.lead { (t(lang, A::ProvedKept)) }
                    (onward(signed, to, kept, &html! { p.acts { button.btn.primary autofocus { (t(lang, A::ProvedGoOn)) } a.btn href="/" { (t(lang, ui::text::M::Cancel)) } } }))
                }
                None => {
                    p.lead { (t(lang, A::ProvedAgain)) }
                    p.acts { a.btn.primary href=(to) { (t(lang, A::Continue)) } }
                }
            }
        }
    }
}

/// Puts a box onto a page of its own.
#[must_use]
pub fn page(signed: &Signed, inner: &Markup) -> Markup {
    let lang = signed.cx.lang();
    html! {
        (super::top(lang, &html! { h1 { (t(lang, A::ProveTitle)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow { (inner) } }
    }
}
