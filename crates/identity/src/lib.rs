//! What accounts are described by, below everything that is done with them.
//!
//! - [`AccountFault`], [`Wrong`]: what can go wrong, with codes that do not change.
//! - [`object`]: the names the ledger and the policy know. [`input`]: what people type about themselves.
//! - [`State`], [`Event`]: whether somebody may sign in.
//! - [`Profile`], [`Preferences`]: what is kept of a person under seal.
//!
//! # How to add one more
//! A fault: a variant, its class and its code, and words in `ui::fault`. A column of a profile: a field with the next number.

mod fault;
pub mod input;
pub mod object;
mod profile;
mod state;
mod step;

pub use fault::{AccountFault, Wrong};
pub use profile::{Preferences, Profile, Theme};
pub use state::{Event, State};
pub use step::Step;
