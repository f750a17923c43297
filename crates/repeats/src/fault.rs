//! What can go wrong.

use db::DbFault;
use kernel::{Class, Fault};

/// A failure around requests that are repeated.
#[derive(Debug, thiserror::Error)]
pub enum RepeatFault {
    /// The key came with another request before.
    #[error("the key came with another request")]
    Reused,
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl Fault for RepeatFault {
    fn class(&self) -> Class {
        match self {
            Self::Reused => Class::Invalid,
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Reused => "key-reused",
            Self::Db(fault) => fault.code(),
        }
    }
}
