//! Why a token is not taken.

use accounts::AccountFault;
use db::DbFault;
use kernel::{Class, Fault};
use proofs::jws::JwsFault;

/// What is said to whoever presents a token that is not taken. About the token itself nothing is: mistyped, ended, withdrawn and
/// from the wrong network look alike.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The token is not taken.
    #[error("token is not taken")]
    Refused,
    /// The token is bound to a key, and was presented without showing that key.
    #[error("token is bound to a key")]
    Unproven,
    /// The proof that came with it does not hold (RFC 9449 §4.3).
    #[error("proof does not hold: {0}")]
    Proof(&'static str),
    /// The machine.
    #[error(transparent)]
    Account(#[from] AccountFault),
}

impl From<DbFault> for TokenFault {
    fn from(fault: DbFault) -> Self {
        Self::Account(fault.into())
    }
}

impl From<JwsFault> for TokenFault {
    fn from(fault: JwsFault) -> Self {
        Self::Proof(fault.0)
    }
}

impl Fault for TokenFault {
    fn class(&self) -> Class {
        match self {
            Self::Refused | Self::Unproven | Self::Proof(_) => Class::Unauthenticated,
            Self::Account(fault) => fault.class(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused | Self::Unproven => "signed-out",
            Self::Proof(_) => "proof-refused",
            Self::Account(fault) => fault.code(),
        }
    }
}
