//! Pages about failures.

use httpkit::{ErrorPage, Said};
use kernel::Lang;
use maud::html;

use super::{device, door};
use ui::fault::explain;
use ui::icon;
use ui::text::{M, t};

/// Makes pages about failures: what, why, what next, and the id that the log has.
pub struct Errors;

impl ErrorPage for Errors {
    fn title(&self, lang: Lang, code: &str) -> Option<&'static str> {
        // A code without words of its own is not called by those of another fault.
        Some(explain(lang, code).0).filter(|title| *title != explain(lang, "").0)
    }

    fn page(&self, said: &Said) -> String {
        if said.code == "prove-device" {
            return device::checking(said.lang, "refresh", (said.back.as_deref(), None)).into_string();
        }
        let (what, next) = explain(said.lang, said.code);
        let body = html! {
            div."empty-i" { (icon(if said.status.is_server_error() { "warn" } else { "info" })) }
            h1 { (what) }
            p.lead data-why { (next) }
            @if let Some(id) = said.request { p.hint { (t(said.lang, M::RequestId)) " " (id) } }
            p.acts { a.btn href="/" { (t(said.lang, M::GoHome)) } }
        };
        door(said.lang, what, &body).into_string()
    }
}
