//! Workers and schedules: what goes on without anybody waiting for it.
//!
//! - [`Work`]: one kind of job. A job runs in steps; each step is a transaction of its own that leaves its progress behind,
//!   so that a job killed between two steps goes on where the last one ended.
//! - [`Jobs`]: takes due jobs from the queue one at a time, and keeps the schedules: the sequencer that places ledger
//!   entries every second, the checkpoint that signs the tree every minute. Neither waits for the other.
//! - [`ExportWork`]: takes the rows of an export, in the name and with the rights of whoever asked for it.
//! - [`HandOverWork`]: moves the records of somebody who left to a successor.
//! - [`KeyWork`]: wraps keys anew when their epoch key is changed, and makes the index and what objects' keys seal anew when theirs are, beside the queue.
//! - [`SweepWork`]: looks through everything for what was altered, beside the queue.
//! - [`RankWork`]: ranks what was there before lists sorted by it.
//! - [`WebhookWork`]: tells other systems what happened, beside the queue.
//! - [`ImportWork`]: takes the rows of an import, in the name and with the rights of whoever began it.
//!
//! # How to add one more
//! A kind of job: a type that implements [`Work`], handed to [`Jobs::new`] where the program is wired. A schedule: an
//! [`Errand`], handed to [`Jobs::every`].

mod export;
mod fault;
mod hand_over;
mod import;
mod keys;
mod ledger;
mod rank;
mod run;
mod sweep;
mod webhook;
mod work;

pub use export::ExportWork;
pub use fault::JobFault;
pub use hand_over::HandOverWork;
pub use import::ImportWork;
pub use keys::KeyWork;
pub use ledger::{place_entries, sign_tree};
pub use rank::RankWork;
pub use run::{Errand, Jobs};
pub use sweep::SweepWork;
pub use webhook::WebhookWork;
pub use work::{Progress, Work, system_cx};
