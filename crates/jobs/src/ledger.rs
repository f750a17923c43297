//! The ledger's own errands.

use db::{Db, DbFault};
use ledger::LogName;
use vault::Vault;

use crate::system_cx;

/// Gives committed entries their place in the Merkle tree.
///
/// # Errors
/// [`DbFault`].
pub fn place_entries(db: &Db) -> Result<(), DbFault> {
    sequence::settle_now(db, &system_cx(db))
}

/// Signs the tree as it stands and returns the note, if it grew since the last time.
///
/// # Errors
/// [`DbFault`].
pub fn sign_tree(db: &Db, vault: &Vault, name: &LogName) -> Result<Option<String>, DbFault> {
    let (vault, name) = (vault.clone(), name.clone());
    db.write_now(&system_cx(db), move |tx| sequence::sign_tree(tx, &name, vault.signer()))
}
