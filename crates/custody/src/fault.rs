//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use records::RecordFault;
use vault::VaultFault;

/// A failure around keys.
#[derive(Debug, thiserror::Error)]
pub enum CustodyFault {
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// Records.
    #[error(transparent)]
    Records(#[from] RecordFault),
    /// The keys.
    #[error(transparent)]
    Vault(#[from] VaultFault),
}

impl Fault for CustodyFault {
    fn class(&self) -> Class {
        match self {
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Records(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Records(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
