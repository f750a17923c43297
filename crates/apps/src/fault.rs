//! What can go wrong.

use accounts::AccountFault;
use approvals::ApprovalFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use vault::VaultFault;

/// A failure around apps.
#[derive(Debug, thiserror::Error)]
pub enum AppFault {
    /// There is no such app, or it does not answer at this address. Nobody is led anywhere.
    #[error("unknown app")]
    Unknown,
    /// What the app is told, in the words of RFC 6749 §4.1.2.1 and §5.2.
    #[error("{0}")]
    Refused(&'static str),
    /// The form of a new app: the field, and what is wrong with it.
    #[error("{0}: {1}")]
    Form(&'static str, &'static str),
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

impl From<AppFault> for ApprovalFault {
    fn from(fault: AppFault) -> Self {
        match fault {
            AppFault::Denied(denied) => Self::Denied(denied),
            AppFault::Db(fault) => Self::Db(fault),
            other => Self::of(other),
        }
    }
}

impl Fault for AppFault {
    fn class(&self) -> Class {
        match self {
            Self::Unknown | Self::Refused(_) | Self::Form(..) => Class::Invalid,
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "app-unknown",
            Self::Refused(_) => "app-refused",
            Self::Form(_, code) => code,
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
