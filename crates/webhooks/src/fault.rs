//! What can go wrong.

use accounts::AccountFault;
use authz::Denied;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use records::RecordFault;
use vault::VaultFault;

/// A failure of a webhook. What a server at the other end does is none: it stands with the delivery.
#[derive(Debug, thiserror::Error)]
pub enum WebhookFault {
    /// There are as many as one person may have.
    #[error("enough webhooks")]
    Enough,
    /// The webhook is off, or the delivery is on its way already.
    #[error("not at this point")]
    Off,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// Accounts, and what is wrong in a form.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// Notices.
    #[error(transparent)]
    Notice(#[from] NoticeFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl Fault for WebhookFault {
    fn class(&self) -> Class {
        match self {
            Self::Enough | Self::Off => Class::Conflict,
            Self::Denied(fault) => fault.class(),
            Self::Record(fault) => fault.class(),
            Self::Account(fault) => fault.class(),
            Self::Notice(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Enough => "webhook-enough",
            Self::Off => "webhook-off",
            Self::Denied(fault) => fault.code(),
            Self::Record(fault) => fault.code(),
            Self::Account(fault) => fault.code(),
            Self::Notice(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
