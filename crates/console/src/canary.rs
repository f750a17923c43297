//! Contacts that give a thief away: where they are placed, and who touched them.

use std::collections::HashMap;

use authz::{Create, Delete};
use canaries::{Canary, Touch};
use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use maud::{Markup, html};
use records::Records;

use pages::auth::Refused;
use pages::phrase;
use pages::top;
use ui::text::{W, t};
use ui::{Control, ago, csrf, empty, field, icon};

/// The field for the address of a contact's page.
pub const ADDRESS: &str = "address";

/// What the page shows.
pub struct CanariesView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What stands.
    pub canaries: &'a [Canary],
    /// What people are called.
    pub names: &'a HashMap<UserId, String>,
    /// What there is to touch.
    pub records: &'a Records,
    /// What was typed.
    pub typed: &'a str,
    /// What was refused.
    pub refused: &'a Refused,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn canaries(view: &CanariesView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, W::Title)) } @if !view.canaries.is_empty() { span.total { (view.canaries.len()) } } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, W::Lead)) }
            (view.refused.banner(lang))
            @if view.canaries.is_empty() { (empty("shield", t(lang, W::Nothing), t(lang, W::NothingHint), &html! {})) }
            @else { section.card { @for canary in view.canaries { (line(view, canary)) } } }
            @if view.signed.cx.may::<Create>("canary") { (form(view)) }
        } }
    }
}

fn form(view: &CanariesView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let control = Control {
        name: ADDRESS,
        label: t(lang, W::Address),
        hint: t(lang, W::AddressHint),
        required: true,
        wrong: None,
    };
    html! {
        section.card {
            p.lead { (t(lang, W::How)) }
            form.narrow method="post" action="/settings/canaries" data-swap data-done=(t(lang, W::Placed)) {
                (csrf(&view.signed.csrf))
                (field(lang, &control, &html! {
                    input.in id=(ADDRESS) name=(ADDRESS) value=(view.typed) autocomplete="off" spellcheck="false" maxlength="400" required;
                }))
                p.acts { button.btn.primary { (t(lang, W::Place)) } }
            }
        }
    }
}

fn name<'a>(view: &'a CanariesView<'_>, user: Option<UserId>) -> &'a str {
    let lang = view.signed.cx.lang();
    user.map_or(t(lang, W::Operator), |id| view.names.get(&id).map_or("?", String::as_str))
}

fn line(view: &CanariesView<'_>, canary: &Canary) -> Markup {
    let (lang, touched) = (view.signed.cx.lang(), !canary.touches.is_empty());
    html! {
        div."line-item" {
            (icon(if touched { "warn" } else { "shield" }))
            span.grow.wraps {
                code { (canary.contact) }
                br; span.nil { (t(lang, W::PlacedBy)) " " (name(view, Some(canary.by))) " · " (ago(lang, canary.at, view.now)) }
                @for touch in &canary.touches { br; (said(view, lang, touch)) }
                @if !touched { br; span.nil { (t(lang, W::Quiet)) } }
            }
            @if view.signed.cx.may::<Delete>("canary") {
                form method="post" action={ "/settings/canaries/" (canary.id) "/release" } data-swap data-done=(t(lang, W::Released)) {
                    (csrf(&view.signed.csrf)) button.btn.s { (t(lang, W::Release)) }
                }
            }
        }
    }
}

fn said(view: &CanariesView<'_>, lang: Lang, touch: &Touch) -> Markup {
    html! {
        b { (name(view, touch.user)) } " " (phrase::deed(lang, &touch.verb, ("contact", 1), view.records))
        @if touch.program { " (" (t(lang, W::ByProgram)) ")" }
        " · " (ago(lang, touch.at, view.now))
    }
}
