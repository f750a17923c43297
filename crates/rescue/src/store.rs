//! The statements.

use db::{AGREED, DbFault, RESCUE, ReadTx, Val, WriteTx};
use kernel::{Timestamp, UserId};

use crate::model::{Approval, RequestRow, RescueId};

/// What a new request is stored with.
pub(crate) struct Fresh {
    pub(crate) id: RescueId,
    pub(crate) email_blind: [u8; 16],
    pub(crate) hash: [u8; 32],
    pub(crate) spoken: [u8; 16],
    pub(crate) recovery_hash: Option<[u8; 32]>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

/// Stores a request.
pub(crate) fn insert(tx: &mut WriteTx<'_>, fresh: Fresh) -> Result<(), DbFault> {
    let id = fresh.id;
    let values: [Val; 8] = [
        id.into(),
        fresh.email_blind.into(),
        fresh.hash.into(),
        fresh.spoken.into(),
        fresh.recovery_hash.into(),
        fresh.sealed.into(),
        tx.now().into(),
        fresh.expires_at.into(),
    ];
    tx.run(
        "insert into rescue (id, email_blind, hash, spoken, recovery_hash, strong, sealed, asked_at, expires_at) \
         values (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)",
        &values,
    )?;
    tx.mark(&RESCUE, id)
}

/// Lists requests of which nobody has found out yet whose they are, the oldest first. What was altered is left.
pub(crate) fn unsettled(tx: &ReadTx<'_>) -> Result<Vec<RequestRow>, DbFault> {
    let open = tx.bare(
        "select id, email_blind, user_id, recovery_hash, strong, sealed, asked_at, expires_at, ready_at from rescue \
         where user_id is null and ended_at is null order by asked_at limit 50",
        &[],
        RequestRow::from_row,
    )?;
    tx.genuine(&RESCUE, open, |row| row.id)
}

/// Says whose a request is; false if another worker was faster.
pub(crate) fn settle(tx: &mut WriteTx<'_>, id: RescueId, (user, strong): (UserId, bool)) -> Result<bool, DbFault> {
    let sql = "update rescue set user_id = ?2, strong = ?3, recovery_hash = null \
               where id = ?1 and user_id is null and ended_at is null";
    let values = [id.into(), user.into(), i64::from(strong).into()];
    Ok(tx.mark_over(&RESCUE, id, |tx| tx.run(sql, &values))? == 1)
}

/// Ends a request; false if it had ended.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: RescueId, how: &'static str) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update rescue set ended_at = ?2, how = ?3, mark = null where id = ?1 and ended_at is null";
    Ok(tx.run(sql, &[id.into(), now.into(), how.into()])? == 1)
}

/// Ends every request about a person, and returns how many there were.
pub(crate) fn end_all(tx: &mut WriteTx<'_>, user: UserId, how: &'static str) -> Result<u64, DbFault> {
    let now = tx.now();
    let sql = "update rescue set ended_at = ?2, how = ?3, mark = null where user_id = ?1 and ended_at is null and expires_at > ?2";
    tx.run(sql, &[user.into(), now.into(), how.into()])
}

/// Makes decisions about a person's requests wait for one another.
pub(crate) fn take_turns(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), DbFault> {
    let sql = "update rescue set strong = strong where user_id = ?1 and ended_at is null";
    tx.keep(sql, &[user.into()]).map(|_| ())
}

/// Lists the requests that have not ended, the newest first.
pub(crate) fn open(tx: &ReadTx<'_>) -> Result<Vec<RequestRow>, DbFault> {
    tx.bare(
        "select id, email_blind, user_id, recovery_hash, strong, sealed, asked_at, expires_at, ready_at from rescue \
         where user_id is not null and ended_at is null and expires_at > ?1 order by asked_at desc, id desc limit 100",
        &[tx.now().into()],
        RequestRow::from_row,
    )
}

/// Finds a request of a person by the code that was read out.
pub(crate) fn find_spoken(tx: &ReadTx<'_>, user: UserId, spoken: [u8; 16]) -> Result<Option<RequestRow>, DbFault> {
    let found = tx.bare_one(
        "select id, email_blind, user_id, recovery_hash, strong, sealed, asked_at, expires_at, ready_at from rescue \
         where user_id = ?1 and spoken = ?2 and ended_at is null and expires_at > ?3",
        &[user.into(), spoken.into(), tx.now().into()],
        RequestRow::from_row,
    )?;
    tx.believe_found(&RESCUE, found, |row| row.id)
}

/// Finds a request by the hash of its link.
pub(crate) fn find(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<RequestRow>, DbFault> {
    let found = tx.bare_one(
        "select id, email_blind, user_id, recovery_hash, strong, sealed, asked_at, expires_at, ready_at from rescue \
         where hash = ?1 and user_id is not null and ended_at is null",
        &[hash.into()],
        RequestRow::from_row,
    )?;
    tx.believe_found(&RESCUE, found, |row| row.id)
}

/// Stores an agreement; false if this administrator agreed before.
pub(crate) fn approve(tx: &mut WriteTx<'_>, id: RescueId, by: UserId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "insert into rescue_approval (rescue_id, user_id, approved_at) values (?1, ?2, ?3) \
               on conflict (rescue_id, user_id) do nothing";
    let values = [id.into(), by.into(), now.into()];
    Ok(tx.mark_whole_over(&AGREED, |tx| tx.run(sql, &values))? == 1)
}

/// Lists who agreed, may still sign in and is still administrator, the first one first.
pub(crate) fn approvals(tx: &ReadTx<'_>, id: RescueId) -> Result<Vec<Approval>, DbFault> {
    tx.believe_whole(&AGREED)?;
    tx.bare(
        "select a.user_id, a.approved_at from rescue_approval a join app_user u on u.id = a.user_id \
         where a.rescue_id = ?1 and u.state = 'active' and ' ' || u.roles || ' ' like '% administrator %' order by a.approved_at, a.user_id",
        &[id.into()],
        |row| Ok(Approval { by: row.get(0)?, at: row.get(1)? }),
    )
}

/// Counts who agreed, whether they may still sign in or not: none did to what the operator began.
pub(crate) fn agreed(tx: &ReadTx<'_>, id: RescueId) -> Result<i64, DbFault> {
    tx.believe_whole(&AGREED)?;
    let sql = "select count(*) from rescue_approval where rescue_id = ?1";
    Ok(tx.bare_one(sql, &[id.into()], |row| row.get(0))?.unwrap_or_default())
}

/// Says when the link opens and until when.
pub(crate) fn set_ready(
    tx: &mut WriteTx<'_>,
    id: RescueId,
    (ready, until): (Timestamp, Timestamp),
) -> Result<(), DbFault> {
    let sql = "update rescue set ready_at = ?2, expires_at = ?3 where id = ?1 and ready_at is null";
    let values = [id.into(), ready.into(), until.into()];
    tx.mark_over(&RESCUE, id, |tx| tx.run(sql, &values).map(|_| ()))
}

/// Removes what could not be used since `before`, and returns how much.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    let values = [before.into()];
    let old = "select count(*) from rescue where expires_at < ?1";
    if tx.bare_one(old, &values, |row| row.get::<u64>(0))?.unwrap_or(0) == 0 {
        return Ok(0);
    }
    let agreed = "delete from rescue_approval where rescue_id in (select id from rescue where expires_at < ?1)";
    tx.mark_whole_over(&AGREED, |tx| tx.keep(agreed, &values))?;
    tx.keep("delete from rescue where expires_at < ?1", &values)
}
