//! The statements that count tries.

use db::{DbFault, WriteTx};
use kernel::Timestamp;
use proofs::tries::{WINDOW, Window};

/// Counts a try in the window of `key` and returns the window. One statement, so that tries at the same moment wait for one
/// another. A window that is over is begun anew.
pub(crate) fn count(tx: &mut WriteTx<'_>, key: [u8; 16]) -> Result<Window, DbFault> {
    let (now, over) = (tx.now(), tx.now().minus(WINDOW));
    let window = tx.bare_one(
        "insert into sign_in_throttle (key, started_at, tries) values (?1, ?2, 1) \
         on conflict (key) do update set \
           tries = case when sign_in_throttle.started_at <= ?3 then 1 else sign_in_throttle.tries + 1 end, \
           started_at = case when sign_in_throttle.started_at <= ?3 then ?2 else sign_in_throttle.started_at end \
         returning started_at, tries",
        &[key.into(), now.into(), over.into()],
        |row| Ok((row.get::<Timestamp>(0)?, row.get::<i64>(1)?)),
    )?;
    window.map(|(started_at, tries)| Window { started_at, tries }).ok_or(DbFault::Shape(0))
}

/// Takes back one counted try.
pub(crate) fn take_back(tx: &mut WriteTx<'_>, key: [u8; 16]) -> Result<(), DbFault> {
    tx.keep("update sign_in_throttle set tries = tries - 1 where key = ?1 and tries > 0", &[key.into()]).map(|_| ())
}

/// Forgets the tries of `key`.
pub(crate) fn forget(tx: &mut WriteTx<'_>, key: [u8; 16]) -> Result<(), DbFault> {
    tx.keep("delete from sign_in_throttle where key = ?1", &[key.into()]).map(|_| ())
}

/// Removes windows that are over, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let over = tx.now().minus(WINDOW);
    tx.keep("delete from sign_in_throttle where started_at <= ?1", &[over.into()])
}
