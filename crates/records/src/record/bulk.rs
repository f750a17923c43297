//! One act on many records, and its undoing.

use std::sync::Arc;

use authz::{Read, Update};
use db::{Owned, ReadTx, Row, WriteTx};
use kernel::{ObjectName, RecordId, RequestId, TeamId, UserId, Uuid};
use ledger::{Line, verbs};

use super::model::{RecordRef, SealedRecord};
use super::store;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use objects::change::Altered;

/// Records that one act may touch at most.
pub const MOST_AT_ONCE: usize = 500;

/// What is done to many records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// They go into the bin.
    Delete,
    /// They come out of the bin.
    Restore,
    /// They are given to somebody.
    Assign(UserId),
}

/// What a bulk act came to. It is one ledger entry, found again by its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkDone {
    /// The records that were touched.
    pub done: Vec<RecordId>,
    /// How many the actor may not touch, or are gone.
    pub refused: usize,
    /// The request it happened in: what undoing it asks for.
    pub request: RequestId,
}

impl Records {
    /// Does one thing to many records of an object. Those the actor may not touch are left out and counted.
    ///
    /// # Errors
    /// [`RecordFault::Many`] beyond [`MOST_AT_ONCE`]; [`RecordFault::Denied`] without the right to touch many at once.
    pub fn bulk(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectName,
        ids: &[RecordId],
        act: Bulk,
    ) -> Result<BulkDone, RecordFault> {
        if ids.len() > MOST_AT_ONCE {
            return Err(RecordFault::Many(MOST_AT_ONCE));
        }
        let _spans = authz::scope::<authz::Bulk>(tx.cx(), object).inspect_err(|denied| {
            tx.note_denial(Line::denied(authz::Verb::Bulk.name(), object.clone(), kernel::Fault::code(denied)));
        })?;
        let mut done = BulkDone { done: Vec::new(), refused: 0, request: tx.cx().request() };
        for id in ids {
            let at = RecordRef { object: object.clone(), id: *id };
            let outcome = match act {
                Bulk::Delete => self.delete_record(tx, &at, None),
                Bulk::Restore => self.restore_record(tx, &at).map(|_| ()),
                Bulk::Assign(owner) => self.assign(tx, &at, owner),
            };
            match outcome {
                Ok(()) => done.done.push(*id),
                Err(RecordFault::Denied(_) | RecordFault::NotFound | RecordFault::Binned) => done.refused += 1,
                Err(fault) => return Err(fault),
            }
        }
        Ok(done)
    }

    /// Gives at most so many records of one object from somebody who left to a successor, and returns how many; none when all
    /// objects are through. What is in the bin goes along.
    ///
    /// # Errors
    /// [`RecordFault::Db`].
    pub fn hand_over(
        &self,
        tx: &mut WriteTx<'_>,
        (from, to): (UserId, UserId),
        most: u64,
    ) -> Result<usize, RecordFault> {
        let team = roles::team::of(tx, to)?;
        for object in self.objects().iter() {
            let line = Line::done(verbs::ASSIGN, object.name.clone()).fact("why", "left");
            let line = line.fact("owner-before", from.to_string()).fact("owner", to.to_string());
            let (moved, _) = self.pass_on(tx, object, (from, None, most), (Some(to), team), line)?;
            if moved > 0 {
                return Ok(moved);
            }
        }
        Ok(0)
    }

    /// Moves what somebody owns to the team they work in from now on.
    ///
    /// # Errors
    /// [`RecordFault::Db`].
    pub fn regroup(&self, tx: &mut WriteTx<'_>, owner: UserId, team: Option<TeamId>) -> Result<(), RecordFault> {
        for object in self.objects().iter() {
            let mut after = None;
            loop {
                let line = Line::done(verbs::TEAM_CHANGE, object.name.clone()).fact("owner", owner.to_string());
                let span = (owner, after, MOST_AT_ONCE as u64);
                let (moved, last) = self.pass_on(tx, object, span, (None, team), line)?;
                if moved < MOST_AT_ONCE {
                    break;
                }
                after = last;
            }
        }
        Ok(())
    }

    /// Lets rows of an owner take another owner or team, marked anew; each has another version then. One that was altered outside
    /// of the program goes along and stays what it is.
    fn pass_on(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Arc<Object>,
        (owner, after, most): (UserId, Option<Uuid>, u64),
        (to, team): (Option<UserId>, Option<TeamId>),
        line: Line,
    ) -> Result<(usize, Option<Uuid>), RecordFault> {
        let owned = Owned { object: &object.name, rows: store::select(object), owner, after, most };
        let read = |row: &Row<'_>| self.row(object, row);
        let pass = |row: &mut SealedRecord, now| {
            row.head.team = team;
            if let Some(to) = to {
                (row.head.owner, row.head.updated_at) = (Some(to), now);
            }
        };
        Ok(tx.pass_on(owned, read, pass, line)?)
    }

    /// Gives a record to somebody.
    fn assign(&self, tx: &mut WriteTx<'_>, at: &RecordRef, owner: UserId) -> Result<(), RecordFault> {
        let object = self.object(at.object.as_str())?;
        let found = self.find(tx, &object, at.id)?;
        let seen = self.seen(tx.cx(), &object);
        let record = found.open_unseen::<Update>(tx)?.turn(|sealed| self.unseal(tx, sealed, &seen))?;
        if record.deleted_at().is_some() {
            return Err(RecordFault::Binned);
        }
        let altered = Altered { values: record.values.clone(), owner: Some(owner), ..Altered::default() };
        self.write_altered(tx, record, &altered, verbs::ASSIGN).map(|_| ())
    }

    /// Undoes a bulk act of the same actor: what went into the bin comes out, what came out goes back, what was given away
    /// returns to whom it belonged.
    ///
    /// # Errors
    /// [`RecordFault::NotFound`] if there was no such act.
    pub fn undo_bulk(
        &self,
        tx: &mut WriteTx<'_>,
        object: &ObjectName,
        ids: &[RecordId],
        request: RequestId,
    ) -> Result<BulkDone, RecordFault> {
        let first = ids.first().ok_or(RecordFault::NotFound)?;
        while sequence::place_some(tx)? > 0 {}
        let lines = self.lines_of(tx, &RecordRef { object: object.clone(), id: *first }, request)?;
        let mut undone = BulkDone { done: Vec::new(), refused: 0, request: tx.cx().request() };
        let mut acts: Vec<(Bulk, Vec<RecordId>)> = Vec::new();
        for line in lines {
            let before = line.fact_of("owner-before").and_then(|text| text.parse::<UserId>().ok());
            let act = match (line.verb.as_ref(), before) {
                (verbs::DELETE, _) => Bulk::Restore,
                (verbs::RESTORE, _) => Bulk::Delete,
                (verbs::ASSIGN, Some(owner)) => Bulk::Assign(owner),
                _ => continue,
            };
            let touched = line.ids.iter().map(|id| RecordId::from_uuid(*id)).filter(|id| ids.contains(id));
            match acts.iter_mut().find(|(known, _)| *known == act) {
                Some((_, same)) => same.extend(touched),
                None => acts.push((act, touched.collect())),
            }
        }
        for (act, ids) in acts {
            let part = self.bulk(tx, object, &ids, act)?;
            undone.done.extend(part.done);
            undone.refused += part.refused;
        }
        if undone.done.is_empty() && undone.refused == 0 {
            return Err(RecordFault::NotFound);
        }
        tx.note(Line::done(verbs::UNDO, object.clone()).fact("request", request.to_string()));
        Ok(undone)
    }

    /// Returns the lines that the actor left in a request, found through one of the records they are about.
    pub(super) fn lines_of(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
        request: RequestId,
    ) -> Result<Vec<Line>, RecordFault> {
        let object = self.object(at.object.as_str())?;
        let record = self.find(tx, &object, at.id)?.open::<Read>(tx)?;
        let entries = sequence::entries_about(tx, &record, None, 50)?;
        let acts = entries.into_iter().flat_map(|entry| entry.acts);
        let own = acts.filter(|act| act.request == request && act.actor == tx.cx().actor());
        Ok(own.flat_map(|act| act.lines).filter(|line| line.object == at.object).collect())
    }
}
