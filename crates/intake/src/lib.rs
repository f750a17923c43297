//! Files on their way in: what they are, and what their rows want to become.
//!
//! - [`Intake`]: takes a file as it arrives, seals it on the way to the disk, and gives it back.
//! - [`propose`]: looks at its beginning and proposes a [`Plan`]: encoding, delimiter, headers, which column goes to which field.
//! - [`Drafter`]: makes a [`Draft`] of a row, or says all that is [`Wrong`] with it.
//! - [`store`]: how far every import has come.
//!
//! Nobody's records are read or written here; the crate `records` does that, step by step.
//!
//! # How to add one more
//! A reading of cells: `cell.rs`. A target other than a field: a variant of [`Target`], its proposal in `propose.rs`, its
//! meaning in `draft.rs`.

mod cell;
mod draft;
mod fault;
mod model;
mod propose;
mod staging;
pub mod store;

pub use draft::{Draft, Drafter, Naming, Wrong};
pub use fault::IntakeFault;
pub use model::{Counts, Hints, ImportRun, Matched, Plan, Policy, RowProblem, State, Target, import_object};
pub use propose::propose;
pub use staging::{Intake, SEALED, Staging};
