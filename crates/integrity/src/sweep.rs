//! Looking through everything, step by step.
//!
//! Rows are looked at for their marks, object by object, and those of files behind them; then the ledger is read from its beginning, and what it says was written must
//! be there, as new as it says. The first finds what was altered or moved, the second what was put back, taken away or brought back. At the
//! end accounts, roles, sessions and the like are looked at for their marks.

use std::collections::BTreeMap;

use attachments::AttachmentFault;
use authz::{Cx, Denied};
use db::{DbFault, ReadTx, Standing, WriteTx};
use kernel::{EntryId, ObjectName, Uuid};
use ledger::{ActorRef, Entry, Filed, Line, Outcome, verbs};
use records::{RecordFault, Rows};

use crate::model::{self, Kind, Run};
use crate::{EVERY, Integrity, IntegrityFault, store};

/// Rows that a step looks at.
const ROWS: u64 = 300;
/// Entries of the ledger that a step looks at.
const ENTRIES: u32 = 64;
/// Ids in one question.
const IDS: usize = 500;
/// Everything was looked through, or somebody asked for it; the verb of the line.
pub(crate) const CHECK: &str = "integrity-check";

/// What the ledger says of a record.
#[derive(Clone, Copy, Debug)]
enum Said {
    /// It was written, in this version.
    Written(i64),
    /// It was removed.
    Gone,
}

impl Said {
    /// Takes what a line says of each of the records it names.
    fn of(line: &Line) -> Option<Self> {
        if line.outcome != Outcome::Done {
            return None;
        }
        if line.fact_of("gone").is_some() {
            return Some(Self::Gone);
        }
        if let Some(before) = line.fact_of("version") {
            return before.parse::<i64>().ok().map(|before| Self::Written(before.saturating_add(1)));
        }
        let made = line.verb == verbs::CREATE || (line.verb == verbs::IMPORT && line.fact_of("import").is_some());
        made.then_some(Self::Written(1))
    }

    /// Says what does not fit, if something does not.
    fn judge(self, row: Option<&Standing>) -> Option<Kind> {
        match (self, row) {
            (Self::Gone, Some(_)) => Some(Kind::Back),
            (Self::Written(_), None) => Some(Kind::Missing),
            // What does not bear its mark says no version either; it is found by that.
            (Self::Written(version), Some(row)) if row.whole && row.version < version => Some(Kind::Older),
            _ => None,
        }
    }
}

impl From<Filed> for Said {
    fn from(filed: Filed) -> Self {
        match filed {
            Filed::As(version) => Self::Written(version),
            Filed::Gone => Self::Gone,
        }
    }
}

/// Something that does not fit at first sight.
#[derive(Clone, Debug)]
struct Suspect {
    kind: Kind,
    object: ObjectName,
    record: Uuid,
    /// What the ledger said, and at which place.
    said: Option<(Said, u64)>,
    /// Whether it says who may do what. Such a row and its mark are written together, and were looked at in one moment.
    right: bool,
}

impl Suspect {
    fn new(kind: Kind, object: ObjectName, record: Uuid) -> Self {
        Self { kind, object, record, said: None, right: false }
    }

    /// Tells whether a line says that it was removed for good.
    fn is_gone_by(&self, line: &Line) -> bool {
        if self.object == model::files() {
            return matches!(Filed::of(line), Some((Filed::Gone, files)) if files.contains(&self.record));
        }
        line.ids.contains(&self.record) && matches!(Said::of(line), Some(Said::Gone))
    }
}

/// What a step saw.
struct Seen {
    before: Run,
    next: Run,
    ended: bool,
    suspects: Vec<Suspect>,
}

impl Integrity {
    /// Does the next part of looking through everything, or begins when it is time; true while there is more. Blocks; only for the
    /// program itself.
    ///
    /// # Errors
    /// Hidden from everybody else; [`IntegrityFault`] of the machine: the next call goes on.
    pub fn step(&self, cx: &Cx) -> Result<bool, IntegrityFault> {
        if cx.actor() != ActorRef::System {
            return Err(Denied::Hidden.into());
        }
        let (running, last) = self.db.read_now(cx, |tx| Ok::<_, DbFault>((store::running(tx)?, store::last(tx)?)))?;
        let Some(run) = running else {
            let now = self.db.now();
            if last.is_some_and(|last| last.began_at.plus(EVERY) > now) {
                return Ok(false);
            }
            let its = self.clone();
            self.db.write_now(cx, move |tx| its.begin_in(tx))?;
            return Ok(true);
        };
        let its = self.clone();
        let seen = self.db.read_now(cx, move |tx| its.look(tx, run))?;
        let (its, more) = (self.clone(), !seen.ended);
        self.db.write_now(cx, move |tx| its.settle(tx, seen))?;
        Ok(more)
    }

    /// Begins, if nothing goes on; returns whether it did.
    pub(crate) fn begin_in(&self, tx: &mut WriteTx<'_>) -> Result<bool, IntegrityFault> {
        tx.take_turns()?;
        if store::running(tx)?.is_some() {
            return Ok(false);
        }
        let part = self.records.objects().iter().next().map_or_else(model::files, |first| first.name.clone());
        let (ended_at, behind) = (None, None);
        let run = Run { id: tx.new_id(), began_at: tx.now(), ended_at, part, behind, position: 0, rows: 0, entries: 0 };
        store::begin(tx, &run)?;
        tx.note(Line::done(CHECK, model::object()).about(run.id).fact("step", "begun"));
        Ok(true)
    }

    /// What comes behind an object, or behind files.
    fn behind(&self, part: &ObjectName) -> ObjectName {
        if *part == model::files() {
            return model::ledger();
        }
        let mut objects = self.records.objects().iter().map(|object| &object.name).skip_while(|name| *name != part);
        objects.nth(1).cloned().unwrap_or_else(model::files)
    }

    /// Says how rows stand; nothing where one of them has no id: where it stands nobody can tell, and what comes behind it cannot be
    /// asked for.
    fn stand(
        &self,
        tx: &ReadTx<'_>,
        part: &ObjectName,
        rows: Rows<'_>,
    ) -> Result<Option<Vec<Standing>>, IntegrityFault> {
        let standing = if *part == model::files() {
            self.attachments.standing(tx, rows).map_err(IntegrityFault::from)
        } else {
            self.records.standing(tx, part, rows).map_err(IntegrityFault::from)
        };
        match standing {
            Err(
                IntegrityFault::Record(RecordFault::Db(DbFault::Shape(_) | DbFault::Damaged(_)))
                | IntegrityFault::Files(AttachmentFault::Db(DbFault::Shape(_) | DbFault::Damaged(_))),
            ) => Ok(None),
            standing => standing.map(Some),
        }
    }

    fn look(&self, tx: &ReadTx<'_>, run: Run) -> Result<Seen, IntegrityFault> {
        let mut seen = Seen { next: run.clone(), before: run, ended: false, suspects: Vec::new() };
        if seen.before.part == model::ledger() {
            self.look_at_ledger(tx, &mut seen)?;
        } else {
            self.look_at_rows(tx, &mut seen)?;
        }
        Ok(seen)
    }

    fn look_at_rows(&self, tx: &ReadTx<'_>, seen: &mut Seen) -> Result<(), IntegrityFault> {
        let part = seen.before.part.clone();
        let rows = self.stand(tx, &part, Rows::Behind(seen.before.behind, ROWS))?.unwrap_or_else(|| {
            seen.suspects.push(Suspect::new(Kind::Unreadable, part.clone(), Uuid::nil()));
            Vec::new()
        });
        let altered = rows.iter().filter(|row| !row.whole);
        seen.suspects.extend(altered.map(|row| Suspect::new(Kind::Altered, part.clone(), row.id)));
        seen.next.rows += rows.len() as u64;
        seen.next.behind = rows.last().map(|row| row.id);
        if (rows.len() as u64) < ROWS {
            (seen.next.part, seen.next.behind) = (self.behind(&part), None);
        }
        Ok(())
    }

    fn look_at_ledger(&self, tx: &ReadTx<'_>, seen: &mut Seen) -> Result<(), IntegrityFault> {
        let size = sequence::size(tx)?;
        let rows = sequence::stored_from(tx, seen.before.position, ENTRIES)?;
        let mut sound = true;
        let mut said: BTreeMap<ObjectName, BTreeMap<Uuid, (Said, u64)>> = BTreeMap::new();
        for row in &rows {
            sound &= row.position == seen.next.position;
            let entry = Entry { id: EntryId::from_uuid(row.id), body: row.body.clone() };
            sound &= entry.leaf().as_slice() == row.leaf;
            let acts = entry.unpack().unwrap_or_else(|_| {
                sound = false;
                Vec::new()
            });
            for line in acts.iter().flat_map(|act| &act.lines) {
                if let Some(its) = Said::of(line).filter(|_| self.records.objects().get(line.object.as_str()).is_some())
                {
                    let of = said.entry(line.object.clone()).or_default();
                    of.extend(line.ids.iter().map(|id| (*id, (its, row.position))));
                }
                if let Some((its, files)) = Filed::of(line) {
                    let of = said.entry(model::files()).or_default();
                    of.extend(files.iter().map(|id| (*id, (its.into(), row.position))));
                }
            }
            seen.next.position = row.position + 1;
        }
        seen.next.entries += rows.len() as u64;
        seen.ended = (rows.len() as u64) < u64::from(ENTRIES);
        sound &= !seen.ended || (seen.next.position >= size && sequence::refused(tx)? == 0);
        if seen.ended {
            self.look_at_rights(tx, seen)?;
        }
        if !sound {
            seen.suspects.push(Suspect::new(Kind::Ledger, model::ledger(), Uuid::nil()));
        }
        for (object, records) in said {
            self.compare(tx, (&object, &records), &mut seen.suspects)?;
        }
        Ok(())
    }

    /// Looks at the rows that say who may do what: they are few, and looked at together.
    fn look_at_rights(&self, tx: &ReadTx<'_>, seen: &mut Seen) -> Result<(), IntegrityFault> {
        for (name, id) in db::altered(tx)? {
            let object = ObjectName::parse(name).map_err(|_| DbFault::Mismatch)?;
            seen.suspects.push(Suspect { right: true, ..Suspect::new(Kind::Altered, object, id.unwrap_or_default()) });
        }
        Ok(())
    }

    /// Compares what the ledger says of records with their rows.
    fn compare(
        &self,
        tx: &ReadTx<'_>,
        (object, records): (&ObjectName, &BTreeMap<Uuid, (Said, u64)>),
        suspects: &mut Vec<Suspect>,
    ) -> Result<(), IntegrityFault> {
        let ids: Vec<Uuid> = records.keys().copied().collect();
        for some in ids.chunks(IDS) {
            let Some(rows) = self.stand(tx, object, Rows::These(some))? else { continue };
            let rows: BTreeMap<Uuid, Standing> = rows.into_iter().map(|row| (row.id, row)).collect();
            for id in some {
                let Some((said, position)) = records.get(id).copied() else { continue };
                if let Some(kind) = said.judge(rows.get(id)) {
                    let said = Some((said, position));
                    suspects.push(Suspect { said, ..Suspect::new(kind, object.clone(), *id) });
                }
            }
        }
        Ok(())
    }

    /// Writes down what was seen, if it is seen again.
    fn settle(&self, tx: &mut WriteTx<'_>, seen: Seen) -> Result<(), IntegrityFault> {
        if !store::advance(tx, &seen.before, &seen.next)? {
            return Ok(());
        }
        let mut found: BTreeMap<(Kind, ObjectName), Vec<Uuid>> = BTreeMap::new();
        for suspect in seen.suspects {
            if self.holds(tx, &suspect)? {
                store::found(tx, (suspect.kind, &suspect.object, suspect.record))?;
                found.entry((suspect.kind, suspect.object)).or_default().push(suspect.record);
            }
        }
        for ((kind, object), ids) in found {
            tx.note(Line::failed(verbs::DAMAGE, object, kind.code()).about_each(ids));
        }
        if seen.ended {
            store::end(tx, &seen.next)?;
            let line = Line::done(CHECK, model::object()).about(seen.next.id).fact("step", "ended");
            let line = line.fact("rows", seen.next.rows.to_string()).fact("entries", seen.next.entries.to_string());
            tx.note(line.fact("found", store::count(tx)?.to_string()));
        }
        Ok(())
    }

    /// Looks again: somebody may have changed or removed the record between two looks.
    fn holds(&self, tx: &mut WriteTx<'_>, suspect: &Suspect) -> Result<bool, IntegrityFault> {
        if suspect.right || matches!(suspect.kind, Kind::Unreadable | Kind::Ledger) {
            return Ok(true);
        }
        let row =
            self.stand(tx, &suspect.object, Rows::These(&[suspect.record]))?.and_then(|rows| rows.into_iter().next());
        let Some((said, position)) = suspect.said else { return Ok(row.is_some_and(|row| !row.whole)) };
        if said.judge(row.as_ref()) != Some(suspect.kind) {
            return Ok(false);
        }
        if suspect.kind != Kind::Missing {
            return Ok(true);
        }
        // A removal that the ledger knows stands further on; one that has no place yet gets it now.
        while sequence::place_some(tx)? > 0 {}
        let acts = sequence::acts_about(tx, suspect.record, position..sequence::size(tx)?)?;
        Ok(!acts.iter().flat_map(|act| &act.lines).any(|line| suspect.is_gone_by(line)))
    }
}
