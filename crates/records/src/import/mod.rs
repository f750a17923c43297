//! Many records out of a file.
//!
//! 1. [`Intake::stage`](intake::Intake::stage) takes the file as it arrives and seals it on the way to the disk.
//! 2. [`Records::plan_import`](crate::Records::plan_import) looks at its beginning and proposes a [`Plan`]: encoding,
//!    delimiter, headers, and which column goes to which field. A person may change all of it.
//! 3. [`Runner::check`] reads the whole file and says what would happen; nothing is stored but counts and wrong rows.
//! 4. [`Runner::step`] takes the next rows. One step is one transaction: records, search tokens, ledger line, wrong rows and
//!    the mark of how far it has come. Whenever the process ends, the next [`Runner`] goes on at the mark, and nothing is
//!    taken twice.
//!
//! Files, plans and drafts are of the crate `intake`. Memory is bounded by the size of a step, not by that of the file.
//!
//! # How to add one more
//! A policy for duplicates: a variant of [`Policy`] and its arm in `batch.rs`.

mod act;
mod batch;
mod resolve;
mod runner;
mod withdraw;

pub use act::{IMPORT_JOB, People};
pub use intake::{Counts, Hints, ImportRun, Matched, Plan, Policy, RowProblem, Staging, State, Target};
pub use runner::{Checked, Runner};
