//! Boards: a column for each stage, with its count and sum; cards that move by mouse, finger, keys and menu.

use authz::{Create, Read, Resource as _, Update};
use db::Permitted;
use httpkit::Signed;
use kernel::{Currency, Lang, Money, Timestamp};
use maud::{Markup, html};
use records::list::Lane;
use records::object::{Choice, Field};
use records::{Object, Record, Value};

use super::top;
use ui::format;
use ui::text::{M, t};
use ui::{Flash, Names, Sums, avatar, due, flash, icon, stat, tag};

/// As many characters of an amount fit on a card beside a date.
const MOST_SUM: usize = 11;

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
    /// The currency of the workspace.
    pub currency: Currency,
    /// How many cards a column shows when it is asked for more; none if that is as many as a board takes.
    pub more: Option<u32>,
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// What was just done.
    pub flash: Option<Flash>,
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
            &super::list::new_button(view.signed, object)))
        @if let Some(done) = &view.flash { div.notice { (flash(lang, &view.signed.csrf, done)) } }
        (figures(view))
        div.board data-keep="board" data-csrf=(view.signed.csrf) tabindex="-1" {
            @for lane in view.lanes {
                @if let Some(choice) = view.field.choice(&lane.choice) { (column(view, lane, choice)) }
            }
        }
        p.vh { (t(lang, M::KeyMove)) ": Alt + ← →" }
    }
}

/// The open stages: those a deal passes through before it is won or lost.
fn is_open(view: &BoardView<'_>, lane: &Lane) -> bool {
    (1..100).contains(&probability(view, lane))
}

fn probability(view: &BoardView<'_>, lane: &Lane) -> u8 {
    view.field.choice(&lane.choice).and_then(|c| c.probability).unwrap_or(0)
}

fn figures(view: &BoardView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let open: Vec<&Lane> = view.lanes.iter().filter(|lane| is_open(view, lane)).collect();
    let won = view.lanes.iter().filter(|lane| probability(view, lane) == 100);
    let weighted = open.iter().flat_map(|lane| {
        let share = i64::from(probability(view, lane));
        lane.sums.iter().map(move |sum| Money { minor: sum.minor / 100 * share, ..*sum })
    });
    let figure = |name: M, amounts: Vec<Money>| {
        let (lead, rest) = Sums::gather(amounts, view.currency)
            .lines(lang)
            .unwrap_or_else(|| (t(lang, M::Nothing).to_owned(), String::new()));
        stat(t(lang, name), &lead, &rest)
    };
    let count: u64 = open.iter().map(|lane| lane.count).sum();
    html! {
        div.kpis tabindex="0" role="group" aria-label=(t(lang, M::Figures)) {
            (figure(M::OpenPipeline, open.iter().flat_map(|lane| lane.sums.iter().copied()).collect()))
            (figure(M::Weighted, weighted.collect()))
            (figure(M::Won, won.flat_map(|lane| lane.sums.iter().copied()).collect()))
            (stat(t(lang, M::OpenDeals), &format::count(count), ""))
            (stages(view, &open))
        }
    }
}

/// How many deals stand in each open stage, and how many of them are likely to be won.
fn stages(view: &BoardView<'_>, open: &[&Lane]) -> Markup {
    let lang = view.signed.cx.lang();
    let most = open.iter().map(|lane| lane.count).max().unwrap_or(0).max(1);
    let height = |n: u64| n * 40 / most;
    let said: Vec<String> = open
        .iter()
        .filter_map(|lane| {
            let label = view.field.choice(&lane.choice)?.labels.get(lang);
            Some(format!("{label} {}", format::count(lane.count)))
        })
        .collect();
    html! {
        div.stat.wide {
            div.k { (t(lang, M::ByStage)) }
            svg.bars viewBox={ "0 0 " (open.len() * 30) " 40" } role="img" {
                title { (said.join(", ")) }
                @for (at, lane) in open.iter().enumerate() {
                    @let (all, likely) = (height(lane.count), height(lane.count * u64::from(probability(view, lane)) / 100));
                    rect.b0 x=(at * 30 + 4) y=(40 - all) width="22" height=(all) rx="3" {}
                    rect.b1 x=(at * 30 + 4) y=(40 - likely) width="22" height=(likely) rx="3" {}
                }
            }
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
                span.count { (format::count(lane.count)) }
                span.sp {}
                (Sums::gather(lane.sums.iter().copied(), view.currency).brief(lang))
                @if view.signed.cx.may::<Create>(object.name.as_str()) {
                    a.ib.s href={ "/" (object.plural) "/new?" (view.field.name) "=" (choice.value) } data-swap aria-label={ (t(lang, M::New)) " " (object.label(lang)) " · " (label) } { (icon("plus")) }
                }
            }
            ol { @for record in &lane.rows { (card(view, record)) } }
            @if lane.next.is_some() {
                a.btn.ghost.s href=(view.more.map_or(rest, |limit| format!("/{}?as=board&limit={limit}", object.plural))) data-swap {
                    (t(lang, if view.more.is_some() { M::ShowMore } else { M::ShowAll })) " " span.count { (lane.rows.len()) " / " (format::count(lane.count)) }
                }
            }
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
            div."deal-c" {
                @if let Some((id, name)) = company { span.who.co { (avatar(name, id.uuid(), true, "xs")) span { (name) } } }
                span.sp {}
                @if let Some((id, name)) = owner { span title=(name) { (avatar(name, id.uuid(), false, "xs")) } }
            }
            div."deal-f" {
                @if let Some(amount) = record.value("amount").and_then(Value::as_money) { (sum_of(lang, amount)) }
                span.sp {}
                @if let Some(day) = close { (due(lang, day, view.now, late)) }
            }
        }
    }
}

/// An amount on a card: one that is too long for it is shortened, and whole in its title.
fn sum_of(lang: Lang, amount: Money) -> Markup {
    let whole = format::money(lang, amount);
    if whole.chars().count() <= MOST_SUM {
        return html! { b.num { (whole) } };
    }
    html! { b.num title=(whole) { (format::short_money(lang, amount)) } }
}

/// The menu of a card: works without a mouse and without script, where each entry is a form of its own.
fn card_menu(view: &BoardView<'_>, record: &Record) -> Markup {
    let lang = view.signed.cx.lang();
    let id = record.record_id();
    let present = record.value(view.field.name.as_str()).and_then(Value::as_text);
    html! {
        form.menu id={ "move-" (id) } popover data-card={ "card-" (id) } method="post" action={ "/" (view.object.plural) "/" (id) "/move" } {
            (ui::csrf(&view.signed.csrf))
            input type="hidden" name="version" value=(record.current_version());
            div."menu-h" { (t(lang, M::MoveTo)) }
            @for choice in view.field.choices.iter().filter(|c| Some(c.value.as_str()) != present) {
                button name="stage" value=(choice.value) data-to=(choice.value) { (tag(choice.labels.get(lang), choice.tone)) }
            }
        }
    }
}
