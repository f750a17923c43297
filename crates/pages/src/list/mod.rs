//! Lists: one page for every object.

mod bar;
mod letters;
mod table;

use std::fmt::Write as _;

use authz::{Create, Export, Import};
use httpkit::{Signed, segment_url};
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::list::{COUNTED, Count, Page};
use records::{ListQuery, Object};

use super::top;
use ui::fault::explain;
use ui::format;
use ui::text::{E, L, M, t};
use ui::{Flash, Names, banner, empty, flash, icon};

/// What a list shows.
pub struct ListView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What is listed.
    pub object: &'a Object,
    /// How it was asked for.
    pub query: &'a ListQuery,
    /// The rows.
    pub page: &'a Page,
    /// How many there are in all.
    pub count: Count,
    /// Its tabs.
    pub tabs: &'a [Tab],
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// What was just done.
    pub flash: Option<Flash>,
    /// Why a part of the address was left out.
    pub refused: Option<&'static str>,
}

/// One of the lists that are a click away.
#[derive(Clone, Default)]
pub struct Tab {
    /// What it is called.
    pub label: String,
    /// Its parameters.
    pub parameters: Vec<(&'static str, String)>,
    /// How many records it has, if that is known.
    pub count: Option<Count>,
}

impl ListView<'_> {
    fn lang(&self) -> Lang {
        self.signed.cx.lang()
    }

    /// The address of this list with its parameters changed.
    fn with(&self, change: impl FnOnce(&mut Vec<(&'static str, String)>)) -> String {
        let mut parameters = self.query.parameters();
        change(&mut parameters);
        address(self.object, &parameters)
    }
}

/// Returns the tabs of an object's lists: all, one's own, and one for each stage.
#[must_use]
pub fn tabs(lang: Lang, object: &Object) -> Vec<Tab> {
    let tab = |label: &str, parameters: &[(&'static str, &str)]| Tab {
        label: label.to_owned(),
        parameters: parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        count: None,
    };
    let mut tabs = vec![tab(t(lang, M::AllOf), &[]), tab(t(lang, M::Mine), &[("f", "owner:is:me")])];
    if object.name == "task" {
        tabs.insert(0, tab(t(lang, M::HomeTasks), &[("f", "owner:is:me"), ("f", "done:not:true"), ("sort", "due")]));
        tabs.push(tab(t(lang, M::NotDone), &[("f", "done:not:true"), ("sort", "due")]));
    }
    if let Some(field) = object.board_field() {
        for choice in &field.choices {
            let filter = format!("{}:is:{}", field.name, choice.value);
            tabs.push(tab(choice.labels.get(lang), &[("f", &filter)]));
        }
    }
    tabs
}

/// Returns the address of a list.
#[must_use]
pub fn address(object: &Object, parameters: &[(&str, String)]) -> String {
    let board = object.sum.is_some() && parameters.iter().all(|(name, _)| *name != "f");
    if board {
        let own: Vec<_> = std::iter::once(("as", "list".to_owned())).chain(parameters.iter().cloned()).collect();
        return address_of(&object.plural, &own);
    }
    address_of(&object.plural, parameters)
}

/// Returns an address with parameters.
pub(crate) fn address_of(path: &str, parameters: &[(&str, String)]) -> String {
    let mut url = format!("/{path}");
    for (at, (name, value)) in parameters.iter().enumerate() {
        let _ = write!(url, "{}{name}={}", if at == 0 { '?' } else { '&' }, segment_url(value));
    }
    url
}

/// Writes how many records a list has.
#[must_use]
pub fn total(count: Count) -> String {
    if count.more { format!("{}+", format::count(COUNTED)) } else { format::count(count.counted) }
}

/// Draws a list.
#[must_use]
pub fn list(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let heading = if view.query.bin { t(lang, M::Bin) } else { object.plural_label(lang) };
    let title = html! {
        h1 { (heading) }
        span.total { (total(view.count)) }
        @if object.board.is_some() && object.sum.is_some() && !view.query.bin { (super::board::switch(lang, object, false)) }
    };
    html! {
        (top(lang, &title, &acts(view)))
        @if view.query.bin { (bins(view)) } @else { (tab_row(view)) }
        (bar::bar(view))
        (letters::letters(view))
        @if view.page.settling { div.notice { (banner("", "sort", t(lang, M::Settling), t(lang, M::SettlingHint))) } }
        @if let Some(code) = view.refused { @let (what, next) = explain(lang, code); div.notice { (banner("bad", "warn", what, next)) } }
        @if let Some(done) = &view.flash { div.notice { (flash(lang, &view.signed.csrf, done)) } }
        @if view.page.rows.is_empty() { (nothing(view)) } @else { (table::table(view)) (pager(view)) }
    }
}

/// Says that a record is made: `New contact`, `新建联系人`.
pub(crate) fn new_label(lang: Lang, object: &Object) -> String {
    match lang {
        Lang::En => format!("{} {}", t(lang, M::New), object.label(lang).to_lowercase()),
        Lang::Zh => format!("{}{}", t(lang, M::New), object.label(lang)),
    }
}

/// Returns the symbol of an object.
pub(crate) fn symbol(object: &Object) -> &'static str {
    match object.name.as_str() {
        "contact" => "users",
        "company" => "building",
        "deal" => "deals",
        "task" => "tasks",
        _ => "note",
    }
}

/// Draws the button that makes a new record.
pub(crate) fn new_button(signed: &Signed, object: &Object) -> Markup {
    let lang = signed.cx.lang();
    html! {
        @if signed.cx.may::<Create>(object.name.as_str()) {
            a.btn.primary href={ "/" (object.plural) "/new" } data-swap data-new title={ (t(lang, M::KeyNew)) " (N)" } {
                (icon("plus")) span { (new_label(lang, object)) }
            }
        }
    }
}

fn acts(view: &ListView<'_>) -> Markup {
    let (lang, cx, object) = (view.lang(), &view.signed.cx, view.object);
    if view.query.bin {
        return html! {};
    }
    html! {
        @if super::duplicate::asked(object).is_some() {
            a.btn.ghost."icon-s" href={ "/" (object.plural) "/duplicates" } data-swap { (icon("users")) span { (t(lang, L::Title)) } }
        }
        @if cx.may::<Export>(object.name.as_str()) {
            a.btn.ghost."hide-s" href=(export_url(view)) data-swap { (icon("download")) (t(lang, E::Title)) }
        }
        @if cx.may::<Import>(object.name.as_str()) {
            a.btn.ghost."hide-s" href={ "/import?object=" (object.name) } data-swap { (icon("upload")) (t(lang, M::Import)) }
        }
        (new_button(view.signed, object))
    }
}

/// Returns where this list is taken out, with its conditions.
fn export_url(view: &ListView<'_>) -> String {
    let filters = view.query.parameters().into_iter().filter(|(name, _)| *name == "f");
    let object = std::iter::once(("object", view.object.name.to_string()));
    address_of("exports/new", &object.chain(filters).collect::<Vec<_>>())
}

fn tab_row(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let filters = |parameters: &[(&str, String)]| -> Vec<String> {
        parameters.iter().filter(|(name, _)| *name == "f").map(|(_, value)| value.clone()).collect()
    };
    let now = filters(&view.query.parameters());
    html! {
        nav.tabs aria-label=(t(lang, M::Views)) {
            @for tab in view.tabs {
                a.tab href=(address(object, &tab.parameters)) data-swap aria-current=[(filters(&tab.parameters) == now).then_some("page")] {
                    (tab.label) @if let Some(count) = tab.count { " " span.count { (total(count)) } }
                }
            }
        }
    }
}

/// The bin has a list for each object.
fn bins(view: &ListView<'_>) -> Markup {
    let lang = view.lang();
    html! {
        nav.tabs aria-label=(t(lang, M::Bin)) {
            @for tab in view.tabs {
                @let here = tab.parameters.iter().any(|(name, value)| *name == "of" && *value == view.object.plural);
                @let plural = tab.parameters.first().map_or("", |(_, value)| value.as_str());
                a.tab href={ "/" (plural) "?as=list&bin=1" } data-swap aria-current=[here.then_some("page")] {
                    (tab.label) @if let Some(count) = tab.count { " " span.count { (total(count)) } }
                }
            }
        }
    }
}

fn pager(view: &ListView<'_>) -> Markup {
    let lang = view.lang();
    html! {
        @let within = view.query.after.is_some() || view.query.letter.is_some();
        @if within || view.page.next.is_some() {
            nav.pager aria-label=(t(lang, M::Pages)) {
                @if within { a.btn.s href=(view.with(|_| {})) data-swap { (icon("left")) (t(lang, M::FirstPage)) } }
                @if let Some(next) = &view.page.next {
                    a.btn.s href=(view.with(|p| p.push(("after", next.to_string())))) data-swap { (t(lang, M::NextPage)) (icon("right")) }
                }
            }
        }
    }
}

fn nothing(view: &ListView<'_>) -> Markup {
    let (lang, object, cx) = (view.lang(), view.object, &view.signed.cx);
    if view.query.bin {
        return empty("trash", t(lang, M::BinEmpty), t(lang, M::BinLead), &html! {});
    }
    if view.query.letter.is_some() {
        let top = html! { a.btn href=(view.with(|_| {})) data-swap { (t(lang, M::FromTop)) } };
        return empty("sort", t(lang, M::EmptyLetter), t(lang, M::EmptyLetterHint), &top);
    }
    if !view.query.filters.is_empty() {
        let clear = html! { a.btn href=(address(object, &[])) data-swap { (t(lang, M::ClearFilters)) } };
        return empty("filter", t(lang, M::EmptyFiltered), t(lang, M::EmptyFilteredHint), &clear);
    }
    let (title, hint) = match object.name.as_str() {
        "contact" => (M::EmptyContacts, M::EmptyContactsHint),
        "company" => (M::EmptyCompanies, M::EmptyCompaniesHint),
        "deal" => (M::EmptyDeals, M::EmptyDealsHint),
        "task" => (M::EmptyTasks, M::EmptyTasksHint),
        _ => (M::EmptyList, M::EmptyListHint),
    };
    let act = html! {
        div.acts {
            (new_button(view.signed, object))
            @if cx.may::<Import>(object.name.as_str()) { a.btn href={ "/import?object=" (object.name) } data-swap { (icon("upload")) (t(lang, M::Import)) } }
        }
    };
    empty(symbol(object), t(lang, title), t(lang, hint), &act)
}
