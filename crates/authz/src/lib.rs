//! Who may do what: pure decisions, no I/O.
//!
//! A [`Cx`] says who acts, from where and in which request. An action is a type ([`Read`], [`Update`] …). A decision is
//! [`decide`], whose proof [`Allowed`] cannot be made anywhere else; the `db` crate turns rows and proofs into
//! `Guarded` and `Permitted` rows. Lists ask for a [`Scope`], which becomes part of the query.
//!
//! What somebody may do are their [`Rights`]: what all their roles say ([`Charter`]) put together once, at authentication.
//!
//! Before a dangerous action ([`Verb::is_dangerous`]) a person proves again who they are: [`Denied::StepUp`] says how
//! strongly. How strongly, and how long that lasts, is part of the [`Cx`] ([`Demand`]), so that decisions stay pure.
//!
//! What takes a second person answers [`Denied::NeedsApproval`]; [`Approved`] is the proof that one agreed.
//!
//! # How to add one more
//! A new action: one line in `action.rs`, a word there on whether it is dangerous, then its place in the sets of `role.rs`;
//! the policy matrix test shows the difference as a diff. A new built-in role: one variant and one set in `role.rs`.

mod action;
mod approval;
mod assurance;
mod cx;
mod decision;
mod rights;
mod role;
mod rows;

pub use action::{
    Action, Bulk, Configure, Create, Delete, Erase, Export, Grant, Import, Lowers, Merge, Read, Reveal, Share, Update,
    Verb, Write,
};
pub use approval::{Approved, Rule};
pub use assurance::{Assurance, Demand, Device, Level, Proof};
pub use cx::{Cx, Identity};
pub use decision::{Allowed, Denied, Facts, Resource, Scope, Span, decide, decide_on, permit, scope, within};
pub use rights::{Area, Charter, FieldRule, Probation, Rights, Share as Shared};
pub use role::{Reach, Role};
pub use rows::{Cell, Condition, Test};
