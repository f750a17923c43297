//! Boards: a column for each stage, with its count and sum; cards that move by mouse, finger, keys and menu.

use authz::{Create, Read, Resource as _, Update};
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Money, Timestamp};
use maud::{Markup, html};
use records::list::Lane;
use records::object::{Choice, Field};
use records::{Object, Record, Value};

use super::top;
use crate::format;
use crate::text::{M, t};
use crate::ui::{Names, avatar, icon, stat, tag};

/// What a board shows.
pub struct BoardView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// What lies on it.
    pub object: &'a Object,
    /// The field whose choices are the columns.
    pub field: &'a Field,
    /// The columns.
    pub lanes: &'a [Lane],
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws the switch between board and list.
#[must_use]
pub fn switch(lang: Lang, object: &Object, board: bool) -> Markup {
    html! {
        nav.seg aria-label=(object.plural_label(lang)) {
            a href={ "/" (object.plural) "?as=board" } data-swap aria-current=[board.then_some("page")] { (icon("board")) (t(lang, M::Board)) }
            a href={ "/" (object.plural) "?as=list" } data-swap aria-current=[(!board).then_some("page")] { (icon("list")) (t(lang, M::List)) }
        }
    }
}

/// Draws a board.
#[must_use]
pub fn board(view: &BoardView<'_>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    html! {
        (top(lang,
            &html! { h1 { (object.plural_label(lang)) } (switch(lang, object, true)) },
            &html! { @if view.signed.cx.may::<Create>(object.name.as_str()) {
                a.btn.primary href={ "/" (object.plural) "/new" } data-swap data-new { (icon("plus")) span { (t(lang, M::New)) @if lang == Lang::En { " " } (object.label(lang).to_lowercase()) } }
            } }))
        (figures(view))
        div.board data-keep="board" data-csrf=(view.signed.csrf) tabindex="-1" {
            @for lane in view.lanes {
                @if let Some(choice) = view.field.choice(&lane.choice) { (column(view, lane, choice)) }
            }
        }
        (move_menu(view))
    }
}

fn add(sums: impl IntoIterator<Item = Money>) -> Option<Money> {
    sums.into_iter()
        .reduce(|a, b| if a.currency == b.currency { Money { minor: a.minor.saturating_add(b.minor), ..a } } else { a })
}

fn figures(view: &BoardView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let probability = |lane: &Lane| view.field.choice(&lane.choice).and_then(|c| c.probability).unwrap_or(0);
    let is_open = |lane: &&Lane| (1..100).contains(&probability(lane));
    let open = add(view.lanes.iter().filter(is_open).flat_map(|lane| lane.sums.iter().copied()));
    let weighted = add(view.lanes.iter().filter(is_open).flat_map(|lane| {
        lane.sums.iter().map(|sum| Money { minor: sum.minor / 100 * i64::from(probability(lane)), ..*sum })
    }));
    let won = add(view.lanes.iter().filter(|lane| probability(lane) == 100).flat_map(|lane| lane.sums.iter().copied()));
    let count: u64 = view.lanes.iter().filter(is_open).map(|lane| lane.count).sum();
    let text =
        |amount: Option<Money>| amount.map_or_else(|| t(lang, M::Nothing).to_owned(), |m| format::short_money(lang, m));
    html! {
        div.kpis {
            (stat(t(lang, M::OpenPipeline), &text(open), ""))
            (stat(t(lang, M::Weighted), &text(weighted), ""))
            (stat(t(lang, M::Won), &text(won), ""))
            (stat(t(lang, M::Deals), &format::number(i64::try_from(count).unwrap_or(0)), ""))
        }
    }
}

fn column(view: &BoardView<'_>, lane: &Lane, choice: &Choice) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let label = choice.labels.get(lang);
    let rest = format!(
        "/{}?as=list&f={}",
        object.plural,
        httpkit::segment_url(&format!("{}:is:{}", view.field.name, choice.value))
    );
    html! {
        section.col data-stage=(choice.value) data-label=(label) aria-label=(label) {
            header {
                (tag(label, choice.tone))
                span.count { (format::number(i64::try_from(lane.count).unwrap_or(0))) }
                span.sp {}
                span.sum.num { @if let Some(sum) = add(lane.sums.iter().copied()) { (format::short_money(lang, sum)) } }
                @if view.signed.cx.may::<Create>(object.name.as_str()) {
                    a.ib.s href={ "/" (object.plural) "/new?" (view.field.name) "=" (choice.value) } data-swap aria-label={ (t(lang, M::New)) " " (object.label(lang)) " · " (label) } { (icon("plus")) }
                }
            }
            ol { @for record in &lane.rows { (card(view, record)) } }
            @if lane.next.is_some() { a.btn.ghost.s href=(rest) data-swap { (t(lang, M::LoadMore)) } }
        }
    }
}

fn card(view: &BoardView<'_>, record: &Permitted<Record, Read>) -> Markup {
    let (lang, object) = (view.signed.cx.lang(), view.object);
    let id = record.record_id();
    let company = record
        .value("company")
        .and_then(Value::as_link)
        .and_then(|id| view.names.titles.get(&id.uuid()).map(|title| (id, title)));
    let close = match record.value("close_date") {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let late = close.is_some_and(|day| day < view.now.date())
        && !matches!(record.value(view.field.name.as_str()).and_then(Value::as_text), Some("won" | "lost"));
    let owner = record.owner().and_then(|id| view.names.people.get(&id).map(|name| (id, name)));
    let title = super::record::title(lang, record);
    html! {
        li.deal id={ "card-" (id) } tabindex="0" data-version=(record.current_version()) data-move={ "/" (object.plural) "/" (id) "/move" } {
            div."deal-t" {
                a href={ "/" (object.plural) "/" (id) } data-swap draggable="false" { (title) }
                @if view.signed.cx.may::<Update>(object.name.as_str()) {
                    button.ib.s type="button" popovertarget={ "move-" (id) } aria-label={ (t(lang, M::MoveTo)) ": " (title) } { (icon("more")) }
                    (card_menu(view, record))
                }
            }
            @if let Some((id, name)) = company { span.who.co { (avatar(name, id.uuid(), true, "xs")) span { (name) } } }
            div."deal-f" {
                @if let Some(amount) = record.value("amount").and_then(Value::as_money) { b.num { (format::money(amount)) } }
                span.sp {}
                @if let Some(day) = close { span.due data-late[late] { (icon("calendar")) (format::date(lang, day, view.now.date())) } }
                @if let Some((id, name)) = owner { (avatar(name, id.uuid(), false, "xs")) }
            }
        }
    }
}

/// The menu of a card: works without a mouse and without script, where each entry is a form of its own.
fn card_menu(view: &BoardView<'_>, record: &Record) -> Markup {
    let lang = view.signed.cx.lang();
    let id = record.record_id();
    let present = record.value(view.field.name.as_str()).and_then(Value::as_text);
    html! {
        form.menu id={ "move-" (id) } popover data-card={ "card-" (id) } method="post" action={ "/" (view.object.plural) "/" (id) "/move" } {
            (crate::ui::csrf(&view.signed.csrf))
            input type="hidden" name="version" value=(record.current_version());
            div."menu-h" { (t(lang, M::MoveTo)) }
            @for choice in view.field.choices.iter().filter(|c| Some(c.value.as_str()) != present) {
                button name="stage" value=(choice.value) data-to=(choice.value) { (tag(choice.labels.get(lang), choice.tone)) }
            }
        }
    }
}

fn move_menu(view: &BoardView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! { p.vh { (t(lang, M::KeyMove)) ": Alt + ← →" } }
}
