//! What every page is made of.
//!
//! - Components: functions that return markup.
//! - [`text`], [`fault`]: every word, in both languages. [`mod@format`]: numbers, money, days.
//! - [`asset`]: styles, scripts, icons.
//!
//! **Invariant:** no markup is made of strings: `maud` escapes, and the page's policy forbids inline script and style and
//! every Trusted Types policy.
//!
//! # How to add one more
//! A component: a function here or a file of its own. A text: `text/`. A style: the file of its part in `assets/css`. A
//! script: a module in `assets/js` of at most 150 lines, named in `asset.rs`.

pub mod asset;
pub mod fault;
pub mod format;
pub mod text;

mod flash;
mod form;
mod qr;
mod sum;
mod value;

pub use flash::{Flash, flash};
pub use form::{Control, csrf, device_key, field, wrong};
pub use qr::qr;
pub use sum::Sums;

pub use value::{Names, control, link_of, linked, plain, record_url, shown};

use kernel::{Date, Lang, Timestamp, Uuid};
use maud::{Markup, html};

use crate::text::{M, t};

/// Draws a symbol of the sprite; it says nothing to a screen reader.
#[must_use]
pub fn icon(name: &str) -> Markup {
    html! { svg class="i" aria-hidden="true" { use href={ (asset::url("icons.svg")) "#" (name) } {} } }
}

/// Draws a text in which some parts, in bytes, stand out.
#[must_use]
pub fn marked(text: &str, parts: &[std::ops::Range<usize>]) -> Markup {
    let begins = std::iter::once(0).chain(parts.iter().map(|part| part.end));
    let ends = parts.iter().map(|part| part.start).chain([text.len()]);
    let plain: Vec<&str> = begins.zip(ends).map(|(from, to)| text.get(from..to).unwrap_or_default()).collect();
    html! {
        @for (at, between) in plain.iter().enumerate() {
            (between)
            @if let Some(part) = parts.get(at) { mark { (text.get(part.clone()).unwrap_or_default()) } }
        }
    }
}

/// Returns the tone that belongs to an id: always the same.
#[must_use]
pub fn tone_of(id: Uuid) -> u8 {
    id.as_bytes().last().copied().unwrap_or(0) % 8
}

/// Draws an avatar: round for people, square for companies. A Chinese company is known by its first character, a person by
/// the first of the given name.
#[must_use]
pub fn avatar(name: &str, id: Uuid, square: bool, size: &str) -> Markup {
    let class = if square { format!("av sq {size}") } else { format!("av {size}") };
    let first = name.chars().next().filter(|c| square && kernel::text::is_han(*c));
    let letters = first.map_or_else(|| kernel::text::initials(name), String::from);
    html! { span class=(class) data-tone=(tone_of(id)) aria-hidden="true" { (letters) } }
}

/// Draws the face of a record: people and companies have an avatar, the others the symbol of their object.
#[must_use]
pub fn face(object: &str, title: &str, id: Uuid, size: &str) -> Markup {
    let symbol = match object {
        "contact" | "company" => return avatar(title, id, object == "company", size),
        "deal" => "deals",
        "task" => "tasks",
        _ => "note",
    };
    html! { span class={ "av sq " (size) } data-tone="0" aria-hidden="true" { (icon(symbol)) } }
}

/// Draws how long ago a moment was; the exact one is in its title.
#[must_use]
pub fn ago(lang: Lang, at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) title=(format::moment(lang, at)) data-exact { (format::ago(lang, at, now)) } }
}

/// Draws the day something is due, in short; late ones stand out.
#[must_use]
pub fn due(lang: Lang, day: Date, now: Timestamp, late: bool) -> Markup {
    let whole = format::date(lang, day, now.date());
    html! {
        time.due datetime=(day) title=(whole) data-late[late] {
            (icon("calendar")) (format::short_date(lang, day, now.date()))
            @if late { span.vh { " " (t(lang, M::Late)) } }
        }
    }
}

/// Draws a tag: a dot and a word, never colour alone.
#[must_use]
pub fn tag(label: &str, tone: u8) -> Markup {
    html! { span.tag data-tone=(tone) { (label) } }
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

/// Draws a figure with its name, and a line below it.
#[must_use]
pub fn stat(name: &str, figure: &str, small: &str) -> Markup {
    html! {
        div.stat {
            div.k { (name) }
            div.v { (figure) }
            @if !small.is_empty() { div.s title=(small) { (small) } }
        }
    }
}

/// Writes yes or no.
#[must_use]
pub fn yes_no(lang: Lang, yes: bool) -> &'static str {
    if yes { t(lang, M::Yes) } else { t(lang, M::No) }
}

/// Returns one of two texts.
#[must_use]
pub const fn either<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
