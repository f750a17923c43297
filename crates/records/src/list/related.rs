//! What belongs to a record, what it is called elsewhere, and what looks like it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use authz::Read;
use db::{Permitted, ReadTx};
use kernel::{FieldName, ObjectName, RecordId, Uuid};

use super::Page;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{Record, RecordRef, store};
use crate::value::Value;
use filter::{Column, Filter, ListQuery, Op, Operand, Sort};

/// Records that link to one record by one field.
pub struct Related {
    /// Their object.
    pub object: Arc<Object>,
    /// The field that links.
    pub field: FieldName,
    /// The newest of them.
    pub page: Page,
}

impl Records {
    /// Lists what links to a record, the newest first, `limit` of each kind.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn related(&self, tx: &ReadTx<'_>, at: &RecordRef, limit: u32) -> Result<Vec<Related>, RecordFault> {
        let mut related = Vec::new();
        for (object, field) in self.objects().linking_to(&at.object) {
            if authz::scope::<Read>(tx.cx(), &object.name).is_err() {
                continue;
            }
            // A link that whoever looks does not see relates nothing to them.
            if self.seen(tx.cx(), object).field(field.name.as_str()).is_none_or(|seen| seen.is_masked()) {
                continue;
            }
            let op = Op::Is(Operand::Value(Value::Link(at.id)));
            let filter = Filter {
                column: Column::Field(field.name.clone()),
                op,
                spelled: format!("{}:is:{}", field.name, at.id),
            };
            let sort = Sort { column: Column::Created, descending: true };
            let query = ListQuery { filters: vec![filter], sort, limit, ..ListQuery::default() };
            let page = self.page_of(tx, object.name.as_str(), &query)?;
            related.push(Related { object: Arc::clone(object), field: field.name.clone(), page });
        }
        Ok(related)
    }

    /// Returns what linked records are called. Those the actor may not see are missing, and those that were altered outside of the
    /// program.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn titles_of(
        &self,
        tx: &ReadTx<'_>,
        links: impl IntoIterator<Item = RecordRef>,
    ) -> Result<HashMap<RecordId, String>, RecordFault> {
        let whole = self.linked(tx, links)?.into_iter().filter(|record| !record.is_damaged());
        Ok(whole.map(|record| (record.record_id(), record.title().to_owned())).collect())
    }

    /// Returns the records that links lead to, those in the bin too; those the actor may not see are missing.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn linked(
        &self,
        tx: &ReadTx<'_>,
        links: impl IntoIterator<Item = RecordRef>,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let mut wanted: BTreeMap<ObjectName, HashSet<Uuid>> = BTreeMap::new();
        for link in links {
            wanted.entry(link.object).or_default().insert(link.id.uuid());
        }
        let mut found = Vec::new();
        for (object, ids) in wanted {
            found.extend(self.among(tx, &self.object(object.as_str())?, ids)?);
        }
        Ok(found)
    }

    /// Returns where the links of records lead: what [`titles_of`](Self::titles_of) takes.
    #[must_use]
    pub fn links_of<'a>(&self, records: impl IntoIterator<Item = &'a Record>) -> Vec<RecordRef> {
        let link = |record: &Record, (name, value): (&FieldName, &Value)| {
            let object = record.definition().field(name.as_str())?.link.clone()?;
            Some(RecordRef { object, id: value.as_link()? })
        };
        let of_one = |record: &'a Record| record.values().iter().filter_map(move |pair| link(record, pair));
        records.into_iter().flat_map(of_one).collect()
    }

    /// Reads the records of some ids that the actor may see; those in the bin too, since links lead there.
    pub(super) fn among(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let Ok(scope) = authz::scope::<Read>(tx.cx(), &object.name) else { return Ok(Vec::new()) };
        let mut records = Vec::with_capacity(ids.len());
        for some in ids.chunks(500) {
            records.extend(self.opened(tx, object, store::select_some(object, some), &scope)?);
        }
        Ok(records)
    }
}
