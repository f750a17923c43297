//! Making sure that what was removed lies in no file any more.
//!
//! SQLite overwrites what is deleted, but the write-ahead log keeps older pages until it is emptied, and the full-text index
//! keeps the words of a document until the segments they stand in are merged. PostgreSQL keeps the rows themselves until a
//! vacuum.

use kernel::{ObjectName, SubjectId, Uuid};
use ledger::{Line, verbs};
use rusqlite::Connection;
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::engine::{Link, sqlite};
use crate::handle::Engine;
use crate::{Db, DbFault, WriteTx};

/// Steps of merging in one go.
const STEPS: usize = 16;
/// Pages of the full-text index that a step merges: a few megabytes, so that others who write wait for a moment only.
const MERGED: &str = "insert into search_index (search_index, rank) values ('merge', -500)";
/// Tables with traces of records, beside those of the records.
const TRACES: [&str; 8] = [
    "blind_token",
    "duplicate_pair",
    "search_doc",
    "export_run",
    "export_part",
    "import_run",
    "attachment",
    "attachment_part",
];

impl Db {
    /// Removes traces of what was deleted from the files of the database; `tables` are those of the records. True when none is
    /// left: where there is much it takes several calls, and others work on meanwhile. For a thread that may block.
    ///
    /// # Errors
    /// [`DbFault`] of the engine; [`DbFault::Locked`] if somebody reads an old state: it may work in a moment.
    pub fn scrub_now(&self, tables: &[ObjectName]) -> Result<bool, DbFault> {
        match self.engine() {
            Engine::Sqlite(lite) => {
                let connection = sqlite::connect(lite.path(), true)?;
                if !merge(&connection)? {
                    return Ok(false);
                }
                empty_log(&Link::Lite(&connection)).map(|()| true)
            }
            Engine::Postgres(postgres) => {
                let session = postgres.session()?;
                let names = tables.iter().map(ObjectName::as_str).chain(TRACES);
                // A name of an object is an identifier by its type.
                names.into_iter().try_for_each(|name| session.script(&format!("vacuum {name}")))?;
                Ok(true)
            }
        }
    }
}

impl WriteTx<'_> {
    /// Removes every row of a record table that is sealed for somebody, leaves a line, and returns the ids. Whether that may be
    /// done was decided where they were erased.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn sweep(
        &mut self,
        (object, table): (&ObjectName, &ObjectName),
        subject: SubjectId,
    ) -> Result<Vec<Uuid>, DbFault> {
        let sealed = || Expr::col(Alias::new("subject_id")).eq(subject.uuid());
        let mut select = Query::select();
        select.column(Alias::new("id")).from(Alias::new(table.as_str())).and_where(sealed());
        let ids: Vec<Uuid> = self.link.gather_built(&select, |row| row.get(0))?;
        if ids.is_empty() {
            return Ok(ids);
        }
        let mut delete = Query::delete();
        delete.from_table(Alias::new(table.as_str())).and_where(sealed());
        self.pending.wrote();
        self.link.build_and_execute(&delete)?;
        self.note(Line::done(verbs::ERASE, object.clone()).about_each(ids.iter().copied()).fact("gone", "yes"));
        Ok(ids)
    }
}

/// Merges the full-text index further, and tells whether nothing is left to merge: only then the words of deleted documents
/// are gone.
fn merge(connection: &Connection) -> Result<bool, DbFault> {
    let changes = || connection.query_row("select total_changes()", [], |row| row.get::<_, i64>(0));
    for _ in 0..STEPS {
        let before = changes()?;
        connection.execute(MERGED, [])?;
        // The statement itself counts as one.
        if changes()? - before < 2 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves the write-ahead log into the database and leaves it empty.
pub(crate) fn empty_log(link: &Link<'_>) -> Result<(), DbFault> {
    let busy = link.gather("pragma wal_checkpoint(truncate)", &[], |row| row.get::<i64>(0))?;
    if busy.first() == Some(&0) { Ok(()) } else { Err(DbFault::Locked) }
}
