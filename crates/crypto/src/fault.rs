//! What can go wrong in cryptography: deliberately little is said.

use kernel::{Class, Fault};

/// A failure of a primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoFault {
    /// A seal does not open under this key for this place.
    #[error("sealed data does not open")]
    Tampered,
    /// Bytes are not a key.
    #[error("not a key")]
    Key,
    /// A signature does not fit.
    #[error("signature does not fit")]
    Signature,
    /// Text is not a token of ours.
    #[error("not a token")]
    Token,
    /// Too many passwords are being checked at this moment.
    #[error("too many passwords at once")]
    Busy,
    /// A stored password hash cannot be read.
    #[error("password hash")]
    PasswordHash,
}

impl Fault for CryptoFault {
    fn class(&self) -> Class {
        match self {
            Self::Busy => Class::TooMany,
            Self::Token => Class::Unauthenticated,
            Self::Tampered | Self::Key | Self::Signature | Self::PasswordHash => Class::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Token => "token",
            Self::Tampered => "tampered",
            Self::Key | Self::Signature | Self::PasswordHash => "internal",
        }
    }
}
