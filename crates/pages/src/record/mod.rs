//! One record: what matters on top, what happened below, details beside.

mod facts;
mod panel;
mod timeline;

use attachments::Attachment;
use authz::{Delete, Erase, Read, Resource as _, Update};
use db::Permitted;
use httpkit::Signed;
use kernel::{Currency, Lang, Timestamp};
use maud::{Markup, html};
use records::history::Events;
use records::list::{Beside, Related, Total};
use records::{ListQuery, Record, RecordRef, Records};

use super::ledger::{LedgerView, events};
use super::list::address_of;
use super::top;
use ui::text::{L, M, Z, erasure, t};
use ui::{Flash, Names, banner, csrf, face, flash, icon, plain, tag};

pub use panel::revealed;
pub use timeline::{actor_name, day_name};

/// What a record's page shows.
pub struct RecordView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The record.
    pub record: &'a Permitted<Record, Read>,
    /// What links to it.
    pub related: &'a [Related],
    /// What happened to it.
    pub events: &'a Events,
    /// What matters of it.
    pub facts: &'a Facts,
    /// With whom it is shared, by name, and until when.
    pub shared: &'a [(String, Timestamp)],
    /// The list it was opened from.
    pub list: &'a ListQuery,
    /// What stands before and behind it there.
    pub beside: Beside,
    /// The definitions.
    pub objects: &'a Records,
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// Whether this goes on with the timeline where another page ended.
    pub older: bool,
    /// Which tab is open: `overview` or `access`.
    pub tab: &'a str,
    /// Its files.
    pub files: &'a [Attachment],
    /// The record it became one with.
    pub merged: Option<RecordRef>,
    /// Until when a legal hold stands over it.
    pub held: Option<Timestamp>,
    /// What was just done.
    pub flash: Option<Flash>,
}

/// What matters of a record beyond its own fields.
#[derive(Default)]
pub struct Facts {
    /// Its deals by stage.
    pub deals: Vec<Total>,
    /// The latest note, call or meeting.
    pub last: Option<Permitted<Record, Read>>,
    /// What is to be done next.
    pub next: Option<Permitted<Record, Read>>,
}

impl RecordView<'_> {
    fn lang(&self) -> Lang {
        self.signed.cx.lang()
    }

    fn currency(&self) -> Currency {
        self.objects.objects().currency()
    }

    /// Where a form leads back to, if the record was opened from a list with conditions or an order of its own.
    fn back(&self) -> Markup {
        let parameters = self.list.parameters();
        if parameters.is_empty() {
            return html! {};
        }
        html! { input type="hidden" name="back" value=(address_of(self.url("").trim_start_matches('/'), &parameters)); }
    }

    /// The address of this page, or of something under it.
    fn url(&self, more: &str) -> String {
        format!("/{}/{}{more}", self.record.definition().plural, self.record.record_id())
    }
}

/// Returns what a record is called; a record without a title by its object.
#[must_use]
pub fn title(lang: Lang, record: &Record) -> String {
    match record.title() {
        // Of what was altered nothing is believed, nor that somebody was erased.
        "" if record.is_damaged() => t(lang, M::Damaged).to_owned(),
        "" if record.is_erased() && record.definition().subject => t(lang, Z::Person).to_owned(),
        "" if record.is_erased() => t(lang, Z::Nameless).to_owned(),
        "" => first_line(record).unwrap_or_else(|| record.definition().label(lang).to_owned()),
        title => title.lines().next().unwrap_or(title).to_owned(),
    }
}

fn first_line(record: &Record) -> Option<String> {
    let text = record.value("text")?.as_text()?.lines().next()?;
    Some(text.chars().take(80).collect())
}

/// Draws a record's page.
#[must_use]
pub fn record(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let record = view.record;
    let object = record.definition();
    let title = title(lang, record);
    let crumbs = html! {
        nav.crumbs aria-label=(object.plural_label(lang)) {
            a href=(address_of(&object.plural, &view.list.parameters())) data-swap { (object.plural_label(lang)) }
            (icon("right")) span { (title) }
        }
    };
    html! {
        (top(lang, &crumbs, &html! { (beside(view)) (acts(view)) }))
        div."rec-page" data-keep="rec-page" {
            div."rec-main" {
                (head(view, &title))
                (tabs(view))
                div."rec-scroll" data-keep="rec-scroll" tabindex="-1" {
                    @if let Some(done) = &view.flash { (flash(lang, &view.signed.csrf, done)) }
                    (state(view))
                    @if let Some(into) = &view.merged { (merged(view, into)) }
                    @if let Some(until) = view.held { (held(lang, until)) }
                    @if view.tab == "access" { (access(view)) } @else { (overview(view)) }
                }
            }
            aside.panel data-keep="panel" aria-label=(t(lang, M::Details)) tabindex="-1" { (panel::panel(view)) }
        }
    }
}

/// Leads to the record that it became one with.
fn merged(view: &RecordView<'_>, into: &RecordRef) -> Markup {
    let (lang, plural) = (view.lang(), &view.record.definition().plural);
    let title = view.names.titles.get(&into.id.uuid()).map_or("…", String::as_str);
    html! {
        div.banner {
            (icon("users"))
            div { b { (t(lang, L::Into)) } p { (t(lang, L::IntoHint)) " " a href={ "/" (plural) "/" (into.id) } data-swap { (title) } } }
        }
    }
}

/// Says that it must be kept.
fn held(lang: Lang, until: Timestamp) -> Markup {
    let why = format!("{} {}", t(lang, Z::HoldStandsLead), erasure::held_until(lang, until));
    banner("", "lock", t(lang, Z::HoldStands), &why)
}

/// Says that it lies in the bin, or that there is nobody any more.
fn state(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    match record.deleted_at() {
        Some(at) if record.is_erased() => {
            let what = format!("{} · {}", t(lang, Z::Gone), erasure::erased_on(lang, at));
            banner("bad", "lock", &what, t(lang, Z::GoneLead))
        }
        Some(_) => banner("bad", "trash", t(lang, M::InBin), t(lang, M::BinLead)),
        None => html! {},
    }
}

fn overview(view: &RecordView<'_>) -> Markup {
    let record = view.record;
    let whole = record.definition().name != "note" && record.definition().name != "task";
    let writes = whole && record.deleted_at().is_none() && view.signed.cx.may::<authz::Create>("note");
    html! {
        @if whole { (facts::facts(view)) }
        @if writes { (timeline::composer(view)) }
        (timeline::timeline(view))
    }
}

fn access(view: &RecordView<'_>) -> Markup {
    let log = LedgerView {
        signed: view.signed,
        events: view.events,
        objects: view.objects,
        names: view.names,
        now: view.now,
    };
    events(&log, true)
}

/// The way to the records before and behind this one in the list it was opened from.
fn beside(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let plural = &view.record.definition().plural;
    let step = |id: Option<kernel::RecordId>, symbol: &str, key: &str, label: M| {
        html! {
            @if let Some(id) = id {
                a.ib href=(address_of(&format!("{plural}/{id}"), &view.list.parameters())) data-swap data-step=(key)
                    aria-label=(t(lang, label)) title={ (t(lang, label)) " (" (key.to_uppercase()) ")" } { (icon(symbol)) }
            } @else { span.ib.off aria-hidden="true" { (icon(symbol)) } }
        }
    };
    html! {
        @if view.beside != Beside::default() {
            div.steps-rec {
                (step(view.beside.before, "up", "k", M::PreviousRecord))
                (step(view.beside.behind, "arrdown", "j", M::NextRecord))
            }
        }
    }
}

fn acts(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let object = record.definition();
    let cx = &view.signed.cx;
    let erases = object.subject && !record.is_erased() && cx.may::<Erase>(object.name.as_str());
    html! {
        @if erases { a.btn href=(view.url("/erase")) data-swap { (icon("shield")) span { (t(lang, Z::Open)) } } }
        @if record.deleted_at().is_some() && record.is_erased() {}
        @else if record.deleted_at().is_some() {
            form method="post" action=(view.url("/restore")) data-swap { (csrf(&view.signed.csrf)) button.btn { (icon("restore")) (t(lang, M::Restore)) } }
        } @else {
            @if cx.may::<Update>(object.name.as_str()) {
                a.btn href=(view.url("/edit")) data-swap data-edit title={ (t(lang, M::Edit)) " (E)" } { (icon("edit")) span { (t(lang, M::Edit)) } }
            }
            @if cx.may::<Delete>(object.name.as_str()) {
                button.ib type="button" popovertarget="more-menu" aria-label=(t(lang, M::More)) title=(t(lang, M::More)) { (icon("more")) }
                form.menu id="more-menu" popover method="post" action=(view.url("/delete")) data-swap {
                    (csrf(&view.signed.csrf))
                    input type="hidden" name="version" value=(record.current_version());
                    button.danger { (icon("trash")) (t(lang, M::Delete)) }
                }
            }
        }
    }
}

fn head(view: &RecordView<'_>, title: &str) -> Markup {
    let (lang, record) = (view.lang(), view.record);
    let object = record.definition();
    let stage = object.board_field().and_then(|field| field.choice(record.value(field.name.as_str())?.as_text()?));
    let says = |name: &str| {
        let field = object.field(name).filter(|field| field.name != object.title)?;
        Some(plain(lang, field, record.value(name)?, view.names, view.now))
    };
    let line: Vec<String> =
        ["title", "industry", "company", "city"].iter().filter_map(|name| says(name)).take(3).collect();
    html! {
        div."rec-head" {
            (face(object.name.as_str(), title, record.id(), "xl"))
            div.grow { h1 { (title) } @if !line.is_empty() { p { (line.join(" · ")) } } }
            @if let Some(choice) = stage { (tag(choice.labels.get(lang), choice.tone)) }
        }
    }
}

fn tabs(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let tab = |key: &str, label: M| {
        let mut parameters = view.list.parameters();
        if key != "overview" {
            parameters.push(("tab", key.to_owned()));
        }
        let url = address_of(view.url("").trim_start_matches('/'), &parameters);
        html! { a.tab href=(url) data-swap aria-current=[(view.tab == key).then_some("page")] { (t(lang, label)) } }
    };
    html! { nav.tabs aria-label=(t(lang, M::Views)) { (tab("overview", M::Overview)) (tab("access", M::AccessLog)) } }
}
