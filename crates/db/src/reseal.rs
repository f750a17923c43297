//! Rows that are sealed anew under another key and stay what they were: no version is counted, nobody did anything to them.

use kernel::{ObjectName, Timestamp, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query, SelectStatement, UpdateStatement};

use crate::guard::{Guarded, Stored};
use crate::row::Row;
use crate::{DbFault, ReadTx, WriteTx};

/// The columns that hold what is sealed, and the mark over the row.
const SEALED: [&str; 3] = ["sealed", "sealed_sensitive", "row_mark"];

/// How far a batch came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// More is to be done.
    More,
    /// The next row is being written by somebody.
    Busy,
    /// All of the part is sealed anew.
    Done,
}

/// What is sealed anew, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResealPart {
    /// Records about nobody.
    Records,
    /// The keys of files on them.
    Files,
    /// Rows that the program keeps for itself.
    Own,
}

impl ResealPart {
    const ALL: [Self; 3] = [Self::Records, Self::Files, Self::Own];

    const fn code(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Files => "files",
            Self::Own => "own",
        }
    }

    /// Returns what comes behind it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().skip_while(|part| *part != self).nth(1)
    }
}

/// A table of the program's own with cells that are sealed under the key of an object, each for the place of its row.
#[derive(Clone, Copy, Debug)]
pub struct SealedTable {
    /// The object.
    pub object: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns, and what each is sealed for.
    pub columns: &'static [(&'static str, &'static str)],
    /// Whether rows may be about a person (`subject_id`), under whose key they are then.
    pub people: bool,
}

/// How far an object is of which everything is sealed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealing {
    /// The object.
    pub object: ObjectName,
    /// When its key was changed.
    pub since: Timestamp,
    /// How many rows were looked at, whatever their part.
    pub done: u64,
    /// The last of them.
    pub behind: Option<Uuid>,
    /// The part it is at.
    pub part: ResealPart,
}

fn resealing(row: &Row<'_>) -> Result<Resealing, DbFault> {
    let word: String = row.get(4)?;
    let part = ResealPart::ALL.into_iter().find(|part| part.code() == word).ok_or(DbFault::Shape(4))?;
    Ok(Resealing { object: row.get(0)?, since: row.get(1)?, done: row.get(2)?, behind: row.get(3)?, part })
}

impl ReadTx<'_> {
    /// Returns what is sealed anew at present.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn resealings(&self) -> Result<Vec<Resealing>, DbFault> {
        self.link.gather("select object, since, done, behind, part from resealing order by object", &[], resealing)
    }
}

impl WriteTx<'_> {
    /// Lets everything of an object be sealed anew, from the first record on.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_begin(&mut self, object: &ObjectName) -> Result<(), DbFault> {
        let sql = "insert into resealing (object, since, done, behind, part) values (?1, ?2, 0, null, ?3) \
                   on conflict (object) do update set since = excluded.since, done = 0, behind = null, part = excluded.part";
        self.run(sql, &[object.into(), self.now().into(), ResealPart::Records.code().into()]).map(|_| ())
    }

    /// Takes the turn at an object: two processes do not do the same step. Nothing if it is done.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_turn(&mut self, object: &ObjectName) -> Result<Option<Resealing>, DbFault> {
        self.keep("update resealing set done = done where object = ?1", &[object.into()])?;
        let sql = "select object, since, done, behind, part from resealing where object = ?1";
        Ok(self.link.gather(sql, &[object.into()], resealing)?.into_iter().next())
    }

    /// Returns the next rows of a table that are about nobody.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_behind(&self, table: &ObjectName, behind: Option<Uuid>, most: u64) -> Result<Vec<Uuid>, DbFault> {
        self.link.gather_built(&next((table.as_str(), true), behind, most), |row| row.get(0))
    }

    /// Does a batch: locks the rows of a table, waits for nobody, lets `seal` do them up to the first that somebody is writing, and
    /// notes how far the object is.
    ///
    /// # Errors
    /// What `seal` says, or a [`DbFault`].
    pub fn reseal_batch<E: From<DbFault>>(
        &mut self,
        (object, table): (&ObjectName, &ObjectName),
        ids: Vec<Uuid>,
        seal: impl FnOnce(&mut Self, &[Uuid]) -> Result<(), E>,
    ) -> Result<Resealed, E> {
        if ids.is_empty() {
            return Ok(Resealed::Done);
        }
        let there = self.hold(table, &ids)?;
        let free: Vec<Uuid> = ids.into_iter().take_while(|id| !there.busy.contains(id)).collect();
        let Some(last) = free.last().copied() else { return Ok(Resealed::Busy) };
        seal(self, &free)?;
        let many = i64::try_from(free.len()).unwrap_or(i64::MAX);
        let sql = "update resealing set behind = ?2, done = done + ?3 where object = ?1";
        self.keep(sql, &[object.into(), last.into(), many.into()])?;
        Ok(Resealed::More)
    }

    /// Goes on to the next part of an object.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_next(&mut self, object: &ObjectName, part: ResealPart) -> Result<(), DbFault> {
        let sql = "update resealing set part = ?2, behind = null where object = ?1";
        self.keep(sql, &[object.into(), part.code().into()]).map(|_| ())
    }

    /// Seals the next rows anew of a table of the program's own, as `seal` does it for a row and what a cell is sealed for; what it
    /// returns nothing for is left. Locks its rows, and waits for nobody.
    ///
    /// # Errors
    /// What `seal` says, or a [`DbFault`].
    pub fn reseal_cells<E: From<DbFault>>(
        &mut self,
        (going, of): (&Resealing, &SealedTable),
        most: u64,
        seal: impl Fn((Uuid, &'static str), &[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Resealed, E> {
        let table = ObjectName::parse(of.table).map_err(|_| DbFault::Mismatch)?;
        let ids = self.link.gather_built(&next((of.table, of.people), going.behind, most), |row| row.get::<Uuid>(0))?;
        self.reseal_batch((&going.object, &table), ids, |tx, free| {
            for id in free {
                for (column, purpose) in of.columns {
                    let cell = tx.link.gather_built(&cell(of, column, *id), |row| row.get::<Option<Vec<u8>>>(0))?;
                    let Some(sealed) = cell.into_iter().flatten().next() else { continue };
                    let Some(anew) = seal((*id, *purpose), &sealed)? else { continue };
                    tx.link.build_and_execute(&put(of, (column, *id), anew))?;
                }
            }
            Ok(())
        })
    }

    /// Notes that everything of an object is sealed anew. The transaction must leave a line.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_end(&mut self, object: &ObjectName) -> Result<(), DbFault> {
        self.run("delete from resealing where object = ?1", &[object.into()]).map(|_| ())
    }

    /// Writes a row as `seal` seals it anew, over the very version that was read; whoever may see it, for nobody is shown anything.
    /// Only what is sealed is written, and the mark: the version stays, so that the ledger goes on speaking of it. False if `seal`
    /// leaves it, or somebody was faster.
    ///
    /// # Errors
    /// What `seal` says, or a [`DbFault`].
    pub fn reseal<T: Stored, U: Stored, E: From<DbFault>>(
        &mut self,
        row: Guarded<T>,
        seal: impl FnOnce(&ReadTx<'_>, T) -> Result<Option<U>, E>,
    ) -> Result<bool, E> {
        let row = row.into_row();
        let (table, id, version) = (row.table(), row.id(), row.version());
        let Some(anew) = seal(self, row)? else { return Ok(false) };
        if (anew.table(), anew.id(), anew.version()) != (table.clone(), id, version) {
            return Err(DbFault::Mismatch.into());
        }
        let mut update = Query::update();
        update.table(Alias::new(table.as_str()));
        let columns: Vec<_> = anew.columns().into_iter().filter(|(name, _)| SEALED.contains(&name.as_str())).collect();
        for (name, value) in columns {
            update.value(Alias::new(name.as_str()), sea_query::Value::from(value));
        }
        update.and_where(Expr::col(Alias::new("id")).eq(id)).and_where(Expr::col(Alias::new("version")).eq(version));
        Ok(self.link.build_and_execute(&update).map_err(E::from)? == 1)
    }
}

fn col(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// The next rows of a table; those about nobody where some may be about people.
fn next((table, people): (&str, bool), behind: Option<Uuid>, most: u64) -> SelectStatement {
    let mut select = Query::select();
    select.column(Alias::new("id")).from(Alias::new(table));
    select.and_where_option(people.then(|| col("subject_id").is_null()));
    select.and_where_option(behind.map(|behind| col("id").gt(behind)));
    select.order_by(Alias::new("id"), Order::Asc).limit(most);
    select
}

fn cell(of: &SealedTable, column: &'static str, id: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select.column(Alias::new(column)).from(Alias::new(of.table)).and_where(col("id").eq(id));
    select
}

fn put(of: &SealedTable, (column, id): (&'static str, Uuid), sealed: Vec<u8>) -> UpdateStatement {
    let mut update = Query::update();
    update.table(Alias::new(of.table)).value(Alias::new(column), sealed).and_where(col("id").eq(id));
    update
}
