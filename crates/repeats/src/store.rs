//! The rows of keys.

use db::{DbFault, ReadTx, WriteTx};
use kernel::{Timestamp, Uuid};

use crate::Asked;

/// Takes a key; tells whether it was free, or its time was over. Where another transaction is taking it, PostgreSQL waits for that
/// one to end; SQLite has one writer.
pub(crate) fn take(tx: &mut WriteTx<'_>, asked: &Asked, over: Timestamp) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "insert into idempotency_key (id, request, made_at) values (?1, ?2, ?3) on conflict (id) do update \
               set request = excluded.request, record_id = null, made_at = excluded.made_at \
               where idempotency_key.made_at < ?4";
    Ok(tx.keep(sql, &[asked.key.into(), asked.request.into(), now.into(), over.into()])? == 1)
}

/// Says what the key made.
pub(crate) fn made(tx: &mut WriteTx<'_>, asked: &Asked, id: Uuid) -> Result<(), DbFault> {
    tx.keep("update idempotency_key set record_id = ?2 where id = ?1", &[asked.key.into(), id.into()]).map(|_| ())
}

/// Returns which request the key came with, and what that made.
pub(crate) fn find(tx: &ReadTx<'_>, asked: &Asked) -> Result<([u8; 16], Uuid), DbFault> {
    let sql = "select request, record_id from idempotency_key where id = ?1";
    // Gone between two statements: forgotten by another server. Whoever repeats once more makes it anew.
    tx.bare_one(sql, &[asked.key.into()], |row| Ok((row.get(0)?, row.get(1)?)))?.ok_or(DbFault::Stale)
}

/// Removes keys that were taken before `over`.
pub(crate) fn forget(tx: &mut WriteTx<'_>, over: Timestamp) -> Result<u64, DbFault> {
    tx.keep("delete from idempotency_key where made_at < ?1", &[over.into()])
}
