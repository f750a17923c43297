//! What can go wrong.

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use vault::VaultFault;

/// A failure around canaries.
#[derive(Debug, thiserror::Error)]
pub enum CanaryFault {
    /// There is no such contact.
    #[error("no such contact")]
    Contact,
    /// It is one already.
    #[error("a canary already")]
    There,
    /// There are as many as there can be.
    #[error("too many")]
    Most,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl From<NoticeFault> for CanaryFault {
    fn from(fault: NoticeFault) -> Self {
        Self::Account(fault.into())
    }
}

impl Fault for CanaryFault {
    fn class(&self) -> Class {
        match self {
            Self::Contact => Class::Invalid,
            Self::There | Self::Most => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Contact => "canary-contact",
            Self::There => "canary-there",
            Self::Most => "canary-most",
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
