//! One record: what matters on top, what happened below, details beside.

use authz::{Delete, Read, Resource as _, Update};
use db::Permitted;
use httpkit::Signed;
use kernel::{Lang, Timestamp};
use ledger::ActorRef;
use maud::{Markup, html};
use records::history::{Event, Events};
use records::list::Related;
use records::object::{Field, Kind};
use records::{Object, Record, Value};

use super::{ledger as log, top};
use crate::format;
use crate::text::{M, t};
use crate::ui::{Flash, Names, avatar, banner, control, csrf, flash, icon, plain, shown, stat, tag};

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
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
    /// Which tab is open: `overview` or `access`.
    pub tab: &'a str,
    /// What was just done.
    pub flash: Option<Flash>,
}

/// Returns what a record is called; a record without a title by its object.
#[must_use]
pub fn title(lang: Lang, record: &Record) -> String {
    match record.title() {
        "" if record.is_erased() => t(lang, M::NotReadable).to_owned(),
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
    let lang = view.signed.cx.lang();
    let record = view.record;
    let object = record.definition();
    let title = title(lang, record);
    html! {
        (top(lang, &html! {
            nav.crumbs aria-label=(object.plural_label(lang)) {
                a href={ "/" (object.plural) } data-swap { (object.plural_label(lang)) }
                (icon("right")) span { (title) }
            }
        }, &acts(view)))
        div."rec-page" data-keep="rec-page" {
            div."rec-main" {
                (head(view, &title))
                (tabs(view))
                div."rec-scroll" data-keep="rec-scroll" tabindex="-1" {
                    @if let Some(done) = &view.flash { (flash(lang, &view.signed.csrf, done)) }
                    @if record.deleted_at().is_some() { (banner("bad", "trash", t(lang, M::Bin), t(lang, M::BinLead))) }
                    @if view.tab == "access" { (log::events(view.signed, view.events, view.names, view.now, true)) } @else {
                        (facts(view))
                        @if object.name != "note" && object.name != "task" && view.signed.cx.may::<authz::Create>("note") { (composer(view)) }
                        (timeline(view))
                    }
                }
            }
            aside.panel data-keep="panel" aria-label=(t(lang, M::Details)) tabindex="-1" { (panel(view)) }
        }
    }
}

fn acts(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = record.definition();
    let base = format!("/{}/{}", object.plural, record.record_id());
    let cx = &view.signed.cx;
    html! {
        @if record.deleted_at().is_some() {
            form method="post" action={ (base) "/restore" } data-swap { (csrf(&view.signed.csrf)) button.btn { (icon("restore")) (t(lang, M::Restore)) } }
        } @else {
            @if cx.may::<Update>(object.name.as_str()) { a.btn href={ (base) "/edit" } data-swap data-edit { (icon("edit")) span."hide-s" { (t(lang, M::Edit)) } } }
            @if cx.may::<Delete>(object.name.as_str()) {
                button.ib type="button" popovertarget="more-menu" aria-label=(t(lang, M::More)) { (icon("more")) }
                div.menu id="more-menu" popover {
                    form method="post" action={ (base) "/delete" } data-swap {
                        (csrf(&view.signed.csrf))
                        input type="hidden" name="version" value=(record.current_version());
                        button.btn.ghost.danger { (icon("trash")) (t(lang, M::Delete)) }
                    }
                }
            }
        }
    }
}

fn head(view: &RecordView<'_>, title: &str) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = record.definition();
    let stage = object.board_field().and_then(|field| field.choice(record.value(field.name.as_str())?.as_text()?));
    let says = |name: &str| {
        let field = object.field(name)?;
        Some(plain(lang, field, record.value(name)?, view.names, view.now))
    };
    let line: Vec<String> =
        ["title", "industry", "company", "city"].iter().filter_map(|name| says(name)).take(3).collect();
    html! {
        div."rec-head" {
            (avatar(title, record.id(), object.name != "contact", "xl"))
            div { h1 { (title) } @if !line.is_empty() { p { (line.join(" · ")) } } }
            span.sp {}
            @if let Some(choice) = stage { (tag(choice.labels.get(lang), choice.tone)) }
        }
    }
}

fn tabs(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let base = format!("/{}/{}", record.definition().plural, record.record_id());
    let tab = |key: &str, query: &str, label: &str| {
        html! {
            a.tab href={ (base) (query) } data-swap aria-current=[(view.tab == key).then_some("page")] { (label) }
        }
    };
    html! {
        nav.tabs aria-label=(t(lang, M::Details)) {
            (tab("overview", "", t(lang, M::Overview)))
            (tab("access", "?tab=access", t(lang, M::AccessLog)))
        }
    }
}

/// The facts that matter: money still open, what is next, last touched.
fn facts(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = record.definition();
    if object.name == "note" || object.name == "task" {
        return html! {};
    }
    let deals =
        view.related.iter().find(|r| r.object.name == "deal").map(|r| r.page.rows.as_slice()).unwrap_or_default();
    let open: Vec<_> =
        deals.iter().filter(|d| !matches!(d.value("stage").and_then(Value::as_text), Some("won" | "lost"))).collect();
    let sum = open
        .iter()
        .filter_map(|d| d.value("amount")?.as_money())
        .reduce(|a, b| if a.currency == b.currency { kernel::Money { minor: a.minor + b.minor, ..a } } else { a });
    let next = view
        .related
        .iter()
        .find(|r| r.object.name == "task")
        .and_then(|r| r.page.rows.iter().find(|task| task.value("done") != Some(&Value::Bool(true))));
    let amount = record.value("amount").and_then(Value::as_money);
    html! {
        div.stats {
            (stat(t(lang, M::Updated), &format::ago(lang, record.updated_at(), view.now), ""))
            @if object.name == "deal" {
                (stat(object.field("amount").map_or("", |f| f.label(lang)), &amount.map_or_else(|| t(lang, M::Nothing).to_owned(), format::money), ""))
                @let close = record.value("close_date").and_then(|v| object.field("close_date").map(|f| plain(lang, f, v, view.names, view.now)));
                (stat(object.field("close_date").map_or("", |f| f.label(lang)), close.as_deref().unwrap_or(t(lang, M::Nothing)), ""))
            } @else {
                (stat(t(lang, M::OpenPipeline), &sum.map_or_else(|| t(lang, M::Nothing).to_owned(), format::money), &text_deals(lang, open.len())))
            }
            @let next_title = next.map(|task| title(lang, task));
            @let due = next.and_then(|task| task.value("due").and_then(|v| task.definition().field("due").map(|f| plain(lang, f, v, view.names, view.now))));
            (stat(t(lang, M::HomeTasks), next_title.as_deref().unwrap_or(t(lang, M::Nothing)), due.as_deref().unwrap_or("")))
        }
    }
}

fn text_deals(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 1) => "1 deal".to_owned(),
        (Lang::En, n) => format!("{n} deals"),
        (Lang::Zh, n) => format!("{n} 个商机"),
    }
}

fn composer(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = record.definition();
    let kinds = view.related.iter().find(|r| r.object.name == "note").and_then(|r| r.object.field("kind").cloned());
    html! {
        form.composer method="post" action={ "/" (object.plural) "/" (record.record_id()) "/note" } data-swap data-done=(t(lang, M::DoneSaved)) {
            (csrf(&view.signed.csrf))
            textarea id="composer" name="text" required maxlength="10000" placeholder=(t(lang, M::Composer)) aria-label=(t(lang, M::Composer)) {}
            div."composer-f" {
                @if let Some(field) = kinds {
                    select.in.kind name="kind" aria-label=(field.label(lang)) {
                        @for choice in &field.choices { option value=(choice.value) { (choice.labels.get(lang)) } }
                    }
                }
                span.sp {}
                button.btn.primary.s { (t(lang, M::SaveNote)) }
            }
        }
    }
}

/// Something on the timeline: a note, or an event of the ledger.
enum Moment<'a> {
    Note(&'a Permitted<Record, Read>),
    Event(&'a Event),
}

fn timeline(view: &RecordView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    let notes =
        view.related.iter().find(|r| r.object.name == "note").map(|r| r.page.rows.as_slice()).unwrap_or_default();
    let mut moments: Vec<(Timestamp, Moment<'_>)> =
        notes.iter().map(|note| (note.created_at(), Moment::Note(note))).collect();
    moments.extend(view.events.events.iter().map(|event| (event.at, Moment::Event(event))));
    moments.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut day = None;
    html! {
        section aria-label=(t(lang, M::Timeline)) {
            ol.tl {
                @for (at, moment) in &moments {
                    @let new_day = day.replace(at.date()) != Some(at.date());
                    @if new_day { li.day { (day_name(lang, *at, view.now)) } }
                    li.ev { @match moment { Moment::Note(note) => (note_event(view, note)), Moment::Event(event) => (change_event(view, event)) } }
                }
            }
            @if let Some(before) = view.events.before { a.btn.s href={ "?before=" (before) } data-swap { (t(lang, M::Older)) } }
        }
    }
}

/// Names a day: today, yesterday, or its date.
#[must_use]
pub fn day_name(lang: Lang, at: Timestamp, now: Timestamp) -> String {
    match now.date().days() - at.date().days() {
        0 => t(lang, M::Today).to_owned(),
        1 => t(lang, M::Yesterday).to_owned(),
        _ => format::date(lang, at.date(), now.date()),
    }
}

/// Names whoever did something.
#[must_use]
pub fn actor_name(lang: Lang, actor: &ActorRef, names: &Names) -> String {
    let person = actor.user().and_then(|id| names.people.get(&id).cloned());
    let kind = match actor {
        ActorRef::User(_) => "",
        ActorRef::Token { .. } => "API",
        ActorRef::Job { .. } => t(lang, M::Import),
        ActorRef::Operator => crate::house::either(lang, "Command line", "命令行"),
        ActorRef::Nobody => crate::house::either(lang, "Somebody", "未登录者"),
        ActorRef::System => t(lang, M::Product),
    };
    match (person, kind) {
        (Some(name), "") => name,
        (Some(name), kind) => format!("{name} ({kind})"),
        (None, "") => crate::house::either(lang, "A former colleague", "已离开的成员").to_owned(),
        (None, kind) => kind.to_owned(),
    }
}

fn note_event(view: &RecordView<'_>, note: &Permitted<Record, Read>) -> Markup {
    let lang = view.signed.cx.lang();
    let who = note.owner().and_then(|id| view.names.people.get(&id).cloned()).unwrap_or_default();
    let choice = note
        .definition()
        .field("kind")
        .and_then(|f| f.choice(note.value("kind")?.as_text()?))
        .map(|c| c.labels.get(lang).to_owned());
    let symbol = match note.value("kind").and_then(Value::as_text) {
        Some("call") => "phone",
        Some("meeting") => "calendar",
        _ => "note",
    };
    html! {
        span."ev-i" data-tone="1" { (icon(symbol)) }
        div."ev-b" {
            b { (who) } " " (choice.unwrap_or_default().to_lowercase())
            time datetime=(note.created_at()) { (format::time(note.created_at())) }
            div."ev-card".long { (note.value("text").and_then(Value::as_text).unwrap_or_default()) }
        }
    }
}

fn change_event(view: &RecordView<'_>, event: &Event) -> Markup {
    let lang = view.signed.cx.lang();
    let object = view.record.definition();
    let (symbol, tone) = log::look(&event.verb);
    html! {
        span."ev-i" data-tone=(tone) { (icon(symbol)) }
        div."ev-b" {
            b { (actor_name(lang, &event.actor, view.names)) } " " (log::verb_text(lang, &event.verb))
            time datetime=(event.at) { (format::time(event.at)) }
            @if event.verb != ledger::verbs::CREATE && !event.changes.is_empty() { (diff(view, object, event)) }
        }
    }
}

fn diff(view: &RecordView<'_>, object: &Object, event: &Event) -> Markup {
    let lang = view.signed.cx.lang();
    let text = |field: &Field, value: Option<&Value>| {
        value.map_or_else(|| t(lang, M::Nothing).to_owned(), |v| plain(lang, field, v, view.names, view.now))
    };
    html! {
        dl.diff {
            @for change in &event.changes {
                @if let Some(field) = object.field(change.field.as_str()) {
                    div {
                        dt { (field.label(lang)) }
                        @if field.is_masked() { dd { "••••••" } } @else {
                            dd { del { (text(field, change.before.as_ref())) } }
                            (icon("arrow"))
                            dd { ins { (text(field, change.after.as_ref())) } }
                        }
                    }
                }
            }
        }
    }
}

fn panel(view: &RecordView<'_>) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = record.definition();
    let may = view.signed.cx.may::<Update>(object.name.as_str()) && record.deleted_at().is_none();
    let owner = record.owner().and_then(|id| view.names.people.get(&id).map(|name| (id, name)));
    html! {
        section {
            h2 { (t(lang, M::Details)) }
            dl {
                @for field in object.fields.iter().filter(|f| !f.is_masked()) { (detail(view, field, may)) }
                div.f { dt { (icon("user")) (t(lang, M::Owner)) } dd { @if let Some((id, name)) = owner { span.who { (avatar(name, id.uuid(), false, "sm")) span { (name) } } } } }
                div.f { dt { (icon("clock")) (t(lang, M::Created)) } dd { time datetime=(record.created_at()) { (format::date(lang, record.created_at().date(), view.now.date())) } } }
            }
        }
        @if object.fields.iter().any(Field::is_masked) {
            section {
                h2 { span.sealed { (icon("shield")) } (t(lang, M::Sealed)) }
                dl { @for field in object.fields.iter().filter(|f| f.is_masked()) { (sealed(view, field)) } }
                p.hint { (t(lang, M::SealedHint)) }
            }
        }
        @for related in view.related.iter().filter(|r| r.object.name != "note") { (relation(view, related)) }
    }
}

const fn symbol(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "mail",
        Kind::Phone => "phone",
        Kind::Url => "globe",
        Kind::Money => "money",
        Kind::Date | Kind::Time => "calendar",
        Kind::Choice => "flag",
        Kind::Tags => "tag",
        Kind::Boolean => "check",
        Kind::Link => "link",
        Kind::Number => "hash",
        Kind::User | Kind::PersonName => "user",
        _ => "text",
    }
}

/// One field: its value, and the small form that changes it where it stands.
fn detail(view: &RecordView<'_>, field: &Field, may: bool) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let name = field.name.as_str();
    let value = record.value(name);
    let id = format!("f-{name}");
    let typed = value.map(Value::to_input).unwrap_or_default();
    let link = value.and_then(Value::as_link).and_then(|id| view.names.titles.get(&id.uuid()));
    html! {
        div.f data-field=(name) {
            dt { (icon(symbol(field.kind))) (field.label(lang)) }
            dd {
                @if may && field.kind != Kind::User {
                    div.shown {
                        div { (shown(lang, field, value, view.names, view.now)) }
                        button.ib.s type="button" data-open-edit aria-label={ (t(lang, M::Edit)) " " (field.label(lang)) } { (icon("edit")) }
                    }
                    form method="post" action={ "/" (record.definition().plural) "/" (record.record_id()) } data-swap data-done=(t(lang, M::DoneSaved)) {
                        (csrf(&view.signed.csrf))
                        input type="hidden" name="version" value=(record.current_version());
                        (control(lang, field, &id, &typed, false, link.map(String::as_str)))
                    }
                } @else { (shown(lang, field, value, view.names, view.now)) }
            }
        }
    }
}

fn sealed(view: &RecordView<'_>, field: &Field) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let holds = record.holds(field.name.as_str());
    html! {
        div.f {
            dt { (icon("lock")) (field.label(lang)) }
            dd {
                @if holds && view.signed.cx.may::<authz::Reveal>(record.definition().name.as_str()) {
                    form.seal method="post" data-state="closed" action={ "/" (record.definition().plural) "/" (record.record_id()) "/reveal/" (field.name) } {
                        (csrf(&view.signed.csrf))
                        button."seal-btn" aria-label={ (t(lang, M::Reveal)) " " (field.label(lang)) } { (icon("lock")) span.mask { "••••••••" } span."seal-cta" { (t(lang, M::Reveal)) } }
                        span."seal-out" aria-live="polite" { span.ring {} span."seal-v" {} }
                    }
                } @else if holds { span."seal-btn" { (icon("lock")) span.mask { "••••••••" } } }
                @else { span.nil { (t(lang, M::Nothing)) } }
            }
        }
    }
}

fn relation(view: &RecordView<'_>, related: &Related) -> Markup {
    let (lang, record) = (view.signed.cx.lang(), view.record);
    let object = &related.object;
    let add = format!("/{}/new?{}={}", object.plural, related.field, record.record_id());
    html! {
        section {
            h2 {
                (object.plural_label(lang))
                span.sp {}
                @if view.signed.cx.may::<authz::Create>(object.name.as_str()) {
                    a.ib.s href=(add) data-swap aria-label={ (t(lang, M::SetNew)) " " (object.label(lang)) } { (icon("plus")) }
                }
            }
            @for row in &related.page.rows {
                a.mini href={ "/" (object.plural) "/" (row.record_id()) } data-swap {
                    span { b { (title(lang, row)) } small { (small(view, row)) } }
                    @if let Some(amount) = row.value("amount").and_then(Value::as_money) { span.num { (format::money(amount)) } }
                }
            }
            @if related.page.next.is_some() {
                a.quiet href={ "/" (object.plural) "?f=" (httpkit::segment_url(&format!("{}:is:{}", related.field, record.record_id()))) } data-swap { (t(lang, M::LoadMore)) }
            }
        }
    }
}

fn small(view: &RecordView<'_>, row: &Record) -> String {
    let lang = view.signed.cx.lang();
    let object = row.definition();
    let said = ["stage", "title", "due", "close_date"].iter().filter_map(|name| {
        let field = object.field(name)?;
        Some(plain(lang, field, row.value(name)?, view.names, view.now))
    });
    said.take(2).collect::<Vec<_>>().join(" · ")
}
