//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use records::RecordFault;
use vault::VaultFault;

/// A failure around proposals.
#[derive(Debug, thiserror::Error)]
pub enum ProposalFault {
    /// It does not say what for, or not in a line.
    #[error("no reason")]
    Why,
    /// It proposes nothing, or more than anybody reads.
    #[error("nothing to change")]
    Nothing,
    /// As many wait as a person can look through, or were made in a day.
    #[error("too many")]
    Many,
    /// It was answered, or its time is over.
    #[error("answered already")]
    Over,
    /// The record is not the one any more that it was proposed on.
    #[error("the record has changed")]
    Outdated,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Records.
    #[error(transparent)]
    Record(RecordFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl From<RecordFault> for ProposalFault {
    fn from(fault: RecordFault) -> Self {
        match fault {
            RecordFault::Stale(_) | RecordFault::Binned | RecordFault::Db(DbFault::Stale) => Self::Outdated,
            other => Self::Record(other),
        }
    }
}

impl Fault for ProposalFault {
    fn class(&self) -> Class {
        match self {
            Self::Why | Self::Nothing => Class::Invalid,
            Self::Many | Self::Over | Self::Outdated => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Why => "proposal-why",
            Self::Nothing => "proposal-nothing",
            Self::Many => "proposal-many",
            Self::Over => "proposal-over",
            Self::Outdated => "proposal-outdated",
            Self::Denied(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
