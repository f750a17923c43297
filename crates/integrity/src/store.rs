//! The statements.

use std::time::Duration;

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{ObjectName, Timestamp, Uuid};

use crate::model::{Finding, FindingId, Kind, Run};

/// So many findings are shown.
const SHOWN: u32 = 200;
/// Runs are kept so long.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

fn int(n: u64) -> Val {
    Val::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Returns the run that goes on.
pub(crate) fn running(tx: &ReadTx<'_>) -> Result<Option<Run>, DbFault> {
    let sql = "select id, began_at, ended_at, part, behind, position, rows_seen, entries_seen from integrity_run \
               where ended_at is null order by began_at, id limit 1";
    tx.bare_one(sql, &[], Run::from_row)
}

/// Returns the run that ended last.
pub(crate) fn last(tx: &ReadTx<'_>) -> Result<Option<Run>, DbFault> {
    let sql = "select id, began_at, ended_at, part, behind, position, rows_seen, entries_seen from integrity_run \
               where ended_at is not null order by ended_at desc, id desc limit 1";
    tx.bare_one(sql, &[], Run::from_row)
}

/// Stores a run that begins, and forgets those of long ago.
pub(crate) fn begin(tx: &mut WriteTx<'_>, run: &Run) -> Result<(), DbFault> {
    tx.keep("delete from integrity_run where ended_at < ?1", &[run.began_at.minus(KEPT).into()])?;
    let sql = "insert into integrity_run (id, began_at, part, position, rows_seen, entries_seen) \
               values (?1, ?2, ?3, 0, 0, 0)";
    tx.run(sql, &[run.id.into(), run.began_at.into(), (&run.part).into()]).map(|_| ())
}

/// Moves a run from where it was to where it is; false if another node was faster.
pub(crate) fn advance(tx: &mut WriteTx<'_>, before: &Run, run: &Run) -> Result<bool, DbFault> {
    let values: [Val; 9] = [
        before.id.into(),
        (&before.part).into(),
        int(before.rows),
        int(before.entries),
        (&run.part).into(),
        run.behind.into(),
        int(run.position),
        int(run.rows),
        int(run.entries),
    ];
    let sql = "update integrity_run set part = ?5, behind = ?6, position = ?7, rows_seen = ?8, entries_seen = ?9 \
               where id = ?1 and part = ?2 and rows_seen = ?3 and entries_seen = ?4 and ended_at is null";
    Ok(tx.keep(sql, &values)? == 1)
}

/// Ends a run, and removes what was found before it and not again.
pub(crate) fn end(tx: &mut WriteTx<'_>, run: &Run) -> Result<(), DbFault> {
    let now = tx.now();
    tx.keep("update integrity_run set ended_at = ?2 where id = ?1", &[run.id.into(), now.into()])?;
    let gone = "delete from integrity_finding where seen_at < ?1 and told_at is not null";
    tx.keep(gone, &[run.began_at.into()]).map(|_| ())
}

/// Writes down what was found, or that it was seen again; the caller leaves the line.
pub(crate) fn found(tx: &mut WriteTx<'_>, (kind, object, record): (Kind, &ObjectName, Uuid)) -> Result<(), DbFault> {
    let (id, now): (FindingId, Timestamp) = (tx.new_id(), tx.now());
    let sql = "insert into integrity_finding (id, kind, object, record_id, found_at, seen_at) values (?1, ?2, ?3, ?4, ?5, ?5) \
               on conflict (kind, object, record_id) do update set seen_at = excluded.seen_at";
    let values: [Val; 5] = [id.into(), kind.code().into(), object.into(), record.into(), now.into()];
    tx.run(sql, &values).map(|_| ())
}

/// Lists what does not fit, the newest first.
pub(crate) fn findings(tx: &ReadTx<'_>) -> Result<Vec<Finding>, DbFault> {
    let sql = "select id, kind, object, record_id, found_at, seen_at from integrity_finding \
               order by found_at desc, id desc limit ?1";
    tx.bare(sql, &[SHOWN.into()], Finding::from_row)
}

/// Counts it.
pub(crate) fn count(tx: &ReadTx<'_>) -> Result<u64, DbFault> {
    Ok(tx.bare_one("select count(*) from integrity_finding", &[], |row| row.get(0))?.unwrap_or(0))
}

/// Counts what nobody was told of.
pub(crate) fn untold(tx: &ReadTx<'_>) -> Result<u64, DbFault> {
    let sql = "select count(*) from integrity_finding where told_at is null";
    Ok(tx.bare_one(sql, &[], |row| row.get(0))?.unwrap_or(0))
}

/// Tells whether somebody was told of something since a moment.
pub(crate) fn was_told(tx: &ReadTx<'_>, since: Timestamp) -> Result<bool, DbFault> {
    let sql = "select count(*) from integrity_finding where told_at > ?1";
    Ok(tx.bare_one(sql, &[since.into()], |row| row.get::<u64>(0))?.unwrap_or(0) > 0)
}

/// Writes down that officers were told of everything.
pub(crate) fn told(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.run("update integrity_finding set told_at = ?1 where told_at is null", &[now.into()])
}
