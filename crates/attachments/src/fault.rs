//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use records::RecordFault;
use scanner::Kind as Secret;
use vault::VaultFault;

/// A failure of a file on a record.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentFault {
    /// There is nothing in it.
    #[error("an empty file")]
    Empty,
    /// It is none of the kinds that are taken.
    #[error("a kind of file that is not taken")]
    Kind,
    /// It is too large.
    #[error("too large a file")]
    Large,
    /// The record has as many as it may have.
    #[error("too many files on the record")]
    Many,
    /// Whoever brings it has no room left.
    #[error("no room left")]
    Quota,
    /// Whoever brings it brings others at this moment.
    #[error("too many at once")]
    Busy,
    /// A secret stands in it; whoever means it says so.
    #[error("it holds a secret")]
    Secret(Secret),
    /// A secret stands in it that is not taken here.
    #[error("it holds a secret that is not taken")]
    Barred(Secret),
    /// It did not come to its end.
    #[error("the file broke off")]
    Broken,
    /// It was altered outside of the program.
    #[error("the file was altered outside of the program")]
    Damaged,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl Fault for AttachmentFault {
    fn class(&self) -> Class {
        match self {
            Self::Empty | Self::Secret(_) | Self::Barred(_) | Self::Broken => Class::Invalid,
            Self::Kind => Class::Unsupported,
            Self::Large => Class::TooLarge,
            Self::Many | Self::Quota => Class::Conflict,
            Self::Busy => Class::TooMany,
            Self::Damaged => Class::Internal,
            Self::Denied(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "attachment-empty",
            Self::Kind => "attachment-kind",
            Self::Large => "attachment-large",
            Self::Many => "attachment-many",
            Self::Quota => "attachment-quota",
            Self::Busy => "attachment-busy",
            Self::Secret(_) => "attachment-secret",
            Self::Barred(_) => "attachment-barred",
            Self::Broken => "attachment-broken",
            Self::Damaged => "tampered",
            Self::Denied(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
