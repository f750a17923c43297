//! What happened, and the proof that nobody changed it since.
//!
//! - [`Line`]: one thing done, denied or failed, on some records. Open facts in the clear, values sealed.
//! - [`Act`]: the lines of one actor in one request, with when and from where.
//! - [`Entry`]: one row of the ledger, the packed acts of one transaction or of one batch of reads.
//! - [`Filed`]: how a line leaves the row of a file, so that an older one is known.
//! - [`Change`]: a value before and after; a list of them is what a line's sealed payload holds.
//! - [`tree`]: the Merkle tree over the entries' leaves (RFC 6962 §2.1), its frontier for a sequencer, its proofs.
//! - [`note`] and [`Checkpoint`]: the signed statement "the tree had this size and this root", in the form that public
//!   witnesses understand (C2SP signed-note and tlog-checkpoint).
//! - [`verify`]: reads the rows in order and names each place that is not as the checkpoints say.
//!
//! Leaves are hashed over what is stored, ciphertext included, so destroying the key of a person changes no leaf.
//! Nothing here does I/O or reads a clock.
//!
//! # How to add one more
//! A verb is a line in `verbs.rs`. A field of a line or act takes the next free `#[n(..)]`, is optional, and comes last:
//! entries already written must read as before, and their bytes never change. Anything else is a new format version in
//! `entry.rs`, beside the old one. A new kind of damage is a `Finding` and a test that does that damage.

mod act;
mod base64;
mod change;
mod checkpoint;
mod entry;
mod fault;
mod filed;
mod line;
pub mod note;
pub mod tree;
pub mod verbs;
pub mod verify;
mod wire;

pub use act::{Act, ActorRef, Origin, Via};
pub use change::Change;
pub use checkpoint::Checkpoint;
pub use entry::Entry;
pub use fault::LedgerFault;
pub use filed::Filed;
pub use line::{Line, Outcome, SealedPayload};
pub use note::LogName;
pub use tree::{Frontier, Hash};
pub use verify::{Finding, Report, Verifier};
