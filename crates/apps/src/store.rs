//! The statements about apps.

use db::{APP, CODE, DbFault, REFRESH, ReadTx, Val, WriteTx};
use kernel::{Timestamp, TokenId, UserId};

use crate::model::{AppId, Code, Kept};

/// Finds an app, also one that was stopped.
pub(crate) fn find(tx: &ReadTx<'_>, id: AppId) -> Result<Option<Kept>, DbFault> {
    tx.believe(&APP, id)?;
    tx.bare_one(
        "select id, sealed, created_by, approved_by, approved_at, used_at, ended_at from app where id = ?1",
        &[id.into()],
        Kept::from_row,
    )
}

/// Lists all, the newest first.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<Kept>, DbFault> {
    tx.bare(
        "select id, sealed, created_by, approved_by, approved_at, used_at, ended_at from app order by id desc limit 500",
        &[],
        Kept::from_row,
    )
}

/// Stores an app that two people agreed about.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    id: AppId,
    sealed: Vec<u8>,
    (by, approved_by): (UserId, Option<UserId>),
) -> Result<(), DbFault> {
    let values: [Val; 5] = [id.into(), sealed.into(), by.into(), approved_by.into(), tx.now().into()];
    let sql = "insert into app (id, sealed, created_by, approved_by, approved_at) values (?1, ?2, ?3, ?4, ?5)";
    tx.run(sql, &values)?;
    tx.mark(&APP, id)
}

/// Writes down that an app is given something; false if it was stopped. Whoever stops it at this moment waits, and then ends what was
/// given too.
pub(crate) fn take(tx: &mut WriteTx<'_>, id: AppId) -> Result<bool, DbFault> {
    let now = tx.now();
    Ok(tx.run("update app set used_at = ?2 where id = ?1 and ended_at is null", &[id.into(), now.into()])? == 1)
}

/// Stops an app; false if it is not there or was stopped.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: AppId, by: Option<UserId>) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update app set ended_at = ?2, ended_by = ?3, mark = null where id = ?1 and ended_at is null";
    Ok(tx.run(sql, &[id.into(), now.into(), by.into()])? == 1)
}

/// Stores a code.
pub(crate) fn insert_code(tx: &mut WriteTx<'_>, hash: [u8; 32], code: Code) -> Result<(), DbFault> {
    let values: [Val; 7] = [
        hash.into(),
        code.app.into(),
        code.user.into(),
        code.challenge.into(),
        code.redirect.into(),
        code.scopes.into(),
        code.until.into(),
    ];
    tx.run(
        "insert into app_code (hash, app_id, user_id, challenge, redirect, scopes, until) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &values,
    )?;
    tx.mark(&CODE, hash)
}

/// Takes a code: true for one transaction only, however many try at once.
pub(crate) fn take_code(tx: &mut WriteTx<'_>, hash: [u8; 32]) -> Result<bool, DbFault> {
    tx.believe(&CODE, hash)?;
    let now = tx.now();
    let sql = "update app_code set taken_at = ?2, mark = null where hash = ?1 and taken_at is null";
    Ok(tx.run(sql, &[hash.into(), now.into()])? == 1)
}

/// Finds a code, also one that was taken.
pub(crate) fn code(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<Code>, DbFault> {
    tx.bare_one(
        "select app_id, user_id, challenge, redirect, scopes, until, token_id from app_code where hash = ?1",
        &[hash.into()],
        Code::from_row,
    )
}

/// Writes down what was made of a code.
pub(crate) fn made_of(tx: &mut WriteTx<'_>, hash: [u8; 32], token: TokenId) -> Result<(), DbFault> {
    tx.run("update app_code set token_id = ?2 where hash = ?1", &[hash.into(), token.into()]).map(|_| ())
}

/// Stores what an app renews a token with.
pub(crate) fn insert_refresh(tx: &mut WriteTx<'_>, hash: [u8; 32], token: TokenId) -> Result<(), DbFault> {
    let values: [Val; 3] = [hash.into(), token.into(), tx.now().into()];
    tx.run("insert into app_refresh (hash, token_id, made_at) values (?1, ?2, ?3)", &values)?;
    tx.mark(&REFRESH, hash)
}

/// Returns which token of which app something renews, also if it was taken.
pub(crate) fn refresh(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<(TokenId, AppId)>, DbFault> {
    tx.believe(&REFRESH, hash)?;
    let sql = "select r.token_id, t.app_id from app_refresh r join api_token t on t.id = r.token_id where r.hash = ?1";
    tx.bare_one(sql, &[hash.into()], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes it: true for one transaction only.
pub(crate) fn take_refresh(tx: &mut WriteTx<'_>, hash: [u8; 32]) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update app_refresh set taken_at = ?2, mark = null where hash = ?1 and taken_at is null";
    Ok(tx.run(sql, &[hash.into(), now.into()])? == 1)
}

/// Removes what is too old to matter, and returns how much.
pub(crate) fn forget(tx: &mut WriteTx<'_>, (codes, refreshes): (Timestamp, Timestamp)) -> Result<u64, DbFault> {
    let gone = tx.keep("delete from app_code where until < ?1", &[codes.into()])?;
    Ok(gone + tx.keep("delete from app_refresh where made_at < ?1", &[refreshes.into()])?)
}
