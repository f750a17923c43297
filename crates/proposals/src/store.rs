//! The statements.

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{Timestamp, TokenId, UserId};

use crate::model::{Kept, ProposalId};

/// Stores one.
pub(crate) fn insert(tx: &mut WriteTx<'_>, kept: &Kept, sealed: Vec<u8>) -> Result<(), DbFault> {
    let values: [Val; 10] = [
        kept.id.into(),
        kept.user.into(),
        kept.token.into(),
        kept.object.as_str().into(),
        kept.record.into(),
        kept.version.into(),
        kept.subject.into(),
        sealed.into(),
        kept.asked_at.into(),
        kept.expires_at.into(),
    ];
    tx.run(
        "insert into proposal (id, user_id, token_id, object, record_id, version, subject_id, sealed, asked_at, expires_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &values,
    )?;
    Ok(())
}

/// Lists what waits for somebody, the newest first.
pub(crate) fn waiting(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Kept>, DbFault> {
    tx.bare(
        "select id, user_id, token_id, object, record_id, version, subject_id, sealed, asked_at, expires_at from proposal \
         where user_id = ?1 and ended_at is null and expires_at > ?2 order by id desc limit 100",
        &[user.into(), tx.now().into()],
        Kept::from_row,
    )
}

/// Finds one that waits for somebody.
pub(crate) fn find(tx: &ReadTx<'_>, id: ProposalId, user: UserId) -> Result<Option<Kept>, DbFault> {
    tx.bare_one(
        "select id, user_id, token_id, object, record_id, version, subject_id, sealed, asked_at, expires_at from proposal \
         where id = ?1 and user_id = ?2 and ended_at is null and expires_at > ?3",
        &[id.into(), user.into(), tx.now().into()],
        Kept::from_row,
    )
}

/// Counts what waits for somebody, and what a token proposed since a moment.
pub(crate) fn counts(
    tx: &ReadTx<'_>,
    (user, token): (UserId, TokenId),
    since: Timestamp,
) -> Result<(i64, i64), DbFault> {
    let open = open(tx, user)?;
    let lately = "select count(*) from proposal where token_id = ?1 and asked_at > ?2";
    let lately: Option<i64> = tx.bare_one(lately, &[token.into(), since.into()], |row| row.get(0))?;
    Ok((open, lately.unwrap_or_default()))
}

/// Counts what waits for somebody.
pub(crate) fn open(tx: &ReadTx<'_>, user: UserId) -> Result<i64, DbFault> {
    let sql = "select count(*) from proposal where user_id = ?1 and ended_at is null and expires_at > ?2";
    Ok(tx.bare_one(sql, &[user.into(), tx.now().into()], |row| row.get(0))?.unwrap_or_default())
}

/// Ends one and destroys what it held; false if somebody was faster, or its time is over.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: ProposalId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update proposal set ended_at = ?2, sealed = ?3 where id = ?1 and ended_at is null and expires_at > ?2";
    Ok(tx.run(sql, &[id.into(), now.into(), Vec::<u8>::new().into()])? == 1)
}

/// Removes what nobody answered in time, and what was answered before a moment.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.keep("delete from proposal where expires_at <= ?1 or ended_at < ?2", &[now.into(), before.into()])
}
