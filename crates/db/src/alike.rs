//! Who shares something with whom, for the program's own comparing: only ids come out.
//!
//! The newest stand for all where there are very many: ids are made in the order of time.

use dialect::Engine;
use kernel::{ObjectName, Uuid};
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Func, Order, Query, SelectStatement, WindowStatement};

use crate::{BlindToken, DbFault, FromCell, ReadTx};

/// Values that one statement asks for; SQLite binds at most 32,766, PostgreSQL 65,535.
const ASKED: usize = 5_000;

impl ReadTx<'_> {
    /// Returns for each of some tokens the newest records that have it, at most so many.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn newest_sharing(&self, tokens: &[BlindToken], most: u64) -> Result<Vec<(BlindToken, Uuid)>, DbFault> {
        let asked = tokens.chunks(ASKED).map(|some| among(col("token"), some));
        self.newest("blind_token", ("token", "record_id"), asked, most)
    }

    /// Returns for each of some records the newest of an object that link to it by a column, out of the bin, at most so many.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn newest_linking(
        &self,
        (object, column): (&ObjectName, &str),
        to: &[Uuid],
        most: u64,
    ) -> Result<Vec<(Uuid, Uuid)>, DbFault> {
        let there =
            |some: &[Uuid]| Cond::all().add(col(column).is_in(some.iter().copied())).add(col("deleted_at").is_null());
        self.newest(&format!("r_{object}"), (column, "id"), to.chunks(ASKED).map(there), most)
    }

    fn newest<K: FromCell + PartialEq>(
        &self,
        table: &str,
        columns: (&str, &str),
        asked: impl Iterator<Item = Cond>,
        most: u64,
    ) -> Result<Vec<(K, Uuid)>, DbFault> {
        let mut found: Vec<(K, Uuid)> = Vec::new();
        for some in asked {
            if self.link.engine() == Engine::Postgres {
                let query = ranked(table, columns, some, most);
                found.extend(self.link.gather_built(&query, |row| Ok((row.get(0)?, row.get(1)?)))?);
                continue;
            }
            // Inside the program counting is quicker than in SQLite, which keeps all of them for it.
            let mut of_last = 0;
            self.link.build_and_query(&newest(table, columns, some), &mut |row| {
                let value: K = row.get(0)?;
                of_last = if found.last().is_some_and(|(last, _)| *last == value) { of_last + 1 } else { 1 };
                if of_last <= most {
                    found.push((value, row.get(1)?));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Returns the records of an object that have one of some tokens and link somewhere by a column, out of the bin: the token, where
    /// to, and who, the newest first.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn sharing_and_linking(
        &self,
        (object, column): (&ObjectName, &str),
        tokens: &[BlindToken],
    ) -> Result<Vec<(BlindToken, Uuid, Uuid)>, DbFault> {
        let table = Alias::new(format!("r_{object}"));
        let of = |name: &str| Expr::col((table.clone(), Alias::new(name)));
        let mut found = Vec::new();
        for some in tokens.chunks(ASKED) {
            let mut query = Query::select();
            query
                .column(Alias::new("token"))
                .column((table.clone(), Alias::new(column)))
                .column(Alias::new("record_id"));
            query.from(Alias::new("blind_token"));
            query.inner_join(table.clone(), of("id").equals((Alias::new("blind_token"), Alias::new("record_id"))));
            query.cond_where(among(col("token"), some));
            query.and_where(of(column).is_not_null()).and_where(of("deleted_at").is_null());
            query.order_by(Alias::new("record_id"), Order::Desc);
            found.extend(self.link.gather_built(&query, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?);
        }
        Ok(found)
    }
}

fn col(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

fn among(column: Expr, tokens: &[BlindToken]) -> Cond {
    Cond::all().add(column.is_in(tokens.iter().map(|token| token.to_vec())))
}

/// Returns a query for the rows of each value of a column that meet a condition: the value and the id, the newest first.
fn newest(table: &str, (value, id): (&str, &str), asked: Cond) -> SelectStatement {
    let mut query = Query::select();
    query.columns([Alias::new(value), Alias::new(id)]).from(Alias::new(table)).cond_where(asked);
    query.order_by(Alias::new(value), Order::Desc).order_by(Alias::new(id), Order::Desc);
    query
}

/// Returns a query for the newest of them.
fn ranked(table: &str, (value, id): (&str, &str), asked: Cond, most: u64) -> SelectStatement {
    let by_age = WindowStatement::partition_by(Alias::new(value)).order_by(Alias::new(id), Order::Desc).take();
    let mut all = Query::select();
    all.columns([Alias::new(value), Alias::new(id)]).from(Alias::new(table)).cond_where(asked);
    all.expr_window_as(Func::cust(Alias::new("row_number")), by_age, Alias::new("nth"));
    let mut query = Query::select();
    query.columns([Alias::new(value), Alias::new(id)]).from_subquery(all, Alias::new("ranked"));
    query.and_where(col("nth").lte(most));
    query
}
