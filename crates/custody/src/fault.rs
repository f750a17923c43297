//! What can go wrong.

use attachments::AttachmentFault;
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
    /// Files on records.
    #[error(transparent)]
    Files(#[from] AttachmentFault),
    /// Records.
    #[error(transparent)]
    Records(#[from] RecordFault),
    /// There is no key of this kind to change.
    #[error("no such key")]
    What,
    /// The keys.
    #[error(transparent)]
    Vault(#[from] VaultFault),
}

impl Fault for CustodyFault {
    fn class(&self) -> Class {
        match self {
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Files(fault) => fault.class(),
            Self::Records(fault) => fault.class(),
            Self::What => Class::Invalid,
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Files(fault) => fault.code(),
            Self::Records(fault) => fault.code(),
            Self::What => "malformed",
            Self::Vault(fault) => fault.code(),
        }
    }
}
