//! The ledger as an outbox: whoever acts on what happened reads it behind a cursor of its own.
//!
//! Entries are handed out in the order of their places, which is commit-safe: what commits late gets a later place, so no
//! reader ever passes it. The cursor moves in the transaction of the reader's own effect; a reader that is killed between
//! two transactions goes on where the last one ended, and nothing is acted on twice.

use ledger::ActorRef;

use crate::{Placed, entries_from, size};
use db::{DbFault, ReadTx, WriteTx};

/// Tells whether there is something that `reader` has not had, without writing anything.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn is_waiting(tx: &ReadTx<'_>, reader: &'static str) -> Result<bool, DbFault> {
    Ok(waiting(tx, reader)? > 0)
}

/// Returns how many entries there are that `reader` has not had.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn waiting(tx: &ReadTx<'_>, reader: &'static str) -> Result<u64, DbFault> {
    Ok(size(tx)?.saturating_sub(place(tx, reader)?))
}

/// Returns behind which place `reader` is.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn place(tx: &ReadTx<'_>, reader: &'static str) -> Result<u64, DbFault> {
    let sql = "select position from ledger_cursor where reader = ?1";
    Ok(tx.bare_one(sql, &[reader.into()], |row| row.get(0))?.unwrap_or(0))
}

/// Moves a reader on that looks up what it wants itself; false if another node was faster.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn skip(tx: &mut WriteTx<'_>, reader: &'static str, from: u64, to: u64) -> Result<bool, DbFault> {
    let first = "insert into ledger_cursor (reader, position) values (?1, 0) on conflict (reader) do nothing";
    tx.keep(first, &[reader.into()])?;
    let sql = "update ledger_cursor set position = ?3 where reader = ?1 and position = ?2";
    let [from, to] = [from, to].map(|place| i64::try_from(place).unwrap_or(i64::MAX));
    Ok(tx.keep(sql, &[reader.into(), from.into(), to.into()])? == 1)
}

/// Returns entries from a place on, at most `most`, for a reader that looks before it [`skip`]s.
///
/// # Errors
/// As [`take`].
pub fn look(tx: &ReadTx<'_>, from: u64, most: u32) -> Result<Vec<Placed>, DbFault> {
    if tx.cx().actor() != ActorRef::System {
        return Err(DbFault::Mismatch);
    }
    entries_from(tx, from, most)
}

/// Hands out the next entries that `reader` has not had, at most `most`, and moves its cursor behind them. A reader that is
/// new begins with the first entry there ever was.
///
/// # Errors
/// [`DbFault::Mismatch`] for anybody but the program itself: entries hold what everybody did. [`DbFault`] of the engine, or of
/// an entry that cannot be read.
pub fn take(tx: &mut WriteTx<'_>, reader: &'static str, most: u32) -> Result<Vec<Placed>, DbFault> {
    if tx.cx().actor() != ActorRef::System {
        return Err(DbFault::Mismatch);
    }
    // Writing first takes the row: on PostgreSQL a second worker of the same reader waits here, on SQLite there is only one.
    let next = tx.bare_one(
        "insert into ledger_cursor (reader, position) values (?1, 0) \
         on conflict (reader) do update set position = ledger_cursor.position returning position",
        &[reader.into()],
        |row| row.get::<u64>(0),
    )?;
    let entries = entries_from(tx, next.unwrap_or(0), most)?;
    if let Some(last) = entries.last() {
        let behind = i64::try_from(last.position + 1).unwrap_or(i64::MAX);
        tx.keep("update ledger_cursor set position = ?2 where reader = ?1", &[reader.into(), behind.into()])?;
    }
    Ok(entries)
}
