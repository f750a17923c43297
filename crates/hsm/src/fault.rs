//! What can go wrong with a token.

use std::path::PathBuf;

use cryptoki::error::Error;

/// A failure of a token, or on the way to it.
#[derive(Debug, thiserror::Error)]
pub enum HsmFault {
    /// A module without its whole path would be looked for where others may write.
    #[error("the PKCS#11 module {0} has to be named by its whole path")]
    Relative(PathBuf),
    /// The module is not there.
    #[error("the PKCS#11 module {0} cannot be found")]
    NoModule(PathBuf, #[source] std::io::Error),
    /// Others could change what is loaded into this program.
    #[error(
        "the PKCS#11 module is not loaded, because others can change {0}: it has to belong to root or to whoever runs Custos, \
         and nobody else may write to it"
    )]
    Exposed(PathBuf),
    /// The module is no library for this machine, or no PKCS#11 module.
    #[error("{0} cannot be loaded as a PKCS#11 module")]
    Load(PathBuf, #[source] Error),
    /// No token has the label.
    #[error("the PKCS#11 module knows no token with the label {0:?}")]
    NoToken(String),
    /// Several tokens have the label.
    #[error("several tokens have the label {0:?}: give the one that is meant another label")]
    ManyTokens(String),
    /// The PIN cannot be read.
    #[error("the PIN of the token cannot be read from {0}")]
    PinFile(PathBuf, #[source] std::io::Error),
    /// The PIN can be read by others, or there is none.
    #[error(
        "the file with the PIN, {0}, has to hold it on its first line and be readable by its owner only (chmod 600)"
    )]
    PinForm(PathBuf),
    /// The token says that the PIN is wrong.
    #[error(
        "the token refuses the PIN; it is not tried again before {0} is changed, because a token locks after some tries"
    )]
    WrongPin(PathBuf),
    /// The next wrong PIN locks the token.
    #[error(
        "one more wrong PIN would lock the token {0:?}, so none is tried: sign in to it once with its own tool, and correct the \
         file with the PIN if it is wrong"
    )]
    LastTry(String),
    /// The token takes no PIN any more, or has none yet.
    #[error("the token {0:?} takes no PIN: it is locked, or was never set up for a user")]
    Locked(String),
    /// The key is not there.
    #[error("the token {token:?} holds no AES key with the label {key:?}")]
    NoKey {
        /// The label of the key.
        key: String,
        /// The label of the token.
        token: String,
    },
    /// Several keys have the label.
    #[error("the token holds several AES keys with the label {0:?}: give the one that is meant another label")]
    ManyKeys(String),
    /// A key that is not fit to be a root key.
    #[error(
        "the key {0:?} in the token is not one to trust: it has to be AES with 256 bits, for encrypting and decrypting, sensitive \
         and never extractable"
    )]
    WeakKey(String),
    /// What was to be opened was not sealed by this key for this place.
    #[error("what the token was to open was altered, or sealed by another key")]
    Altered,
    /// Anything else the module answers.
    #[error("the token does not do what it is asked")]
    Module(#[from] Error),
}
