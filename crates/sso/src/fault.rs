//! What can go wrong.

use accounts::AccountFault;
use db::DbFault;
use kernel::{Class, Fault};
use outbound::OutboundFault;
use proofs::jws::JwsFault;
use vault::VaultFault;

/// A failure of single sign-on.
#[derive(Debug, thiserror::Error)]
pub enum SsoFault {
    /// The provider does not answer, or answers with an error.
    #[error("the identity provider does not answer")]
    Down(#[source] OutboundFault),
    /// The provider answers with something else than it should, or cannot do what is needed.
    #[error("the identity provider says something else than it should: {0}")]
    Provider(&'static str),
    /// More sign-ins at once than are taken to the provider.
    #[error("too many at once")]
    Busy,
    /// What came back belongs to nothing that waits in this browser: too old, used, another tab, another browser.
    #[error("what came back belongs to nothing that waits here")]
    Lost,
    /// The provider, or the person there, said no.
    #[error("the identity provider said no")]
    Refused,
    /// The token does not hold what it must.
    #[error("token: {0}")]
    Token(&'static str),
    /// The provider's clock and ours are apart.
    #[error("clocks are apart: {0}")]
    Clock(&'static str),
    /// Nobody here belongs to this account of the provider, or their account is closed.
    #[error("nobody here belongs to this account")]
    Unknown,
    /// The provider's groups give no role here.
    #[error("no role here")]
    NoRole,
    /// The account of the provider belongs to somebody here already.
    #[error("linked already")]
    Taken,
    /// It is, or its person is, not there.
    #[error("not there")]
    Hidden,
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// Notices.
    #[error("notices")]
    Notice(#[from] notices::NoticeFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
}

impl From<JwsFault> for SsoFault {
    fn from(fault: JwsFault) -> Self {
        Self::Token(fault.0)
    }
}

impl SsoFault {
    /// Returns what the ledger says about it: the rule that was broken, never what was sent.
    #[must_use]
    pub const fn why(&self) -> Option<&'static str> {
        match self {
            Self::Token(why) | Self::Clock(why) | Self::Provider(why) => Some(why),
            _ => None,
        }
    }
}

impl Fault for SsoFault {
    fn class(&self) -> Class {
        match self {
            Self::Down(_) | Self::Provider(_) => Class::Unavailable,
            Self::Busy => Class::TooMany,
            Self::Lost | Self::Taken => Class::Conflict,
            Self::Refused | Self::Token(_) | Self::Clock(_) | Self::Unknown => Class::Unauthenticated,
            Self::NoRole => Class::Forbidden,
            Self::Hidden => Class::NotFound,
            Self::Account(fault) => fault.class(),
            Self::Notice(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Down(_) | Self::Provider(_) => "sso-down",
            Self::Busy => "sso-busy",
            Self::Lost => "sso-lost",
            Self::Refused => "sso-refused",
            Self::Token(_) => "sso-token",
            Self::Clock(_) => "sso-clock",
            Self::Unknown => "sso-unknown",
            Self::NoRole => "sso-no-role",
            Self::Taken => "sso-taken",
            Self::Hidden => "not-found",
            Self::Account(fault) => fault.code(),
            Self::Notice(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
        }
    }
}
