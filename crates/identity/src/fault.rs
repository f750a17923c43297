//! What can go wrong.

use std::time::Duration;

use authz::Denied;
use crypto::CryptoFault;
use db::DbFault;
use kernel::{Class, Fault};
use notices::NoticeFault;
use passwords::BreachedFault;
use policy::PolicyFault;
use vault::VaultFault;

use crate::Step;

/// One thing wrong with what somebody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field: `name`, `email`, `password`, `current`, `code`, `workspace`, `roles`, `label`,
    /// `expires`.
    pub field: &'static str,
    /// What is wrong with it; keys the message catalogue.
    pub code: &'static str,
}

/// A failure of accounts and sign-in.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    /// There is no session or token, or it has ended.
    #[error("not signed in")]
    SignedOut,
    /// The session is there, and the browser has to show by a signature that it is its own.
    #[error("the browser has to sign")]
    ProveDevice,
    /// E-mail address and password do not fit; says nothing about which, or whether the person exists.
    #[error("e-mail address or password is wrong")]
    WrongCredentials,
    /// The passkey opens nothing; says nothing about why, or whether anybody has it.
    #[error("passkey opens nothing")]
    WrongPasskey,
    /// What a browser made cannot be added as a passkey.
    #[error("not a passkey that can be added")]
    PasskeyRefused,
    /// Nothing would be left to sign in with.
    #[error("last way to sign in")]
    LastFactor,
    /// The password was right, and a second factor is asked for.
    #[error("a second factor is asked for")]
    SecondStep(Step),
    /// The question was answered, is too old, or never was one.
    #[error("question does not wait any more")]
    StepSpent,
    /// Too many tries lately; the next one is heard after this time.
    #[error("too many tries")]
    TooManyTries(Duration),
    /// More sign-ins at once than the machine checks.
    #[error("too many sign-ins at once")]
    Busy,
    /// The link was used, has expired, or never was one.
    #[error("link is not valid any more")]
    LinkSpent,
    /// Somebody can sign in already, so there is no first run any more.
    #[error("already set up")]
    AlreadySetUp,
    /// What was entered is wrong, with one entry for each bad field.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<Wrong>),
    /// Somebody has this e-mail address already.
    #[error("e-mail address is taken")]
    EmailTaken,
    /// Nobody changes their own roles or closes their own account.
    #[error("not on oneself")]
    OnOneself,
    /// The workspace would have no administrator left.
    #[error("last administrator")]
    LastAdministrator,
    /// The account is not in a state that allows it.
    #[error("not in this state")]
    WrongState,
    /// Nobody has this e-mail address: said to the operator, never on a page.
    #[error("no such person")]
    NobodyThere,
    /// The password is too short to stand without the factor that would go.
    #[error("password needs a second factor")]
    PasswordLeans,
    /// The list of breached passwords cannot be read; no password is taken unseen.
    #[error("list of breached passwords")]
    Breached(#[from] BreachedFault),
    /// The settings of what is asked.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
    /// The keys.
    #[error("vault")]
    Vault(#[from] VaultFault),
    /// A primitive failed.
    #[error("cryptography")]
    Crypto(#[source] CryptoFault),
}

impl AccountFault {
    /// Returns how long to wait before trying again, where waiting helps: the value of `Retry-After`.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyTries(wait) => Some(*wait),
            Self::Busy => Some(Duration::from_secs(2)),
            _ => None,
        }
    }

    /// Joins two looks at one form, so that all that is wrong is said at once.
    ///
    /// # Errors
    /// What is wrong in either.
    pub fn both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Err(Self::Invalid(mut wrong)), Err(Self::Invalid(more))) => {
                wrong.extend(more);
                Err(Self::Invalid(wrong))
            }
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
            (Ok(one), Ok(other)) => Ok((one, other)),
        }
    }

    /// Says that one field is wrong.
    #[must_use]
    pub fn wrong(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![Wrong { field, code }])
    }
}

impl From<NoticeFault> for AccountFault {
    fn from(fault: NoticeFault) -> Self {
        match fault {
            NoticeFault::SignedOut => Self::SignedOut,
            NoticeFault::Denied(fault) => Self::Denied(fault),
            NoticeFault::Db(fault) => Self::Db(fault),
            NoticeFault::Vault(fault) => Self::Vault(fault),
        }
    }
}

impl From<CryptoFault> for AccountFault {
    fn from(fault: CryptoFault) -> Self {
        match fault {
            CryptoFault::Busy => Self::Busy,
            other => Self::Crypto(other),
        }
    }
}

impl Fault for AccountFault {
    fn class(&self) -> Class {
        match self {
            Self::SignedOut | Self::ProveDevice | Self::WrongCredentials | Self::WrongPasskey | Self::SecondStep(_) => {
                Class::Unauthenticated
            }
            Self::TooManyTries(_) | Self::Busy => Class::TooMany,
            Self::LinkSpent | Self::NobodyThere => Class::NotFound,
            Self::AlreadySetUp
            | Self::EmailTaken
            | Self::LastFactor
            | Self::LastAdministrator
            | Self::WrongState
            | Self::StepSpent
            | Self::PasswordLeans => Class::Conflict,
            Self::Invalid(_) | Self::PasskeyRefused => Class::Invalid,
            Self::OnOneself => Class::Forbidden,
            Self::Breached(_) => Class::Unavailable,
            Self::Policy(fault) => fault.class(),
            Self::Denied(fault) => fault.class(),
            Self::Db(fault) => fault.class(),
            Self::Vault(fault) => fault.class(),
            Self::Crypto(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::ProveDevice => "prove-device",
            Self::WrongCredentials => "wrong-credentials",
            Self::WrongPasskey => "wrong-passkey",
            Self::PasskeyRefused => "passkey-refused",
            Self::LastFactor => "last-factor",
            Self::SecondStep(Step { wrong: true, .. }) => "wrong-code",
            Self::SecondStep(_) => "second-step",
            Self::StepSpent => "step-spent",
            Self::TooManyTries(_) => "too-many-tries",
            Self::Busy => "busy",
            Self::LinkSpent => "link-spent",
            Self::AlreadySetUp => "already-set-up",
            Self::Invalid(_) => "invalid",
            Self::EmailTaken => "email-taken",
            Self::OnOneself => "on-oneself",
            Self::LastAdministrator => "last-administrator",
            Self::WrongState => "wrong-state",
            Self::NobodyThere => "nobody-there",
            Self::PasswordLeans => "password-leans",
            Self::Breached(_) => "breached-unavailable",
            Self::Policy(fault) => fault.code(),
            Self::Denied(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
            Self::Vault(fault) => fault.code(),
            Self::Crypto(fault) => fault.code(),
        }
    }
}
