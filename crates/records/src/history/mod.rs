//! What happened to a record, and who looked at it: the ledger, read back.
//!
//! Entries appear here once the sequencer has placed them; `Db::settle` before the call places what is new.
//!
//! # How to add one more
//! A view of the ledger is a method of [`Records`] that asks for a proof (of the record, or of the right to
//! read the ledger) and turns entries into [`Event`]s.

use authz::{Facts, Read};
use db::{Permitted, ReadTx};
use kernel::{EntryId, FieldName, ObjectName, RequestId, Timestamp, Uuid};
use ledger::{Act, ActorRef, Line, Outcome, Via, verbs};
use sequence::{self, Placed};

use crate::Records;
use crate::fault::RecordFault;
use crate::record::{Altering, Record, RecordRef, seal};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The place of its entry in the ledger.
    pub position: u64,
    /// Its entry.
    pub entry: EntryId,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: ActorRef,
    /// The door.
    pub via: Via,
    /// The network address, as far as it can be trusted.
    pub ip: Option<std::net::IpAddr>,
    /// The request it happened in.
    pub request: RequestId,
    /// What was done.
    pub verb: String,
    /// The kind of thing it was done to.
    pub object: ObjectName,
    /// The records it touched.
    pub ids: Vec<Uuid>,
    /// How it ended.
    pub outcome: Outcome,
    /// The fields it touched.
    pub fields: Vec<FieldName>,
    /// Why, as the actor said.
    pub reason: Option<String>,
    /// Open facts.
    pub facts: Vec<(String, String)>,
    /// What differs; empty where it was not opened, or the person was erased.
    pub changes: Vec<Altering>,
}

/// A stretch of the ledger, newest first.
#[derive(Clone, Debug)]
pub struct Events {
    /// What happened.
    pub events: Vec<Event>,
    /// Where to go on, if there may be more.
    pub before: Option<u64>,
}

/// Verbs that show what a record holds without changing it.
const LOOKS: [&str; 3] = [verbs::READ, verbs::LIST, verbs::SEARCH];

impl Records {
    /// Returns what was done to a record the actor may read, with values before and after, newest first.
    ///
    /// # Errors
    /// [`RecordFault::Damaged`] if the record is an older one than the ledger knows; [`RecordFault`] of the database or the vault.
    pub fn timeline(
        &self,
        tx: &ReadTx<'_>,
        record: &Permitted<Record, Read>,
        before: Option<u64>,
        most: u32,
    ) -> Result<Events, RecordFault> {
        let at = record.at();
        let mut found = self.events_about(tx, record, (before, most), |line| {
            !LOOKS.contains(&line.verb.as_ref()) && line.outcome == Outcome::Done
        })?;
        // A whole row of before bears its mark; what was done to it since says that it is not the newest.
        if found.0.iter().any(|(_, line)| written(line) > Some(record.current_version())) {
            return self.believed(tx, &at, Err(RecordFault::Damaged));
        }
        for (event, line) in &mut found.0 {
            if line.verb == verbs::REVEAL {
                event.reason = self.said(&at, line)?;
                continue;
            }
            if let Some(payload) = line.sealed.as_ref().filter(|_| line.ids.len() == 1) {
                event.changes = seal::open_payload(&self.vault, (&at.object, at.id), payload)?.unwrap_or_default();
                // A field that is masked is named; what it held is not shown.
                event.changes.retain(|change| record.seen.field(change.field.as_str()).is_some());
                for change in &mut event.changes {
                    let masked = record.seen.field(change.field.as_str()).is_some_and(|field| field.is_masked());
                    if masked {
                        (change.before, change.after) = (None, None);
                    }
                }
            }
        }
        Ok(Events { events: found.0.into_iter().map(|(event, _)| event).collect(), before: found.1 })
    }

    /// Returns everything that was done with a record the actor may read: looked at, changed, refused. Newest first.
    ///
    /// # Errors
    /// [`RecordFault`] of the database.
    pub fn access_log(
        &self,
        tx: &ReadTx<'_>,
        record: &Permitted<Record, Read>,
        before: Option<u64>,
        most: u32,
    ) -> Result<Events, RecordFault> {
        let (mut found, before) = self.events_about(tx, record, (before, most), |_| true)?;
        for (event, line) in found.iter_mut().filter(|(_, line)| line.verb == verbs::REVEAL) {
            event.reason = self.said(&record.at(), line)?;
        }
        Ok(Events { events: found.into_iter().map(|(event, _)| event).collect(), before })
    }

    /// Returns why somebody opened a sensitive field: as it stands in the line, or as it was sealed beside it.
    fn said(&self, at: &RecordRef, line: &Line) -> Result<Option<String>, RecordFault> {
        let Some(payload) = &line.sealed else { return Ok(line.reason.clone()) };
        let opened = seal::open_payload(&self.vault, (&at.object, at.id), payload)?.unwrap_or_default();
        Ok(opened.into_iter().next().and_then(|said| said.after?.as_text().map(str::to_owned)))
    }

    /// Returns what happened in the whole workspace, newest first, for those who may read the ledger. Values stay sealed.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not.
    pub fn ledger_page(&self, tx: &ReadTx<'_>, before: Option<u64>, most: u32) -> Result<Events, RecordFault> {
        let ledger = ObjectName::parse("ledger").map_err(|_| RecordFault::NotFound)?;
        let facts = Facts { object: ledger.clone(), id: Uuid::nil(), owner: None, team: None };
        let proof = authz::permit::<Read>(tx.cx(), facts).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::LEDGER_READ, ledger.clone(), kernel::Fault::code(denied)));
        })?;
        let entries = sequence::entries(tx, &proof, before, most)?;
        tx.note(Line::done(verbs::LEDGER_READ, ledger));
        let next = next(&entries, most);
        let events = entries.iter().flat_map(|entry| lines(entry).map(|(act, line)| event(entry, act, line))).collect();
        Ok(Events { events, before: next })
    }

    #[expect(clippy::type_complexity, reason = "a pair that only its two callers see")]
    fn events_about(
        &self,
        tx: &ReadTx<'_>,
        record: &Permitted<Record, Read>,
        (before, most): (Option<u64>, u32),
        keep: impl Fn(&Line) -> bool,
    ) -> Result<(Vec<(Event, Line)>, Option<u64>), RecordFault> {
        let at = record.at();
        let entries = sequence::entries_about(tx, record, before, most)?;
        let mut events = Vec::new();
        for entry in &entries {
            let own = lines(entry)
                .filter(|(_, line)| line.object == at.object && line.ids.contains(&at.id.uuid()) && keep(line));
            events.extend(own.map(|(act, line)| {
                let mut event = event(entry, act, line);
                // Who else was in a list is nothing to whoever looks at this record.
                event.ids = vec![at.id.uuid()];
                // Nor what was done to fields they do not see.
                let unknown = |name: &FieldName| record.object.field(name.as_str()).is_none();
                event.fields.retain(|name| unknown(name) || record.seen.field(name.as_str()).is_some());
                (event, line.clone())
            }));
        }
        Ok((events, next(&entries, most)))
    }
}

fn next(entries: &[Placed], most: u32) -> Option<u64> {
    entries.last().filter(|_| entries.len() >= most as usize).map(|entry| entry.position)
}

/// The lines of an entry, the latest first.
fn lines(entry: &Placed) -> impl Iterator<Item = (&Act, &Line)> {
    entry.acts.iter().rev().flat_map(|act| act.lines.iter().rev().map(move |line| (act, line)))
}

fn event(entry: &Placed, act: &Act, line: &Line) -> Event {
    Event {
        position: entry.position,
        entry: entry.id,
        at: act.at,
        actor: act.actor,
        via: act.origin.via,
        ip: act.origin.ip,
        request: act.request,
        verb: line.verb.to_string(),
        object: line.object.clone(),
        ids: line.ids.clone(),
        outcome: line.outcome.clone(),
        fields: line.fields.clone(),
        reason: line.reason.clone(),
        facts: line.facts.iter().map(|(name, value)| (name.to_string(), value.clone())).collect(),
        changes: Vec::new(),
    }
}

/// Returns the version that a line says was written.
fn written(line: &Line) -> Option<i64> {
    line.fact_of("version")?.parse::<i64>().ok().map(|before| before.saturating_add(1))
}
