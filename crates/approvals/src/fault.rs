//! What can go wrong.

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use vault::VaultFault;

/// A failure of asking, agreeing or carrying out.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalFault {
    /// Nobody agrees to what they asked for.
    #[error("not for oneself")]
    Own,
    /// Somebody has decided, or it was taken back, or it has been carried out.
    #[error("decided already")]
    Decided,
    /// Its time is up.
    #[error("expired")]
    Expired,
    /// What was asked is not what was agreed to, or whoever asked or agreed may not any more.
    #[error("void")]
    Void,
    /// There is no reason, or it is too long.
    #[error("no reason")]
    Reason,
    /// Nobody may do this alone.
    #[error("not alone")]
    NotAlone,
    /// The program has no such rule.
    #[error("unknown rule")]
    UnknownRule,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// What was agreed to could not be done.
    #[error("{0}")]
    Feature(Box<dyn Fault>),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl From<NoticeFault> for ApprovalFault {
    fn from(fault: NoticeFault) -> Self {
        Self::Account(fault.into())
    }
}

impl ApprovalFault {
    /// Takes the fault of a feature.
    pub fn of(fault: impl Fault) -> Self {
        Self::Feature(Box::new(fault))
    }
}

impl Fault for ApprovalFault {
    fn class(&self) -> Class {
        match self {
            Self::Own | Self::NotAlone => Class::Forbidden,
            Self::Decided | Self::Expired | Self::Void => Class::Conflict,
            Self::Reason => Class::Invalid,
            Self::UnknownRule => Class::Internal,
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Feature(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Own => "approval-own",
            Self::Decided => "approval-decided",
            Self::Expired => "approval-expired",
            Self::Void => "approval-void",
            Self::Reason => "approval-reason",
            Self::NotAlone => "approval-not-alone",
            Self::UnknownRule => "internal",
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Feature(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
