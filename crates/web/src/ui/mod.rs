//! Components: functions that return markup.

mod flash;
mod form;
mod value;

pub use flash::{Flash, flash};
pub use form::{Control, csrf, field, wrong};
pub use value::{Names, control, link_of, plain, shown};

use kernel::{Lang, Uuid};
use maud::{Markup, html};

use crate::asset;
use crate::text::{M, t};

/// Draws a symbol of the sprite; it says nothing to a screen reader.
#[must_use]
pub fn icon(name: &str) -> Markup {
    html! { svg class="i" aria-hidden="true" { use href={ (asset::url("icons.svg")) "#" (name) } {} } }
}

/// Returns the tone that belongs to an id: always the same.
#[must_use]
pub fn tone_of(id: Uuid) -> u8 {
    id.as_bytes().last().copied().unwrap_or(0) % 8
}

/// Draws an avatar: round for people, square for companies.
#[must_use]
pub fn avatar(name: &str, id: Uuid, square: bool, size: &str) -> Markup {
    let class = if square { format!("av sq {size}") } else { format!("av {size}") };
    html! { span class=(class) data-tone=(tone_of(id)) aria-hidden="true" { (kernel::text::initials(name)) } }
}

/// Draws a tag: a dot and a word, never colour alone.
#[must_use]
pub fn tag(label: &str, tone: u8) -> Markup {
    html! { span.tag data-tone=(tone) { span.dot {} (label) } }
}

/// Draws what stands where nothing is: a symbol, a line, a hint and one thing to do.
#[must_use]
pub fn empty(symbol: &str, title: &str, hint: &str, act: &Markup) -> Markup {
    html! {
        div.empty {
            div."empty-i" { (icon(symbol)) }
            h2 { (title) }
            p { (hint) }
            (act)
        }
    }
}

/// Draws a message that stays.
#[must_use]
pub fn banner(kind: &str, symbol: &str, title: &str, text: &str) -> Markup {
    html! {
        div class={ "banner " (kind) } role=[(kind == "bad").then_some("alert")] {
            (icon(symbol))
            div { b { (title) } span data-why { (text) } }
        }
    }
}

/// Draws a figure with its name.
#[must_use]
pub fn stat(name: &str, figure: &str, small: &str) -> Markup {
    html! { div.stat { div.k { (name) } div.v { (figure) } @if !small.is_empty() { div.s { (small) } } } }
}

/// Writes yes or no.
#[must_use]
pub const fn yes_no(lang: Lang, yes: bool) -> &'static str {
    if yes { t(lang, M::Yes) } else { t(lang, M::No) }
}
