//! The keyring, and sealing with it.
//!
//! ```text
//! root key            a file that only its owner may read, a passphrase, or a key in a token
//!  └─ epoch key       wrapped by the root key
//!      ├─ subject keys    one a person
//!      ├─ object keys     for records about nobody
//!      └─ index, lookup, row, token, session, job and ledger keys
//! ```
//!
//! Keys lie wrapped in the keyring, apart from the data, so that a data snapshot of any age is opened with the keyring of
//! today, and destroying a subject key reaches every backup. Opened keys stay in memory for minutes and are wiped when
//! they go. The root key is asked for when an epoch key is opened or made, and does not stay.
//!
//! [`Vault::rotate`] makes a new epoch key and wraps every key anew while everybody goes on; [`Vault::report`] says how the keys
//! stand. [`Vault::next_root`] leads to another root key. [`Vault::escrow`] splits the root key into shares, and [`Recovered`] puts them together.
//!
//! # How to add one more
//! A key for a new purpose: one variant of `Purpose` in `keys.rs`; it is made on first use. A root key provider: one
//! variant of [`Root`] and its arm in `root.rs`.

mod aad;
mod cache;
mod epoch;
mod escrow;
mod fault;
mod index;
mod keyfile;
mod keys;
mod mark;
mod object;
mod replace;
mod report;
mod reserve;
mod returned;
mod root;
mod rotate;
mod stream;
mod vault;

pub use crypto::{Share, ShareFault};
pub use hsm::TokenKey;

pub use aad::{Aad, KeyOf};
pub use escrow::Recovered;
pub use fault::VaultFault;
pub use index::IndexKeys;
pub use mark::{Marker, Spelling};
pub use object::ObjectKeys;
pub use replace::{Former, NewRoot, NextRoot, RootMove};
pub use report::{Epoch, Held, Report};
pub use root::{Root, provider};
pub use rotate::{BREATH, Rotation, Turn};
pub use vault::{Vault, VaultConfig};
