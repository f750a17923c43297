//! Values of fields: shown, written as text, and in a control.

use std::collections::HashMap;

use kernel::{Lang, Timestamp, UserId, Uuid};
use maud::{Markup, html};
use records::object::{Field, Kind};
use records::{RecordRef, Value};

use super::{avatar, face, tag, yes_no};
use crate::format;
use crate::text::{M, Z, t};

/// What ids are called: linked records and people.
#[derive(Clone, Default)]
pub struct Names {
    /// Titles of records.
    pub titles: HashMap<Uuid, String>,
    /// Names of people.
    pub people: HashMap<UserId, String>,
}

/// Returns where the page of a record of a standard object is.
#[must_use]
pub fn record_url(object: &str, id: impl std::fmt::Display) -> String {
    match object {
        "company" => format!("/companies/{id}"),
        other => format!("/{other}s/{id}"),
    }
}

/// Shows a value.
#[must_use]
pub fn shown(lang: Lang, field: &Field, value: Option<&Value>, names: &Names, now: Timestamp) -> Markup {
    let Some(value) = value else { return html! { span.nil { (t(lang, M::Nothing)) } } };
    match value {
        Value::Choice(word) => match field.choice(word) {
            Some(choice) => tag(choice.labels.get(lang), choice.tone),
            None => html! { (word) },
        },
        Value::Link(id) => match (names.titles.get(&id.uuid()), &field.link) {
            (Some(title), Some(object)) => {
                let title = named(lang, object.as_str(), title);
                html! {
                    a.who href=(record_url(object.as_str(), id)) data-swap {
                        (face(object.as_str(), title, id.uuid(), "sm")) span { (title) }
                    }
                }
            }
            _ => html! { span.nil { (t(lang, M::NotReadable)) } },
        },
        Value::User(id) => match names.people.get(id) {
            Some(name) => html! { span.who { (avatar(name, id.uuid(), false, "xs")) span { (name) } } },
            None => html! { span.nil { (t(lang, M::Nothing)) } },
        },
        Value::Money(_) | Value::Number(_) => html! { span.num { (plain(lang, field, value, names, now)) } },
        Value::Text(text) if field.kind == Kind::LongText => html! { div.long { (text) } },
        _ => html! { (plain(lang, field, value, names, now)) },
    }
}

/// Returns what a linked record is called: one without a title was erased, or was about somebody who was.
fn named<'t>(lang: Lang, object: &str, title: &'t str) -> &'t str {
    match title {
        "" if object == "contact" => t(lang, Z::Person),
        "" => t(lang, Z::Nameless),
        title => title,
    }
}

/// Shows a value on its record's page: addresses and numbers lead where they point.
#[must_use]
pub fn linked(lang: Lang, field: &Field, value: Option<&Value>, names: &Names, now: Timestamp) -> Markup {
    let Some(Value::Text(text)) = value else { return shown(lang, field, value, names, now) };
    let scheme = match field.kind {
        Kind::Email => "mailto:",
        Kind::Phone => "tel:",
        Kind::Url if text.starts_with("https://") || text.starts_with("http://") => "",
        _ => return shown(lang, field, value, names, now),
    };
    let outside = field.kind == Kind::Url;
    html! {
        a.quiet href={ (scheme) (text) } title=(text) rel=[outside.then_some("noopener noreferrer")] target=[outside.then_some("_blank")] { (text) }
    }
}

/// Writes a value as text.
#[must_use]
pub fn plain(lang: Lang, field: &Field, value: &Value, names: &Names, now: Timestamp) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Choice(word) => field.choice(word).map_or(word.as_str(), |choice| choice.labels.get(lang)).to_owned(),
        Value::Number(n) if field.name == "founded" => n.to_string(),
        Value::Number(n) => format::number(*n),
        Value::Money(money) => format::money(lang, *money),
        Value::Date(day) => format::date(lang, *day, now.date()),
        Value::Time(at) => format!("{} {}", format::date(lang, at.date(), now.date()), format::time(*at)),
        Value::Tags(tags) => tags.join(", "),
        Value::Bool(yes) => yes_no(lang, *yes).to_owned(),
        Value::Link(id) => match (names.titles.get(&id.uuid()), &field.link) {
            (Some(title), Some(object)) => named(lang, object.as_str(), title).to_owned(),
            _ => t(lang, M::NotReadable).to_owned(),
        },
        Value::User(id) => names.people.get(id).cloned().unwrap_or_default(),
    }
}

/// Returns the reference a link's value stands for.
#[must_use]
pub fn link_of(field: &Field, value: Option<&Value>) -> Option<RecordRef> {
    let (object, id) = (field.link.clone()?, value?.as_link()?);
    Some(RecordRef { object, id })
}

/// Draws the control for a field, with what was typed or stored.
#[must_use]
pub fn control(lang: Lang, field: &Field, id: &str, typed: &str, wrong: bool) -> Markup {
    let invalid = wrong.then_some("true");
    let described = wrong.then(|| format!("{id}-wrong"));
    let name = field.name.as_str();
    let kind = match field.kind {
        Kind::Email => "email",
        Kind::Phone => "tel",
        Kind::Date => "date",
        _ => "text",
    };
    let most = field.max.clamp(1, 10_000);
    match field.kind {
        Kind::LongText => html! {
            textarea.in id=(id) name=(name) maxlength=(most) aria-label=(field.label(lang)) aria-invalid=[invalid] aria-describedby=[described] { (typed) }
        },
        Kind::Choice => html! {
            select.in id=(id) name=(name) aria-label=(field.label(lang)) aria-invalid=[invalid] aria-describedby=[described] {
                @if !field.required { option value="" selected[typed.is_empty()] { (t(lang, M::None)) } }
                @for choice in &field.choices {
                    option value=(choice.value) selected[choice.value == typed] { (choice.labels.get(lang)) }
                }
            }
        },
        Kind::Boolean => html! {
            select.in id=(id) name=(name) aria-label=(field.label(lang)) {
                option value="false" selected[typed != "true"] { (t(lang, M::No)) }
                option value="true" selected[typed == "true"] { (t(lang, M::Yes)) }
            }
        },
        Kind::Link => html! {
            input.in id=(id) name=(name) type="text" value=(typed) autocomplete="off" spellcheck="false"
                aria-label=(field.label(lang)) aria-invalid=[invalid] aria-describedby=[described]
                data-link=[field.link.as_ref().map(|l| l.as_str())];
        },
        _ => html! {
            input.in id=(id) name=(name) type=(kind) value=(typed) maxlength=[(kind != "date").then_some(most)] autocomplete="off"
                inputmode=[matches!(field.kind, Kind::Money | Kind::Number).then_some("decimal")]
                aria-label=(field.label(lang)) aria-invalid=[invalid] aria-describedby=[described];
        },
    }
}
