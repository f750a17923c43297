//! Giving the rows of one owner to another, or to another team, whatever is sealed in them: nothing of it is looked at.

use kernel::{ObjectName, Timestamp, UserId, Uuid};
use ledger::Line;
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SelectStatement};

use crate::guard::Stored;
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
        self.pending.wrote();
        for mut row in rows {
            if row.object() != object {
                return Err(DbFault::Mismatch);
            }
            let version = row.version();
            pass(&mut row, self.now());
            row.set_version(version + 1);
            let mut update = Query::update();
            update.table(Alias::new(row.table().as_str())).value(Alias::new("version"), version + 1);
            for (name, value) in row.columns() {
                update.value(Alias::new(name.as_str()), sea_query::Value::from(value));
            }
            update
                .and_where(Expr::col(Alias::new("id")).eq(row.id()))
                .and_where(Expr::col(Alias::new("version")).eq(version));
            if self.link.build_and_execute(&update)? == 0 {
                return Err(DbFault::Stale);
            }
        }
        let moved = ids.len();
        self.note(line.about_each(ids));
        Ok((moved, last))
    }
}
