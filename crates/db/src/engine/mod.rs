//! The two engines, and the link to one of their connections.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use dialect::Engine;
use sea_query::{PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder};

use crate::pending::Told;
use crate::row::{Row, Source};
use crate::{DbFault, Val, WriteTx};

/// Puts one entry into the ledger; the sequencer gives it its place.
pub(crate) const APPEND: &str = "insert into ledger_entry (id, body, leaf, mark) values (?1, ?2, ?3, ?4)";

/// Bytes of a statement beyond which a connection does not keep it prepared: one with thousands of places takes half a megabyte, and hardly
/// ever comes again with as many.
pub(crate) const KEPT: usize = 8 * 1024;

/// What is told to whoever waits, once the shared commit has gone well or not.
pub(crate) type Finish = Box<dyn FnOnce(Result<(), DbFault>) + Send>;

/// What a write closure came to.
pub(crate) enum Verdict {
    /// It stands if the commit does.
    Keep(Finish),
    /// It is rolled back; only its denials are kept.
    Undo(Finish),
}

/// A write closure without its types: over a transaction, or over the reason why there is none.
pub(crate) type Run = Box<dyn FnOnce(Result<&mut WriteTx<'_>, DbFault>) -> Verdict + Send>;

/// When a commit has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    /// Before anybody hears of it.
    First,
    /// Soon: within half a second in SQLite, within three times `wal_writer_delay` in PostgreSQL.
    Soon,
}

/// What is told of a read and waits to be written, and what happens then.
pub(crate) struct Reads {
    pub(crate) told: Told,
    pub(crate) finish: Finish,
}

/// A connection of either engine, inside a transaction.
pub(crate) enum Link<'c> {
    Lite(&'c rusqlite::Connection),
    Pg(&'c postgres::Session),
}

type Each<'e> = &'e mut dyn FnMut(&Row<'_>) -> Result<(), DbFault>;

impl Link<'_> {
    /// Runs a static statement, written with `?1 ?2`.
    pub(crate) fn query(&self, sql: &'static str, values: &[Val], each: Each<'_>) -> Result<(), DbFault> {
        match self {
            Self::Lite(connection) => lite_query(connection, sql, values, each),
            Self::Pg(session) => session.query(&dialect::numbered(sql), values, each),
        }
    }

    /// Runs a static statement and gathers what `map` makes of its rows.
    pub(crate) fn gather<T>(
        &self,
        sql: &'static str,
        values: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        let mut rows = Vec::new();
        self.query(sql, values, &mut |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a built statement and gathers what `map` makes of its rows.
    pub(crate) fn gather_built<T>(
        &self,
        statement: &impl QueryStatementWriter,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        let mut rows = Vec::new();
        self.build_and_query(statement, &mut |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a statement that the builder rendered for this engine, and gathers what `map` makes of its rows.
    pub(crate) fn gather_rendered<T>(
        &self,
        sql: &str,
        values: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        let mut rows = Vec::new();
        let each: Each<'_> = &mut |row| {
            rows.push(map(row)?);
            Ok(())
        };
        match self {
            Self::Lite(connection) => lite_query(connection, sql, values, each)?,
            Self::Pg(session) => session.query(sql, values, each)?,
        }
        Ok(rows)
    }

    /// Runs a static statement and returns how many rows it touched.
    pub(crate) fn execute(&self, sql: &'static str, values: &[Val]) -> Result<u64, DbFault> {
        match self {
            Self::Lite(connection) => lite_execute(connection, sql, values),
            Self::Pg(session) => session.execute(&dialect::numbered(sql), values),
        }
    }

    /// Runs a static statement whose outcome nobody waits for: PostgreSQL gets it with the next one, or with the commit, and that one
    /// fails if it does.
    pub(crate) fn execute_later(&self, sql: &'static str, values: Vec<Val>) -> Result<(), DbFault> {
        match self {
            Self::Lite(connection) => lite_execute(connection, sql, &values).map(|_| ()),
            Self::Pg(session) => session.execute_later(&dialect::numbered(sql), values),
        }
    }

    /// Lets PostgreSQL answer with the next statement what is asked in a moment.
    pub(crate) fn ahead(&self, sql: &'static str, values: Vec<Val>) {
        if let Self::Pg(session) = self {
            session.ahead(&dialect::numbered(sql), values);
        }
    }

    /// Waits for what was left to the next statement.
    pub(crate) fn arrive(&self) -> Result<(), DbFault> {
        match self {
            Self::Lite(_) => Ok(()),
            Self::Pg(session) => session.arrive(),
        }
    }

    /// Runs a built statement like [`execute_later`](Self::execute_later).
    pub(crate) fn build_and_execute_later(&self, statement: &impl QueryStatementWriter) -> Result<(), DbFault> {
        match self {
            Self::Lite(_) => self.build_and_execute(statement).map(|_| ()),
            Self::Pg(_) => {
                let (sql, values) = statement.build(PostgresQueryBuilder);
                self.execute_rendered_later(&sql, vals(values))
            }
        }
    }

    /// Runs a statement that was rendered for this engine like [`execute_later`](Self::execute_later).
    pub(crate) fn execute_rendered_later(&self, sql: &str, values: Vec<Val>) -> Result<(), DbFault> {
        match self {
            Self::Lite(connection) => lite_execute(connection, sql, &values).map(|_| ()),
            Self::Pg(session) => session.execute_later(sql, values),
        }
    }

    /// Runs a statement that the builder rendered for this engine once for each set of whole numbers, in one round trip, and gathers
    /// what `map` makes of the rows of each.
    pub(crate) fn gather_each<T>(
        &self,
        sql: &str,
        sets: &[Vec<Val>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Vec<T>>, DbFault> {
        let mut all: Vec<Vec<T>> = Vec::new();
        all.resize_with(sets.len(), Vec::new);
        match self {
            Self::Lite(connection) => {
                for (rows, values) in all.iter_mut().zip(sets) {
                    lite_query(connection, sql, values, &mut |row| {
                        rows.push(map(row)?);
                        Ok(())
                    })?;
                }
            }
            Self::Pg(session) => session.query_each(sql, sets, |at, row| {
                let made = map(row)?;
                if let Some(rows) = all.get_mut(at) {
                    rows.push(made);
                }
                Ok(())
            })?,
        }
        Ok(all)
    }

    /// Runs a built statement.
    pub(crate) fn build_and_query(&self, statement: &impl QueryStatementWriter, each: Each<'_>) -> Result<(), DbFault> {
        match self {
            Self::Lite(connection) => {
                let (sql, values) = statement.build(SqliteQueryBuilder);
                lite_query(connection, &sql, &vals(values), each)
            }
            Self::Pg(session) => {
                let (sql, values) = statement.build(PostgresQueryBuilder);
                let (sql, values) = dialect::with_limits(sql, vals(values));
                session.query(&sql, &values, each)
            }
        }
    }

    /// Runs a built statement and returns how many rows it touched.
    pub(crate) fn build_and_execute(&self, statement: &impl QueryStatementWriter) -> Result<u64, DbFault> {
        match self {
            Self::Lite(connection) => {
                let (sql, values) = statement.build(SqliteQueryBuilder);
                lite_execute(connection, &sql, &vals(values))
            }
            Self::Pg(session) => {
                let (sql, values) = statement.build(PostgresQueryBuilder);
                session.execute(&sql, &vals(values))
            }
        }
    }

    /// Runs statements of a migration or of the dialect; never anything from outside.
    pub(crate) fn script(&self, sql: &str) -> Result<(), DbFault> {
        match self {
            Self::Lite(connection) => connection.execute_batch(sql).map_err(DbFault::from),
            Self::Pg(session) => session.script(sql),
        }
    }

    /// Tells which engine it is.
    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Lite(_) => Engine::Sqlite,
            Self::Pg(_) => Engine::Postgres,
        }
    }
}

fn vals(values: sea_query::Values) -> Vec<Val> {
    values.0.into_iter().map(Val::from).collect()
}

fn lite_query(connection: &rusqlite::Connection, sql: &str, values: &[Val], each: Each<'_>) -> Result<(), DbFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        each(&Row(Source::Lite(row)))?;
    }
    drop(rows);
    put_back(statement, sql);
    Ok(())
}

fn lite_execute(connection: &rusqlite::Connection, sql: &str, values: &[Val]) -> Result<u64, DbFault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    // Stepping to the end runs statements with `returning` too.
    while rows.next()?.is_some() {}
    drop(rows);
    put_back(statement, sql);
    Ok(connection.changes())
}

/// Lets a connection keep a statement prepared, unless it is a long one.
fn put_back(statement: rusqlite::CachedStatement<'_>, sql: &str) {
    if sql.len() > KEPT {
        statement.discard();
    }
}
