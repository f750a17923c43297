//! Giving the rows of one owner to another, or to another team, whatever is sealed in them: nothing of it is looked at.

use std::collections::BTreeMap;

use authz::{Merge, Resource};
use kernel::{ObjectName, Timestamp, UserId, Uuid};
use ledger::Line;
use sea_query::{Alias, Expr, ExprTrait as _, Order, SelectStatement};

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
    /// Lets rows of an object that link to records which become one with another link to that one, where `turn` says so; lines name
    /// them. What they hold is not shown to anybody: `proof` says that the actor may make one of the records that are linked to.
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
        let mut versions: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
        for row in self.link.gather_built(&rows, |row| map(row))? {
            let (id, table, version) = (row.id(), row.table(), row.version());
            let Some(mut next) = turn(self, row)? else { continue };
            if next.object() != object || next.id() != id {
                return Err(DbFault::Mismatch.into());
            }
            self.write_over((&table, version), &mut next)?;
            versions.entry(version).or_default().push(id);
        }
        self.note_each(&line, versions);
        Ok(())
    }

    /// Lets each of the rows of an owner take another owner or team, and writes it by what it says of itself then; lines name them,
    /// one for each version they had. Returns how many there were, and the last. Whether that may be done was decided where the
    /// owner was placed, or their account was closed.
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
        let (moved, last) = (rows.len(), rows.last().map(Resource::id));
        let mut versions: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
        for row in &rows {
            versions.entry(row.version()).or_default().push(row.id());
        }
        if last.is_none() {
            return Ok((0, None));
        }
        for mut row in rows {
            if row.object() != object {
                return Err(DbFault::Mismatch);
            }
            let (table, version) = (row.table(), row.version());
            pass(&mut row, self.now());
            self.write_over((&table, version), &mut row)?;
        }
        self.note_each(&line, versions);
        Ok((moved, last))
    }

    /// Leaves lines about rows that were written, one for each version they had.
    fn note_each(&mut self, line: &Line, versions: BTreeMap<i64, Vec<Uuid>>) {
        for (version, ids) in versions {
            self.note(line.clone().about_each(ids).fact("version", version.to_string()));
        }
    }
}
