//! What roles grant, who works in which team, and which records are shared with whom: as rows.
//!
//! - [`rights`]: what somebody may do at this moment. Whoever authenticates puts it into the `Cx`, where decisions find it.
//! - [`list`], [`save`], [`copy`], [`remove`]: the roles, for whoever may configure the workspace.
//! - [`team`]: the tree of teams, and who works where.
//! - [`share`]: one record, opened to a colleague or a team until a day.
//! - [`why`]: why somebody can see a record.
//!
//! **Invariants:** a role that runs the system or watches over it is not changed, and no other role can be given what those
//! hold: only customer data is granted by rows. Nobody changes a role they hold. A role without rows grants what it was
//! delivered with, and one that the workspace made and took away grants nothing.
//!
//! # How to add one more
//! A verb that roles may grant: a word in [`GRANTABLE`]; the matrix page shows it.

mod act;
mod fault;
mod rules;
pub mod share;
mod store;
pub mod team;
pub mod why;

pub use act::{copy, exist, list, name_of, names, remove, rights, save};
pub use fault::RoleFault;
pub use rules::{GRANTABLE, LONGEST_NAME, must_be_seen};
pub use store::RoleRow;
