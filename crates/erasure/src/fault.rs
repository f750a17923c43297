//! What can go wrong.

use approvals::ApprovalFault;
use attachments::AttachmentFault;
use authz::Denied;
use db::DbFault;
use exports::ExportFault;
use kernel::{Class, Fault};
use ledger::LedgerFault;
use records::RecordFault;
use vault::VaultFault;

/// A failure of an erasing or a legal hold.
#[derive(Debug, thiserror::Error)]
pub enum ErasureFault {
    /// The record is not a person.
    #[error("not a person")]
    NobodyThere,
    /// There is no such basis in law.
    #[error("no basis")]
    Basis,
    /// The record is held: it must not be erased.
    #[error("on legal hold")]
    Held,
    /// The record is not held.
    #[error("not on hold")]
    Unheld,
    /// The hold would end at no time, in the past or too late.
    #[error("no such time")]
    Until,
    /// There is no reason, or it is too long.
    #[error("no reason")]
    Reason,
    /// What is handed in is no certificate of this ledger.
    #[error("no certificate of this ledger")]
    Certificate(#[from] LedgerFault),
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// Exports.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// Files on records.
    #[error(transparent)]
    Attachment(#[from] AttachmentFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl Fault for ErasureFault {
    fn class(&self) -> Class {
        match self {
            Self::NobodyThere | Self::Basis | Self::Until | Self::Reason | Self::Certificate(_) => Class::Invalid,
            Self::Held | Self::Unheld => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Export(fault) => fault.class(),
            Self::Attachment(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NobodyThere => "erasure-nobody",
            Self::Basis => "erasure-basis",
            Self::Held => "erasure-held",
            Self::Unheld => "hold-none",
            Self::Until => "hold-until",
            Self::Reason => "approval-reason",
            Self::Certificate(_) => "erasure-certificate",
            Self::Denied(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Export(fault) => fault.code(),
            Self::Attachment(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}

impl From<ErasureFault> for ApprovalFault {
    fn from(fault: ErasureFault) -> Self {
        match fault {
            ErasureFault::Denied(denied) | ErasureFault::Record(RecordFault::Denied(denied)) => denied.into(),
            ErasureFault::Db(fault) => fault.into(),
            other => Self::of(other),
        }
    }
}
