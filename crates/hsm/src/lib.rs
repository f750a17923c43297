//! A key that never leaves its token: a hardware security module, a smart card, or a program that plays one, by PKCS#11.
//!
//! - [`TokenKey`]: where the key is; [`TokenKey::enter`] signs in to the token and finds it, [`TokenKey::make`] makes it there.
//! - [`Inside`]: seals and opens with it (AES-256-GCM, computed by the token); signed out when it goes.
//! - [`trusted`]: which files may be loaded as a module.
//!
//! **Invariants:** a key that could leave its token is refused. A PIN that was refused is not tried again, and the last try before
//! the token locks is left to a person.
//!
//! # How to add one more
//! Another way to compute in a token is a mechanism in `inside.rs`; the form of what it makes begins with a version of its own.

mod fault;
mod inside;
mod pin;
mod place;

pub use fault::HsmFault;
pub use inside::Inside;
pub use place::trusted;

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::SystemTime;

/// Where a key is.
pub struct TokenKey {
    /// The library that speaks to the token.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    /// The label of the key in it.
    pub(crate) key: String,
    /// A file with the PIN on its first line.
    pub(crate) pin_file: PathBuf,
    /// Of when the file was whose PIN was refused.
    pub(crate) refused: Mutex<Option<SystemTime>>,
}

impl TokenKey {
    /// Says where a key is; nothing is loaded yet.
    #[must_use]
    pub fn new(module: PathBuf, (token, key): (String, String), pin_file: PathBuf) -> Self {
        Self { module, token, key, pin_file, refused: Mutex::new(None) }
    }

    /// Signs in to the token and finds the key.
    ///
    /// # Errors
    /// [`HsmFault`]: the module, the token, the PIN or the key, and what is wrong with it.
    pub fn enter(&self) -> Result<Inside, HsmFault> {
        Inside::open(self, false)
    }

    /// Signs in to the token and finds the key, or makes it there.
    ///
    /// # Errors
    /// As of [`enter`](Self::enter); a token may refuse to make keys.
    pub fn make(&self) -> Result<Inside, HsmFault> {
        Inside::open(self, true)
    }
}
