//! What can go wrong.

use accounts::AccountFault;
use attachments::AttachmentFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use records::RecordFault;
use vault::VaultFault;

/// A failure of looking through everything.
#[derive(Debug, thiserror::Error)]
pub enum IntegrityFault {
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// Files on records.
    #[error(transparent)]
    Files(#[from] AttachmentFault),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// The keyring.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl From<NoticeFault> for IntegrityFault {
    fn from(fault: NoticeFault) -> Self {
        Self::Account(fault.into())
    }
}

impl Fault for IntegrityFault {
    fn class(&self) -> Class {
        match self {
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Files(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Files(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        }
    }
}
