//! Browsers that somebody has signed in with before.
//!
//! Such a browser has a window of tries of its own: whoever guesses from elsewhere fills other windows, and the owner always
//! gets in. What the browser holds opens nothing; without the password it is worth ten guesses in a quarter of an hour.

use std::time::Duration;

use crypto::{LinkToken, Secret};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Timestamp, UserId};
use vault::Vault;

/// A browser that was not seen for this long is a stranger again.
const KEPT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

fn hash(vault: &Vault, cookie: &str) -> Option<[u8; 32]> {
    LinkToken::parse(cookie).ok().map(|token| vault.token_hash(token.expose_bytes()))
}

/// Returns the name of the window that a known browser has for a person; nothing if it is not known.
pub(crate) fn window(
    tx: &ReadTx<'_>,
    vault: &Vault,
    (cookie, user): (Option<&str>, UserId),
) -> Result<Option<[u8; 16]>, DbFault> {
    let Some(hash) = cookie.and_then(|cookie| hash(vault, cookie)) else { return Ok(None) };
    let known = tx.bare_one(
        "select seen_at from device where hash = ?1 and user_id = ?2 and seen_at > ?3",
        &[hash.into(), user.into(), tx.now().minus(KEPT).into()],
        |row| row.get::<Timestamp>(0),
    )?;
    Ok(known.map(|_| vault.blind("throttle.device", &format!("{} {user}", crypto::base64url(&hash)))))
}

/// Tells whether a browser has been known for a person for longer than a passkey waits: who relays a sign-in holds a young one.
pub(crate) fn vouches(
    tx: &ReadTx<'_>,
    vault: &Vault,
    (cookie, user): (Option<&str>, UserId),
    before: Timestamp,
) -> Result<bool, DbFault> {
    let Some(hash) = cookie.and_then(|cookie| hash(vault, cookie)) else { return Ok(false) };
    let known = tx.bare_one(
        "select since from device where hash = ?1 and user_id = ?2 and seen_at > ?3 and since <= ?4",
        &[hash.into(), user.into(), tx.now().minus(KEPT).into(), before.into()],
        |row| row.get::<Timestamp>(0),
    )?;
    Ok(known.is_some())
}

/// A browser that is remembered.
pub(crate) struct Remembered {
    /// What it is to hold.
    pub(crate) held: Secret<String>,
    /// Whether the person had not signed in with it before.
    pub(crate) is_new: bool,
}

/// Remembers the browser of somebody who has just signed in, and returns what it is to hold. A value that was not given out
/// here is not taken on.
pub(crate) fn remember(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    cookie: Option<&str>,
) -> Result<Remembered, DbFault> {
    let held = cookie.and_then(|cookie| hash(vault, cookie).map(|hash| (cookie, hash)));
    let (text, hash) = match held {
        Some((cookie, hash)) if is_ours(tx, hash)? => (cookie.to_owned(), hash),
        _ => {
            let token = LinkToken::generate(tx.chance());
            (String::clone(&token.reveal()), vault.token_hash(token.expose_bytes()))
        }
    };
    let is_new = window(tx, vault, (Some(&text), user))?.is_none();
    let now = tx.now();
    tx.keep(
        "insert into device (hash, user_id, seen_at, since) values (?1, ?2, ?3, ?3) \
         on conflict (hash, user_id) do update set seen_at = excluded.seen_at",
        &[hash.into(), user.into(), now.into()],
    )?;
    Ok(Remembered { held: Secret::new(text), is_new })
}

fn is_ours(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<bool, DbFault> {
    let sql = "select seen_at from device where hash = ?1 limit 1";
    Ok(tx.bare_one(sql, &[hash.into()], |row| row.get::<Timestamp>(0))?.is_some())
}

/// Makes every browser of a person a stranger but the one that acts.
pub(crate) fn forget_others(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (cookie, user): (Option<&str>, UserId),
) -> Result<u64, DbFault> {
    let own = cookie.and_then(|cookie| hash(vault, cookie)).unwrap_or_default();
    tx.run("delete from device where user_id = ?1 and hash <> ?2", &[user.into(), own.into()])
}

/// Removes browsers that have become strangers, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let before = tx.now().minus(KEPT);
    tx.keep("delete from device where seen_at <= ?1", &[before.into()])
}
