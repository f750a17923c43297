//! Searching.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use authz::{Read, Scope};
use db::{Permitted, ReadTx};
use kernel::{ObjectName, Timestamp, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _};
use search::{Term, Ways};

use super::Question;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{Record, SealedRecord, store};

/// Candidates that are opened for each way of asking and each object.
const CANDIDATES: usize = 200;
/// Candidates that are looked through for those within the reach of somebody who does not see everybody.
const WIDE: u32 = 8_000;
/// With fewer found than this, what was typed may be a slip.
const FEW: usize = 3;

/// An object that is searched.
struct Field<'s> {
    object: &'s Arc<Object>,
    seen: Arc<Object>,
    scope: Scope<Read>,
}

/// A record that matches: how well, since when, where.
type Match = (u8, Reverse<Timestamp>, usize, Uuid);

/// A search that goes on.
struct Searching<'s> {
    records: &'s Records,
    tx: &'s ReadTx<'s>,
    question: &'s Question,
    fields: Vec<Field<'s>>,
    looked_at: HashSet<Uuid>,
    matches: Vec<Match>,
}

impl Records {
    /// Returns the tokens of groups of terms.
    pub(crate) fn keyed(&self, groups: &[Vec<Term>]) -> Vec<Vec<u64>> {
        let keyed = |term: &Term| {
            let (scope, word) = term.parts();
            self.vault.word_token(scope, word)
        };
        groups.iter().map(|group| group.iter().map(keyed).collect()).collect()
    }

    /// Finds records by words, names by their beginnings or by their sound, addresses and numbers by telling parts; the best
    /// first. Where what was typed finds hardly anything, one slip in a long word is forgiven. Only those returned count as
    /// read.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn search(
        &self,
        tx: &ReadTx<'_>,
        text: &str,
        objects: &[ObjectName],
        limit: usize,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let Some(question) = Question::parse(text) else { return Ok(Vec::new()) };
        let asked = |object: &&Arc<Object>| objects.is_empty() || objects.contains(&object.name);
        let mut fields = Vec::new();
        for object in self.objects().iter().filter(asked) {
            if let Ok(scope) = authz::scope::<Read>(tx.cx(), &object.name) {
                fields.push(Field { object, seen: self.seen(tx.cx(), object), scope });
            }
        }
        let (looked_at, matches) = (HashSet::new(), Vec::new());
        let mut searching = Searching { records: self, tx, question: &question, fields, looked_at, matches };
        searching.look(question.ways(), false)?;
        for ways in question.loose_ways() {
            if searching.matches.len() < FEW {
                searching.look(ways, true)?;
            }
        }
        searching.hand_out(limit)
    }
}

impl Searching<'_> {
    /// Asks the index in some ways, opens what it proposes, and keeps what matches in truth.
    fn look(&mut self, ways: Ways, loose: bool) -> Result<(), RecordFault> {
        // What did not answer what was typed may answer what was meant.
        self.looked_at = self.matches.iter().map(|(.., id)| *id).collect();
        for way in ways {
            let groups = self.records.keyed(&way);
            let mut candidates = self.candidates(&groups)?;
            for at in 0..self.fields.len() {
                if let Some(ids) = candidates.remove(&at) {
                    self.open(at, ids, loose)?;
                }
            }
        }
        Ok(())
    }

    /// Returns the newest candidates of each object. Objects of which there are many do not push others out.
    fn candidates(&self, groups: &[Vec<u64>]) -> Result<HashMap<usize, Vec<Uuid>>, RecordFault> {
        let limit = |field: &Field<'_>| if field.scope.is_everything() { CANDIDATES as u32 } else { WIDE };
        let mut candidates: HashMap<usize, Vec<Uuid>> = HashMap::new();
        if let [_, _, ..] = self.fields.as_slice() {
            let found = self.tx.index_find(groups, None, CANDIDATES as u32)?;
            if found.len() < CANDIDATES {
                for (object, id) in found {
                    if let Some(at) = self.fields.iter().position(|field| field.object.name == object) {
                        candidates.entry(at).or_default().push(id);
                    }
                }
                return Ok(candidates);
            }
        }
        for (at, field) in self.fields.iter().enumerate() {
            let found = self.tx.index_find(groups, Some(&field.object.name), limit(field))?;
            candidates.insert(at, found.into_iter().map(|(_, id)| id).collect());
        }
        Ok(candidates)
    }

    /// Opens candidates within the reach of whoever looks. Nobody is shown them yet.
    fn open(&mut self, at: usize, mut ids: Vec<Uuid>, loose: bool) -> Result<(), RecordFault> {
        ids.retain(|id| !self.looked_at.contains(id));
        let mut opened = 0;
        for some in ids.chunks(500) {
            if opened >= CANDIDATES {
                break;
            }
            let Some(field) = self.fields.get(at) else { return Ok(()) };
            let (records, tx, question, matches) = (self.records, self.tx, self.question, &mut self.matches);
            let judge =
                |rows: Vec<Permitted<SealedRecord, Read>>| -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
                    for row in rows {
                        opened += 1;
                        let record = row.turn(|sealed| records.unseal_listed(tx, sealed, &field.seen))?;
                        let rank = question.rank(&field.seen, record.values(), loose);
                        matches
                            .extend(rank.map(|rank| (rank, Reverse(record.updated_at()), at, record.head.id.uuid())));
                    }
                    Ok(Vec::new())
                };
            self.tx.pick(
                rows_of(field.object, some),
                &field.scope,
                verbs::SEARCH,
                |row| records.row(field.object, row),
                judge,
            )?;
            self.looked_at.extend(some);
        }
        Ok(())
    }

    /// Returns the best, and leaves their lines; or a line about nobody.
    fn hand_out(mut self, limit: usize) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        self.matches.sort_unstable();
        self.matches.truncate(limit);
        if self.matches.is_empty() {
            for field in &self.fields {
                self.tx.note(Line::done(verbs::SEARCH, field.object.name.clone()));
            }
        }
        let order: HashMap<Uuid, usize> = self.matches.iter().enumerate().map(|(nth, (.., id))| (*id, nth)).collect();
        let mut found = Vec::with_capacity(self.matches.len());
        for (at, field) in self.fields.iter().enumerate() {
            let ids: Vec<Uuid> = self.matches.iter().filter(|(_, _, of, _)| *of == at).map(|(.., id)| *id).collect();
            if ids.is_empty() {
                continue;
            }
            let open = |rows: Vec<Permitted<SealedRecord, Read>>| -> Result<Vec<_>, RecordFault> {
                rows.into_iter()
                    .map(|row| row.turn(|sealed| self.records.unseal_listed(self.tx, sealed, &field.seen)))
                    .collect()
            };
            let read = |row: &db::Row<'_>| self.records.row(field.object, row);
            found.extend(self.tx.pick(rows_of(field.object, &ids), &field.scope, verbs::SEARCH, read, open)?);
        }
        found.sort_by_key(|record| order.get(&record.head.id.uuid()).copied());
        Ok(found)
    }
}

fn rows_of(object: &Object, ids: &[Uuid]) -> sea_query::SelectStatement {
    let mut select = store::select_some(object, ids);
    select.and_where(Expr::col(Alias::new("deleted_at")).is_null());
    select
}
