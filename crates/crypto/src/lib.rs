//! Seals, keyed tokens, signatures and password hashes.
//!
//! The only crate that names a cipher. Everything is a function of its arguments: keys come from the vault, randomness from
//! a [`Chance`](kernel::Chance). Primitives are those of `aws-lc-rs`, and Argon2id for passwords.
//!
//! - [`seal`], [`open`]: AES-256-GCM bound to a place. [`stream`]: the same for files, chunk by chunk.
//! - [`AgeWriter`]: a file under a passphrase or for a public key, which the tools of age open.
//! - [`mac`], [`derive()`]: keyed hashes for storing, finding and deriving. [`sha1`],
//!   [`mac_sha1`]: for what others agreed on long ago.
//! - [`SigningKey`], [`VerifyingKey`]: Ed25519 for the ledger. [`PublicKey`]: signatures that others made; [`PointKey`]: those
//!   of a browser.
//! - [`Passwords`]: Argon2id behind a bounded pool. [`stretch`]: a key from a passphrase.
//! - [`split`], [`combine`]: a key in parts, of which some are enough.
//! - [`BearerToken`], [`LinkToken`]: what is shown once and stored as a hash.
//!
//! # How to add one more
//! A primitive is a file with a function, the standard it follows with its section, and that standard's own test vectors.

mod aead;
mod age;
mod chance;
mod ecdsa;
mod fault;
mod hash;
mod key;
mod password;
mod secret;
mod share;
mod sign;
pub mod stream;
mod token;
mod verify;

pub use aead::{open, seal};
pub use age::{AgeKey, AgeWriter, Recipient};
pub use chance::SystemChance;
pub use ecdsa::PointKey;
pub use fault::CryptoFault;
pub use hash::{Hasher, MacKey, derive, mac, mac_sha1, same, sha1, sha256, sha512, verify_mac};
pub use key::Key;
pub use password::{Cost, Passwords, Turn, Verdict, stretch};
pub use secret::Secret;
pub use share::{MOST_SHARES, Share, ShareFault, combine, split};
pub use sign::{SigningKey, VerifyingKey};
pub use token::{BearerToken, LinkToken, base64, base64url, unbase64url};
pub use verify::{Algorithm, PublicKey};
pub use zeroize::Zeroizing;
