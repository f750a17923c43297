//! What people prove who they are with, beside a password: kept here as sealed rows, meant by whoever seals them.
//!
//! [`Factor`] is a row; its content is sealed under the person's own key and is only of use to the module of its
//! [`Kind`]. [`challenge`] keeps questions that wait for an answer, each answered once.

pub(crate) mod challenge;
mod model;
mod rules;
pub(crate) mod store;

pub use model::Kind;
pub(crate) use model::{Factor, open, seal, tell};
pub(crate) use rules::{is_asked_after_password, is_asked_for};
