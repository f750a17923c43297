//! Which records hold words in one field: what a filter of a list asks.

use std::sync::Arc;

use authz::Read;
use db::{DbFault, IndexQuery, Permitted, ReadTx};
use kernel::Uuid;
use ledger::verbs;
use vault::IndexKeys;

use super::Question;
use crate::Records;
use crate::object::{Field, Object};
use crate::record::{Record, SealedRecord, store};
use crate::value::Value;

/// A filter by words looks at this many records at most.
const HOLDING: u32 = 2_000;

impl Records {
    /// Returns the records within the reach of whoever asks that hold all words, or words that begin so, in this very field; and
    /// whether there may be more. The index knows words, not fields, so each candidate is opened. Nobody is shown them yet.
    pub(crate) fn holding(
        &self,
        tx: &ReadTx<'_>,
        keys: &IndexKeys,
        (object, field): (&Arc<Object>, &Field),
        words: &str,
    ) -> Result<(Vec<Uuid>, bool), DbFault> {
        let (Some(question), Ok(scope)) = (Question::parse(words), authz::scope::<Read>(tx.cx(), &object.name)) else {
            return Ok((Vec::new(), false));
        };
        let (ways, objects) = ([Self::keyed(keys, &question.beginnings())], [&object.name]);
        let candidates = tx.index_find(&IndexQuery { ways: &ways, objects: &objects, before: None, limit: HOLDING })?;
        let more = candidates.len() >= HOLDING as usize;
        let ids: Vec<Uuid> = candidates.into_iter().map(|proposed| proposed.id).collect();
        let mut held = Vec::new();
        for some in ids.chunks(500) {
            let judge = |rows: Vec<Permitted<SealedRecord, Read>>| -> Result<Vec<Permitted<Record, Read>>, DbFault> {
                self.vault.warm(rows.iter().filter_map(|row| row.head.subject));
                for row in rows {
                    let id = authz::Resource::id(&*row);
                    // What cannot be opened stays: whoever shows the row says what is wrong with it.
                    let holds = row.turn(|sealed| self.unseal_listed(tx, sealed, object)).map_or(true, |record| {
                        let text = record.values.get(field.name.as_str()).and_then(Value::as_text);
                        record.is_damaged() || text.is_some_and(|text| question.holds(text))
                    });
                    held.extend(holds.then_some(id));
                }
                Ok(Vec::new())
            };
            tx.pick(store::select_some(object, some), &scope, verbs::LIST, |row| self.row(object, row), judge)?;
        }
        Ok((held, more))
    }
}
