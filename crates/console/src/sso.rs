//! The company's identity provider: the button in front of the door, the way there, the card on one's own account.

use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use sso::LinkedView;

use pages::door;
use ui::format;
use ui::text::{A, M, Provider, t};
use ui::{ago, csrf, device_key, icon};

/// Draws the button that leads to the provider: from the sign-in page, or from an invitation.
#[must_use]
pub fn enter(lang: Lang, provider: &Provider<'_>, action: &str, next: &str) -> Markup {
    html! {
        form.provider method="post" action=(action) {
            (device_key())
            input type="hidden" name="next" value=(next);
            button.btn { (icon("devices")) (provider.go_on(lang)) }
        }
    }
}

/// Draws the page between here and the provider. A header leads on by itself; the link is for browsers that do not follow it.
#[must_use]
pub fn away(lang: Lang, title: &str, url: &str) -> Markup {
    door(
        lang,
        title,
        &html! {
            span.mark {}
            h1 { (title) }
            p.lead { (t(lang, A::ProviderWait)) }
            p.acts { a.btn.primary href=(url) { (t(lang, A::Continue)) } }
        },
    )
}

/// Draws the card of one's own account.
#[must_use]
pub fn card(signed: &Signed, provider: &Provider<'_>, linked: &[LinkedView], now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        section.card id="provider" {
            div."card-h" { h2 { (t(lang, A::ProviderTitle)) } }
            p.lead { (provider.lead(lang)) }
            @for one in linked { (line(signed, provider, one, now)) }
            @if linked.is_empty() {
                form.acts method="post" action="/settings/account/provider" {
                    (csrf(&signed.csrf))
                    button.btn.primary { (icon("link")) (provider.connect(lang)) }
                }
            }
        }
    }
}

fn line(signed: &Signed, provider: &Provider<'_>, one: &LinkedView, now: Timestamp) -> Markup {
    let lang = signed.cx.lang();
    html! {
        div."line-item" {
            (icon("link"))
            span.grow {
                b { (provider.0) } br;
                span.nil {
                    (t(lang, A::ProviderSince)) " " (format::date(lang, one.linked_at.date(), now.date())) " · "
                    @if let Some(used) = one.used_at { (t(lang, A::PasskeyUsed)) " " (ago(lang, used, now)) } @else { (t(lang, A::PasskeyUnused)) }
                }
            }
            form method="post" action={ "/settings/account/provider/" (one.id) "/remove" } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&signed.csrf))
                button.btn.s { (t(lang, A::ProviderDisconnect)) }
            }
        }
    }
}
