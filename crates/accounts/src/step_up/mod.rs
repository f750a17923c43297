//! Proving again who one is: what has to be proved before somebody changes what they sign in with.
//!
//! Before other dangerous acts it is `Cx::dare`, which the decisions of the policy call by themselves.

mod act;
mod policy;
mod rules;

pub(crate) use act::{before_adding, before_taking};
