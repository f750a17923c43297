//! The start page: what to do today.

use authz::{Create, Import, Read, Resource as _};
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::{Record, Value};

use super::top;
use ui::format;
use ui::text::{M, t};
use ui::{Names, csrf, due, empty, face, icon, plain, tag};

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
        (top(lang, &html! { h1 { (t(lang, M::Home)) } span.total { (format::weekday(lang, view.now.date())) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                div.homes {
                    section.card {
                        div."card-h" { h2 { (t(lang, M::HomeTasks)) } span.sp {} (more(lang, "/tasks?f=owner:is:me&f=done:not:true&sort=due")) }
                        @if view.signed.cx.may::<Create>("task") { (quick_add(view)) }
                        @if view.tasks.is_empty() { (empty("tasks", t(lang, M::AllDone), t(lang, M::AllDoneHint), &html! {})) }
                        @for task in view.tasks { (task_line(view, task)) }
                    }
                    div { (deals(view)) (recent(view)) }
                }
            }
        }
    }
}

fn more(lang: Lang, href: &str) -> Markup {
    html! { a.quiet href=(href) data-swap { (t(lang, M::ShowAll)) } }
}

fn deals(view: &HomeView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, M::HomeDeals)) } span.sp {} (more(lang, "/deals?f=owner:is:me&sort=-amount")) }
            @for deal in view.deals { (line(view, deal)) }
            @if view.deals.is_empty() { (empty("deals", t(lang, M::EmptyDeals), t(lang, M::EmptyDealsHint), &html! {})) }
        }
    }
}

fn recent(view: &HomeView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let import = html! {
        @if view.signed.cx.may::<Import>("contact") { a.btn href="/import" data-swap { (icon("upload")) (t(lang, M::Import)) } }
    };
    html! {
        section.card {
            div."card-h" { h2 { (t(lang, M::HomeRecent)) } span.sp {} (more(lang, "/contacts")) }
            @for contact in view.recent { (line(view, contact)) }
            @if view.recent.is_empty() { (empty("users", t(lang, M::EmptyContacts), t(lang, M::EmptyContactsHint), &import)) }
        }
    }
}

/// A task in one line: what, and until when.
fn quick_add(view: &HomeView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        form.quick method="post" action="/tasks" data-swap data-done=(t(lang, M::DoneCreated)) {
            (csrf(&view.signed.csrf))
            input type="hidden" name="back" value="/";
            input.in id="quick-title" type="text" name="title" required maxlength="300" autocomplete="off" placeholder=(t(lang, M::QuickTask)) aria-label=(t(lang, M::QuickTask));
            input.in type="date" name="due" aria-label=(t(lang, M::QuickDue));
            button.btn { (t(lang, M::SetNew)) }
        }
    }
}

fn task_line(view: &HomeView<'_>, task: &Permitted<Record, Read>) -> Markup {
    let lang = view.signed.cx.lang();
    let until = match task.value("due") {
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
                button.tick aria-label={ (t(lang, M::MarkDone)) ": " (title) } title=(t(lang, M::MarkDone)) { (icon("check")) }
            }
            a.grow href={ "/tasks/" (task.record_id()) } data-swap { (title) }
            @if let Some(day) = until { (due(lang, day, view.now, day < view.now.date())) }
        }
    }
}

fn line(view: &HomeView<'_>, record: &Permitted<Record, Read>) -> Markup {
    let lang = view.signed.cx.lang();
    let object = record.definition();
    let title = super::record::title(lang, record);
    let stage = object.board_field().and_then(|f| f.choice(record.value(f.name.as_str())?.as_text()?));
    let company =
        object.field("company").and_then(|f| Some(plain(lang, f, record.value("company")?, view.names, view.now)));
    html! {
        div."line-item" {
            (face(object.name.as_str(), &title, record.id(), "sm"))
            a.grow href={ "/" (object.plural) "/" (record.record_id()) } data-swap { (title) @if let Some(company) = company { span.nil { " · " (company) } } }
            @if let Some(amount) = record.value("amount").and_then(Value::as_money) { span.num { (format::money(lang, amount)) } }
            @if let Some(choice) = stage { (tag(choice.labels.get(lang), choice.tone)) }
        }
    }
}
