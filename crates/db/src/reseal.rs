//! Rows that are sealed anew under another key and stay what they were: no version is counted, nobody did anything to them.

use kernel::{ObjectName, Timestamp, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query};

use crate::guard::{Guarded, Stored};
use crate::row::Row;
use crate::{DbFault, ReadTx, WriteTx};

/// The columns that hold what is sealed, and the mark over the row.
const SEALED: [&str; 3] = ["sealed", "sealed_sensitive", "row_mark"];

/// How far the records of an object are that are sealed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealing {
    /// The object.
    pub object: ObjectName,
    /// When its key was changed.
    pub since: Timestamp,
    /// How many records were looked at.
    pub done: u64,
    /// The last of them.
    pub behind: Option<Uuid>,
}

fn resealing(row: &Row<'_>) -> Result<Resealing, DbFault> {
    Ok(Resealing { object: row.get(0)?, since: row.get(1)?, done: row.get(2)?, behind: row.get(3)? })
}

impl ReadTx<'_> {
    /// Returns what is sealed anew at present.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn resealings(&self) -> Result<Vec<Resealing>, DbFault> {
        self.link.gather("select object, since, done, behind from resealing order by object", &[], resealing)
    }
}

impl WriteTx<'_> {
    /// Lets the records of an object be sealed anew, from the first on.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_begin(&mut self, object: &ObjectName) -> Result<(), DbFault> {
        let sql = "insert into resealing (object, since, done, behind) values (?1, ?2, 0, null) \
                   on conflict (object) do update set since = excluded.since, done = 0, behind = null";
        self.run(sql, &[object.into(), self.now().into()]).map(|_| ())
    }

    /// Takes the turn at an object: two processes do not do the same step. Nothing if it is done.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_turn(&mut self, object: &ObjectName) -> Result<Option<Resealing>, DbFault> {
        self.keep("update resealing set done = done where object = ?1", &[object.into()])?;
        let sql = "select object, since, done, behind from resealing where object = ?1";
        Ok(self.link.gather(sql, &[object.into()], resealing)?.into_iter().next())
    }

    /// Returns the next rows of a table that are about nobody.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_behind(&self, table: &ObjectName, behind: Option<Uuid>, most: u64) -> Result<Vec<Uuid>, DbFault> {
        let col = |name: &'static str| Expr::col(Alias::new(name));
        let mut select = Query::select();
        select.column(Alias::new("id")).from(Alias::new(table.as_str())).and_where(col("subject_id").is_null());
        select.and_where_option(behind.map(|behind| col("id").gt(behind)));
        select.order_by(Alias::new("id"), Order::Asc).limit(most);
        self.link.gather_built(&select, |row| row.get(0))
    }

    /// Notes how far an object is.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reseal_came(&mut self, object: &ObjectName, (behind, many): (Uuid, u64)) -> Result<(), DbFault> {
        let many = i64::try_from(many).unwrap_or(i64::MAX);
        let sql = "update resealing set behind = ?2, done = done + ?3 where object = ?1";
        self.keep(sql, &[object.into(), behind.into(), many.into()]).map(|_| ())
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
