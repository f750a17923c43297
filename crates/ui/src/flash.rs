//! What was just done, and its way back.

use kernel::Lang;
use maud::{Markup, html};

use super::{csrf, icon};
use crate::text::{M, t};

/// What was just done.
pub struct Flash {
    /// In words.
    pub text: String,
    /// Where the way back is sent to, with its fields.
    pub undo: Option<(String, Vec<(&'static str, String)>)>,
}

/// Draws it as a banner; the script makes a toast of it.
#[must_use]
pub fn flash(lang: Lang, token: &str, flash: &Flash) -> Markup {
    html! {
        div.banner.good data-flash=(flash.text) role="status" {
            (icon("check"))
            div { b { (flash.text) } }
            @if let Some((action, fields)) = &flash.undo {
                form method="post" action=(action) data-swap {
                    (csrf(token))
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    button.btn.s { (t(lang, M::Undo)) }
                }
            }
        }
    }
}
