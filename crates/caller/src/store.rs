//! The statements.

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{Timestamp, UserId};

use crate::model::{Check, CheckId, Side};

/// Keeps a new check; the one its starter had is over. The caller leaves the line.
pub(crate) fn insert(tx: &mut WriteTx<'_>, check: &Check, code: Option<[u8; 16]>) -> Result<(), DbFault> {
    let now = tx.now();
    tx.keep(
        "update call_check set expires_at = ?2 where starter_id = ?1 and expires_at > ?2",
        &[check.starter.into(), now.into()],
    )?;
    let values: [Val; 6] = [
        check.id.into(),
        check.starter.into(),
        check.other.into(),
        check.contact.into(),
        code.into(),
        check.expires_at.into(),
    ];
    tx.run(
        "insert into call_check (id, starter_id, other_id, contact_id, code, expires_at, starter_tries, other_tries) \
         values (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
        &values,
    )?;
    Ok(())
}

/// Lists the checks that somebody takes part in and that ended after `since`, the latest first.
pub(crate) fn list(tx: &ReadTx<'_>, who: UserId, since: Timestamp) -> Result<Vec<Check>, DbFault> {
    tx.bare(
        "select id, starter_id, other_id, contact_id, expires_at, starter_tries, other_tries, starter_done_at, other_done_at, dialled \
         from call_check where (starter_id = ?1 or other_id = ?1) and expires_at > ?2 order by id desc limit 10",
        &[who.into(), since.into()],
        Check::from_row,
    )
}

/// Finds a check that somebody takes part in.
pub(crate) fn find(tx: &ReadTx<'_>, who: UserId, id: CheckId) -> Result<Option<Check>, DbFault> {
    tx.bare_one(
        "select id, starter_id, other_id, contact_id, expires_at, starter_tries, other_tries, starter_done_at, other_done_at, dialled \
         from call_check where id = ?2 and (starter_id = ?1 or other_id = ?1)",
        &[who.into(), id.into()],
        Check::from_row,
    )
}

/// Counts a try before it is looked at, and returns the check as it is then. The row stays locked until the end of the
/// transaction, so those who come at once come one after the other.
pub(crate) fn count(tx: &mut WriteTx<'_>, id: CheckId, side: Side) -> Result<Option<Check>, DbFault> {
    let sql = if side == Side::Other {
        "update call_check set other_tries = other_tries + 1 where id = ?1 returning id, starter_id, other_id, contact_id, \
         expires_at, starter_tries, other_tries, starter_done_at, other_done_at, dialled"
    } else {
        "update call_check set starter_tries = starter_tries + 1 where id = ?1 returning id, starter_id, other_id, contact_id, \
         expires_at, starter_tries, other_tries, starter_done_at, other_done_at, dialled"
    };
    tx.bare_one(sql, &[id.into()], Check::from_row)
}

/// Writes down that a side typed the right code.
pub(crate) fn done(tx: &mut WriteTx<'_>, id: CheckId, side: Side) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = if side == Side::Other {
        "update call_check set other_done_at = ?2 where id = ?1"
    } else {
        "update call_check set starter_done_at = ?2 where id = ?1"
    };
    tx.run(sql, &[id.into(), now.into()]).map(|_| ())
}

/// Writes down whether who began dialled the number in the customer's record.
pub(crate) fn dialled(tx: &mut WriteTx<'_>, id: CheckId, dialled: bool) -> Result<(), DbFault> {
    tx.keep("update call_check set dialled = ?2 where id = ?1", &[id.into(), i64::from(dialled).into()]).map(|_| ())
}

/// Uses up the check that a customer's code belongs to, if it waits.
pub(crate) fn confirm(tx: &mut WriteTx<'_>, code: [u8; 16]) -> Result<Option<Check>, DbFault> {
    let now = tx.now();
    tx.bare_one(
        "update call_check set other_done_at = ?2 where code = ?1 and other_done_at is null and expires_at > ?2 \
         returning id, starter_id, other_id, contact_id, expires_at, starter_tries, other_tries, starter_done_at, other_done_at, dialled",
        &[code.into(), now.into()],
        Check::from_row,
    )
}

/// Counts a question to the public page and returns since when and how many there were.
pub(crate) fn ask(tx: &mut WriteTx<'_>, key: [u8; 16], before: Timestamp) -> Result<(Timestamp, i64), DbFault> {
    let now = tx.now();
    let counted = tx.bare_one(
        "insert into call_asked (key, started_at, tries) values (?1, ?2, 1) on conflict (key) do update set \
         tries = case when call_asked.started_at < ?3 then 1 else call_asked.tries + 1 end, \
         started_at = case when call_asked.started_at < ?3 then ?2 else call_asked.started_at end \
         returning started_at, tries",
        &[key.into(), now.into(), before.into()],
        |row| Ok(Asked(row.get(0)?, row.get(1)?)),
    )?;
    Ok(counted.map_or((now, 1), |Asked(since, tries)| (since, tries)))
}

struct Asked(Timestamp, i64);

// A count by a blind token of a network.
impl db::Bare for Asked {}

/// Removes checks and counts that nobody looks at any more, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    Ok(tx.keep("delete from call_check where expires_at < ?1", &[before.into()])?
        + tx.keep("delete from call_asked where started_at < ?1", &[before.into()])?)
}
