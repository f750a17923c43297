//! What stands before and behind a record in a list.

use authz::{Read, Scope};
use db::{Permitted, ReadTx};
use kernel::{RecordId, Uuid};
use sea_query::{Alias, Cond, Query};

use super::page::cursor;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::Record;
use filter::{Key, ListQuery, Sort};

/// The records around another one. They are named, not shown: nobody has looked at them yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The one before.
    pub before: Option<RecordId>,
    /// The one behind.
    pub behind: Option<RecordId>,
}

impl Records {
    /// Finds what stands before and behind a record in a list, whether or not the record itself fits its conditions.
    ///
    /// # Errors
    /// As [`list_records`](Self::list_records).
    pub fn beside(
        &self,
        tx: &ReadTx<'_>,
        record: &Permitted<Record, Read>,
        query: &ListQuery,
    ) -> Result<Beside, RecordFault> {
        let object = &record.object;
        let scope = super::page::reach(tx, &object.name)?;
        let conditions = self.conditions(tx, object, query)?;
        let here = ListQuery { after: Some(cursor(query, record)), ..query.clone() };
        let here = self.placed(tx, object, &here, &scope)?.after.unwrap_or_else(|| cursor(query, record));
        let keyless = here.key == Key::None;
        let forward = ListQuery { after: Some(here.clone()), ..query.clone() };
        let sort = Sort { column: query.sort.column.clone(), descending: !query.sort.descending };
        let back = ListQuery { sort: sort.clone(), after: Some(here), ..query.clone() };
        // Rows without a key come last in both directions: going back from the first of them leads to the last with one.
        let last = ListQuery { sort, after: None, ..query.clone() };
        let first = |steps: &[(&ListQuery, bool)]| -> Result<Option<RecordId>, RecordFault> {
            for (query, keyed) in steps {
                if let Some(id) = nearest(tx, object, query, (&conditions, &scope), *keyed)? {
                    return Ok(Some(id));
                }
            }
            Ok(None)
        };
        let lacks = query.sort.may_lack();
        Ok(match (keyless, lacks) {
            (true, _) => {
                Beside { before: first(&[(&back, false), (&last, true)])?, behind: first(&[(&forward, false)])? }
            }
            (false, true) => {
                Beside { before: first(&[(&back, true)])?, behind: first(&[(&forward, true), (&forward, false)])? }
            }
            (false, false) => Beside { before: first(&[(&back, true)])?, behind: first(&[(&forward, true)])? },
        })
    }
}

fn nearest(
    tx: &ReadTx<'_>,
    object: &Object,
    query: &ListQuery,
    (conditions, scope): (&Cond, &Scope<Read>),
    keyed: bool,
) -> Result<Option<RecordId>, RecordFault> {
    let mut select = Query::select();
    select.column(Alias::new("id")).from(filter::table(&object.name)).cond_where(conditions.clone()).limit(1);
    filter::ordered(&mut select, object, query, keyed, || db::spanned(scope));
    Ok(tx.tally(select, scope, |row| row.get::<Uuid>(0))?.into_iter().next().map(RecordId::from_uuid))
}
