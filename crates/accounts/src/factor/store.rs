//! The statements about factors.

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{FactorId, Timestamp, UserId};

use super::model::{Factor, Kind};

/// Finds a factor by what it can be found by.
pub(crate) fn find(tx: &ReadTx<'_>, kind: Kind, lookup: [u8; 16]) -> Result<Option<Factor>, DbFault> {
    let sql = "select id, user_id, kind, lookup, sealed, created_at, used_at, version from factor \
               where kind = ?1 and lookup = ?2";
    tx.bare_one(sql, &[kind.code().into(), lookup.into()], Factor::from_row)
}

/// Lists the factors of a person, the oldest first.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Factor>, DbFault> {
    tx.bare(
        "select id, user_id, kind, lookup, sealed, created_at, used_at, version from factor where user_id = ?1 order by id",
        &[user.into()],
        Factor::from_row,
    )
}

/// Stores a new factor. The caller leaves the line.
pub(crate) fn insert(tx: &mut WriteTx<'_>, factor: Factor) -> Result<(), DbFault> {
    let values: [Val; 6] = [
        factor.id.into(),
        factor.user.into(),
        factor.kind.code().into(),
        factor.lookup.into(),
        factor.sealed.into(),
        factor.created_at.into(),
    ];
    tx.run(
        "insert into factor (id, user_id, kind, lookup, sealed, created_at, version) values (?1, ?2, ?3, ?4, ?5, ?6, 1)",
        &values,
    )?;
    Ok(())
}

/// Writes what a factor became by its use or by its person's hand; it must still be the version that was read.
///
/// # Errors
/// [`DbFault::Stale`] if somebody was faster: a code presented twice at once counts once.
pub(crate) fn update(tx: &mut WriteTx<'_>, factor: Factor, used_at: Option<Timestamp>) -> Result<(), DbFault> {
    let touched = tx.run(
        "update factor set sealed = ?3, used_at = coalesce(?4, used_at), version = version + 1 \
         where id = ?1 and version = ?2",
        &[factor.id.into(), factor.version.into(), factor.sealed.into(), used_at.into()],
    )?;
    if touched == 1 { Ok(()) } else { Err(DbFault::Stale) }
}

/// Removes a factor of a person; tells whether it was there.
pub(crate) fn remove(tx: &mut WriteTx<'_>, user: UserId, id: FactorId) -> Result<bool, DbFault> {
    Ok(tx.run("delete from factor where id = ?1 and user_id = ?2", &[id.into(), user.into()])? == 1)
}
