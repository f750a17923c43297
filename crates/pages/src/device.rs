//! The page on which a browser shows that a session is its own.

use httpkit::{Pairs, segment_url};
use kernel::Lang;
use maud::{Markup, html};

use super::door;
use ui::fault::explain;
use ui::text::{A, t};
use ui::{csrf, icon};

/// Draws the page: its script signs for `purpose` and goes back to the page that was asked for, or sends the form that waits,
/// as it was sent, where it went. What it says if there is no script, or no key any more, leads to the sign-in.
#[must_use]
pub fn checking(lang: Lang, purpose: &str, (back, waits): (Option<&str>, Option<(&str, &str)>)) -> Markup {
    let (what, next) = explain(lang, "prove-device");
    let door_url = back.map_or_else(|| "/sign-in".to_owned(), |back| format!("/sign-in?next={}", segment_url(back)));
    let again = html! { p.acts { a.btn.primary href=(door_url) { (t(lang, A::SignIn)) } } };
    door(
        lang,
        what,
        &html! {
            div data-sign=(back.unwrap_or("/")) data-purpose=(purpose) {
                div."empty-i" { (icon("shield")) }
                h1 { (what) }
                p.lead role="status" { (next) }
                div data-unscripted { p.lead { (t(lang, A::ProveNoScript)) } (again) }
                @if let Some((to, form)) = waits { (waiting(to, form)) }
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

/// Draws the form that waits. It carries the token it came with: a signature gives a session no other one.
fn waiting(to: &str, form: &str) -> Markup {
    let pairs = Pairs::parse(form.as_bytes()).unwrap_or_default();
    html! {
        form method="post" action=(to) data-onward {
            @if let Some(token) = pairs.token() { (csrf(token)) }
            @for (name, value) in pairs.iter() { input type="hidden" name=(name) value=(value); }
        }
    }
}
