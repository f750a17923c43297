//! The statements about sessions.

use authz::Assurance;
use binding::{Span, Tie};
use db::{DbFault, ReadTx, SESSION, Val, WriteTx};
use kernel::{SessionId, Timestamp, UserId};

use super::model::{SessionRow, SessionView, via_code};

/// Finds a session that has not been ended. One that was altered is none: its person signs in again.
pub(crate) fn find(tx: &ReadTx<'_>, id: SessionId) -> Result<Option<SessionRow>, DbFault> {
    match tx.believe(&SESSION, id) {
        Err(DbFault::Altered(_)) => return Ok(None),
        believed => believed?,
    }
    tx.bare_one(
        "select secret_hash, user_id, seen_at, idle_until, until, level, level_at, device_key, family_hash, former_hash, \
         rotated_at, fresh_until, acted_at, asked_at, agent, ip, bound_id, bound_key, bound_at from session where id = ?1 and ended_at is null",
        &[id.into()],
        SessionRow::from_row,
    )
}

/// Stores a session; where it was started comes from the transaction.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    id: SessionId,
    user: UserId,
    hash: [u8; 32],
    (span, assurance): (Span, Assurance),
) -> Result<(), DbFault> {
    let origin = tx.cx().origin().clone();
    let values: [Val; 11] = [
        id.into(),
        hash.into(),
        user.into(),
        tx.now().into(),
        span.idle_until.into(),
        span.until.into(),
        via_code(origin.via).into(),
        origin.agent.into(),
        origin.ip.map(|ip| ip.to_string()).into(),
        assurance.level.number().into(),
        assurance.at.into(),
    ];
    tx.run(
        "insert into session (id, secret_hash, user_id, created_at, seen_at, idle_until, until, via, agent, ip, \
         level, level_at) values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &values,
    )?;
    tx.mark(&SESSION, id)
}

/// Writes down what ties a session to its browser, and the secret it has now. Tells whether the secret was still `before`:
/// of two signatures at the same moment one counts. A key of the browser's own stays for the session's life.
pub(crate) fn tie(
    tx: &mut WriteTx<'_>,
    id: SessionId,
    (before, hash): ([u8; 32], [u8; 32]),
    tie: &Tie,
) -> Result<bool, DbFault> {
    let values: [Val; 13] = [
        id.into(),
        before.into(),
        hash.into(),
        tie.key.as_ref().map(|key| key.as_bytes().as_slice()).into(),
        tie.family.into(),
        tie.former.into(),
        tie.rotated_at.into(),
        tie.fresh_until.into(),
        tie.acted_at.into(),
        tie.asked_at.into(),
        tie.bound.map(|bound| bound.id).into(),
        tie.bound.as_ref().map(|bound| bound.key.as_bytes().as_slice()).into(),
        tie.bound.map(|bound| bound.at).into(),
    ];
    let change = |tx: &mut WriteTx<'_>| {
        tx.keep(
        "update session set secret_hash = ?3, device_key = ?4, family_hash = ?5, former_hash = ?6, rotated_at = ?7, \
         fresh_until = ?8, acted_at = ?9, asked_at = ?10, bound_id = coalesce(bound_id, ?11), \
         bound_key = coalesce(bound_key, ?12), bound_at = coalesce(?13, bound_at) where id = ?1 and secret_hash = ?2 and ended_at is null",
        &values,
        )
    };
    Ok(tx.mark_over(&SESSION, id, change)? == 1)
}

/// Writes down how long a session lasts.
pub(crate) fn span(tx: &mut WriteTx<'_>, id: SessionId, span: Span) -> Result<(), DbFault> {
    let values: [Val; 3] = [id.into(), span.idle_until.into(), span.until.into()];
    let sql = "update session set idle_until = ?2, until = ?3 where id = ?1";
    tx.mark_over(&SESSION, id, |tx| tx.keep(sql, &values).map(|_| ()))
}

/// Writes down since when a signature is waited for; a question that waits is not asked later.
pub(crate) fn asked(tx: &mut WriteTx<'_>, id: SessionId) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = "update session set asked_at = ?2 where id = ?1 and (asked_at is null or asked_at > ?2)";
    tx.keep(sql, &[id.into(), now.into()]).map(|_| ())
}

/// Puts the session that takes another's place in its place for the identity provider too, which may end it.
pub(crate) fn follow(tx: &mut WriteTx<'_>, old: SessionId, new: SessionId) -> Result<(), DbFault> {
    let sql = "update external_session set session_id = ?2 where session_id = ?1";
    tx.keep(sql, &[old.into(), new.into()]).map(|_| ())
}

/// Writes down that a session was used. It does not wake one that was ended meanwhile.
pub(crate) fn seen(tx: &mut WriteTx<'_>, id: SessionId, idle_until: Timestamp) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = "update session set seen_at = ?2, idle_until = ?3 where id = ?1 and ended_at is null";
    tx.keep(sql, &[id.into(), now.into(), idle_until.into()]).map(|_| ())
}

/// Ends a session; tells whether it was there and had not ended.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: SessionId, user: UserId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update session set ended_at = ?3, mark = null where id = ?1 and user_id = ?2 and ended_at is null";
    Ok(tx.run(sql, &[id.into(), user.into(), now.into()])? == 1)
}

/// Ends all sessions of a person and returns how many there were.
pub(crate) fn end_all(tx: &mut WriteTx<'_>, user: UserId) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.run(
        "update session set ended_at = ?2, mark = null where user_id = ?1 and ended_at is null",
        &[user.into(), now.into()],
    )
}

/// Lists the living sessions of a person, the last used first.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<SessionView>, DbFault> {
    let current = tx.cx().session();
    tx.bare(
        "select id, created_at, seen_at, until, agent, ip from session \
         where user_id = ?1 and ended_at is null and idle_until > ?2 and until > ?2 order by seen_at desc, id desc",
        &[user.into(), tx.now().into()],
        |row| {
            let id = row.get(0)?;
            Ok(SessionView {
                id,
                created_at: row.get(1)?,
                seen_at: row.get(2)?,
                until: row.get(3)?,
                agent: row.get(4)?,
                ip: row.get(5)?,
                current: current == Some(id),
            })
        },
    )
}

/// Removes sessions that could not be used since `before`, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    tx.keep("delete from session where until < ?1", &[before.into()])
}
