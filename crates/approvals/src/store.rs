//! The statements.

use db::{APPROVAL, DbFault, ReadTx, Val, WriteTx};
use kernel::{Timestamp, UserId};

use crate::model::{ApprovalId, RequestRow, State};

/// What a new request is stored with.
pub(crate) struct Fresh {
    pub(crate) id: ApprovalId,
    pub(crate) rule: &'static str,
    pub(crate) hash: [u8; 32],
    pub(crate) initiator: UserId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) expires_at: Timestamp,
    /// Whether somebody goes ahead alone: then it has been carried out in the same transaction.
    pub(crate) alone: bool,
}

/// Stores a request.
pub(crate) fn insert(tx: &mut WriteTx<'_>, fresh: Fresh) -> Result<(), DbFault> {
    let now = tx.now();
    let state = if fresh.alone { State::Done } else { State::Waiting };
    let id = fresh.id;
    let values: [Val; 10] = [
        id.into(),
        fresh.rule.into(),
        fresh.hash.into(),
        fresh.initiator.into(),
        fresh.sealed.into(),
        state.code().into(),
        i64::from(fresh.alone).into(),
        now.into(),
        fresh.expires_at.into(),
        fresh.alone.then_some(now).into(),
    ];
    tx.run(
        "insert into approval (id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, ended_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &values,
    )?;
    tx.mark(&APPROVAL, id)
}

/// Finds a request.
pub(crate) fn find(tx: &ReadTx<'_>, id: ApprovalId) -> Result<Option<RequestRow>, DbFault> {
    tx.believe(&APPROVAL, id)?;
    tx.bare_one(
        "select id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, decider_id, decided_at, answer, \
         ended_at, fault, reviewer_id, reviewed_at, review from approval where id = ?1",
        &[id.into()],
        RequestRow::from_row,
    )
}

/// Lists what waits for somebody: requests that can still be answered, and what nobody has reviewed; the oldest first.
pub(crate) fn waiting(tx: &ReadTx<'_>, most: u32) -> Result<Vec<RequestRow>, DbFault> {
    tx.bare(
        "select id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, decider_id, decided_at, answer, \
         ended_at, fault, reviewer_id, reviewed_at, review from approval \
         where (state = 'waiting' and ended_at is null and expires_at > ?1) or (alone = 1 and reviewed_at is null) \
         order by asked_at, id limit ?2",
        &[tx.now().into(), most.into()],
        RequestRow::from_row,
    )
}

/// Lists what somebody asked for, the newest first.
pub(crate) fn of(tx: &ReadTx<'_>, initiator: UserId, most: u32) -> Result<Vec<RequestRow>, DbFault> {
    tx.bare(
        "select id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, decider_id, decided_at, answer, \
         ended_at, fault, reviewer_id, reviewed_at, review from approval where initiator_id = ?1 \
         order by asked_at desc, id desc limit ?2",
        &[initiator.into(), most.into()],
        RequestRow::from_row,
    )
}

/// Lists what somebody else decided or reviewed, the newest first.
pub(crate) fn decided(tx: &ReadTx<'_>, most: u32) -> Result<Vec<RequestRow>, DbFault> {
    tx.bare(
        "select id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, decider_id, decided_at, answer, \
         ended_at, fault, reviewer_id, reviewed_at, review from approval \
         where ended_at is not null and (alone = 0 or reviewed_at is not null) order by asked_at desc, id desc limit ?1",
        &[most.into()],
        RequestRow::from_row,
    )
}

/// Lists what is over and nobody has written down as such, and what was agreed to a while ago and not carried out. What was altered is
/// left: nobody agreed to it.
pub(crate) fn left(tx: &ReadTx<'_>, agreed_before: Timestamp) -> Result<Vec<RequestRow>, DbFault> {
    let left = tx.bare(
        "select id, rule, hash, initiator_id, sealed, state, alone, asked_at, expires_at, decider_id, decided_at, answer, \
         ended_at, fault, reviewer_id, reviewed_at, review from approval where ended_at is null \
         and ((state = 'waiting' and expires_at <= ?1) or (state = 'approved' and decided_at <= ?2)) order by id limit 100",
        &[tx.now().into(), agreed_before.into()],
        RequestRow::from_row,
    )?;
    tx.genuine(&APPROVAL, left, |row| row.id)
}

/// Writes down that somebody agreed; false if it does not wait any more.
pub(crate) fn agree(tx: &mut WriteTx<'_>, id: ApprovalId, by: UserId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update approval set state = 'approved', decider_id = ?2, decided_at = ?3 \
               where id = ?1 and state = 'waiting' and ended_at is null and expires_at > ?3";
    let values = [id.into(), by.into(), now.into()];
    Ok(tx.mark_over(&APPROVAL, id, |tx| tx.run(sql, &values))? == 1)
}

/// Writes down that somebody refused, and why; false if it does not wait any more.
pub(crate) fn refuse(tx: &mut WriteTx<'_>, id: ApprovalId, by: UserId, answer: Vec<u8>) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update approval set state = 'refused', decider_id = ?2, decided_at = ?3, ended_at = ?3, answer = ?4, mark = null \
               where id = ?1 and state = 'waiting' and ended_at is null and expires_at > ?3";
    Ok(tx.run(sql, &[id.into(), by.into(), now.into(), answer.into()])? == 1)
}

/// Uses an agreement up: true for one transaction only, however many try at once.
pub(crate) fn claim(tx: &mut WriteTx<'_>, id: ApprovalId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update approval set state = 'done', ended_at = ?2, mark = null where id = ?1 and state = 'approved' and ended_at is null";
    tx.believe(&APPROVAL, id)?;
    Ok(tx.run(sql, &[id.into(), now.into()])? == 1)
}

/// Says of an agreement that was used up in this transaction that nothing came of it.
pub(crate) fn unclaim(tx: &mut WriteTx<'_>, id: ApprovalId, fault: &str) -> Result<(), DbFault> {
    tx.run("update approval set state = 'void', fault = ?2 where id = ?1", &[id.into(), fault.into()]).map(|_| ())
}

/// Ends a request that stands in `from`; false if it does not any more.
pub(crate) fn end(
    tx: &mut WriteTx<'_>,
    id: ApprovalId,
    (from, to): (State, State),
    fault: Option<&str>,
) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update approval set state = ?3, ended_at = ?4, fault = ?5, mark = null where id = ?1 and state = ?2 and ended_at is null";
    Ok(tx.run(sql, &[id.into(), from.code().into(), to.code().into(), now.into(), fault.into()])? == 1)
}

/// Stores a review; false if there is one.
pub(crate) fn review(tx: &mut WriteTx<'_>, id: ApprovalId, by: UserId, words: Vec<u8>) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update approval set reviewer_id = ?2, reviewed_at = ?3, review = ?4 \
               where id = ?1 and alone = 1 and reviewed_at is null";
    Ok(tx.run(sql, &[id.into(), by.into(), now.into(), words.into()])? == 1)
}

/// Removes what ended long ago, and returns how much. What waits for a review stays.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    tx.keep("delete from approval where ended_at < ?1 and (alone = 0 or reviewed_at < ?1)", &[before.into()])
}
