//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};

/// A failure of the settings.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFault {
    /// A proof cannot last so long, or so short.
    #[error("minutes out of range")]
    Minutes,
    /// The person who acts has not proved what they would be asked for, and could not take it back.
    #[error("more than was proved")]
    Beyond,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl Fault for PolicyFault {
    fn class(&self) -> Class {
        match self {
            Self::Minutes => Class::Invalid,
            Self::Beyond => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Minutes => "invalid",
            Self::Beyond => "policy-beyond",
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        }
    }
}
