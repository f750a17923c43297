//! The start page: what to do today.

use authz::Read;
use db::Permitted;
use httpkit::Signed;
use kernel::Timestamp;
use maud::{Markup, html};
use records::{Record, Value};

use super::top;
use crate::format;
use crate::text::{M, t};
use crate::ui::{Names, csrf, empty, icon, plain, tag};

/// What the start page shows.
pub struct HomeView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// Own tasks that are not done, the next first.
    pub tasks: &'a [Permitted<Record, Read>],
    /// Own deals that are open, the largest first.
    pub deals: &'a [Permitted<Record, Read>],
    /// Contacts changed lately.
    pub recent: &'a [Permitted<Record, Read>],
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws the start page.
#[must_use]
pub fn home(view: &HomeView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, M::Home)) } span.total { (super::record::day_name(lang, view.now, view.now)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                div.homes {
                    section.card {
                        div."card-h" { h2 { (t(lang, M::HomeTasks)) } }
                        @if view.tasks.is_empty() { (empty("tasks", t(lang, M::AllDone), t(lang, M::AllDoneHint), &html! {})) }
                        @for task in view.tasks { (task_line(view, task)) }
                    }
                    section.card {
                        div."card-h" { h2 { (t(lang, M::HomeDeals)) } }
                        @for deal in view.deals { (line(view, deal)) }
                        @if view.deals.is_empty() { (empty("deals", t(lang, M::EmptyList), "", &html! {})) }
                    }
                    section.card {
                        div."card-h" { h2 { (t(lang, M::HomeRecent)) } }
                        @for contact in view.recent { (line(view, contact)) }
                        @if view.recent.is_empty() {
                            (empty("users", t(lang, M::EmptyList), t(lang, M::EmptyListHint), &html! { a.btn href="/import" data-swap { (icon("upload")) (t(lang, M::Import)) } }))
                        }
                    }
                }
            }
        }
    }
}

fn task_line(view: &HomeView<'_>, task: &Permitted<Record, Read>) -> Markup {
    let lang = view.signed.cx.lang();
    let due = match task.value("due") {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let title = super::record::title(lang, task);
    html! {
        div."line-item" {
            form method="post" action={ "/tasks/" (task.record_id()) } data-swap data-done=(t(lang, M::DoneSaved)) {
                (csrf(&view.signed.csrf))
                input type="hidden" name="version" value=(task.current_version());
                input type="hidden" name="done" value="true";
                input type="hidden" name="back" value="/";
                button.ib aria-label={ (t(lang, M::MarkDone)) ": " (title) } { (icon("tasks")) }
            }
            a.grow href={ "/tasks/" (task.record_id()) } data-swap { (title) }
            @if let Some(day) = due { span.due data-late[day < view.now.date()] { (icon("calendar")) (format::date(lang, day, view.now.date())) } }
        }
    }
}

fn line(view: &HomeView<'_>, record: &Permitted<Record, Read>) -> Markup {
    let lang = view.signed.cx.lang();
    let object = record.definition();
    let stage = object.board_field().and_then(|f| f.choice(record.value(f.name.as_str())?.as_text()?));
    let company =
        object.field("company").and_then(|f| Some(plain(lang, f, record.value("company")?, view.names, view.now)));
    html! {
        div."line-item" {
            a.grow href={ "/" (object.plural) "/" (record.record_id()) } data-swap { (super::record::title(lang, record)) @if let Some(company) = company { span.nil { " · " (company) } } }
            @if let Some(amount) = record.value("amount").and_then(Value::as_money) { span.num { (format::money(amount)) } }
            @if let Some(choice) = stage { (tag(choice.labels.get(lang), choice.tone)) }
        }
    }
}
