//! What can go wrong with records.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault, FieldName, ObjectName, RecordId};
use ledger::LedgerFault;
use vault::VaultFault;

use crate::object::DefinitionFault;
use crate::value::{CodeFault, FieldFault, Value};
use filter::FilterFault;
use intake::IntakeFault;

/// A failure of a use case of records.
#[derive(Debug, thiserror::Error)]
pub enum RecordFault {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such record or object, as far as the actor may know.
    #[error("not found")]
    NotFound,
    /// Somebody was faster.
    #[error("changed by somebody else")]
    Stale(Box<Conflict>),
    /// Fields are wrong.
    #[error("{} wrong fields", .0.len())]
    Invalid(Vec<FieldFault>),
    /// The list's URL is wrong.
    #[error(transparent)]
    Filter(#[from] FilterFault),
    /// It lies in the bin; it must be taken out first.
    #[error("the record lies in the bin")]
    Binned,
    /// The person it was about was erased.
    #[error("erased")]
    Erased,
    /// It was altered outside of the program: what stands there is not what was written.
    #[error("the record was altered outside of the program")]
    Damaged,
    /// A reason must be given.
    #[error("a reason is needed")]
    Reason,
    /// More records than one act may touch.
    #[error("more than {0} records at once")]
    Many(usize),
    /// The object has no such view.
    #[error("the object has no board")]
    Boardless,
    /// The file is no table.
    #[error(transparent)]
    Sniff(#[from] tabular::SniffFault),
    /// An uploaded file cannot be read or written.
    #[error("an uploaded file")]
    File(#[from] std::io::Error),
    /// A definition is wrong.
    #[error(transparent)]
    Definition(#[from] DefinitionFault),
    /// What is stored cannot be read.
    #[error("a stored record cannot be read")]
    Code(#[from] CodeFault),
    /// It cannot be shared so.
    #[error(transparent)]
    Role(#[from] roles::RoleFault),
    /// The database says no.
    #[error(transparent)]
    Db(#[from] DbFault),
    /// The vault says no.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The ledger cannot be written or read.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
}

/// What two people did to a record at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The object.
    pub object: ObjectName,
    /// The record.
    pub id: RecordId,
    /// The version it has now.
    pub version: i64,
    /// The fields that the later change names.
    pub fields: Vec<FieldConflict>,
}

/// A field of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field.
    pub field: FieldName,
    /// What it held when the later change was begun.
    pub original: Option<Value>,
    /// What it holds now.
    pub current: Option<Value>,
    /// What the later change wants.
    pub theirs: Option<Value>,
}

impl Fault for RecordFault {
    fn class(&self) -> Class {
        match self {
            Self::Denied(fault) => fault.class(),
            Self::NotFound => Class::NotFound,
            Self::Stale(_) => Class::Stale,
            Self::Invalid(_) | Self::Reason => Class::Invalid,
            Self::Filter(fault) => fault.class(),
            Self::Binned | Self::Erased => Class::Conflict,
            Self::Sniff(fault) => fault.class(),
            Self::File(_) => Class::Unavailable,
            Self::Many(_) => Class::TooLarge,
            Self::Boardless => Class::NotFound,
            Self::Role(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
            Self::Damaged | Self::Definition(_) | Self::Code(_) | Self::Ledger(_) => Class::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(fault) => fault.code(),
            Self::NotFound | Self::Boardless => "not-found",
            Self::Stale(_) => "stale",
            Self::Invalid(_) => "invalid",
            Self::Filter(fault) => fault.code(),
            Self::Binned => "in-bin",
            Self::Erased => "erased",
            Self::Damaged => "tampered",
            Self::Sniff(fault) => fault.code(),
            Self::File(fault) if fault.kind() == std::io::ErrorKind::StorageFull => "disk-full",
            Self::File(_) => "upload-unavailable",
            Self::Reason => "reason-needed",
            Self::Many(_) => "too-many-records",
            Self::Role(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
            Self::Definition(_) | Self::Code(_) | Self::Ledger(_) => "internal",
        }
    }
}

impl From<Vec<FieldFault>> for RecordFault {
    fn from(faults: Vec<FieldFault>) -> Self {
        Self::Invalid(faults)
    }
}

impl From<IntakeFault> for RecordFault {
    fn from(fault: IntakeFault) -> Self {
        match fault {
            IntakeFault::Db(fault) => Self::Db(fault),
            IntakeFault::File(fault) => Self::File(fault),
            IntakeFault::Vault(fault) => Self::Vault(fault),
            IntakeFault::Code(fault) => Self::Code(fault),
        }
    }
}
