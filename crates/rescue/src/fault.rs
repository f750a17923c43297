//! What can go wrong.

use std::time::Duration;

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use vault::VaultFault;

/// A failure of a recovery.
#[derive(Debug, thiserror::Error)]
pub enum RescueFault {
    /// The link opens nothing, whatever the reason: not yet, not any more, or never.
    #[error("link opens nothing")]
    NotOpen,
    /// Too many tries lately.
    #[error("too many tries")]
    TooManyTries(Duration),
    /// The code that was read out belongs to no request of this person.
    #[error("code fits no request")]
    WrongCode,
    /// This administrator agreed before; another one is needed.
    #[error("agreed already")]
    AgreedAlready,
    /// Nobody recovers their own account.
    #[error("not for oneself")]
    OnOneself,
    /// There are two administrators, who are to be asked.
    #[error("administrators are to be asked")]
    AskAdministrators,
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

impl From<NoticeFault> for RescueFault {
    fn from(fault: NoticeFault) -> Self {
        Self::Account(fault.into())
    }
}

impl From<Denied> for RescueFault {
    fn from(denied: Denied) -> Self {
        Self::Account(denied.into())
    }
}

impl RescueFault {
    /// Returns how long to wait before trying again, where waiting helps.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyTries(wait) => Some(*wait),
            Self::Account(fault) => fault.retry_after(),
            _ => None,
        }
    }
}

impl Fault for RescueFault {
    fn class(&self) -> Class {
        match self {
            Self::NotOpen => Class::NotFound,
            Self::TooManyTries(_) => Class::TooMany,
            Self::WrongCode => Class::Invalid,
            Self::AgreedAlready | Self::AskAdministrators => Class::Conflict,
            Self::OnOneself => Class::Forbidden,
            Self::Account(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "rescue-not-open",
            Self::TooManyTries(_) => "too-many-tries",
            Self::WrongCode => "rescue-wrong-code",
            Self::AgreedAlready => "rescue-agreed-already",
            Self::AskAdministrators => "rescue-ask-administrators",
            Self::OnOneself => "on-oneself",
            Self::Account(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
