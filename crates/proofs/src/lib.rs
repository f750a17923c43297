//! What somebody shows to prove who they are, and how it is judged: pure, without clock or database.
//!
//! - [`passkey`], [`Site`]: the ceremonies of WebAuthn, by the crate that does the cryptography. [`young`]: when a new passkey counts.
//! - [`jws`]: what others signed, taken apart. [`dpop`]: that whoever uses a token holds a key. [`dbsc`]: that
//!   a browser does.
//! - [`totp`]: codes of an app. [`recovery`]: codes on paper. [`tries`]: how many tries are heard.
//!
//! **Invariant:** nothing here knows a person. What is kept of a proof, and that it counts once, is the business of `accounts`.

pub mod dbsc;
pub mod dpop;
pub mod jws;
mod link;
pub mod passkey;
pub mod recovery;
mod site;
pub mod totp;
pub mod tries;
pub mod young;

pub use link::Purpose;
pub use site::Site;
