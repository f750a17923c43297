//! What is asked of people before they act, for each role: how strongly they prove who they are to sign in, how strongly and
//! lately before a dangerous act.
//!
//! - [`of`]: what is asked of somebody with these roles; the strictest of them counts. Whoever authenticates puts it into the
//!   `Cx`, where the decisions find it.
//! - [`list`], [`change`]: the settings, for whoever may configure the workspace. Changing them is a dangerous act itself.
//! - [`secrets`], [`list_secrets`], [`change_secrets`]: what becomes of keys, numbers of cards and the like that somebody writes
//!   into free text. [`objection`], [`holding`]: what that means for a text, and what the ledger hears of it.
//! - [`set`]: the same for the operator, who has the machine: nobody is locked out of the settings for lack of a passkey.
//!
//! **Invariant:** a role without a row is asked for the usual ([`Demand::default`](authz::Demand)), which no relay of a
//! password and a code fulfils.
//!
//! # How to add one more
//! Something else that is asked: a field of `authz::Demand`, a column, a line in `rules.rs`.

mod act;
mod fault;
mod rules;
mod secret;
mod store;

pub use act::{change, list, of, set};
pub use fault::PolicyFault;
pub use rules::{LONGEST, SHORTEST, demand, minutes};
pub use secret::{Objection, SecretRule, change_secrets, holding, list_secrets, objection, secrets};
