//! What can go wrong with a file on its way in.

use db::DbFault;
use objects::value::CodeFault;
use vault::VaultFault;

/// A failure to take a file, or to give it back.
#[derive(Debug, thiserror::Error)]
pub enum IntakeFault {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbFault),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// The plan could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// What is stored is no plan.
    #[error(transparent)]
    Code(#[from] CodeFault),
}
