//! Searching.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use authz::{Read, Scope};
use db::{Candidate, IndexQuery, Permitted, Proposed, ReadTx};
use kernel::{ObjectName, Timestamp, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _};
use search::{Groups, is_answered};
use vault::IndexKeys;

use super::Question;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{Record, SealedRecord, store};

/// Where fewer than this are proposed in the widest way, all of them are opened and nothing else is asked.
const HANDFUL: u32 = 24;
/// Candidates that are asked for at once: the first time, and at most.
const STEP: (u32, u32) = (16, 128);
/// The same for somebody who does not see everybody: most candidates are others'.
const WIDE_STEP: u32 = 512;
/// Candidates that are opened for each way of asking and each object.
const CANDIDATES: usize = 200;
/// Candidates that are looked through for each way: objects of which there are many do not push others out.
const MOST: usize = 1_000;
/// The same for those within the reach of somebody who does not see everybody.
const WIDE: usize = 8_000;
/// Ranks of what a slip was forgiven begin behind this one.
const LOOSE: u8 = 8;

/// An object that is searched.
struct Field<'s> {
    object: &'s Arc<Object>,
    seen: Arc<Object>,
    scope: Scope<Read>,
}

/// A record that matches: how well, since when, which.
struct Match {
    rank: u8,
    record: Candidate<Record>,
}

impl Match {
    fn order(&self) -> (u8, Reverse<Timestamp>, Uuid) {
        let record = self.record.peek();
        (self.rank, Reverse(record.updated_at()), record.head.id.uuid())
    }
}

/// A search that goes on.
struct Searching<'s> {
    records: &'s Records,
    tx: &'s ReadTx<'s>,
    question: &'s Question,
    keys: IndexKeys,
    fields: Vec<Field<'s>>,
    /// The objects that the index is asked for; none where it is asked for all there are.
    objects: Vec<&'s ObjectName>,
    limit: usize,
    looked_at: HashSet<Uuid>,
    matches: Vec<Match>,
}

impl Records {
    /// Returns the tokens of groups of terms.
    pub(crate) fn keyed(keys: &IndexKeys, groups: &Groups) -> Vec<Vec<u64>> {
        let tokens = |term: &search::Term| {
            let (scope, text) = term.parts();
            if term.is_value() { keys.values(scope, text) } else { keys.words(scope, text) }
        };
        groups.iter().map(|group| group.iter().flat_map(tokens).collect()).collect()
    }

    /// Finds records by words, names by their beginnings or by their sound, addresses and numbers by telling parts; the best
    /// first. Where what was typed finds no name and hardly anything else, one slip in a long word is forgiven. Only those
    /// returned count as read.
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
        let all = fields.len() == self.objects().iter().count();
        let objects = fields.iter().filter(|_| !all).map(|field| &field.object.name).collect();
        let (keys, looked_at, matches) = (self.index_keys(tx)?, HashSet::new(), Vec::new());
        let mut searching =
            Searching { records: self, tx, question: &question, keys, fields, objects, limit, looked_at, matches };
        if !searching.fields.is_empty() {
            searching.go()?;
        }
        Ok(searching.hand_out())
    }
}

impl Searching<'_> {
    fn go(&mut self) -> Result<(), RecordFault> {
        let widest: Vec<_> = self.question.widest().iter().map(|groups| Records::keyed(&self.keys, groups)).collect();
        let few = self.propose(&widest, None, HANDFUL)?;
        if few.len() < HANDFUL as usize {
            self.open(&few, &mut self.room(), false)?;
        } else {
            for way in self.question.ways(self.keys.is_paired()) {
                let any: Vec<_> = way.any.iter().map(|groups| Records::keyed(&self.keys, groups)).collect();
                self.walk(&any, way.best, false)?;
            }
        }
        for groups in self.question.loose_ways() {
            if is_answered(self.matches.iter().map(|found| found.rank)) {
                break;
            }
            // What did not answer what was typed may answer what was meant.
            self.looked_at = self.matches.iter().map(|found| found.record.peek().head.id.uuid()).collect();
            self.walk(&[Records::keyed(&self.keys, &groups)], LOOSE, true)?;
        }
        Ok(())
    }

    /// Opens what is proposed in a way, from the newest on, until nothing better than what is found is to come, or enough was
    /// opened.
    fn walk(&mut self, ways: &[Vec<Vec<u64>>], best: u8, loose: bool) -> Result<(), RecordFault> {
        let wide = self.fields.iter().any(|field| !field.scope.is_everything());
        let (mut step, most) = if wide { (WIDE_STEP, WIDE) } else { (STEP.0, MOST) };
        let (mut room, mut before, mut looked) = (self.room(), None, 0);
        while looked < most && room.iter().any(|left| *left > 0) && !self.is_certain(best) {
            let proposed = self.propose(ways, before, step)?;
            self.open(&proposed, &mut room, loose)?;
            looked += proposed.len();
            if proposed.len() < step as usize {
                break;
            }
            before = proposed.last().map(|last| last.doc);
            step = if step < STEP.1 { step * 2 } else { step };
        }
        Ok(())
    }

    /// How many candidates of each object may be opened.
    fn room(&self) -> Vec<usize> {
        vec![CANDIDATES; self.fields.len()]
    }

    /// Tells whether what ranks `best` at most, and is older, changes nothing.
    fn is_certain(&self, best: u8) -> bool {
        self.matches.iter().filter(|found| found.rank <= best).count() >= self.limit
    }

    fn propose(&self, ways: &[Vec<Vec<u64>>], before: Option<i64>, limit: u32) -> Result<Vec<Proposed>, RecordFault> {
        Ok(self.tx.index_find(&IndexQuery { ways, objects: &self.objects, before, limit })?)
    }

    /// Opens candidates within the reach of whoever looks, of each object as many as there is room for, and keeps what matches in
    /// truth. Nobody is shown them yet.
    fn open(&mut self, proposed: &[Proposed], room: &mut [usize], loose: bool) -> Result<(), RecordFault> {
        for (field, left) in self.fields.iter().zip(room) {
            let new = proposed.iter().filter(|one| *left > 0 && one.object == field.object.name).map(|one| one.id);
            let ids: Vec<Uuid> = new.filter(|id| self.looked_at.insert(*id)).collect();
            if ids.is_empty() {
                continue;
            }
            let read = |row: &db::Row<'_>| self.records.row(field.object, row);
            let rows: Vec<Candidate<SealedRecord>> =
                self.tx.candidates(rows_of(field.object, ids), &field.scope, read)?;
            self.records.vault.warm(rows.iter().filter_map(|row| row.peek().head.subject));
            *left = left.saturating_sub(rows.len());
            for row in rows {
                let record = row.turn(|sealed| self.records.unseal_listed(self.tx, sealed, &field.seen))?;
                let rank = self.question.rank(&field.seen, record.peek().values(), loose);
                self.matches.extend(rank.map(|rank| Match { rank, record }));
            }
        }
        Ok(())
    }

    /// Returns the best, and leaves their lines; or a line about nobody.
    fn hand_out(mut self) -> Vec<Permitted<Record, Read>> {
        self.matches.sort_by_cached_key(Match::order);
        self.matches.truncate(self.limit);
        if self.matches.is_empty() {
            for field in &self.fields {
                self.tx.note(Line::done(verbs::SEARCH, field.object.name.clone()));
            }
        }
        self.tx.hand_out(verbs::SEARCH, self.matches.into_iter().map(|found| found.record).collect())
    }
}

/// Selects rows by their ids. The last id stands there as often as it takes to ask for one of few numbers of rows: so there are
/// few statements, and the engine keeps them.
fn rows_of(object: &Object, mut ids: Vec<Uuid>) -> sea_query::SelectStatement {
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two().max(8), last);
    }
    let mut select = store::select_some(object, &ids);
    select.and_where(Expr::col(Alias::new("deleted_at")).is_null());
    select
}
