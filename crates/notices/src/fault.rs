//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use vault::VaultFault;

/// A failure of notices.
#[derive(Debug, thiserror::Error)]
pub enum NoticeFault {
    /// Nobody acts whom anything could be told.
    #[error("not signed in")]
    SignedOut,
    /// It is somebody else's, or was never there.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl Fault for NoticeFault {
    fn class(&self) -> Class {
        match self {
            Self::SignedOut => Class::Unauthenticated,
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
