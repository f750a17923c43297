//! The page on which a browser shows that a session is its own.

use httpkit::segment_url;
use kernel::Lang;
use maud::{Markup, html};

use super::door;
use ui::fault::explain;
use ui::icon;
use ui::text::{A, t};

/// Draws the page: its script signs and goes back to the page that was asked for. What it says if there is no script, or no
/// key any more, leads to the sign-in.
#[must_use]
pub fn checking(lang: Lang, back: Option<&str>) -> Markup {
    let (what, next) = explain(lang, "prove-device");
    let door_url = back.map_or_else(|| "/sign-in".to_owned(), |back| format!("/sign-in?next={}", segment_url(back)));
    let again = html! { p.acts { a.btn.primary href=(door_url) { (t(lang, A::SignIn)) } } };
    door(
        lang,
        what,
        &html! {
            div data-sign=(back.unwrap_or("/")) {
                div."empty-i" { (icon("shield")) }
                h1 { (what) }
                p.lead role="status" { (next) }
                div data-unscripted { p.lead { (t(lang, A::ProveNoScript)) } (again) }
            }
            div hidden data-unsigned {
                div."empty-i" { (icon("info")) }
                h1 { (t(lang, A::ProveFailed)) }
                p.lead role="alert" { (t(lang, A::ProveFailedHint)) }
                (again)
            }
        },
    )
}
