//! What can go wrong.

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;

/// A failure around the reading budget.
#[derive(Debug, thiserror::Error)]
pub enum BudgetFault {
    /// Limits that contradict each other, or are out of range.
    #[error("limits out of order")]
    Limits,
    /// Going on needs a reason.
    #[error("no reason")]
    Reason,
    /// Nobody gives themselves more.
    #[error("not for oneself")]
    OnOneself,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl From<NoticeFault> for BudgetFault {
    fn from(fault: NoticeFault) -> Self {
        Self::Account(fault.into())
    }
}

impl Fault for BudgetFault {
    fn class(&self) -> Class {
        match self {
            Self::Limits | Self::Reason => Class::Invalid,
            Self::OnOneself => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Limits => "budget-limits",
            Self::Reason => "reason-needed",
            Self::OnOneself => "on-oneself",
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        }
    }
}
