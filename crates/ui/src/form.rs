//! The form kit: a label, a control, a hint, and what is wrong.

use kernel::Lang;
use maud::{Markup, html};

use super::icon;
use crate::text::{M, t};

/// Puts the session's token into a form.
#[must_use]
pub fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// Leaves room for the key of the browser, which its script puts in; empty, the session that follows is tied to no browser.
#[must_use]
pub fn device_key() -> Markup {
    html! { input type="hidden" name="device_key" data-device-key; }
}

/// A control and what stands around it.
pub struct Control<'a> {
    /// The field's name in the form, and the control's id.
    pub name: &'a str,
    /// What it is called.
    pub label: &'a str,
    /// What helps to fill it in.
    pub hint: &'a str,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// Draws a field around its control. The control carries `id` = the name.
#[must_use]
pub fn field(lang: Lang, control: &Control<'_>, inner: &Markup) -> Markup {
    html! {
        div.field {
            label for=(control.name) {
                (control.label)
                @if control.required { " " span.need { "· " (t(lang, M::Required)) } }
            }
            (inner)
            @if let Some(wrong_text) = &control.wrong { (wrong(control.name, wrong_text)) }
            @else if !control.hint.is_empty() { p.hint { (control.hint) } }
        }
    }
}

/// Draws what is wrong with a field.
#[must_use]
pub fn wrong(name: &str, text: &str) -> Markup {
    html! { p.wrong id={ (name) "-wrong" } data-why { (icon("warn")) span { (text) } } }
}
