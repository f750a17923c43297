//! Files on records.
//!
//! - [`Attachments::attach`]: a file comes in as a stream. It is looked at while it passes ([`Kind`], secrets in text), sealed
//!   chunk by chunk under a key of its own, which is sealed under that of the person the record is about, and stored part by part;
//!   nobody sees it before all of it is there and the record still lets its bearer change it. What breaks off leaves nothing.
//! - [`Attachments::list_in`], [`Attachments::fetch`]: whoever may read the record. A file is looked through to its end before
//!   the first byte of it goes out: what was altered, cut off or moved is refused, and told of.
//! - [`Attachments::remove`], [`Attachments::restore`]: whoever may change the record. What was removed goes for good a month later
//!   ([`Attachments::tidy`]).
//! - [`Attachments::forget`]: somebody is erased.
//! - [`Attachments::reseal_some`]: the key of an object is changed; [`Attachments::standing`]: everything is looked through.
//!
//! What a browser says about a file is not believed but its name, and of that only what is safe to write on a disk ([`name`]).
//! Archives are not unpacked, and nothing is run.
//!
//! **Invariants:** no byte of a file lies on a disk in the clear. A file has no rights of its own: those of its record count. Its row bears
//! a mark and a version that the ledger knows; one that was altered, moved, or is not the newest is refused.
//!
//! # How to add one more
//! A kind of file: its line in `kind.rs`, and a test with the first bytes of one.

mod act;
mod arrive;
mod fault;
mod fetch;
mod kind;
mod mark;
mod model;
pub mod name;
mod preview;
mod reseal;
mod secret;
mod standing;
mod store;

use db::Db;
use records::Records;
use vault::Vault;

pub use arrive::{Feed, Taking, Wanted};
pub use fault::AttachmentFault;
pub use fetch::Fetched;
pub use kind::Kind;
pub use model::{Attachment, AttachmentId};

/// The most bytes of a file.
pub const LARGEST: u64 = 25 * 1024 * 1024;
/// The most files on one record.
pub const MOST: i64 = 50;
/// The most bytes that lie here by one person's hand, what was removed and can be taken back among them.
pub const QUOTA: i64 = 2 * 1024 * 1024 * 1024;

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Attachments {
    db: Db,
    vault: Vault,
    records: Records,
}

impl Attachments {
    /// Takes the handles it builds on.
    #[must_use]
    pub const fn new(db: Db, vault: Vault, records: Records) -> Self {
        Self { db, vault, records }
    }
}
