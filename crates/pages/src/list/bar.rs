//! The bar of a list: its conditions as chips, and the menus of filters and orders.

use kernel::Lang;
use maud::{Markup, html};
use records::Object;
use records::filter::{Column, Filter, Op, Operand};
use records::object::{Field, Kind};
use records::value::Value;

use super::ListView;
use ui::text::{M, t};
use ui::{icon, plain, tag};

/// Draws the bar.
pub(super) fn bar(view: &ListView<'_>) -> Markup {
    let lang = view.lang();
    html! {
        div.bar {
            @for (at, filter) in view.query.filters.iter().enumerate() {
                span.chip {
                    (icon("filter"))
                    (chip(view, filter))
                    a href=(view.with(|p| remove_filter(p, at))) data-swap aria-label={ (t(lang, M::TakeAway)) ": " (column_label(lang, view.object, &filter.column)) } { (icon("x")) }
                }
            }
            @if !view.query.bin {
                button.btn.ghost.s type="button" popovertarget="filter-menu" { (icon("filter")) (t(lang, M::Filter)) }
                (filter_menu(view))
            }
            @if view.query.filters.len() > 1 { a.btn.ghost.s href=(super::address(view.object, &[])) data-swap { (t(lang, M::ClearFilters)) } }
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

fn chip(view: &ListView<'_>, filter: &Filter) -> Markup {
    let lang = view.lang();
    let (word, operands): (M, &[Operand]) = match &filter.op {
        Op::Is(operand) => (M::Is, std::slice::from_ref(operand)),
        Op::Not(operand) => (M::Not, std::slice::from_ref(operand)),
        Op::Any(operands) => (M::Is, operands),
        Op::Before(operand) => (M::Before, std::slice::from_ref(operand)),
        Op::After(operand) => (M::After, std::slice::from_ref(operand)),
        Op::More(operand) => (M::MoreThan, std::slice::from_ref(operand)),
        Op::Less(operand) => (M::LessThan, std::slice::from_ref(operand)),
        Op::Empty => (M::Empty, &[]),
        Op::Filled => (M::NotEmpty, &[]),
        Op::Has(_) => (M::Holds, &[]),
    };
    let field = view.object.field(filter.column.name());
    let mut said: Vec<String> = operands.iter().map(|operand| operand_text(view, field, operand)).collect();
    if let Op::Has(words) = &filter.op {
        said.push(words.clone());
    }
    html! {
        span.k { (column_label(lang, view.object, &filter.column)) } " " span { (t(lang, word)) }
        @if !said.is_empty() { " " b { (said.join(ui::either(lang, ", ", "、"))) } }
    }
}

fn operand_text(view: &ListView<'_>, field: Option<&Field>, operand: &Operand) -> String {
    let lang = view.lang();
    match operand {
        Operand::Me => view.signed.user.name.clone(),
        Operand::Person(id) => view.names.people.get(id).cloned().unwrap_or_default(),
        Operand::Value(value) => match (field, value) {
            (Some(field), value) => plain(lang, field, value, view.names, view.now),
            (None, Value::Time(at)) => ui::format::date(lang, at.date(), view.now.date()),
            (None, other) => other.to_input(),
        },
    }
}

/// The operations of the form, with the words of the address.
const OPERATIONS: [(&str, M); 9] = [
    ("is", M::Is),
    ("not", M::Not),
    ("has", M::Holds),
    ("before", M::Before),
    ("after", M::After),
    ("more", M::MoreThan),
    ("less", M::LessThan),
    ("empty", M::Empty),
    ("filled", M::NotEmpty),
];

fn filter_menu(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let add = |spelled: &str| view.with(|p| p.push(("f", spelled.to_owned())));
    let has = |spelled: &str| view.query.filters.iter().any(|f| f.spelled == spelled);
    html! {
        div.menu.filters id="filter-menu" popover {
            @if !has("owner:is:me") { a href=(add("owner:is:me")) data-swap { (icon("user")) (t(lang, M::Mine)) } }
            @for field in object.fields.iter().filter(|f| f.kind == Kind::Choice) {
                div."menu-h" { (field.label(lang)) }
                div.tags {
                    @for choice in &field.choices {
                        a href=(only(view, field, &choice.value)) data-swap { (tag(choice.labels.get(lang), choice.tone)) }
                    }
                }
            }
            div."menu-h" { (t(lang, M::OtherFilter)) }
            form.filter method="get" action={ "/" (object.plural) } data-swap {
                @for (name, value) in view.query.parameters() { input type="hidden" name=(name) value=(value); }
                select.in name="field" aria-label=(t(lang, M::Field)) {
                    @for field in object.fields.iter().filter(|f| filterable(f)) { option value=(field.name) { (field.label(lang)) } }
                    option value="created_at" { (t(lang, M::Created)) }
                    option value="updated_at" { (t(lang, M::Updated)) }
                }
                select.in name="op" aria-label=(t(lang, M::Operator)) {
                    @for (op, word) in OPERATIONS { option value=(op) { (t(lang, word)) } }
                }
                input.in name="value" type="text" autocomplete="off" aria-label=(t(lang, M::Value)) placeholder=(t(lang, M::Value));
                button.btn.primary { (t(lang, M::Apply)) }
            }
        }
    }
}

/// A choice takes the place of another one of the same field: no record has both.
fn only(view: &ListView<'_>, field: &Field, choice: &str) -> String {
    let same = format!("{}:is:", field.name);
    view.with(|p| {
        p.retain(|(name, value)| *name != "f" || !value.starts_with(&same));
        p.push(("f", format!("{same}{choice}")));
    })
}

fn filterable(field: &Field) -> bool {
    let found = matches!(field.kind, Kind::Email | Kind::Phone) || field.search != records::object::Search::None;
    !field.is_masked() && (!field.is_personal() || found) && field.kind != Kind::Link
}

fn sort_menu(view: &ListView<'_>) -> Markup {
    let (lang, object) = (view.lang(), view.object);
    let present = view.query.sort.spelled();
    let item = |spelled: String, label: &str| {
        let (symbol, way) = if spelled.starts_with('-') { ("arrdown", M::Descending) } else { ("up", M::Ascending) };
        html! {
            a href=(sorted(view, &spelled)) data-swap aria-current=[(present == spelled).then_some("true")] {
                (icon(symbol)) span { (label) } span.vh { " " (t(lang, way)) }
                @if present == spelled { span.sp {} (icon("check")) }
            }
        }
    };
    html! {
        div.menu id="sort-menu" popover {
            @for (name, label) in [("updated_at", t(lang, M::Updated)), ("created_at", t(lang, M::Created))] {
                (item(format!("-{name}"), label)) (item(name.to_owned(), label))
            }
            @for field in object.fields.iter().filter(|f| f.sort) {
                (item(field.name.to_string(), field.label(lang))) (item(format!("-{}", field.name), field.label(lang)))
            }
        }
    }
}

/// The address of the list in another order.
pub(super) fn sorted(view: &ListView<'_>, spelled: &str) -> String {
    view.with(|p| {
        p.retain(|(name, _)| *name != "sort");
        p.push(("sort", spelled.to_owned()));
    })
}
