//! Imports in their tables.

use db::{Bare, DbFault, Guarded, ReadTx, Row, WriteTx};
use kernel::{UploadId, UserId};
use tabular::Mark;

use crate::draft::Wrong;
use crate::model::{Counts, ImportRun, RowProblem, State};

const FIND: &str = "select id, object, user_id, state, plan, mark, size, offset_now, created, updated, skipped, wrong, fault, \
    created_at, finished_at from import_run where id = ?1";
const NEWEST: &str = "select id, object, user_id, state, plan, mark, size, offset_now, created, updated, skipped, wrong, fault, \
    created_at, finished_at from import_run order by created_at desc, id desc limit ?1";

fn read(row: &Row<'_>) -> Result<ImportRun, DbFault> {
    let state = State::parse(&row.get::<String>(3)?).ok_or(DbFault::Shape(3))?;
    let counts = Counts { created: row.get(8)?, updated: row.get(9)?, skipped: row.get(10)?, wrong: row.get(11)? };
    Ok(ImportRun {
        id: row.get(0)?,
        target: row.get(1)?,
        user: row.get(2)?,
        state,
        sealed_plan: row.get(4)?,
        mark: row.get(5)?,
        size: row.get(6)?,
        offset: row.get(7)?,
        counts,
        fault: row.get(12)?,
        created_at: row.get(13)?,
        finished_at: row.get(14)?,
    })
}

/// Finds an import.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn find(tx: &ReadTx<'_>, id: UploadId) -> Result<Option<Guarded<ImportRun>>, DbFault> {
    tx.one(FIND, &[id.into()], read)
}

/// Returns who began an import that is under way.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn importer(tx: &ReadTx<'_>, id: UploadId) -> Result<Option<UserId>, DbFault> {
    tx.bare_one("select user_id from import_run where id = ?1 and state = 'running'", &[id.into()], |row| row.get(0))
}

/// Returns the imports that still need their files.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn in_need(tx: &ReadTx<'_>) -> Result<Vec<UploadId>, DbFault> {
    tx.bare("select id from import_run where state in ('planned', 'running')", &[], |row| row.get(0))
}

/// A plan as it is stored.
pub struct SealedPlan {
    /// Its import.
    pub id: UploadId,
    /// The plan, sealed.
    pub sealed: Vec<u8>,
}

// Ciphertext; opened to take sample rows out of it, and shown to nobody.
impl Bare for SealedPlan {}

/// An import that has not ended.
pub type Unended = (UploadId, State);

// An id and a word.
impl Bare for State {}

/// Returns the imports that have not ended.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn open(tx: &ReadTx<'_>) -> Result<Vec<Unended>, DbFault> {
    tx.bare("select id, state from import_run where state in ('planned', 'running') order by id", &[], |row| {
        Ok((row.get(0)?, State::parse(&row.get::<String>(1)?).ok_or(DbFault::Shape(1))?))
    })
}

/// Returns all plans.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn plans(tx: &ReadTx<'_>) -> Result<Vec<SealedPlan>, DbFault> {
    tx.bare("select id, plan from import_run order by id", &[], |row| {
        Ok(SealedPlan { id: row.get(0)?, sealed: row.get(1)? })
    })
}

/// Writes a plan that shows less, whatever state the import is in.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn rewrite_plan(tx: &mut WriteTx<'_>, id: UploadId, sealed: &[u8]) -> Result<(), DbFault> {
    tx.run("update import_run set plan = ?2 where id = ?1", &[id.into(), sealed.into()]).map(|_| ())
}

/// Returns the newest imports.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn newest(tx: &ReadTx<'_>, most: u32) -> Result<Vec<Guarded<ImportRun>>, DbFault> {
    tx.all(NEWEST, &[most.into()], read)
}

fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Stores an import that begins.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn insert(tx: &mut WriteTx<'_>, run: &ImportRun) -> Result<(), DbFault> {
    tx.run(
        "insert into import_run (id, object, user_id, state, plan, mark, size, offset_now, created, updated, skipped, wrong, \
         created_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, ?8)",
        &[
            run.id.into(),
            (&run.target).into(),
            run.user.into(),
            run.state.word().into(),
            run.sealed_plan.as_slice().into(),
            run.mark.as_str().into(),
            int(run.size).into(),
            run.created_at.into(),
        ],
    )
    .map(|_| ())
}

/// Writes another plan; false if the import is not being planned any more.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn plan(tx: &mut WriteTx<'_>, id: UploadId, sealed: &[u8], start: &str) -> Result<bool, DbFault> {
    let touched = tx.run(
        "update import_run set plan = ?2, mark = ?3 where id = ?1 and state = 'planned'",
        &[id.into(), sealed.into(), start.into()],
    )?;
    Ok(touched == 1)
}

/// Moves an import to another state; false if it was not in `from`.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn turn(tx: &mut WriteTx<'_>, id: UploadId, from: State, to: State, fault: Option<&str>) -> Result<bool, DbFault> {
    let ended = matches!(to, State::Done | State::Failed | State::Stopped).then(|| tx.now());
    let touched = tx.run(
        "update import_run set state = ?3, fault = ?4, finished_at = ?5 where id = ?1 and state = ?2",
        &[id.into(), from.word().into(), to.word().into(), fault.map(str::to_owned).into(), ended.into()],
    )?;
    Ok(touched == 1)
}

/// Moves the mark; false if another runner was faster or the import was stopped. Whoever gets false has done nothing, since
/// the transaction is then rolled back.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn advance(tx: &mut WriteTx<'_>, id: UploadId, (from, to): (Mark, Mark), more: Counts) -> Result<bool, DbFault> {
    let touched = tx.run(
        "update import_run set mark = ?3, offset_now = ?4, created = created + ?5, updated = updated + ?6, \
         skipped = skipped + ?7, wrong = wrong + ?8 where id = ?1 and mark = ?2 and state = 'running'",
        &[
            id.into(),
            from.to_string().into(),
            to.to_string().into(),
            int(to.offset).into(),
            int(more.created).into(),
            int(more.updated).into(),
            int(more.skipped).into(),
            int(more.wrong).into(),
        ],
    )?;
    Ok(touched == 1)
}

/// Stores rows that were not taken.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn wrong(tx: &mut WriteTx<'_>, id: UploadId, rows: &[Wrong]) -> Result<(), DbFault> {
    for row in rows {
        for (column, code) in &row.faults {
            let column = column.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1);
            tx.run(
                "insert into import_fault (import_id, row_number, column_index, line, code) values (?1, ?2, ?3, ?4, ?5) \
                 on conflict (import_id, row_number, column_index) do nothing",
                &[id.into(), int(row.number).into(), column.into(), int(row.line).into(), (*code).into()],
            )?;
        }
    }
    Ok(())
}

/// Returns rows that were not taken, behind row `after`.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn problems(tx: &ReadTx<'_>, id: UploadId, after: u64, most: u32) -> Result<Vec<RowProblem>, DbFault> {
    tx.bare(
        "select row_number, line, column_index, code from import_fault where import_id = ?1 and row_number > ?2 \
         order by row_number, column_index limit ?3",
        &[id.into(), int(after).into(), most.into()],
        |row| {
            let column = usize::try_from(row.get::<i64>(2)?).ok();
            Ok(RowProblem { row: row.get(0)?, line: row.get(1)?, column, code: row.get(3)? })
        },
    )
}
