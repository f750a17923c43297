//! What can go wrong with keys.

use std::path::PathBuf;

use db::DbFault;
use kernel::{Class, Fault, Timestamp};

/// A failure of the vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultFault {
    /// The key file can be read by others than its owner.
    #[error("key file {0} can be read by others: chmod 600 it, and think about who may have seen it")]
    Exposed(PathBuf),
    /// The key file is gone while the keyring still needs it.
    #[error(
        "key file {0} is missing, and without it the data cannot be opened: put it back from where you keep its copy"
    )]
    Missing(PathBuf),
    /// The key file is not a key.
    #[error("key file {0} does not hold a key (64 hexadecimal digits)")]
    Malformed(PathBuf),
    /// The root key does not open this keyring.
    #[error("the root key does not belong to this keyring")]
    WrongRoot,
    /// The keyring was made with the other kind of root key.
    #[error(
        "this keyring is opened with a {0}, and the configuration names another way: change it, or move the root key with \
         `custos key rotate --root`"
    )]
    OtherProvider(String),
    /// What is to become the root key is it already.
    #[error("this is the root key already: name another one")]
    SameRoot,
    /// Shares give a key that is not this keyring's, or no longer.
    #[error("the shares give a root key that does not belong to this keyring{}", changed(.0.as_ref()))]
    OtherShares(Option<Timestamp>),
    /// The key of this person was destroyed, or never was.
    #[error("key destroyed")]
    Destroyed,
    /// Another process changes what wraps the keys at this moment.
    #[error("the keys are being wrapped anew")]
    Moving,
    /// A seal does not open: it was altered, moved, or sealed for another place.
    #[error("sealed data was altered or does not belong here")]
    Tampered,
    /// A file cannot be read or written.
    #[error("file {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// The keyring cannot be read or written.
    #[error("keyring")]
    Keyring(#[from] DbFault),
    /// Shares of the root key do not go together.
    #[error(transparent)]
    Share(#[from] crypto::ShareFault),
    /// The token that holds the root key, or the way to it.
    #[error(transparent)]
    Token(#[from] hsm::HsmFault),
    /// The root key is in a token: there is nothing to split.
    #[error(
        "the root key is in a token and never leaves it, so there is nothing to split: make a copy of the token as its maker says, \
         or a second one of its kind"
    )]
    InToken,
    /// A primitive failed.
    #[error("cryptography")]
    Crypto(#[from] crypto::CryptoFault),
}

/// Says why shares that were good once are not any more.
fn changed(since: Option<&Timestamp>) -> String {
    let Some(since) = since else { return String::new() };
    let at = since.to_rfc3339();
    format!(
        ": it has had its present root key since {at}, and shares that were made before open older copies of it only"
    )
}

impl Fault for VaultFault {
    fn class(&self) -> Class {
        match self {
            Self::Keyring(fault) => fault.class(),
            Self::Exposed(_)
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::WrongRoot
            | Self::OtherProvider(_)
            | Self::SameRoot
            | Self::Token(_)
            | Self::InToken
            | Self::OtherShares(_)
            | Self::Moving
            | Self::File(..) => Class::Unavailable,
            Self::Share(_) => Class::Invalid,
            Self::Destroyed => Class::NotFound,
            Self::Tampered | Self::Crypto(_) => Class::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Keyring(fault) => fault.code(),
            Self::Exposed(_)
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::WrongRoot
            | Self::OtherProvider(_)
            | Self::SameRoot
            | Self::Token(_)
            | Self::InToken
            | Self::OtherShares(_)
            | Self::Moving
            | Self::File(..) => "root-key",
            Self::Share(_) => "invalid",
            Self::Destroyed => "erased",
            Self::Tampered => "tampered",
            Self::Crypto(_) => "internal",
        }
    }
}
