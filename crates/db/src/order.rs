//! Ranks of sealed fields: where they lie, and who may move them.
//!
//! A rank is a fact about all records of an object, whoever may see them, and no secret of its own: these doors move numbers. What
//! a record weighs is asked of the row under guard by [`Guarded::weigh`](crate::Guarded::weigh).

use kernel::{FieldName, ObjectName, Uuid};
use order::SortKey;
use sea_query::{Alias, Expr, ExprTrait as _, Func, FunctionCall, Order, Query, SelectStatement};

use crate::{Bare, DbFault, ReadTx, WriteTx};

// A key can be compared with another one, and nothing else: it cannot be shown, logged or stored.
impl Bare for SortKey {}

/// The column that holds the ranks of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankColumn {
    /// The object.
    pub object: ObjectName,
    /// The field whose values are ranked.
    pub field: FieldName,
    /// The column.
    pub column: FieldName,
}

/// How far the run over records without a rank has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Through {
    /// The last one that was looked at.
    pub last: Option<Uuid>,
}

impl RankColumn {
    fn table(&self) -> Alias {
        Alias::new(format!("r_{}", self.object))
    }

    fn rank(&self) -> Expr {
        Expr::col(self.alias())
    }

    /// Returns the column's name for the query builder.
    #[must_use]
    pub fn alias(&self) -> Alias {
        Alias::new(self.column.as_str())
    }

    /// Makes of a query for rows one for the row of a single rank: the lowest from the first value up to before the second, or else
    /// the highest above the third value and below the fourth. The rank comes as the last column.
    #[must_use]
    pub fn probe(&self, mut rows: SelectStatement) -> SelectStatement {
        let edge = |edge: FunctionCall, within: [Expr; 2]| {
            let mut query = Query::select();
            query.expr(edge).from(self.table());
            within.into_iter().for_each(|one| {
                query.and_where(one);
            });
            Expr::from(query)
        };
        // The values of a prepared statement are given when it is run.
        let above = edge(Func::min(self.rank()), [self.rank().gte(0_i64), self.rank().lt(0_i64)]);
        let below = edge(Func::max(self.rank()), [self.rank().gt(0_i64), self.rank().lt(0_i64)]);
        rows.column(self.alias()).and_where(self.rank().eq(Func::coalesce([above, below])));
        rows
    }
}

impl ReadTx<'_> {
    /// Counts the ranks of a window, both ends included, up to `most`.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_count(&self, at: &RankColumn, (from, to): (i64, i64), most: u64) -> Result<u64, DbFault> {
        let mut some = Query::select();
        some.column(at.alias())
            .from(at.table())
            .and_where(at.rank().gte(from))
            .and_where(at.rank().lte(to))
            .limit(most);
        let mut count = Query::select();
        count.expr(Expr::col(sea_query::Asterisk).count()).from_subquery(some, Alias::new("some"));
        Ok(self.link.gather_built(&count, |row| row.get(0))?.into_iter().next().unwrap_or(0))
    }

    /// Returns what is ranked in a window, both ends included, rising.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_within(&self, at: &RankColumn, (from, to): (i64, i64)) -> Result<Vec<(i64, Uuid)>, DbFault> {
        let mut some = Query::select();
        some.columns([at.alias(), Alias::new("id")]).from(at.table());
        some.and_where(at.rank().gte(from)).and_where(at.rank().lte(to)).order_by(at.alias(), Order::Asc);
        self.link.gather_built(&some, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Returns how far the run over records without a rank has come; nothing if it is over.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_through(&self, at: &RankColumn) -> Result<Option<Through>, DbFault> {
        let sql = "select through from field_order where object = ?1 and field = ?2 and not done";
        let found = self.link.gather(sql, &[(&at.object).into(), (&at.field).into()], |row| row.get(0))?;
        Ok(found.into_iter().next().map(|last| Through { last }))
    }
}

impl WriteTx<'_> {
    /// Begins to place or move ranks: nobody else does until this transaction ends. Returns the stamp the order bore; from now on
    /// it bears another one.
    ///
    /// # Errors
    /// [`DbFault`] of the engine; [`DbFault::Mismatch`] for a field without an order.
    pub fn order_begin(&mut self, at: &RankColumn, stamp: i64) -> Result<i64, DbFault> {
        let sql = "update field_order set former = stamp, stamp = ?3 where object = ?1 and field = ?2 returning former";
        // What is placed is made findable too. Whoever needs both waits for the keys first.
        self.index_keys_ahead()?;
        let former =
            self.link.gather(sql, &[(&at.object).into(), (&at.field).into(), stamp.into()], |row| row.get(0))?;
        former.into_iter().next().ok_or(DbFault::Mismatch)
    }

    /// Waits until nobody else places or moves ranks: nobody does until this transaction ends. The order keeps its stamp.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_await(&mut self, at: &RankColumn) -> Result<(), DbFault> {
        let sql = "update field_order set stamp = stamp where object = ?1 and field = ?2";
        self.index_keys_ahead()?;
        self.link.execute(sql, &[(&at.object).into(), (&at.field).into()]).map(|_| ())
    }

    /// Gives records other ranks, or none. It is housekeeping: no fact about anybody changes, and no version.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_shift(&mut self, at: &RankColumn, moved: &[(Uuid, Option<i64>)]) -> Result<(), DbFault> {
        for (id, rank) in moved {
            let mut update = Query::update();
            update.table(at.table()).value(at.alias(), *rank).and_where(Expr::col(Alias::new("id")).eq(*id));
            self.link.build_and_execute_later(&update)?;
        }
        Ok(())
    }

    /// Notes how far the run over records without a rank has come.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn order_came(&mut self, at: &RankColumn, last: Option<Uuid>, done: bool) -> Result<(), DbFault> {
        let sql = "update field_order set through = ?3, done = ?4 where object = ?1 and field = ?2";
        self.link.execute(sql, &[(&at.object).into(), (&at.field).into(), last.into(), done.into()]).map(|_| ())
    }

    /// Makes an order known. If there are records already, or their ranks were made by other rules, they lose their ranks, and a run
    /// gives them new ones; tells whether one is to come.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn ensure_order(&mut self, at: &RankColumn, version: i64) -> Result<bool, DbFault> {
        let own = [(&at.object).into(), (&at.field).into(), version.into()];
        let known = "select version = ?3, done from field_order where object = ?1 and field = ?2";
        let known = self.link.gather(known, &own, |row| Ok((row.get::<bool>(0)?, row.get::<bool>(1)?)))?;
        if let Some((true, done)) = known.first() {
            return Ok(!done);
        }
        let mut clear = Query::update();
        clear.table(at.table()).value(at.alias(), Option::<i64>::None).and_where(at.rank().is_not_null());
        self.link.build_and_execute(&clear)?;
        let mut any = Query::select();
        any.column(Alias::new("id")).from(at.table()).limit(1);
        let waits = !self.link.gather_built(&any, |row| row.get::<Uuid>(0))?.is_empty();
        let sql = "insert into field_order (object, field, version, stamp, former, through, done) values (?1, ?2, ?3, ?5, 0, null, ?4) \
            on conflict (object, field) do update set version = excluded.version, stamp = excluded.stamp, through = null, done = excluded.done";
        let stamp = i64::from_ne_bytes(kernel::chance::array(self.chance()));
        let [object, field, version] = own;
        self.link.execute(sql, &[object, field, version, (!waits).into(), stamp.into()])?;
        Ok(waits)
    }
}
