//! What two people did to a record at once.

use authz::Update;
use db::{Permitted, WriteTx};
use kernel::FieldName;
use ledger::{Line, verbs};

use super::model::Record;
use super::seal;
use crate::Records;
use crate::fault::{Conflict, FieldConflict, RecordFault};
use crate::value::Value;
use objects::change::Change;
use objects::change::rules;

impl Records {
    /// Returns the fault for a change that was begun on an older version: for each field what it was, is, and should be.
    pub(super) fn conflict(
        &self,
        tx: &mut WriteTx<'_>,
        record: &Permitted<Record, Update>,
        version: i64,
        change: Change,
    ) -> RecordFault {
        match self.gather_conflict(tx, record, version, change) {
            Ok(conflict) => {
                // The current values go out with the fault, so the line is one that a rollback keeps, and they count now.
                if let Err(fault) = tx.count_seen() {
                    return fault.into();
                }
                let fields = conflict.fields.iter().map(|conflict| conflict.field.clone());
                tx.note_denial(
                    Line::failed(verbs::UPDATE, conflict.object.clone(), "stale").about(conflict.id).fields(fields),
                );
                RecordFault::Stale(Box::new(conflict))
            }
            Err(fault) => fault,
        }
    }

    fn gather_conflict(
        &self,
        tx: &mut WriteTx<'_>,
        record: &Permitted<Record, Update>,
        version: i64,
        change: Change,
    ) -> Result<Conflict, RecordFault> {
        let altered = rules::alter(&record.object, &record.values, change, &self.terms(tx, &record.object))?;
        // The transaction is rolled back, so placing entries early here has no effect beyond it.
        while sequence::place_some(tx)? > 0 {}
        let mut fields = Vec::new();
        let shown = |field: &FieldName| record.seen.field(field.as_str()).is_some_and(|field| !field.is_masked());
        for altering in altered.changed.into_iter().filter(|altering| shown(&altering.field)) {
            let original = self.value_at(tx, record, version, &altering.field)?;
            let (field, current, theirs) = (altering.field, altering.before, altering.after);
            fields.push(FieldConflict {
                original: original.unwrap_or_else(|| current.clone()),
                field,
                current,
                theirs,
            });
        }
        Ok(Conflict {
            object: record.definition().name.clone(),
            id: record.record_id(),
            version: record.current_version(),
            fields,
        })
    }

    /// Returns what a field held at a version; nothing if it did not change since.
    fn value_at(
        &self,
        tx: &WriteTx<'_>,
        record: &Permitted<Record, Update>,
        version: i64,
        field: &FieldName,
    ) -> Result<Option<Option<Value>>, RecordFault> {
        let at = record.at();
        let mut found = None;
        for entry in sequence::entries_about(tx, record, None, 200)? {
            for line in entry.acts.iter().flat_map(|act| &act.lines) {
                let since =
                    line.fact_of("version").and_then(|text| text.parse::<i64>().ok()).is_some_and(|v| v >= version);
                if !since || !line.ids.contains(&at.id.uuid()) || !line.fields.contains(field) {
                    continue;
                }
                let Some(payload) = &line.sealed else { continue };
                let changes = seal::open_payload(&self.vault, (&at.object, at.id), payload)?.unwrap_or_default();
                // Newest first: the last one found is the oldest since.
                found = changes
                    .into_iter()
                    .find(|altering| altering.field == *field)
                    .map(|altering| altering.before)
                    .or(found);
            }
        }
        Ok(found)
    }
}
