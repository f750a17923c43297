//! Giving the rows of one owner to another, or to another team, whatever is sealed in them: nothing of it is looked at.

use authz::{Merge, Resource};
use kernel::{ObjectName, Timestamp, UserId, Uuid};
use ledger::Line;
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SelectStatement};

use crate::guard::{Permitted, Stored};
use crate::row::Row;
use crate::{DbFault, WriteTx};

/// Which rows change hands.
#[derive(Debug)]
pub struct Owned<'a> {
    /// The object.
    pub object: &'a ObjectName,
    /// A query for whole rows of it.
    pub rows: SelectStatement,
    /// Whose they are.
    pub owner: UserId,
    /// Those behind this one, in the order of the ids.
    pub after: Option<Uuid>,
    /// How many at most.
    pub most: u64,
}

impl WriteTx<'_> {
    /// Lets rows of an object that link to records which become one with another link to that one, where `turn` says so; one line names
    /// them all. What they hold is not shown to anybody: `proof` says that the actor may make one of the records that are linked to.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`; what `turn` says; [`DbFault::Stale`] if one was changed at the same time.
    pub fn relink<P: Resource, T: Stored, U: Stored, E: From<DbFault>>(
        &mut self,
        _proof: &Permitted<P, Merge>,
        (object, mut rows): (&ObjectName, SelectStatement),
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
        mut turn: impl FnMut(&Self, T) -> Result<Option<U>, E>,
        line: Line,
    ) -> Result<(), E> {
        rows.order_by(Alias::new("id"), Order::Asc).lock_exclusive();
        let mut ids = Vec::new();
        for row in self.link.gather_built(&rows, |row| map(row))? {
            let (id, version) = (row.id(), row.version());
            let Some(next) = turn(self, row)? else { continue };
            if next.object() != object || next.id() != id {
                return Err(DbFault::Mismatch.into());
            }
            self.write_over(next, version)?;
            ids.push(id);
        }
        if !ids.is_empty() {
            self.note(line.about_each(ids));
        }
        Ok(())
    }

    /// Writes a row over the version that was read.
    fn write_over<T: Stored>(&mut self, mut row: T, version: i64) -> Result<(), DbFault> {
        self.pending.wrote();
        row.set_version(version + 1);
        let mut update = Query::update();
        update.table(Alias::new(row.table().as_str())).value(Alias::new("version"), version + 1);
        for (name, value) in row.columns() {
            update.value(Alias::new(name.as_str()), sea_query::Value::from(value));
        }
        update
            .and_where(Expr::col(Alias::new("id")).eq(row.id()))
            .and_where(Expr::col(Alias::new("version")).eq(version));
        if self.link.build_and_execute(&update)? == 0 { Err(DbFault::Stale) } else { Ok(()) }
    }

    /// Lets each of the rows of an owner take another owner or team, and writes it by what it says of itself then; one line names them
    /// all. Returns how many there were, and the last. Whether that may be done was decided where the owner was placed, or their
    /// account was closed.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`; [`DbFault::Stale`] if one was changed at the same time.
    pub fn pass_on<T: Stored>(
        &mut self,
        owned: Owned<'_>,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
        mut pass: impl FnMut(&mut T, Timestamp),
        line: Line,
    ) -> Result<(usize, Option<Uuid>), DbFault> {
        let Owned { object, rows: mut select, owner, after, most } = owned;
        select.and_where(Expr::col(Alias::new("owner_id")).eq(owner.uuid()));
        if let Some(after) = after {
            select.and_where(Expr::col(Alias::new("id")).gt(after));
        }
        // Where rows are changed side by side, nobody changes these meanwhile.
        select.order_by(Alias::new("id"), Order::Asc).limit(most).lock_exclusive();
        let rows = self.link.gather_built(&select, |row| map(row))?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id()).collect();
        let last = ids.last().copied();
        if last.is_none() {
            return Ok((0, None));
        }
        for mut row in rows {
            if row.object() != object {
                return Err(DbFault::Mismatch);
            }
            let version = row.version();
            pass(&mut row, self.now());
            self.write_over(row, version)?;
        }
        let moved = ids.len();
        self.note(line.about_each(ids));
        Ok((moved, last))
    }
}
