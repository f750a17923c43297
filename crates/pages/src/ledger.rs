//! The access log, of the workspace and of a record.

use httpkit::Signed;
use kernel::{Lang, Timestamp, UserId};
use ledger::{ActorRef, Outcome, Via, verbs};
use maud::{Markup, html};
use records::Records;
use records::history::{Event, Events};

use super::{phrase, top};
use ui::either;
use ui::format;
use ui::text::reveal::reason;
use ui::text::{M, t};
use ui::{Names, empty};

/// What the workspace's log shows.
pub struct LedgerView<'a> {
    /// Who looks.
    pub signed: &'a Signed,
    /// The events.
    pub events: &'a Events,
    /// The definitions.
    pub objects: &'a Records,
    /// What ids are called.
    pub names: &'a Names,
    /// The present moment.
    pub now: Timestamp,
}

/// Draws the workspace's log.
#[must_use]
pub fn ledger(view: &LedgerView<'_>) -> Markup {
    let lang = view.signed.cx.lang();
    html! {
        (top(lang, &html! { h1 { (t(lang, M::AccessLog)) } }, &html! {}))
        div.page data-keep="page" tabindex="-1" {
            div."wide-page" {
                p.lead { (t(lang, M::LedgerLead)) " " code { "custos ledger verify" } }
                (events(view, false))
            }
        }
    }
}

/// Draws events as a table; of one record without saying each time which.
#[must_use]
pub fn events(view: &LedgerView<'_>, of_record: bool) -> Markup {
    let lang = view.signed.cx.lang();
    let events = view.events;
    if events.events.is_empty() {
        return empty("history", t(lang, M::EmptyLog), t(lang, M::EmptyLogHint), &html! {});
    }
    html! {
        @if of_record { p.lead { (t(lang, M::RecordLogLead)) } }
        div.scroll tabindex="0" role="region" aria-label=(t(lang, M::AccessLog)) {
            table.plain.log {
                thead { tr { th { (t(lang, M::When)) } th { (t(lang, M::Who)) } th { (t(lang, M::What)) } th { (t(lang, M::Where)) } } }
                tbody { @for group in grouped(&events.events) { (line(view, &group, of_record)) } }
            }
        }
        @if let Some(before) = events.before {
            p.acts { a.btn.s href={ (if of_record { "?tab=access&before=" } else { "?before=" }) (before) } data-swap { (t(lang, M::Older)) } }
        }
    }
}

/// What one act did in the same way to several kinds of things is one line.
fn grouped(events: &[Event]) -> Vec<Vec<&Event>> {
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    for event in events {
        let same = |other: &&Event| {
            (other.entry, &other.verb, &other.outcome) == (event.entry, &event.verb, &event.outcome)
                && (event.verb == verbs::CREATE || event.fields == other.fields)
                && event.reason == other.reason
        };
        match groups
            .iter_mut()
            .rev()
            .take_while(|g| g.iter().any(|o| o.entry == event.entry))
            .find(|g| g.iter().all(same))
        {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

fn line(view: &LedgerView<'_>, group: &[&Event], of_record: bool) -> Markup {
    let Some(event) = group.first() else { return html! {} };
    let lang = view.signed.cx.lang();
    let object = view.objects.objects().get(event.object.as_str());
    let said = match object.filter(|_| of_record) {
        Some(object) => phrase::done_to(lang, &event.verb, object),
        None => phrase::happened(lang, group, view.objects),
    };
    let alone = group.len() == 1 && event.ids.len() == 1 && !of_record;
    let address = object.filter(|_| alone).zip(event.ids.first());
    html! {
        tr {
            td.when { (when(lang, event, view.now)) }
            th scope="row" { (who(view, event)) }
            td.what {
                @match address {
                    Some((object, id)) => a.quiet href={ "/" (object.plural) "/" (id) } data-swap { (said) },
                    None => (said),
                }
                @if let Some(more) = details(view, event).filter(|_| group.len() == 1 || event.verb != verbs::CREATE) { span.nil { (either(lang, ": ", "：")) (more) } }
                (outcome(lang, event))
                @if let Some(said) = &event.reason { span.nil { " · " (if event.verb == verbs::REVEAL { reason(lang, said) } else { said }) } }
            }
            td.via { (via(lang, event)) }
        }
    }
}

/// The fields or the person an entry is about.
fn details(view: &LedgerView<'_>, event: &Event) -> Option<String> {
    let lang = view.signed.cx.lang();
    let object = view.objects.objects().get(event.object.as_str());
    let labels: Vec<&str> = event.fields.iter().filter_map(|f| Some(object?.field(f.as_str())?.label(lang))).collect();
    if labels.is_empty() { whom(view, event).map(str::to_owned) } else { Some(labels.join(either(lang, ", ", "、"))) }
}

/// The person an entry is about, where it is about one.
fn person<'a>(view: &LedgerView<'a>, event: &Event) -> Option<&'a str> {
    let id = event.ids.first().filter(|_| event.object == "user" && event.verb != verbs::LIST)?;
    view.names.people.get(&UserId::from_uuid(*id)).map(String::as_str)
}

/// Whoever did it. Whoever signs in is nobody before and themselves after.
fn who(view: &LedgerView<'_>, event: &Event) -> String {
    let lang = view.signed.cx.lang();
    let enters =
        matches!(event.verb.as_str(), verbs::SIGN_IN | verbs::INVITE_ACCEPT) && event.actor == ActorRef::Nobody;
    let own = person(view, event).filter(|_| enters && event.outcome == Outcome::Done);
    own.map_or_else(|| super::record::actor_name(lang, &event.actor, view.names), str::to_owned)
}

/// The person it was done to, unless it is whoever did it.
fn whom<'a>(view: &LedgerView<'a>, event: &Event) -> Option<&'a str> {
    person(view, event).filter(|name| *name != who(view, event))
}

fn when(lang: Lang, event: &Event, now: Timestamp) -> Markup {
    let said = format!("{} {}", super::record::day_name(lang, event.at, now), format::time(event.at));
    html! { time.num datetime=(event.at) title=(format::moment(lang, event.at)) data-exact { (said) } }
}

fn outcome(lang: Lang, event: &Event) -> Markup {
    let word = match &event.outcome {
        Outcome::Done => return html! {},
        Outcome::Denied(_) => M::Denied,
        Outcome::Failed(_) => M::Failed,
    };
    html! { " " em.down { (t(lang, word)) } }
}

fn via(lang: Lang, event: &Event) -> String {
    let door = match event.via {
        Via::Web => either(lang, "Browser", "浏览器"),
        Via::Api => "API",
        Via::Job => either(lang, "Job", "后台任务"),
        Via::Command => either(lang, "Command line", "命令行"),
    };
    event.ip.map_or_else(|| door.to_owned(), |ip| format!("{door} · {ip}"))
}
