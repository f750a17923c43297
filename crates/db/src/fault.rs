//! What can go wrong below the domain.

use std::error::Error;
use std::sync::Arc;

use kernel::{Class, Fault};

use crate::budget::Spent;

/// A failure of the database or of its rules. Cheap to clone: one failed commit answers everyone who waited for it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DbFault {
    /// The database cannot be reached or opened.
    #[error("database unavailable")]
    Unavailable(#[source] Arc<dyn Error + Send + Sync>),
    /// No space is left where the database lies.
    #[error("disk full")]
    Full,
    /// Another process holds the database.
    #[error("database locked by another process")]
    Locked,
    /// The file is damaged or is not a database.
    #[error("database damaged")]
    Damaged(#[source] Arc<dyn Error + Send + Sync>),
    /// A row with this value exists already.
    #[error("already exists")]
    Exists,
    /// The row was changed since it was read.
    #[error("changed by somebody else")]
    Stale,
    /// A cell does not hold what the program expects.
    #[error("unexpected value in column {0}")]
    Shape(usize),
    /// A row that decides who may do what was altered outside of the program.
    #[error("{0} altered outside of the program")]
    Altered(&'static str),
    /// A transaction wrote without leaving a ledger line.
    #[error("a write without a ledger line")]
    Unledgered,
    /// A proof about one row came with another row.
    #[error("proof and row differ")]
    Mismatch,
    /// The row would lie outside of those that its writer is kept to.
    #[error("outside of the rows the actor is kept to")]
    Outside,
    /// The schema in the database is newer than the program, or a migration was altered after it ran.
    #[error("schema does not fit the program: {0}")]
    Schema(String),
    /// The database was closed, or the closure panicked.
    #[error("transaction abandoned")]
    Abandoned,
    /// A ledger entry cannot be written or read.
    #[error("ledger")]
    Ledger(#[source] Arc<ledger::LedgerFault>),
    /// More people's data than the actor may read within an hour or a day.
    #[error("reading budget")]
    Spent(Spent),
    /// Anything else the engine says.
    #[error("database engine")]
    Engine(#[source] Arc<dyn Error + Send + Sync>),
}

impl Fault for DbFault {
    fn class(&self) -> Class {
        match self {
            Self::Unavailable(_) | Self::Full | Self::Locked | Self::Abandoned => Class::Unavailable,
            Self::Exists => Class::Conflict,
            Self::Stale => Class::Stale,
            Self::Outside | Self::Altered(_) => Class::Forbidden,
            Self::Spent(Spent::Soft) => Class::StepUp,
            Self::Spent(Spent::Hard) => Class::NeedsApproval,
            Self::Damaged(_)
            | Self::Shape(_)
            | Self::Unledgered
            | Self::Mismatch
            | Self::Schema(_)
            | Self::Ledger(_)
            | Self::Engine(_) => Class::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) | Self::Abandoned => "database-unavailable",
            Self::Full => "disk-full",
            Self::Locked => "database-locked",
            Self::Exists => "exists",
            Self::Stale => "stale",
            Self::Outside => "outside-rows",
            Self::Altered(_) => "row-altered",
            Self::Spent(Spent::Soft) => "budget-soft",
            Self::Spent(Spent::Hard) => "budget-hard",
            Self::Damaged(_)
            | Self::Shape(_)
            | Self::Unledgered
            | Self::Mismatch
            | Self::Schema(_)
            | Self::Ledger(_)
            | Self::Engine(_) => "internal",
        }
    }
}

impl From<ledger::LedgerFault> for DbFault {
    fn from(fault: ledger::LedgerFault) -> Self {
        Self::Ledger(Arc::new(fault))
    }
}

impl From<rusqlite::Error> for DbFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            Some(Code::CannotOpen | Code::PermissionDenied | Code::ReadOnly | Code::SystemIoFailure) => {
                Self::Unavailable(Arc::new(error))
            }
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(Arc::new(error)),
            Some(Code::ConstraintViolation) if unique(&error) => Self::Exists,
            _ => Self::Engine(Arc::new(error)),
        }
    }
}

fn unique(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|e| e.extended_code);
    matches!(code, Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY))
}

impl From<tokio_postgres::Error> for DbFault {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => Self::Exists,
            Some(&SqlState::DISK_FULL) => Self::Full,
            Some(&SqlState::LOCK_NOT_AVAILABLE) => Self::Locked,
            Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE) => Self::Stale,
            Some(state)
                if state.code().starts_with("08")
                    || state.code().starts_with("57P")
                    || state.code().starts_with("53") =>
            {
                Self::Unavailable(Arc::new(error))
            }
            None => Self::Unavailable(Arc::new(error)),
            Some(_) => Self::Engine(Arc::new(error)),
        }
    }
}

impl From<deadpool_postgres::PoolError> for DbFault {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(e) => e.into(),
            other => Self::Unavailable(Arc::new(other)),
        }
    }
}
