//! What can go wrong.

use std::time::Duration;

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use records::RecordFault;

/// A failure of checking a caller.
#[derive(Debug, thiserror::Error)]
pub enum CallerFault {
    /// There is no such colleague or check, or not for this person.
    #[error("not there")]
    Hidden,
    /// Nobody checks themselves.
    #[error("oneself")]
    Oneself,
    /// The check has been used, is over, or had too many wrong codes.
    #[error("check is over")]
    Over,
    /// The code fits nothing that waits; says nothing about why.
    #[error("code fits nothing")]
    Wrong,
    /// Too many tries from one network; the next one is heard after this time.
    #[error("too many tries")]
    TooMany(Duration),
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl Fault for CallerFault {
    fn class(&self) -> Class {
        match self {
            Self::Hidden => Class::NotFound,
            Self::Oneself | Self::Wrong => Class::Invalid,
            Self::Over => Class::Conflict,
            Self::TooMany(_) => Class::TooMany,
            Self::Denied(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Hidden => "not-found",
            Self::Oneself => "caller-oneself",
            Self::Over => "caller-over",
            Self::Wrong => "caller-wrong",
            Self::TooMany(_) => "too-many-tries",
            Self::Denied(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        }
    }
}
