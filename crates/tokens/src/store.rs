//! The statements about tokens.

use db::{DbFault, ReadTx, TOKEN, Val, WriteTx};
use kernel::{Timestamp, TokenId, UserId, Uuid};

use crate::model::Token;

/// Finds a token by the hash of what is presented.
pub(crate) fn find(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<Token>, DbFault> {
    let found = tx.bare_one(
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at, terms, proof_key, used_from, \
         app_id, fresh_until, watched_until from api_token where hash = ?1",
        &[hash.into()],
        Token::from_row,
    )?;
    tx.believe_found(&TOKEN, found, |token| token.id)
}

/// Finds a token by its id.
pub(crate) fn known(tx: &ReadTx<'_>, id: TokenId) -> Result<Option<Token>, DbFault> {
    let found = tx.bare_one(
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at, terms, proof_key, used_from, \
         app_id, fresh_until, watched_until from api_token where id = ?1",
        &[id.into()],
        Token::from_row,
    )?;
    tx.believe_found(&TOKEN, found, |token| token.id)
}

/// Returns whose a token is.
pub(crate) fn owner(tx: &ReadTx<'_>, id: TokenId) -> Result<Option<UserId>, DbFault> {
    tx.bare_one("select user_id from api_token where id = ?1 and revoked_at is null", &[id.into()], |row| row.get(0))
}

/// Lists the tokens of a person, the newest first.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Token>, DbFault> {
    tx.bare(
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at, terms, proof_key, used_from, \
         app_id, fresh_until, watched_until from api_token where user_id = ?1 order by id desc limit 200",
        &[user.into()],
        Token::from_row,
    )
}

/// Lists the tokens of everybody, the newest first: of those that ended only what ended lately.
pub(crate) fn all(tx: &ReadTx<'_>, ended_after: Timestamp) -> Result<Vec<Token>, DbFault> {
    tx.bare(
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at, terms, proof_key, used_from, \
         app_id, fresh_until, watched_until from api_token where expires_at > ?1 and (revoked_at is null or revoked_at > ?1) order by id desc limit 1000",
        &[ended_after.into()],
        Token::from_row,
    )
}

/// Stores a new token.
pub(crate) fn insert(tx: &mut WriteTx<'_>, token: Token, hash: [u8; 32]) -> Result<(), DbFault> {
    let id = token.id;
    let values: [Val; 12] = [
        id.into(),
        token.user.into(),
        hash.into(),
        token.hint.into(),
        token.label.into(),
        token.created_at.into(),
        token.expires_at.into(),
        token.terms.into(),
        token.key.into(),
        token.app.into(),
        token.fresh_until.into(),
        token.watched_until.into(),
    ];
    tx.run(
        "insert into api_token (id, user_id, hash, hint, label, created_at, expires_at, terms, proof_key, app_id, \
         fresh_until, watched_until) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        &values,
    )?;
    tx.mark(&TOKEN, id)
}

/// Writes down that a token was used, and from where.
pub(crate) fn used(tx: &mut WriteTx<'_>, id: TokenId, from: Option<Vec<u8>>) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = "update api_token set used_at = ?2, used_from = ?3 where id = ?1";
    tx.keep(sql, &[id.into(), now.into(), from.into()]).map(|_| ())
}

/// Tells whether the owner of a token is to be warned: not if they were since `since`.
pub(crate) fn warn(tx: &mut WriteTx<'_>, id: TokenId, since: Timestamp) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update api_token set warned_at = ?2 where id = ?1 and (warned_at is null or warned_at < ?3)";
    Ok(tx.keep(sql, &[id.into(), now.into(), since.into()])? == 1)
}

/// Gives a token of an app that was not withdrawn another secret; tells whether it could. Whoever withdraws it at this moment waits, or
/// was first.
pub(crate) fn renew(
    tx: &mut WriteTx<'_>,
    (id, app): (TokenId, Uuid),
    (hash, hint): ([u8; 32], String),
    until: Timestamp,
) -> Result<bool, DbFault> {
    let sql = "update api_token set hash = ?3, hint = ?4, fresh_until = ?5 \
               where id = ?1 and app_id = ?2 and revoked_at is null";
    let values = [id.into(), app.into(), hash.into(), hint.into(), until.into()];
    Ok(tx.mark_over(&TOKEN, id, |tx| tx.run(sql, &values))? == 1)
}

/// Withdraws all tokens of an app, and returns how many.
pub(crate) fn revoke_of_app(tx: &mut WriteTx<'_>, app: Uuid) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.run(
        "update api_token set revoked_at = ?2, mark = null where app_id = ?1 and revoked_at is null",
        &[app.into(), now.into()],
    )
}

/// Withdraws a token; tells whether it was there and had not been.
pub(crate) fn revoke(tx: &mut WriteTx<'_>, id: TokenId) -> Result<bool, DbFault> {
    let now = tx.now();
    Ok(tx.run(
        "update api_token set revoked_at = ?2, mark = null where id = ?1 and revoked_at is null",
        &[id.into(), now.into()],
    )? == 1)
}

/// Remembers a proof; tells whether it is seen for the first time. Two nodes that are shown it at once agree by the table's key.
pub(crate) fn take_proof(tx: &mut WriteTx<'_>, id: [u8; 32], forget: Timestamp) -> Result<bool, DbFault> {
    let now = tx.now();
    tx.keep("delete from token_proof where taken_at < ?1", &[forget.into()])?;
    let sql = "insert into token_proof (id, taken_at) values (?1, ?2) on conflict (id) do nothing";
    Ok(tx.keep(sql, &[id.into(), now.into()])? == 1)
}
