//! What is added to an answer, and what a failure is answered with.

pub(crate) mod cookie;
pub(crate) mod file;
pub(crate) mod header;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod refusal;
pub(crate) mod squeeze;
