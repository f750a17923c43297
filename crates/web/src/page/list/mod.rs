//! Lists: one page for every object.

use std::fmt::Write as _;

use authz::{Create, Import, Read, Resource as _};
use db::Permitted;
use httpkit::{Signed, segment_url};
use kernel::{Lang, Timestamp};
use maud::{Markup, html};
use records::filter::Column;
use records::list::{Count, Page};
use records::object::{Field, Kind};
use records::{ListQuery, Object, Record};

use super::top;
use crate::format;
use crate::text::{M, t};
use crate::ui::{Flash, Names, avatar, csrf, empty, flash, icon, plain, shown};

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
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// What was just done.
    pub flash: Option<Flash>,
}

/// Which fields are columns, where the object's own order would be too much.
fn columns(object: &Object) -> Vec<&Field> {
    let wanted: &[&str] = match object.name.as_str() {
        "contact" => &["company", "title", "stage", "email", "phone"],
        "company" => &["industry", "city", "employees", "revenue", "website"],
        "deal" => &["company", "stage", "amount", "close_date", "product"],
        "task" => &["due", "contact", "company", "deal", "done"],
        "note" => &["kind", "contact", "company", "deal"],
        _ => &[],
    };
    if wanted.is_empty() {
        return object.fields.iter().filter(|f| f.name != object.title && !f.is_masked()).take(5).collect();
    }
    wanted.iter().filter_map(|name| object.field(name)).collect()
}

/// Returns the address of a list.
#[must_use]
pub fn address(object: &Object, parameters: &[(&str, String)]) -> String {
    let mut url = format!("/{}", object.plural);
    for (at, (name, value)) in parameters.iter().enumerate() {
        let _ = write!(url, "{}{name}={}", if at == 0 { '?' } else { '&' }, segment_url(value));
    }
    url
}

fn with(query: &ListQuery, changed: impl FnOnce(&mut Vec<(&'static str, String)>)) -> Vec<(&'static str, String)> {
    let mut parameters = query.parameters();
    changed(&mut parameters);
    parameters
}

/// Draws a list.
#[must_use]
pub fn list(view: &ListView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let object = view.object;
    let total = if view.count.more {
        format!("{}+", format::number(10_000))
    } else {
        format::number(i64::try_from(view.count.counted).unwrap_or(0))
    };
    html! {
        (top(lang,
            &html! {
                h1 { (object.plural_label(lang)) }
                span.total { (total) }
                @if object.board.is_some() && object.sum.is_some() { (super::board::switch(lang, object, false)) }
            },
            &acts(view)))
        (tabs(view))
        (bar(view))
        @if let Some(done) = &view.flash { (flash(lang, &view.signed.csrf, done)) }
        @if view.page.rows.is_empty() { (nothing(view)) } @else { (table(view)) (pager(view)) }
    }
}

fn acts(view: &ListView<'_>) -> Markup {
    let (lang, cx, object) = (view.signed.cx.lang(), &view.signed.cx, view.object);
    html! {
        @if cx.may::<Import>(object.name.as_str()) {
            a.btn.ghost."hide-s" href={ "/import?object=" (object.name) } data-swap { (icon("upload")) (t(lang, M::Import)) }
        }
        @if cx.may::<Create>(object.name.as_str()) {
            a.btn.primary href={ "/" (object.plural) "/new" } data-swap data-new {
                (icon("plus")) span { (t(lang, M::New)) @if lang == Lang::En { " " } (object.label(lang).to_lowercase()) }
            }
        }
    }
}

fn tabs(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let now: Vec<&str> = view.query.filters.iter().map(|f| f.spelled.as_str()).collect();
    let tab = |filters: &[&str], label: &str| {
        let url = address(object, &filters.iter().map(|f| ("f", (*f).to_owned())).collect::<Vec<_>>());
        html! { a.tab href=(url) data-swap aria-current=[(now == filters).then_some("page")] { (label) } }
    };
    let choices = object.board_field().map(|field| (field, &field.choices));
    html! {
        nav.tabs aria-label=(object.plural_label(lang)) {
            (tab(&[], t(lang, M::AllOf)))
            (tab(&["owner:is:me"], t(lang, M::Mine)))
            @if let Some((field, choices)) = choices {
                @for choice in choices.iter() { (tab(&[&format!("{}:is:{}", field.name, choice.value)], choice.labels.get(lang))) }
            }
        }
    }
}

fn bar(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    html! {
        div.bar {
            @for (at, filter) in view.query.filters.iter().enumerate() {
                span.chip {
                    (icon("filter"))
                    (chip(view, filter))
                    a href=(address(object, &with(view.query, |p| { remove_filter(p, at); }))) data-swap aria-label=(t(lang, M::Clear)) { (icon("x")) }
                }
            }
            button.btn.ghost.s type="button" popovertarget="filter-menu" { (icon("filter")) (t(lang, M::Filter)) }
            (filter_menu(view))
            span.sp {}
            button.btn.ghost.s type="button" popovertarget="sort-menu" { (icon("sort")) (t(lang, M::Sort)) }
            (sort_menu(view))
        }
    }
}

fn remove_filter(parameters: &mut Vec<(&'static str, String)>, at: usize) {
    let place = parameters.iter().enumerate().filter(|(_, (name, _))| *name == "f").nth(at).map(|(place, _)| place);
    if let Some(place) = place {
        parameters.remove(place);
    }
}

fn column_label<'a>(lang: Lang, object: &'a Object, column: &Column) -> &'a str {
    match column {
        Column::Field(name) => object.field(name.as_str()).map_or("", |field| field.label(lang)),
        Column::Owner => t(lang, M::Owner),
        Column::Created => t(lang, M::Created),
        Column::Updated => t(lang, M::Updated),
    }
}

fn chip(view: &ListView<'_>, filter: &records::filter::Filter) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let mut parts = filter.spelled.splitn(3, ':').skip(1);
    let op = parts.next().unwrap_or_default();
    let value = parts.next().unwrap_or_default();
    let field = object.field(filter.column.name());
    let choice = field.and_then(|f| f.choice(value)).map(|c| c.labels.get(lang));
    let said = match value {
        "me" => view.signed.user.name.as_str(),
        other => choice.unwrap_or(other),
    };
    html! { span.k { (column_label(lang, object, &filter.column)) } " " span { (t(lang, op_text(op))) } @if !said.is_empty() { " " b { (said) } } }
}

fn op_text(op: &str) -> M {
    match op {
        "not" => M::Not,
        "empty" => M::Empty,
        "filled" => M::NotEmpty,
        "before" => M::Before,
        "after" => M::After,
        "more" => M::AtLeast,
        "less" => M::AtMost,
        _ => M::Is,
    }
}

fn filter_menu(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let add = |spelled: String| address(object, &with(view.query, |p| p.push(("f", spelled))));
    html! {
        div.menu id="filter-menu" popover {
            a href=(add("owner:is:me".to_owned())) data-swap { (icon("user")) (t(lang, M::Mine)) }
            @for field in object.fields.iter().filter(|f| f.kind == Kind::Choice) {
                div."menu-h" { (field.label(lang)) }
                @for choice in &field.choices {
                    a href=(add(format!("{}:is:{}", field.name, choice.value))) data-swap { (crate::ui::tag(choice.labels.get(lang), choice.tone)) }
                }
            }
            div."menu-h" { (t(lang, M::Filter)) }
            form.filter method="get" action={ "/" (object.plural) } {
                @for (name, value) in view.query.parameters() { input type="hidden" name=(name) value=(value); }
                select.in name="field" aria-label=(t(lang, M::Field)) {
                    @for field in object.fields.iter().filter(|f| filterable(f)) { option value=(field.name) { (field.label(lang)) } }
                    option value="created_at" { (t(lang, M::Created)) }
                    option value="updated_at" { (t(lang, M::Updated)) }
                }
                select.in name="op" aria-label=(t(lang, M::Operator)) {
                    @for op in ["is", "not", "before", "after", "more", "less", "empty", "filled"] { option value=(op) { (t(lang, op_text(op))) } }
                }
                input.in name="value" type="text" aria-label=(t(lang, M::Value)) placeholder=(t(lang, M::Value));
                button.btn { (t(lang, M::Apply)) }
            }
        }
    }
}

fn filterable(field: &Field) -> bool {
    !field.is_masked()
        && (!field.is_personal() || matches!(field.kind, Kind::Email | Kind::Phone))
        && field.kind != Kind::Link
}

fn sort_menu(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let by = |spelled: &str| {
        address(
            object,
            &with(view.query, |p| {
                p.retain(|(name, _)| *name != "sort");
                p.push(("sort", spelled.to_owned()));
            }),
        )
    };
    let present = view.query.sort.spelled();
    let item = |spelled: String, label: String| {
        html! {
            a href=(by(&spelled)) data-swap aria-current=[(present == spelled).then_some("true")] {
                (icon(if spelled.starts_with('-') { "arrdown" } else { "up" })) (label)
                @if present == spelled { span.sp {} (icon("check")) }
            }
        }
    };
    html! {
        div.menu id="sort-menu" popover {
            @for (name, label) in [("updated_at", t(lang, M::Updated)), ("created_at", t(lang, M::Created))] {
                (item(format!("-{name}"), label.to_owned()))
            }
            @for field in object.fields.iter().filter(|f| f.sort) {
                (item(field.name.to_string(), field.label(lang).to_owned()))
                (item(format!("-{}", field.name), field.label(lang).to_owned()))
            }
        }
    }
}

fn table(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let columns = columns(object);
    html! {
        form.grid method="post" action={ "/" (object.plural) "/bulk" } data-swap data-keep="grid" tabindex="-1" {
            (csrf(&view.signed.csrf))
            table.t {
                thead { tr {
                    th."c-sel" scope="col" { input type="checkbox" id="all" aria-label=(t(lang, M::SelectAll)); }
                    th."c-name" scope="col" { (object.title_field().map_or("", |f| f.label(lang))) }
                    @for field in &columns { th scope="col" class=(class_of(field)) { (field.label(lang)) } }
                    th scope="col" { (t(lang, M::Owner)) }
                    th."c-last" scope="col" { (t(lang, M::Updated)) }
                } }
                tbody { @for record in &view.page.rows { (row(view, &columns, record)) } }
            }
            (bulk(view))
        }
    }
}

fn class_of(field: &Field) -> &'static str {
    match field.kind {
        Kind::Link => "c-co",
        Kind::Choice => "c-stage",
        Kind::Money | Kind::Number => "num",
        _ => "",
    }
}

fn row(view: &ListView<'_>, columns: &[&Field], record: &Permitted<Record, Read>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let id = record.record_id();
    let title = super::record::title(lang, record);
    let owner = record.owner().and_then(|id| view.names.people.get(&id).map(|name| (id, name)));
    html! {
        tr data-row {
            td."c-sel" { input type="checkbox" name="id" value=(id) aria-label={ (t(lang, M::SelectOne)) " " (title) }; }
            th."c-name" scope="row" {
                a.rec href={ "/" (object.plural) "/" (id) } data-swap {
                    (avatar(&title, id.uuid(), object.name != "contact", "")) span { (title) }
                }
            }
            @for field in columns { td class=(class_of(field)) { (cell(view, field, record)) } }
            td { @if let Some((id, name)) = owner { span.who { (avatar(name, id.uuid(), false, "xs")) span { (name) } } } }
            td."c-last" { time datetime=(record.updated_at()) { (format::ago(lang, record.updated_at(), view.now)) } }
        }
    }
}

fn cell(view: &ListView<'_>, field: &Field, record: &Record) -> Markup {
    let lang = view.signed.cx.lang();
    let value = record.value(field.name.as_str());
    match (field.kind, value) {
        (Kind::Email | Kind::Phone | Kind::Text | Kind::Url, Some(value)) => {
            html! { (plain(lang, field, value, view.names, view.now)) }
        }
        _ => shown(lang, field, value, view.names, view.now),
    }
}

fn bulk(view: &ListView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        div.bulk id="bulk" popover="manual" {
            b id="bulk-count" { "0" } span { (t(lang, M::Selected)) }
            span.rule {}
            @if view.query.bin {
                button.btn.ghost.s name="act" value="restore" { (icon("restore")) (t(lang, M::Restore)) }
            } @else {
                button.btn.ghost.s name="act" value="assign" { (icon("user")) (t(lang, M::Assign)) }
                button.btn.ghost.s.danger name="act" value="delete" { (icon("trash")) (t(lang, M::Delete)) }
            }
            button.ib type="button" data-unselect aria-label=(t(lang, M::Close)) { (icon("x")) }
        }
    }
}

fn pager(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    html! {
        @if view.query.after.is_some() || view.page.next.is_some() {
            nav.pager {
                @if view.query.after.is_some() { a.btn.s href=(address(object, &view.query.parameters())) data-swap { (icon("left")) (t(lang, M::FirstPage)) } }
                @if let Some(next) = &view.page.next {
                    a.btn.s href=(address(object, &with(view.query, |p| p.push(("after", next.to_string()))))) data-swap { (t(lang, M::NextPage)) (icon("right")) }
                }
            }
        }
    }
}

fn nothing(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    if view.query.bin {
        return empty("trash", t(lang, M::BinEmpty), t(lang, M::BinLead), &html! {});
    }
    if view.query.filters.is_empty() {
        let act = html! { @if view.signed.cx.may::<Import>(object.name.as_str()) { a.btn href={ "/import?object=" (object.name) } data-swap { (icon("upload")) (t(lang, M::Import)) } } };
        return empty("users", t(lang, M::EmptyList), t(lang, M::EmptyListHint), &act);
    }
    let clear = html! { a.btn href={ "/" (object.plural) } data-swap { (t(lang, M::ClearFilters)) } };
    empty("filter", t(lang, M::EmptyFiltered), t(lang, M::EmptyFilteredHint), &clear)
}
