//! What can go wrong.

use accounts::AccountFault;
use approvals::ApprovalFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use records::{FilterFault, RecordFault};
use vault::VaultFault;

/// A failure of an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// There is no reason, or it is too long.
    #[error("no reason")]
    Reason,
    /// No field was chosen, or one that does not go along.
    #[error("no such field")]
    Field,
    /// So many rows are not let go alone, or none.
    #[error("no such number of rows")]
    Limit,
    /// It has begun, has ended, or was fetched too often.
    #[error("not at this point")]
    Over,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The list cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterFault),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
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

impl Fault for ExportFault {
    fn class(&self) -> Class {
        match self {
            Self::Reason | Self::Field | Self::Limit => Class::Invalid,
            Self::Over => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Filter(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Reason => "approval-reason",
            Self::Field => "export-field",
            Self::Limit => "invalid",
            Self::Over => "export-over",
            Self::Denied(fault) => fault.code(),
            Self::Filter(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}

impl From<ExportFault> for ApprovalFault {
    fn from(fault: ExportFault) -> Self {
        match fault {
            ExportFault::Denied(denied) => denied.into(),
            ExportFault::Db(fault) => fault.into(),
            other => Self::of(other),
        }
    }
}
