//! People who may sign in: profile, roles, state.

mod account;
pub(crate) mod act;
mod names;
pub(crate) mod rules;
pub(crate) mod store;

pub(crate) use account::{Account, parse_roles, spell_roles};
pub use account::{Person, Standing};
pub(crate) use identity::Profile;
pub use identity::{Preferences, State, Theme};
pub(crate) use names::Names;
