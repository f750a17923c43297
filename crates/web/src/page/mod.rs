//! Pages: functions from views to markup. A record is shown only out of a proof that its reader may see it.

pub mod auth;
pub mod board;
pub mod edit;
pub mod error;
pub mod factor;
pub mod home;
pub mod import;
pub mod ledger;
pub mod list;
pub mod passkey;
pub mod phrase;
pub mod record;
pub mod search;
pub mod settings;
mod shell;

pub use shell::{Frame, door, frame, top};
