//! The statements about tokens.

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{Timestamp, TokenId, UserId};

use super::model::Token;

/// Finds a token by the hash of what is presented.
pub(crate) fn find(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<Token>, DbFault> {
    let sql =
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at from api_token where hash = ?1";
    tx.bare_one(sql, &[hash.into()], Token::from_row)
}

/// Returns whose a token is.
pub(crate) fn owner(tx: &ReadTx<'_>, id: TokenId) -> Result<Option<UserId>, DbFault> {
    tx.bare_one("select user_id from api_token where id = ?1 and revoked_at is null", &[id.into()], |row| row.get(0))
}

/// Lists the tokens of a person, the newest first.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Token>, DbFault> {
    tx.bare(
        "select id, user_id, hint, label, created_at, expires_at, used_at, revoked_at from api_token \
         where user_id = ?1 order by id desc",
        &[user.into()],
        Token::from_row,
    )
}

/// Stores a new token.
pub(crate) fn insert(tx: &mut WriteTx<'_>, token: Token, hash: [u8; 32]) -> Result<(), DbFault> {
    let values: [Val; 7] = [
        token.id.into(),
        token.user.into(),
        hash.into(),
        token.hint.into(),
        token.label.into(),
        token.created_at.into(),
        token.expires_at.into(),
    ];
    tx.run(
        "insert into api_token (id, user_id, hash, hint, label, created_at, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &values,
    )?;
    Ok(())
}

/// Writes down that a token was used.
pub(crate) fn used(tx: &mut WriteTx<'_>, id: TokenId, now: Timestamp) -> Result<(), DbFault> {
    tx.keep("update api_token set used_at = ?2 where id = ?1", &[id.into(), now.into()]).map(|_| ())
}

/// Withdraws a token; tells whether it was there and had not been.
pub(crate) fn revoke(tx: &mut WriteTx<'_>, id: TokenId) -> Result<bool, DbFault> {
    let now = tx.now();
    Ok(tx.run("update api_token set revoked_at = ?2 where id = ?1 and revoked_at is null", &[id.into(), now.into()])?
        == 1)
}

/// Withdraws all tokens of a person and returns how many there were.
pub(crate) fn revoke_all(tx: &mut WriteTx<'_>, user: UserId) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.run("update api_token set revoked_at = ?2 where user_id = ?1 and revoked_at is null", &[user.into(), now.into()])
}
