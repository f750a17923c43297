//! What is decided without a database: which events there are, what is signed, when it is tried again.

use std::time::Duration;

use crypto::Key;
use identity::AccountFault;
use identity::input::Findings;
use kernel::{Chance, ObjectName, Timestamp};
use ledger::{Line, Outcome, verbs};
use outbound::Url;

use crate::Plan;

/// What can happen to a record: the word of the event, behind the object's name.
pub const WORDS: [&str; 4] = ["created", "updated", "deleted", "restored"];

/// What is told to those who may read the access log: the event, and the verb and object of its line.
pub const WATCHED: [(&str, &str, Option<&str>); 6] = [
    ("sign-in.failed", verbs::SIGN_IN_FAILED, None),
    ("account.locked", verbs::LOCK_OUT, None),
    ("approval.requested", verbs::APPROVAL_REQUEST, None),
    ("approval.granted", verbs::APPROVAL_GRANT, None),
    ("approval.refused", verbs::APPROVAL_REFUSE, None),
    ("export.changed", verbs::EXPORT, Some("export")),
];

/// The event that somebody sends to see whether it arrives.
pub const TEST: &str = "webhook.test";

/// How long is waited behind each attempt that failed; after the last it is given up.
pub const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(14 * 60 * 60),
    Duration::from_secs(20 * 60 * 60),
    Duration::from_secs(24 * 60 * 60),
];

/// After so long without anything that arrived a webhook is turned off.
pub const PATIENCE: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Returns the event of a line, if it is one; its name is also what webhooks name.
pub(crate) fn event(line: &Line) -> Option<String> {
    let watched = WATCHED
        .iter()
        .find(|(_, verb, object)| line.verb == *verb && object.is_none_or(|object| line.object.as_str() == object));
    if let Some((event, ..)) = watched {
        return Some((*event).to_owned());
    }
    if line.outcome != Outcome::Done {
        return None;
    }
    let word = match line.verb.as_ref() {
        verbs::CREATE | verbs::IMPORT => "created",
        verbs::UPDATE | verbs::ASSIGN => "updated",
        verbs::DELETE => "deleted",
        verbs::RESTORE => "restored",
        _ => return None,
    };
    Some(format!("{}.{word}", line.object))
}

/// Tells whether an event is about safety, and not about a record.
#[must_use]
pub fn is_watched(event: &str) -> bool {
    WATCHED.iter().any(|(known, ..)| *known == event)
}

/// Returns when something is tried again that failed `attempts` times; nothing if it is given up. The pause is up to a tenth
/// longer or shorter, so that what failed together does not come back together.
pub(crate) fn next_try(attempts: i64, now: Timestamp, chance: &dyn Chance) -> Option<Timestamp> {
    let at = usize::try_from(attempts - 1).ok()?;
    let pause = PAUSES.get(at)?;
    let [dice] = kernel::chance::array::<1>(chance);
    let percent = 90 + u32::from(dice) * 20 / 255;
    Some(now.plus(*pause * percent / 100))
}

/// Returns what is signed, and the signatures of each key (Standard Webhooks, `v1`: HMAC-SHA256 over id, time and body).
pub(crate) fn signatures(keys: &[Key], id: &str, at: i64, body: &str) -> String {
    let signed = format!("{id}.{at}.{body}");
    let sign = |key: &Key| format!("v1,{}", crypto::base64(&crypto::mac(key, signed.as_bytes())));
    keys.iter().map(sign).collect::<Vec<_>>().join(" ")
}

/// Returns object and field of `contact.city`.
pub(crate) fn parts(text: &str) -> Option<(ObjectName, &str)> {
    let (object, name) = text.split_once('.')?;
    Some((ObjectName::parse(object).ok()?, name))
}

/// Takes a form. `may` says which events and fields there are for whoever fills it in.
pub(crate) fn check(
    typed: Plan,
    event: impl Fn(&str) -> bool,
    field: impl Fn(&str) -> bool,
) -> Result<Plan, AccountFault> {
    let mut findings = Findings::default();
    let name = findings.line("name", &typed.name, 80);
    let url = match Url::parse(typed.url.trim()) {
        _ if typed.url.trim().is_empty() => findings.add("url", "missing"),
        Ok(url) if url.is_secure() || url.is_own() => Some(url.to_string()),
        Ok(_) => findings.add("url", "url-clear"),
        Err(_) => findings.add("url", "not-a-url"),
    };
    let events = match chosen(typed.events) {
        events if events.is_empty() => findings.add("events", "no-event"),
        events if events.iter().all(|name| event(name)) => Some(events),
        _ => findings.add("events", "not-an-event"),
    };
    let fields = match chosen(typed.fields) {
        fields if fields.iter().all(|name| field(name)) => Some(fields),
        _ => findings.add("fields", "not-an-event"),
    };
    match (name, url, events, fields) {
        (Some(name), Some(url), Some(events), Some(fields)) => Ok(Plan { name, url, events, fields }),
        _ => Err(findings.fault()),
    }
}

fn chosen(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let (now, chance) = (Timestamp::from_micros(0), SeededChance::new(7));
        for (n, pause) in PAUSES.iter().enumerate() {
            let next = next_try(i64::try_from(n).unwrap() + 1, now, &chance).unwrap().since(now);
            assert!(next >= *pause * 9 / 10 && next <= *pause * 11 / 10, "{n}: {next:?}");
        }
        assert_eq!(next_try(10, now, &chance), None);
        let two: Vec<_> = (0..2).map(|_| next_try(9, now, &chance)).collect();
        assert_ne!(two.first(), two.last(), "what failed together does not come back together");
    }

    #[test]
    fn what_is_typed_is_one_thing() {
        let plan = |url: &str, events: &[&str], fields: &[&str]| {
            let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let plan = Plan { name: "Shop".to_owned(), url: url.to_owned(), events: own(events), fields: own(fields) };
            check(plan, |event| event == "contact.created", |field| field == "contact.city")
        };
        assert!(plan("https://hook.example/x?y=1", &["contact.created", "contact.created"], &["contact.city"]).is_ok());
        assert!(plan("http://127.0.0.1:9/x", &["contact.created"], &[]).is_ok());
        for (url, events, fields) in [
            ("http://hook.example/", &["contact.created"][..], &[][..]),
            ("https://me:pass@hook.example/", &["contact.created"], &[]),
            ("ftp://hook.example/", &["contact.created"], &[]),
            ("https://127.1/", &["contact.created"], &[]),
            ("https://hook.example/", &[], &[]),
            ("https://hook.example/", &["contact.read"], &[]),
            ("https://hook.example/", &["contact.created"], &["contact.national_id"]),
        ] {
            assert!(plan(url, events, fields).is_err(), "{url} {events:?} {fields:?}");
        }
    }
}
