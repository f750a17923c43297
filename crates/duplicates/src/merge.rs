//! Several records become one, and are several again.

use std::collections::{BTreeMap, BTreeSet};

use authz::Merge;
use db::{Permitted, ReadTx, WriteTx};
use kernel::{FieldName, ObjectName, RecordId, RequestId, Uuid};
use records::object::Kind;
use records::record::Moved;
use records::{Change, Record, RecordFault, RecordRef, Value};

use crate::Duplicates;
use crate::group::MOST_IN_GROUP;

/// What is made one.
#[derive(Clone, Debug)]
pub struct Merging {
    /// The record that stays.
    pub keep: RecordId,
    /// All of them, each with the version it was shown in.
    pub records: Vec<(RecordId, i64)>,
    /// Whose value a field gets; of fields that are not named the one that stays keeps its own, or takes the first there is.
    pub chosen: BTreeMap<FieldName, RecordId>,
}

/// Something that was moved, as it is kept.
struct Kept(Moved);

// Ids and the name of a field: what is moved back is decided by the right to merge.
impl db::Bare for Kept {}

impl Duplicates {
    /// Opens records to be made one: at least two.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`] if the actor may not merge one of them; [`RecordFault::Binned`];
    /// [`RecordFault::Many`].
    pub fn to_merge(
        &self,
        tx: &ReadTx<'_>,
        object: &str,
        ids: &[RecordId],
    ) -> Result<Vec<Permitted<Record, Merge>>, RecordFault> {
        let object = self.records.object(object)?;
        let ids: BTreeSet<RecordId> = ids.iter().copied().collect();
        counted(ids.len())?;
        let open = |id: &RecordId| {
            let record = self.records.open_to_merge(tx, &RecordRef { object: object.name.clone(), id: *id })?;
            if record.deleted_at().is_some() { Err(RecordFault::Binned) } else { Ok(record) }
        };
        ids.iter().map(open).collect()
    }

    /// Makes one of several records: it takes the values that were chosen, tags of all, and whatever links to the others; they go into
    /// the bin and point to it. All of it happens, or nothing. Fields that the actor does not see or write stay as they are.
    ///
    /// # Errors
    /// As [`to_merge`](Self::to_merge); a stale fault if one changed since it was shown.
    pub fn merge(&self, tx: &mut WriteTx<'_>, object: &str, merging: &Merging) -> Result<RequestId, RecordFault> {
        let object = self.records.object(object)?;
        let versions: BTreeMap<RecordId, i64> = merging.records.iter().copied().collect();
        counted(versions.len())?;
        let version = *versions.get(&merging.keep).ok_or(RecordFault::NotFound)?;
        let keep = RecordRef { object: object.name.clone(), id: merging.keep };
        let others: Vec<(RecordId, i64)> = versions.into_iter().filter(|(id, _)| *id != merging.keep).collect();
        let chosen = |kept: &Record, others: &[&Record]| chosen(kept, others, &merging.chosen);
        let moved = self.records.merge_records(tx, (&keep, version), &others, &chosen)?;
        let (by, request) = (tx.cx().person().map(kernel::UserId::uuid), tx.cx().request());
        for (id, _) in &others {
            tx.run(
                "insert into duplicate_merge (object, record_id, into_id, request_id, merged_by, merged_at) \
                 values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (object, record_id) do update set \
                 into_id = excluded.into_id, request_id = excluded.request_id, merged_by = excluded.merged_by, \
                 merged_at = excluded.merged_at",
                &[(&object.name).into(), (*id).into(), merging.keep.into(), request.into(), by.into(), tx.now().into()],
            )?;
        }
        for moved in &moved {
            tx.run(
                "insert into duplicate_moved (request_id, object, record_id, field, from_id) values (?1, ?2, ?3, ?4, ?5)",
                &[
                    request.into(),
                    (&moved.at.object).into(),
                    moved.at.id.into(),
                    (&moved.field).into(),
                    moved.from.into(),
                ],
            )?;
        }
        Ok(request)
    }

    /// Takes a merge of the same actor back: the others come out of the bin, what still links to the one that stayed links to them again,
    /// and fields that nobody changed since hold what they held.
    ///
    /// # Errors
    /// [`RecordFault::NotFound`] if the actor made no such merge; [`RecordFault::Erased`] if one of them was erased.
    pub fn unmerge(
        &self,
        tx: &mut WriteTx<'_>,
        object: &str,
        (keep, request): (RecordId, RequestId),
    ) -> Result<(), RecordFault> {
        let object = self.records.object(object)?;
        let by = tx.cx().person().ok_or(RecordFault::NotFound)?;
        let others = tx.bare(
            "select record_id from duplicate_merge where object = ?1 and into_id = ?2 and request_id = ?3 and merged_by = ?4",
            &[(&object.name).into(), keep.into(), request.into(), by.into()],
            |row| row.get::<RecordId>(0),
        )?;
        if others.is_empty() {
            return Err(RecordFault::NotFound);
        }
        let moved = tx.bare(
            "select object, record_id, field, from_id from duplicate_moved where request_id = ?1",
            &[request.into()],
            |row| {
                let (of, field) = (row.get::<String>(0)?, row.get::<String>(2)?);
                let (Ok(of), Ok(field)) = (ObjectName::parse(&of), FieldName::parse(&field)) else { return Ok(None) };
                Ok(Some(Kept(Moved { at: RecordRef { object: of, id: row.get(1)? }, field, from: row.get(3)? })))
            },
        )?;
        let moved: Vec<Moved> = moved.into_iter().flatten().map(|kept| kept.0).collect();
        let keep = RecordRef { object: object.name.clone(), id: keep };
        self.records.unmerge_records(tx, &keep, &others, (request, &moved))?;
        tx.run("delete from duplicate_merge where request_id = ?1", &[request.into()])?;
        tx.run("delete from duplicate_moved where request_id = ?1", &[request.into()])?;
        Ok(())
    }

    /// Returns the record that one in the bin became part of, if whoever looks may see it.
    ///
    /// # Errors
    /// [`RecordFault`] of the database.
    pub fn merged_into(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Option<RecordRef>, RecordFault> {
        let found = tx.bare_one(
            "select into_id from duplicate_merge where object = ?1 and record_id = ?2",
            &[(&at.object).into(), at.id.into()],
            |row| row.get::<Uuid>(0),
        )?;
        let Some(id) = found else { return Ok(None) };
        let into = RecordRef { object: at.object.clone(), id: RecordId::from_uuid(id) };
        Ok(self.records.may_read(tx, &into)?.then_some(into))
    }
}

fn counted(records: usize) -> Result<(), RecordFault> {
    match records {
        0 | 1 => Err(RecordFault::NotFound),
        more if more > MOST_IN_GROUP => Err(RecordFault::Many(MOST_IN_GROUP)),
        _ => Ok(()),
    }
}

/// Makes the change of the record that stays. What the actor does not see or write is not looked at.
fn chosen(kept: &Record, others: &[&Record], wanted: &BTreeMap<FieldName, RecordId>) -> Change {
    let fields = kept.definition().fields.iter().filter(|field| field.is_written() && !field.is_masked());
    fields.fold(Change::new().keeping_secrets(), |change, field| {
        let name = field.name.as_str();
        if field.kind == Kind::Tags {
            return change.set(name, together(kept.value(name), others.iter().map(|other| other.value(name))));
        }
        let value = match wanted.get(name) {
            Some(id) if *id == kept.record_id() => return change,
            Some(id) => match others.iter().find(|other| other.record_id() == *id) {
                Some(other) => other.value(name),
                None => return change,
            },
            None if kept.value(name).is_some() => return change,
            None => others.iter().find_map(|other| other.value(name)),
        };
        change.set(name, value.cloned())
    })
}

/// Returns the tags of all.
fn together<'v>(kept: Option<&'v Value>, others: impl Iterator<Item = Option<&'v Value>>) -> Option<Value> {
    let mut all: Vec<String> = Vec::new();
    for value in std::iter::once(kept).chain(others) {
        let Some(Value::Tags(tags)) = value else { continue };
        let fresh: Vec<String> = tags.iter().filter(|tag| !all.contains(tag)).cloned().collect();
        all.extend(fresh);
    }
    (!all.is_empty()).then_some(Value::Tags(all))
}
