//! Pages: functions from views to markup. They know nothing of routes and change nothing.
//!
//! **Invariant:** a record is shown only out of a proof that its reader may see it.
//!
//! # How to add one more
//! A view and a function that draws it in a module of its feature, out of the components of `ui`.

pub mod approval;
pub mod attachment;
pub mod auth;
pub mod board;
pub mod device;
pub mod duplicate;
pub mod edit;
pub mod error;
pub mod export;
pub mod factor;
pub mod home;
pub mod import;
pub mod ledger;
pub mod list;
pub mod merge;
pub mod notice;
pub mod passkey;
pub mod phrase;
pub mod prove;
pub mod record;
pub mod search;
mod shell;

pub use error::Errors;
pub use shell::{Frame, door, frame, top};
