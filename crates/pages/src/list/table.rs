//! The table of a list: headings that sort, rows, and what is done with those selected.

use authz::{Bulk, Delete, Read, Resource as _, Update};
use db::Permitted;
use maud::{Markup, html};
use records::object::{Field, Kind};
use records::{Object, Record, Value};

use super::{ListView, address_of, bar};
use ui::text::{M, t};
use ui::{ago, avatar, csrf, due, face, icon, plain, record_url, shown};

/// As many Latin letters fit into a cell.
const WIDE: usize = 22;

/// What a column shows.
enum Column<'a> {
    Field(&'a Field),
    /// Whatever a task or note is about: a contact, a company or a deal.
    About,
    Owner,
    Updated,
}

/// The columns of each standard object, the ones that matter first.
fn columns(object: &Object) -> Vec<Column<'_>> {
    let wanted: &[&str] = match object.name.as_str() {
        "contact" => &["company", "title", "stage", "@owner", "@updated", "email", "phone"],
        "company" => &["industry", "city", "employees", "revenue", "@owner", "@updated", "website"],
        "deal" => &["company", "stage", "amount", "close_date", "@owner", "@updated", "product"],
        "task" => &["due", "@about", "done", "@owner", "@updated"],
        "note" => &["kind", "@about", "at", "@owner", "@updated"],
        _ => &[],
    };
    if wanted.is_empty() {
        let open = object.fields.iter().filter(|f| f.name != object.title && !f.is_masked());
        return open.take(5).map(Column::Field).chain([Column::Owner, Column::Updated]).collect();
    }
    let column = |name: &&str| match *name {
        "@about" => Some(Column::About),
        "@owner" => Some(Column::Owner),
        "@updated" => Some(Column::Updated),
        name => object.field(name).map(Column::Field),
    };
    wanted.iter().filter_map(column).collect()
}

/// Draws the table.
pub(super) fn table(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let (columns, picks) = (columns(object), picks(view));
    html! {
        form.grid method="post" action={ "/" (object.plural) "/bulk" } data-swap data-keep="grid" tabindex="-1" {
            (csrf(&view.signed.csrf))
            table class=(if faced(object) { "t" } else { "t bare" }) {
                thead { tr {
                    th."c-sel" scope="col" { @if picks { input type="checkbox" id="all" aria-label=(t(lang, M::SelectAll)); } }
                    (title_heading(view))
                    @for column in &columns { (heading(view, column)) }
                } }
                tbody { @for record in &view.page.rows { (row(view, &columns, record)) } }
            }
            @if picks { (bulk(view)) }
        }
    }
}

/// Tells whether whoever looks may act on many at once: nothing is picked for what is refused.
fn picks(view: &ListView<'_>) -> bool {
    view.signed.cx.may::<Bulk>(view.object.name.as_str())
}

/// People and companies have faces; the others would all have the same.
fn faced(object: &Object) -> bool {
    object.name == "contact" || object.name == "company"
}

/// A heading. Where the list can be sorted by the column it is a link: once for one direction, again for the other.
fn heading(view: &ListView<'_>, column: &Column<'_>) -> Markup {
    let lang = view.lang();
    let (label, key) = match column {
        Column::Field(field) => (field.label(lang), field.sort.then_some(field.name.as_str())),
        Column::About => (t(lang, M::About), None),
        Column::Owner => (t(lang, M::Owner), None),
        Column::Updated => (t(lang, M::Updated), Some("updated_at")),
    };
    let class = class_of(column);
    sorting(view, (label, key), class, matches!(column, Column::Updated) || class == Some("num"))
}

/// The heading of what names the rows.
fn title_heading(view: &ListView<'_>) -> Markup {
    let title = view.object.title_field();
    let label = title.map_or("", |field| field.label(view.lang()));
    let key = title.filter(|field| field.sort).map(|field| field.name.as_str());
    sorting(view, (label, key), Some("c-name"), false)
}

fn sorting(
    view: &ListView<'_>,
    (label, key): (&str, Option<&str>),
    class: Option<&'static str>,
    first_down: bool,
) -> Markup {
    let Some(key) = key else { return html! { th scope="col" class=[class] { (label) } } };
    let present = view.query.sort.column.name() == key;
    let down = present && view.query.sort.descending;
    let next = match (present, down) {
        (true, true) => key.to_owned(),
        (false, _) if !first_down => key.to_owned(),
        _ => format!("-{key}"),
    };
    let order = present.then_some(if down { "descending" } else { "ascending" });
    html! {
        th scope="col" class=[class] aria-sort=[order] {
            a href=(bar::sorted(view, &next)) data-swap { (label) @if present { (icon(if down { "arrdown" } else { "up" })) } }
        }
    }
}

fn class_of(column: &Column<'_>) -> Option<&'static str> {
    match column {
        Column::About => Some("c-co"),
        Column::Updated => Some("c-last"),
        Column::Owner => None,
        Column::Field(field) => match field.kind {
            Kind::Link => Some("c-co"),
            Kind::Choice => Some("c-stage"),
            _ if field.name == "due" => Some("c-stage"),
            Kind::Money | Kind::Number => Some("num"),
            _ => None,
        },
    }
}

fn row(view: &ListView<'_>, columns: &[Column<'_>], record: &Permitted<Record, Read>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let id = record.record_id();
    let title = crate::record::title(lang, record);
    let url = address_of(&format!("{}/{id}", object.plural), &view.query.parameters());
    html! {
        tr data-row {
            td."c-sel" { @if picks(view) { input type="checkbox" name="id" value=(id) aria-label={ (t(lang, M::SelectOne)) " " (title) }; } }
            th."c-name" scope="row" {
                a.rec href=(url) data-swap { @if faced(object) { (face(object.name.as_str(), &title, id.uuid(), "")) } (title) }
            }
            @for column in columns {
                td class=[class_of(column)] title=[whole(column, record)] { (cell(view, column, record)) }
            }
        }
    }
}

/// A text that may be too long for its cell is whole in the cell's title.
fn whole<'a>(column: &Column<'_>, record: &'a Record) -> Option<&'a str> {
    let Column::Field(field) = column else { return None };
    let text = match field.kind {
        Kind::Email | Kind::Phone | Kind::Text | Kind::Url => record.value(field.name.as_str())?.as_text()?,
        _ => return None,
    };
    let wide = |c: char| if kernel::text::is_han(c) { 2 } else { 1 };
    (text.chars().map(wide).sum::<usize>() > WIDE).then_some(text)
}

fn cell(view: &ListView<'_>, column: &Column<'_>, record: &Permitted<Record, Read>) -> Markup {
    let lang = view.lang();
    let nothing = || html! { span.nil { (t(lang, M::Nothing)) } };
    match column {
        _ if record.is_damaged() => nothing(),
        Column::Updated => ago(lang, record.updated_at(), view.now),
        Column::Owner => match record.owner().and_then(|id| view.names.people.get(&id).map(|name| (id, name))) {
            Some((id, name)) => html! { (avatar(name, id.uuid(), false, "xs")) (name) },
            None => nothing(),
        },
        Column::About => {
            let about = ["contact", "company", "deal"].iter().find_map(|name| {
                let field = view.object.field(name)?;
                record.value(name).map(|value| (field, value))
            });
            about.map_or_else(nothing, |(field, value)| link(view, field, value))
        }
        Column::Field(field) => match record.value(field.name.as_str()) {
            Some(value) => field_cell(view, field, value, record),
            None => nothing(),
        },
    }
}

/// A link to another record: its face and its title.
fn link(view: &ListView<'_>, field: &Field, value: &Value) -> Markup {
    let lang = view.lang();
    let to = value.as_link().zip(field.link.as_ref());
    let known = to.and_then(|(id, object)| view.names.titles.get(&id.uuid()).map(|title| (id, object, title)));
    let Some((id, object, title)) = known else { return shown(lang, field, Some(value), view.names, view.now) };
    let url = record_url(object.as_str(), id);
    html! { a href=(url) title=(title) data-swap { (face(object.as_str(), title, id.uuid(), "sm")) (title) } }
}

fn field_cell(view: &ListView<'_>, field: &Field, value: &Value, record: &Record) -> Markup {
    let lang = view.lang();
    let open = record.value("done") != Some(&Value::Bool(true));
    match (field.kind, value) {
        (Kind::Link, value) => link(view, field, value),
        (Kind::Date, Value::Date(day)) if field.name == "due" => {
            due(lang, *day, view.now, open && *day < view.now.date())
        }
        (Kind::Choice, value) => shown(lang, field, Some(value), view.names, view.now),
        (_, value) => html! { (plain(lang, field, value, view.names, view.now)) },
    }
}

fn bulk(view: &ListView<'_>) -> Markup {
    let (lang, cx, object) = (view.lang(), &view.signed.cx, view.object.name.as_str());
    html! {
        div.bulk id="bulk" popover="manual" role="region" aria-label=(t(lang, M::Selection)) {
            span aria-live="polite" { b id="bulk-count" { "0" } " " (t(lang, M::Selected)) }
            span.rule {}
            @if view.query.bin {
                button.btn.ghost.s name="act" value="restore" { (icon("restore")) span { (t(lang, M::Restore)) } }
            } @else {
                @if cx.may::<Update>(object) { button.btn.ghost.s name="act" value="assign" { (icon("user")) span { (t(lang, M::Assign)) } } }
                @if cx.may::<Delete>(object) { button.btn.ghost.s.danger name="act" value="delete" { (icon("trash")) span { (t(lang, M::Delete)) } } }
            }
            button.ib type="button" data-unselect aria-label=(t(lang, M::Close)) { (icon("x")) }
        }
    }
}
