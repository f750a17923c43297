//! What can go wrong with a job.

use kernel::{Class, Fault};

/// A step of a job that failed.
#[derive(Debug, thiserror::Error)]
pub enum JobFault {
    /// The database could not.
    #[error("database")]
    Db(#[from] db::DbFault),
    /// The work itself could not; the box is the feature's own fault.
    #[error("job step failed")]
    Step(Box<dyn Fault>),
    /// What the job shall work on cannot be read.
    #[error("payload")]
    Payload,
    /// Nobody knows how to do a job of this kind.
    #[error("unknown kind of job")]
    UnknownKind,
}

impl JobFault {
    /// Wraps the fault of a feature.
    pub fn step(fault: impl Fault) -> Self {
        Self::Step(Box::new(fault))
    }

    /// Returns the stable code of what went wrong, for the job's row.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Db(fault) => fault.code(),
            Self::Step(fault) => fault.code(),
            Self::Payload => "internal",
            Self::UnknownKind => "unknown-kind",
        }
    }

    /// Tells whether trying again can help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        let class = match self {
            Self::Db(fault) => fault.class(),
            Self::Step(fault) => fault.class(),
            Self::Payload | Self::UnknownKind => Class::Unsupported,
        };
        matches!(class, Class::Unavailable | Class::TooMany | Class::Stale | Class::Internal | Class::Conflict)
    }
}
