//! What can go wrong.

use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};

/// A failure of roles, teams and shares.
#[derive(Debug, thiserror::Error)]
pub enum RoleFault {
    /// The role holds apart what must not come together: it is not changed.
    #[error("a role that is not changed")]
    Fixed,
    /// Nobody gives themselves rights.
    #[error("a role of one's own")]
    Own,
    /// It has no name, too long a one, or one that another has.
    #[error("not a name, or taken")]
    Name,
    /// Somebody holds the role, or works in the team.
    #[error("still held")]
    Held,
    /// The object or field is none, or one that cannot be kept from view.
    #[error("not a rule")]
    Rule,
    /// A team would lie below itself.
    #[error("a team below itself")]
    Circle,
    /// The day lies in the past or too far ahead, there is nobody to share with, or too much is shared with them already.
    #[error("cannot be shared so")]
    Share,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl Fault for RoleFault {
    fn class(&self) -> Class {
        match self {
            Self::Fixed | Self::Own => Class::Forbidden,
            Self::Name | Self::Rule | Self::Circle | Self::Share => Class::Invalid,
            Self::Held => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Fixed => "role-fixed",
            Self::Own => "role-own",
            Self::Name => "role-name",
            Self::Held => "role-held",
            Self::Rule => "role-rule",
            Self::Circle => "team-circle",
            Self::Share => "share-wrong",
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        }
    }
}
