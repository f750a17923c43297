//! The statements about links.

use db::{DbFault, LINK, ReadTx, Val, WriteTx};
use kernel::{Timestamp, UserId};

use super::model::{Link, Purpose};

/// Finds a link by the hash of its token.
pub(crate) fn find(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<Link>, DbFault> {
    let sql = "select id, purpose, user_id, expires_at, used_at from link where hash = ?1";
    tx.believe_found(&LINK, tx.bare_one(sql, &[hash.into()], Link::from_row)?, |link| link.id)
}

/// Stores a new link.
pub(crate) fn insert(tx: &mut WriteTx<'_>, link: &Link, hash: [u8; 32]) -> Result<(), DbFault> {
    let values: [Val; 5] =
        [link.id.into(), hash.into(), link.purpose.code().into(), link.user.into(), link.expires_at.into()];
    tx.run("insert into link (id, hash, purpose, user_id, expires_at) values (?1, ?2, ?3, ?4, ?5)", &values)?;
    tx.mark(&LINK, link.id)
}

/// Marks a link as used; tells whether this was the one use.
pub(crate) fn spend(tx: &mut WriteTx<'_>, link: &Link) -> Result<bool, DbFault> {
    let now = tx.now();
    Ok(tx.run(
        "update link set used_at = ?2, mark = null where id = ?1 and used_at is null",
        &[link.id.into(), now.into()],
    )? == 1)
}

/// Removes the links of a purpose that are for nobody in particular.
pub(crate) fn remove_open(tx: &mut WriteTx<'_>, purpose: Purpose) -> Result<u64, DbFault> {
    tx.run("delete from link where purpose = ?1 and user_id is null", &[purpose.code().into()])
}

/// Tells whether somebody joined by a link since a moment.
pub(crate) fn joined_since(tx: &ReadTx<'_>, user: UserId, since: Timestamp) -> Result<bool, DbFault> {
    let sql = "select used_at from link where user_id = ?1 and purpose = 'join' and used_at > ?2 limit 1";
    Ok(tx.bare_one(sql, &[user.into(), since.into()], |row| row.get::<Timestamp>(0))?.is_some())
}

/// Removes the unused links of a person.
pub(crate) fn remove_of(tx: &mut WriteTx<'_>, user: UserId) -> Result<u64, DbFault> {
    tx.run("delete from link where user_id = ?1 and used_at is null", &[user.into()])
}

/// Removes links that could not be used since `before`, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    tx.keep("delete from link where expires_at < ?1", &[before.into()])
}
