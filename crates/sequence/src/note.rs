//! The newest signed note of the ledger, to be kept elsewhere.

use db::{Bare, DbFault, ReadTx};

// A checkpoint is made to be published.
struct Note(String);
impl Bare for Note {}

/// Returns the signed note that covers the most rows; nothing if none was signed yet.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn newest_note(tx: &ReadTx<'_>) -> Result<Option<String>, DbFault> {
    let sql = "select note from ledger_checkpoint order by size desc limit 1";
    Ok(tx.bare_one(sql, &[], |row| Ok(Note(row.get(0)?)))?.map(|note| note.0))
}
