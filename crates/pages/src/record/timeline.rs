//! What happened: notes, calls and meetings, and what the ledger has, on one line of time; and the form for one more.

use authz::{Read, Resource as _};
use db::Permitted;
use kernel::{Lang, Timestamp};
use ledger::{ActorRef, verbs};
use maud::{Markup, html};
use records::history::Event;
use records::object::Field;
use records::{Record, Value};

use super::RecordView;
use crate::list::address_of;
use crate::phrase;
use ui::either;
use ui::format;
use ui::text::{M, t};
use ui::{Names, csrf, icon, plain};

/// Draws the form for a note, a call or a meeting.
pub(super) fn composer(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let kind = view.objects.objects().get("note").and_then(|note| note.field("kind"));
    html! {
        form.composer method="post" action=(view.url("/note")) data-swap data-done=(t(lang, M::DoneSaved)) {
            (csrf(&view.signed.csrf))
            (view.back())
            textarea id="composer" name="text" required maxlength="10000" placeholder=(t(lang, M::Composer)) aria-label=(t(lang, M::Composer)) {}
            div."composer-f" {
                @if let Some(field) = kind {
                    fieldset.seg {
                        legend.vh { (field.label(lang)) }
                        @for (at, choice) in field.choices.iter().enumerate() {
                            label { input.vh type="radio" name="kind" value=(choice.value) checked[at == 0]; (icon(symbol(&choice.value))) span { (choice.labels.get(lang)) } }
                        }
                    }
                }
                span.sp {}
                kbd data-mac="⌘ ↵" aria-hidden="true" { "Ctrl ↵" }
                button.btn.primary.s { (t(lang, M::SaveNote)) }
            }
        }
    }
}

fn symbol(kind: &str) -> &'static str {
    match kind {
        "call" => "phone",
        "meeting" => "calendar",
        _ => "note",
    }
}

/// Something on the timeline: a note, or an event of the ledger.
enum Moment<'a> {
    Note(&'a Permitted<Record, Read>),
    Event(&'a Event),
}

/// Returns when a note's call or meeting was, or else when it was written.
pub(super) fn moment_of(note: &Record) -> Timestamp {
    match note.value("at") {
        Some(Value::Time(at)) => *at,
        _ => note.created_at(),
    }
}

/// Draws the timeline, the newest first.
pub(super) fn timeline(view: &RecordView<'_>) -> Markup {
    let lang = view.lang();
    let notes = view.related.iter().find(|r| r.object.name == "note").filter(|_| !view.older);
    let rows = notes.map(|r| r.page.rows.as_slice()).unwrap_or_default();
    let mut moments: Vec<(Timestamp, Moment<'_>)> =
        rows.iter().map(|note| (moment_of(note), Moment::Note(note))).collect();
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
            p.acts {
                @if let Some(before) = view.events.before { a.btn.s href={ "?before=" (before) } data-swap { (t(lang, M::Older)) } }
                @if let Some(more) = notes.filter(|r| r.page.next.is_some()) {
                    a.btn.s href=(address_of(&more.object.plural, &[("f", format!("{}:is:{}", more.field, view.record.record_id()))])) data-swap {
                        (t(lang, M::ShowAll)) @if lang == Lang::En { " " } (more.object.plural_label(lang).to_lowercase())
                    }
                }
            }
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
        ActorRef::Operator => either(lang, "Command line", "命令行"),
        ActorRef::Nobody => either(lang, "Somebody", "未登录者"),
        ActorRef::System => t(lang, M::Product),
    };
    match (person, kind) {
        (Some(name), "") => name,
        (Some(name), kind) => format!("{name} ({kind})"),
        (None, "") => either(lang, "A former colleague", "已离开的成员").to_owned(),
        (None, kind) => kind.to_owned(),
    }
}

fn clock(lang: Lang, at: Timestamp) -> Markup {
    html! { time datetime=(at) title=(format::moment(lang, at)) data-exact { (format::time(at)) } }
}

fn note_event(view: &RecordView<'_>, note: &Permitted<Record, Read>) -> Markup {
    let lang = view.lang();
    let nobody = || either(lang, "A former colleague", "已离开的成员").to_owned();
    let who = note.owner().and_then(|id| view.names.people.get(&id).cloned()).unwrap_or_else(nobody);
    let kind = note.value("kind").and_then(Value::as_text).unwrap_or_default();
    let did = match kind {
        "call" => either(lang, "logged a call", "记录了电话"),
        "meeting" => either(lang, "logged a meeting", "记录了会议"),
        _ => either(lang, "wrote a note", "写了笔记"),
    };
    html! {
        span."ev-i" data-tone="1" { (icon(symbol(kind))) }
        div."ev-b" {
            p { b { (who) } " " a.quiet href={ "/" (note.definition().plural) "/" (note.record_id()) } data-swap { (did) } (clock(lang, moment_of(note))) }
            div."ev-card".long { (note.value("text").and_then(Value::as_text).unwrap_or_default()) }
        }
    }
}

fn change_event(view: &RecordView<'_>, event: &Event) -> Markup {
    let lang = view.lang();
    let object = view.record.definition();
    let (symbol, tone) = phrase::look(&event.verb);
    let shows = event.verb != verbs::CREATE && !event.changes.is_empty();
    html! {
        span."ev-i" data-tone=(tone) { (icon(symbol)) }
        div."ev-b" {
            p { b { (actor_name(lang, &event.actor, view.names)) } " " (phrase::done_to(lang, &event.verb, object)) (clock(lang, event.at)) }
            @if shows { (diff(view, event)) }
        }
    }
}

fn diff(view: &RecordView<'_>, event: &Event) -> Markup {
    let lang = view.lang();
    let text = |field: &Field, value: Option<&Value>| {
        value.map_or_else(|| t(lang, M::Nothing).to_owned(), |v| plain(lang, field, v, view.names, view.now))
    };
    html! {
        dl.diff {
            @for change in &event.changes {
                @if let Some(field) = view.record.definition().field(change.field.as_str()) {
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
