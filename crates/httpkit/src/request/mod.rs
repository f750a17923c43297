//! What is taken from a request.

pub(crate) mod agent;
pub(crate) mod asked;
pub(crate) mod bearer;
pub(crate) mod body;
pub(crate) mod cookie;
pub(crate) mod cross_site;
pub(crate) mod form;
pub(crate) mod host;
pub(crate) mod json;
pub(crate) mod next;
pub(crate) mod peer;
pub(crate) mod query;
pub(crate) mod signed;
