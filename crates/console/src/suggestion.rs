//! What AI assistants suggest, one under the other: what would become of what, why, yes or no.

use std::collections::HashMap;

use httpkit::Signed;
use kernel::{Lang, Timestamp, TokenId};
use maud::{Markup, html};
use proposals::{Proposal, Shown};
use records::record::Altering;
use records::{Field, Object, Records, Value};

use pages::top;
use ui::fault::explain;
use ui::text::{M, S, t};
use ui::{Names, ago, banner, csrf, either, empty, icon, plain, record_url};

/// What the page shows.
pub struct SuggestionsView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What waits.
    pub waiting: &'a [Proposal],
    /// What tokens are called.
    pub tokens: &'a HashMap<TokenId, String>,
    /// What people and linked records are called.
    pub names: &'a Names,
    /// The objects.
    pub records: &'a Records,
    /// Why the last answer was not taken.
    pub refused: Option<&'static str>,
    /// Our clock.
    pub now: Timestamp,
}

/// Draws the page.
#[must_use]
pub fn suggestions(view: &SuggestionsView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, S::Title)) } @if !view.waiting.is_empty() { span.total { (view.waiting.len()) } } }, &html! {}))
        div.page data-keep="page" tabindex="-1" { div.narrow {
            p.lead { (t(lang, S::Lead)) }
            @if let Some(code) = view.refused { @let (what, next) = explain(lang, code); (banner("bad", "warn", what, next)) }
            @if view.waiting.is_empty() { (empty("check", t(lang, S::Nothing), t(lang, S::NothingHint), &html! {})) }
            @for proposal in view.waiting { (card(view, proposal)) }
        } }
    }
}

fn card(view: &SuggestionsView<'_>, proposal: &Proposal) -> Markup {
    let lang = view.signed.cx.lang();
    let object = view.records.seen_by_name(&view.signed.cx, proposal.object.as_str()).ok();
    let kind = object.as_ref().map_or(proposal.object.as_str(), |object| object.label(lang)).to_owned();
    let done = if proposal.record.is_some() { S::Change } else { S::New };
    let ready = matches!(proposal.shown, Shown::Ready { .. });
    html! {
        section.card id={ "s-" (proposal.id) } {
            div."card-h" { h2 { (t(lang, done)) (either(lang, ": ", "：")) (kind) @if let Shown::Ready { title: Some(title), .. } = &proposal.shown { " · " (title) } } }
            div."line-item" {
                (icon("key"))
                span.grow.wraps { span.nil { (ago(lang, proposal.asked_at, view.now)) " · " (t(lang, S::Token)) " " (view.tokens.get(&proposal.token).map_or("?", String::as_str)) } }
                @if let Some(id) = proposal.record { a.btn.s href=(record_url(proposal.object.as_str(), id)) data-swap { (t(lang, S::Open)) } }
            }
            @match (&proposal.shown, &object) {
                (Shown::Ready { changes, .. }, Some(object)) => (diff(view, object, changes, proposal.record.is_some())),
                _ => p.lead { (t(lang, S::Outdated)) },
            }
            @if !proposal.why.is_empty() {
                div."line-item" { (icon("warn")) span.grow.wraps { b { (t(lang, S::Why)) } br; q { (proposal.why) } br; span.nil { (t(lang, S::Outside)) } } }
            }
            div.acts {
                @if ready { (answer(view, proposal, ("accept", S::Accept, S::Accepted), "btn primary")) }
                (answer(view, proposal, ("reject", S::Reject, S::Rejected), "btn"))
            }
        }
    }
}

fn answer(view: &SuggestionsView<'_>, proposal: &Proposal, (act, word, done): (&str, S, S), class: &str) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        form method="post" action={ "/suggestions/" (proposal.id) "/" (act) } data-swap data-done=(t(lang, done)) {
            (csrf(&view.signed.csrf)) button class=(class) { (t(lang, word)) }
        }
    }
}

/// Draws each field that would change: before, and marked as what comes from outside, after.
fn diff(view: &SuggestionsView<'_>, object: &Object, changes: &[Altering], before: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let text = |field: &Field, value: Option<&Value>| said(lang, view, field, value);
    html! {
        dl.diff {
            @for change in changes {
                @if let Some(field) = object.field(change.field.as_str()).filter(|field| !field.is_masked()) {
                    div {
                        dt { (field.label(lang)) }
                        @if before { dd { del { (text(field, change.before.as_ref())) } } (icon("arrow")) }
                        dd { ins { (text(field, change.after.as_ref())) } }
                    }
                }
            }
        }
    }
}

fn said(lang: Lang, view: &SuggestionsView<'_>, field: &Field, value: Option<&Value>) -> String {
    value.map_or_else(|| t(lang, M::Nothing).to_owned(), |value| plain(lang, field, value, view.names, view.now))
}

/// Draws how many wait, where tokens are made.
#[must_use]
pub fn link(lang: Lang) -> Markup {
    html! { a.btn href="/suggestions" data-swap { (icon("check")) span { (t(lang, S::Title)) } } }
}
