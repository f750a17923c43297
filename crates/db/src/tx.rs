//! The transaction: what a use case works with.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use authz::{Action, Allowed, Create, Cx, Facts, Resource};
use crypto::MacKey;
use kernel::{Chance, Clock, EntryId, Id, ObjectName, Timestamp, Uuid};
use ledger::Line;
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::budget::Budget;
use crate::engine::Link;
use crate::guard::{Guarded, Permitted, Stored, same, stays};
use crate::index_key::IndexKey;
use crate::pending::Pending;
use crate::room::Room;
use crate::row::Row;
use crate::{DbFault, Val};

/// Rows that are nobody's data: counts, cursors, keys, tokens' hashes. They may leave the database without a guard.
///
/// Each implementation says in a comment why its rows need none.
pub trait Bare {}

macro_rules! bare {
    ($($type:ty),*) => {$(
        // Numbers, flags and ids say nothing about anybody by themselves.
        impl Bare for $type {}
    )*};
}
bare!(i64, u64, bool, usize, kernel::Uuid, Timestamp, [u8; 16], [u8; 32], ());
impl<K> Bare for Id<K> {}
impl<T: Bare> Bare for Option<T> {}
impl<A: Bare, B: Bare> Bare for (A, B) {}
impl<A: Bare, B: Bare, C: Bare> Bare for (A, B, C) {}

/// What every transaction of a database shares, its clock and chance among it.
pub(crate) struct Tools {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    newest: Mutex<u128>,
    pub(crate) budget: Budget,
    pub(crate) room: Room,
    /// What rows that say who may do what are marked with.
    marks: Arc<MacKey>,
}

impl Tools {
    pub(crate) fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>, marks: Arc<MacKey>) -> Self {
        let (newest, budget, room) = (Mutex::default(), Budget::default(), Room::default());
        Self { clock, chance, newest, budget, room, marks }
    }

    pub(crate) fn marks(&self) -> &MacKey {
        &self.marks
    }

    /// Makes the id of a ledger entry. It sorts behind every one made before it, so that what happened within one millisecond
    /// keeps its order (RFC 9562 §6.2, method 2).
    pub(crate) fn entry_id(&self) -> EntryId {
        let fresh = EntryId::new(self.clock.now(), &*self.chance).uuid().as_u128();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = fresh.max(newest.saturating_add(1));
        EntryId::from_uuid(Uuid::from_u128(*newest))
    }
}

/// A transaction that reads.
pub struct ReadTx<'t> {
    pub(crate) link: Link<'t>,
    cx: &'t Cx,
    tools: &'t Tools,
    at: Timestamp,
    pub(crate) pending: Pending,
    /// Whether it may write.
    pub(crate) writes: bool,
    /// The keys of the index, once they were asked for.
    pub(crate) index_keys: RefCell<Option<Vec<IndexKey>>>,
    /// Whether PostgreSQL was asked for them.
    pub(crate) index_keys_come: Cell<bool>,
    /// Whether the index was asked already.
    pub(crate) searches: Cell<bool>,
    /// Tables whose common mark was looked at already.
    pub(crate) believed: RefCell<Vec<&'static str>>,
}

impl<'t> ReadTx<'t> {
    pub(crate) fn new(link: Link<'t>, cx: &'t Cx, tools: &'t Tools) -> Self {
        let (at, pending, index_keys) = (tools.clock.now(), Pending::default(), RefCell::default());
        let (index_keys_come, searches, believed) = (Cell::new(false), Cell::new(false), RefCell::default());
        Self { link, cx, tools, at, pending, writes: false, index_keys, index_keys_come, searches, believed }
    }

    /// Returns who acts.
    #[must_use]
    pub fn cx(&self) -> &Cx {
        self.cx
    }

    /// Returns the moment of the transaction: the same throughout.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at
    }

    /// Returns the source of randomness.
    #[must_use]
    pub fn chance(&self) -> &dyn Chance {
        &*self.tools.chance
    }

    pub(crate) fn tools(&self) -> &Tools {
        self.tools
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.tools.budget
    }

    /// Makes an id at the moment of the transaction.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        Id::new(self.at, self.chance())
    }

    /// Leaves a ledger line. Of a reading transaction it is written before the result is handed over.
    pub fn note(&self, line: Line) {
        self.pending.note(line);
    }

    /// Leaves a line about something that was refused; it is kept when the transaction is rolled back.
    pub fn note_denial(&self, line: Line) {
        self.pending.note_denial(line);
    }

    /// Reads rows under guard.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn all<T: Resource>(
        &self,
        sql: &'static str,
        values: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Guarded<T>>, DbFault> {
        self.link.gather(sql, values, |row| map(row).map(Guarded::new))
    }

    /// Reads at most one row under guard.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn one<T: Resource>(
        &self,
        sql: &'static str,
        values: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Option<Guarded<T>>, DbFault> {
        Ok(self.all(sql, values, map)?.into_iter().next())
    }

    /// Reads rows that are nobody's data: the loud door.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn bare<T: Bare>(
        &self,
        sql: &'static str,
        values: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        self.link.gather(sql, values, map)
    }

    /// Reads at most one row that is nobody's data.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn bare_one<T: Bare>(
        &self,
        sql: &'static str,
        values: &[Val],
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Option<T>, DbFault> {
        Ok(self.bare(sql, values, map)?.into_iter().next())
    }
}

/// A transaction that reads and writes. It commits when its closure returns `Ok` and rolls back when it does not.
pub struct WriteTx<'t> {
    read: ReadTx<'t>,
}

impl<'t> Deref for WriteTx<'t> {
    type Target = ReadTx<'t>;

    fn deref(&self) -> &ReadTx<'t> {
        &self.read
    }
}

impl<'t> WriteTx<'t> {
    pub(crate) fn new(link: Link<'t>, cx: &'t Cx, tools: &'t Tools) -> Self {
        Self { read: ReadTx { writes: true, ..ReadTx::new(link, cx, tools) } }
    }

    /// Runs a statement that changes facts and returns how many rows it touched. The transaction must leave a line.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn run(&mut self, sql: &'static str, values: &[Val]) -> Result<u64, DbFault> {
        self.pending.wrote();
        self.link.execute(sql, values)
    }

    /// Waits for every other transaction that takes turns, and makes later ones wait: what one of them decides by what it reads, no
    /// other changes meanwhile.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn take_turns(&mut self) -> Result<(), DbFault> {
        self.keep("update workspace set name = name", &[]).map(|_| ())
    }

    /// Runs a statement of housekeeping that changes no fact: last seen, leases, cursors, places. It needs no line.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn keep(&mut self, sql: &'static str, values: &[Val]) -> Result<u64, DbFault> {
        self.link.execute(sql, values)
    }

    /// Does what [`keep`](Self::keep) does for a statement whose count nobody asks for: PostgreSQL is not waited for before the next
    /// question, or the end.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn keep_later(&mut self, sql: &'static str, values: &[Val]) -> Result<(), DbFault> {
        self.link.execute_later(sql, values.to_vec())
    }

    /// Stores a new row. Its id and object must be the ones the proof speaks of.
    ///
    /// # Errors
    /// [`DbFault::Mismatch`] if they are not; [`DbFault::Exists`] if a unique value is taken; [`DbFault::Outside`] if it is none of
    /// the rows that the actor is kept to.
    pub fn insert<T: Stored>(
        &mut self,
        proof: Allowed<Create>,
        row: T,
        line: Line,
    ) -> Result<Permitted<T, Create>, DbFault> {
        let stored = self.insert_later(proof, row, line)?;
        self.link.arrive()?;
        Ok(stored)
    }

    /// Does what [`insert`](Self::insert) does, but PostgreSQL is not waited for: if a unique value is taken, the next question says
    /// so, or the end.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn insert_later<T: Stored>(
        &mut self,
        proof: Allowed<Create>,
        mut row: T,
        line: Line,
    ) -> Result<Permitted<T, Create>, DbFault> {
        same(proof.facts(), row.object(), row.id())?;
        stays::<Create>(self, &row)?;
        row.set_version(1);
        let columns = row.columns();
        let mut names = vec![Alias::new("id"), Alias::new("version")];
        let mut values = vec![Expr::val(row.id()), Expr::val(1_i64)];
        for (name, value) in columns {
            names.push(Alias::new(name.as_str()));
            values.push(Expr::val(sea_query::Value::from(value)));
        }
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(row.table().as_str()))
            .columns(names)
            .values(values)
            .map_err(|_| DbFault::Mismatch)?;
        self.pending.wrote();
        self.link.build_and_execute_later(&insert)?;
        row.marked().map_or(Ok(()), |of| self.mark(of, row.id()))?;
        self.note(line);
        Ok(Permitted::new(row, proof))
    }

    /// Writes the altered row over the one the proof was made for. Table, id and version come from the proof's row, never
    /// from the request.
    ///
    /// # Errors
    /// [`DbFault::Stale`] if somebody was faster; [`DbFault::Mismatch`] if `altered` is another row; [`DbFault::Outside`] if it
    /// would be none of the rows that the actor is kept to.
    pub fn update<T: Stored, A: Action + authz::Write>(
        &mut self,
        permitted: Permitted<T, A>,
        mut altered: T,
        line: Line,
    ) -> Result<Permitted<T, A>, DbFault> {
        let (row, proof) = permitted.into_parts();
        same(proof.facts(), altered.object(), altered.id())?;
        stays::<A>(self, &altered)?;
        self.write_over((&row.table(), row.version()), &mut altered)?;
        self.note(line);
        Ok(Permitted::new(altered, proof))
    }

    /// Writes a row over the version that was read of it, in the table it was read from.
    pub(crate) fn write_over<T: Stored>(
        &mut self,
        (table, version): (&ObjectName, i64),
        row: &mut T,
    ) -> Result<(), DbFault> {
        self.pending.wrote();
        row.marked().map_or(Ok(()), |of| self.believe(of, row.id()))?;
        row.set_version(version + 1);
        let mut update = Query::update();
        update.table(Alias::new(table.as_str())).value(Alias::new("version"), version + 1);
        for (name, value) in row.columns() {
            update.value(Alias::new(name.as_str()), sea_query::Value::from(value));
        }
        update
            .and_where(Expr::col(Alias::new("id")).eq(row.id()))
            .and_where(Expr::col(Alias::new("version")).eq(version));
        if self.link.build_and_execute(&update)? == 0 {
            return Err(DbFault::Stale);
        }
        row.marked().map_or(Ok(()), |of| self.mark(of, row.id()))
    }

    /// Removes the row the proof was made for, for good.
    ///
    /// # Errors
    /// [`DbFault::Stale`] if it changed or went since it was read.
    pub fn remove<T: Stored>(&mut self, permitted: Permitted<T, authz::Erase>, line: Line) -> Result<Facts, DbFault> {
        let (row, proof) = permitted.into_parts();
        let mut delete = Query::delete();
        delete
            .from_table(Alias::new(row.table().as_str()))
            .and_where(Expr::col(Alias::new("id")).eq(row.id()))
            .and_where(Expr::col(Alias::new("version")).eq(row.version()));
        self.pending.wrote();
        if self.link.build_and_execute(&delete)? == 0 {
            return Err(DbFault::Stale);
        }
        self.note(line);
        Ok(proof.facts().clone())
    }
}
