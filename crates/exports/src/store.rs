//! The statements.

use db::{Bare, DbFault, ReadTx, Val, WriteTx};
use kernel::{ObjectName, Timestamp, UserId};

use crate::model::{ExportId, ExportRun, State};

/// Sealed rows of an export.
pub(crate) struct SealedPart(pub(crate) Vec<u8>);

// Ciphertext, opened for whoever asked.
impl Bare for SealedPart {}

/// Stores what was chosen.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    (id, user): (ExportId, UserId),
    object: &ObjectName,
    (plan, total): (Vec<u8>, Option<i64>),
) -> Result<(), DbFault> {
    let values: [Val; 6] = [id.into(), user.into(), object.into(), plan.into(), total.into(), tx.now().into()];
    tx.run(
        "insert into export_run (id, user_id, object, state, plan, total, place, parts, rows_out, downloads, created_at) \
         values (?1, ?2, ?3, 'planned', ?4, ?5, '', 0, 0, 0, ?6)",
        &values,
    )?;
    Ok(())
}

/// Finds an export.
pub(crate) fn find(tx: &ReadTx<'_>, id: ExportId) -> Result<Option<ExportRun>, DbFault> {
    tx.bare_one(
        "select id, user_id, object, state, plan, total, place, parts, rows_out, downloads, fault, created_at, finished_at, \
         expires_at from export_run where id = ?1",
        &[id.into()],
        ExportRun::from_row,
    )
}

/// Lists somebody's exports, the newest first.
pub(crate) fn of(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<ExportRun>, DbFault> {
    tx.bare(
        "select id, user_id, object, state, plan, total, place, parts, rows_out, downloads, fault, created_at, finished_at, \
         expires_at from export_run where user_id = ?1 order by created_at desc, id desc limit 50",
        &[user.into()],
        ExportRun::from_row,
    )
}

/// Lists every export that took rows, for whoever traces a file.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<ExportRun>, DbFault> {
    tx.bare(
        "select id, user_id, object, state, plan, total, place, parts, rows_out, downloads, fault, created_at, finished_at, \
         expires_at from export_run where rows_out > 0 order by created_at desc, id desc",
        &[],
        ExportRun::from_row,
    )
}

/// Lists what is to be destroyed.
pub(crate) fn due(tx: &ReadTx<'_>) -> Result<Vec<ExportRun>, DbFault> {
    tx.bare(
        "select id, user_id, object, state, plan, total, place, parts, rows_out, downloads, fault, created_at, finished_at, \
         expires_at from export_run where state in ('ready', 'failed') and expires_at <= ?1 order by id limit 100",
        &[tx.now().into()],
        ExportRun::from_row,
    )
}

/// Lists what has rows and waits, or is under way.
pub(crate) fn waiting(tx: &ReadTx<'_>) -> Result<Vec<ExportRun>, DbFault> {
    tx.bare(
        "select id, user_id, object, state, plan, total, place, parts, rows_out, downloads, fault, created_at, finished_at, \
         expires_at from export_run where state in ('running', 'ready', 'failed') order by id",
        &[],
        ExportRun::from_row,
    )
}

/// Counts the rows somebody took out, or is about to, since a moment.
pub(crate) fn taken(tx: &ReadTx<'_>, user: UserId, since: Timestamp) -> Result<i64, DbFault> {
    let sql = "select cast(coalesce(sum(case when state = 'running' then total else rows_out end), 0) as bigint) \
               from export_run where user_id = ?1 and created_at > ?2 and state <> 'planned'";
    Ok(tx.bare_one(sql, &[user.into(), since.into()], |row| row.get(0))?.unwrap_or_default())
}

/// Lets an export begin; false if it has.
pub(crate) fn begin(tx: &mut WriteTx<'_>, id: ExportId) -> Result<bool, DbFault> {
    Ok(tx.run("update export_run set state = 'running' where id = ?1 and state = 'planned'", &[id.into()])? == 1)
}

/// Stores rows and moves the place behind them; false if another worker was faster, or it is under way no more.
pub(crate) fn advance(
    tx: &mut WriteTx<'_>,
    (id, number): (ExportId, i64),
    sealed: Vec<u8>,
    (rows, place): (i64, String),
) -> Result<bool, DbFault> {
    let values: [Val; 4] = [id.into(), number.into(), rows.into(), place.into()];
    let sql = "update export_run set parts = parts + 1, rows_out = rows_out + ?3, place = ?4 \
               where id = ?1 and parts = ?2 and state = 'running'";
    if tx.run(sql, &values)? != 1 {
        return Ok(false);
    }
    let sql = "insert into export_part (export_id, number, sealed) values (?1, ?2, ?3)";
    tx.run(sql, &[id.into(), number.into(), sealed.into()])?;
    Ok(true)
}

/// Returns rows of an export.
pub(crate) fn part(tx: &ReadTx<'_>, id: ExportId, number: i64) -> Result<Option<SealedPart>, DbFault> {
    let sql = "select sealed from export_part where export_id = ?1 and number = ?2";
    tx.bare_one(sql, &[id.into(), number.into()], |row| row.get(0).map(SealedPart))
}

/// Ends an export that stands in `from`.
pub(crate) fn end(
    tx: &mut WriteTx<'_>,
    id: ExportId,
    (from, to): (State, State),
    (fault, expires_at): (Option<&str>, Timestamp),
) -> Result<bool, DbFault> {
    let now = tx.now();
    let values: [Val; 6] =
        [id.into(), from.code().into(), to.code().into(), fault.into(), now.into(), expires_at.into()];
    let sql =
        "update export_run set state = ?3, fault = ?4, finished_at = ?5, expires_at = ?6 where id = ?1 and state = ?2";
    Ok(tx.run(sql, &values)? == 1)
}

/// Counts that it is fetched; false if it cannot be any more.
pub(crate) fn fetch(tx: &mut WriteTx<'_>, id: ExportId, most: i64) -> Result<bool, DbFault> {
    let values: [Val; 3] = [id.into(), most.into(), tx.now().into()];
    let sql = "update export_run set downloads = downloads + 1 \
               where id = ?1 and state = 'ready' and downloads < ?2 and expires_at > ?3";
    Ok(tx.run(sql, &values)? == 1)
}

/// Destroys the rows of an export.
pub(crate) fn destroy(tx: &mut WriteTx<'_>, id: ExportId) -> Result<(), DbFault> {
    tx.run("delete from export_part where export_id = ?1", &[id.into()])?;
    tx.run("update export_run set state = 'gone' where id = ?1", &[id.into()]).map(|_| ())
}
