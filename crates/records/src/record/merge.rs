//! Several records become one.

use std::collections::BTreeSet;
use std::sync::Arc;

use authz::Merge;
use db::{DbFault, Permitted, WriteTx};
use kernel::{RecordId, RequestId};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _};

use super::bulk::MOST_AT_ONCE;
use super::model::{Record, RecordRef, SealedRecord};
use super::{seal, store};
use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Object};
use crate::value::Value;
use objects::change::{Altered, Altering, Change, rules};

/// A record whose link leads elsewhere from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The record.
    pub at: RecordRef,
    /// The field that links.
    pub field: kernel::FieldName,
    /// Where it led.
    pub from: RecordId,
}

/// Returns the change that a merge makes of the record that stays, given it and the others.
type Chosen<'a> = &'a dyn Fn(&Record, &[&Record]) -> Change;

impl Records {
    /// Makes one of several records: the first stays and takes what `chosen` makes of all of them, the others go into the bin, and
    /// whatever links to them links to the first, whoever may see it. Each must still have the version that is given.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`] if the actor may not merge one of them; [`DbFault::Stale`] if one changed;
    /// [`RecordFault::Binned`]; [`RecordFault::Many`] beyond [`MOST_AT_ONCE`] links.
    pub fn merge_records(
        &self,
        tx: &mut WriteTx<'_>,
        (keep, version): (&RecordRef, i64),
        others: &[(RecordId, i64)],
        chosen: Chosen<'_>,
    ) -> Result<Vec<Moved>, RecordFault> {
        let object = self.object(keep.object.as_str())?;
        let kept = self.to_merge(tx, keep, version)?;
        let mut gone = Vec::with_capacity(others.len());
        for (id, version) in others {
            gone.push(self.to_merge(tx, &RecordRef { object: object.name.clone(), id: *id }, *version)?);
        }
        let change = chosen(&kept, &gone.iter().map(|record| &**record).collect::<Vec<_>>());
        let mut altered = rules::alter(&object, &kept.values, change, &self.terms(tx, &object))?;
        self.check_links(tx, &object, &altered)?;
        let ids: BTreeSet<RecordId> = others.iter().map(|(id, _)| *id).collect();
        unlink(&object, &mut altered, &ids);
        self.await_orders(tx, &object, |field| altered.touches(&field.name))?;
        let moved = self.move_links(tx, &kept, &ids, |_, _| Some(keep.id))?;
        let facts: String = others.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ");
        tx.note(Line::done(verbs::MERGE, object.name.clone()).about(keep.id).fact("of", facts));
        if !altered.is_nothing() {
            let _kept = self.write_altered(tx, kept, &altered, verbs::UPDATE)?;
        }
        for record in gone {
            let line = Line::done(verbs::DELETE, object.name.clone()).about(record.record_id());
            Self::bin(tx, record, line.fact("into", keep.id.to_string()))?;
        }
        Ok(moved)
    }

    /// Takes a merge back: the others come out of the bin, what linked to them and still links to the one that stayed links to them
    /// again, and each field of it that the merge changed and nobody since is what it was.
    ///
    /// # Errors
    /// As [`merge_records`](Self::merge_records); [`RecordFault::Erased`] if one of the others was erased meanwhile.
    pub fn unmerge_records(
        &self,
        tx: &mut WriteTx<'_>,
        keep: &RecordRef,
        others: &[RecordId],
        (request, moved): (RequestId, &[Moved]),
    ) -> Result<(), RecordFault> {
        let object = self.object(keep.object.as_str())?;
        let kept = self.open_to_merge(tx, keep)?;
        let back: Vec<Altering> = self.altered_in(tx, keep, request)?;
        let change = back.into_iter().filter(|a| kept.values.get(a.field.as_str()) == a.after.as_ref());
        let change = change.fold(Change::new().keeping_secrets(), |change, a| change.set(a.field.as_str(), a.before));
        // What the merge took from fields that the actor does not see is not theirs to give back; it did not take any.
        let altered = rules::alter(&object, &kept.values, change, &self.terms(tx, &object))?;
        self.await_orders(tx, &object, |field| altered.touches(&field.name))?;
        for id in others {
            let record = self.open_to_merge(tx, &RecordRef { object: object.name.clone(), id: *id })?;
            if record.is_erased() {
                return Err(RecordFault::Erased);
            }
            if record.deleted_at().is_none() {
                continue;
            }
            let _back = self.unbin(tx, record)?;
        }
        let whence = |at: &RecordRef, field: &Field| {
            moved.iter().find(|moved| moved.at == *at && moved.field == field.name).map(|moved| moved.from)
        };
        self.move_links(tx, &kept, &BTreeSet::from([keep.id]), whence)?;
        if !altered.is_nothing() {
            let _kept = self.write_altered(tx, kept, &altered, verbs::UPDATE)?;
        }
        tx.note(Line::done(verbs::UNDO, object.name.clone()).about(keep.id).fact("request", request.to_string()));
        Ok(())
    }

    fn to_merge(
        &self,
        tx: &WriteTx<'_>,
        at: &RecordRef,
        version: i64,
    ) -> Result<Permitted<Record, Merge>, RecordFault> {
        let record = self.open_to_merge(tx, at)?;
        if record.current_version() != version {
            return Err(DbFault::Stale.into());
        }
        if record.is_erased() {
            return Err(RecordFault::Erased);
        }
        if record.deleted_at().is_some() { Err(RecordFault::Binned) } else { Ok(record) }
    }

    /// Lets what links to some records link to another, where `to` says so; sealed anew where it is sealed for whom it is about.
    fn move_links(
        &self,
        tx: &mut WriteTx<'_>,
        proof: &Permitted<Record, Merge>,
        from: &BTreeSet<RecordId>,
        to: impl Fn(&RecordRef, &Field) -> Option<RecordId>,
    ) -> Result<Vec<Moved>, RecordFault> {
        let mut all: Vec<Moved> = Vec::new();
        let target = proof.object.name.clone();
        let links: Vec<(Arc<Object>, Field)> =
            self.objects().linking_to(&target).map(|(object, field)| (Arc::clone(object), field.clone())).collect();
        for (object, field) in links {
            let mut rows = store::select(&object);
            rows.and_where(Expr::col(Alias::new(field.name.as_str())).is_in(from.iter().map(|id| id.uuid())));
            let among = object.name == target;
            if among {
                // Those that become one do not link to themselves.
                let own = from.iter().copied().chain([proof.record_id()]).map(RecordId::uuid);
                rows.and_where(Expr::col(Alias::new("id")).is_not_in(own));
            }
            rows.limit(MOST_AT_ONCE as u64 + 1);
            let line = Line::done(verbs::UPDATE, object.name.clone()).fields([field.name.clone()]);
            let line = line.fact("merged", proof.record_id().to_string());
            let turn = |tx: &WriteTx<'_>, sealed: SealedRecord| -> Result<Option<Record>, RecordFault> {
                let Some(id) = to(&sealed.at(), &field) else { return Ok(None) };
                let Some(led) = sealed.open.get(field.name.as_str()).and_then(Value::as_link) else { return Ok(None) };
                // One that was altered outside of the program stays what it is, and where.
                let Ok(record) = self.unseal(tx, sealed, &object) else { return Ok(None) };
                all.push(Moved { at: record.at(), field: field.name.clone(), from: led });
                if all.len() > MOST_AT_ONCE {
                    return Err(RecordFault::Many(MOST_AT_ONCE));
                }
                self.relinked(tx, &record, (&field, id), proof).map(Some)
            };
            tx.relink(proof, (&object.name, rows), |row| self.row(&object, row), turn, line)?;
        }
        Ok(all)
    }

    fn relinked(
        &self,
        tx: &WriteTx<'_>,
        record: &Record,
        (field, to): (&Field, RecordId),
        kept: &Permitted<Record, Merge>,
    ) -> Result<Record, RecordFault> {
        let object = Arc::clone(&record.object);
        let mut altered = Altered { values: record.values.clone(), ..Altered::default() };
        altered.values.set(field.name.clone(), Some(Value::Link(to)));
        let mut next = record.becoming(&altered, tx.now());
        if !object.subject && object.about.as_ref() == Some(&field.name) {
            let subject = if to == kept.record_id() { kept.subject() } else { self.subject_at(tx, &kept.object, to)? };
            if subject != record.subject() {
                seal::remask(&self.vault, &mut next, subject)?;
            }
        }
        self.sealed(next, &altered)
    }

    /// Returns whose key seals a record that the actor may merge.
    fn subject_at(
        &self,
        tx: &WriteTx<'_>,
        object: &Arc<Object>,
        id: RecordId,
    ) -> Result<Option<kernel::SubjectId>, RecordFault> {
        Ok(self.open_to_merge(tx, &RecordRef { object: object.name.clone(), id })?.subject())
    }

    /// Returns what the actor changed in a request, from the ledger.
    fn altered_in(
        &self,
        tx: &mut WriteTx<'_>,
        at: &RecordRef,
        request: RequestId,
    ) -> Result<Vec<Altering>, RecordFault> {
        while sequence::place_some(tx)? > 0 {}
        let lines = self.lines_of(tx, at, request)?;
        let own = lines.iter().filter(|line| line.verb == verbs::UPDATE && line.ids.contains(&at.id.uuid()));
        let mut all = Vec::new();
        for payload in own.filter_map(|line| line.sealed.as_ref()) {
            all.extend(seal::open_payload(&self.vault, (&at.object, at.id), payload)?.unwrap_or_default());
        }
        Ok(all)
    }
}

/// A record that stays does not link to one that goes into the bin with it.
fn unlink(object: &Object, altered: &mut Altered, gone: &BTreeSet<RecordId>) {
    let before = altered.values.clone();
    for field in object.links_to(&object.name) {
        let led = before.get(field.name.as_str()).and_then(Value::as_link);
        if led.is_some_and(|id| gone.contains(&id)) {
            altered.values.set(field.name.clone(), None);
            altered.changed.retain(|a| a.field != field.name);
            altered.changed.push(Altering { field: field.name.clone(), before: led.map(Value::Link), after: None });
        }
    }
}
