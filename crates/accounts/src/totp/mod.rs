//! Codes that an app makes from the time (RFC 6238).
//!
//! - [`TotpOffer`]: a secret on its way into an app. It counts once a code made from it has come back.
//! - `rules`: the code of a step, and which step a code belongs to. Each step is good once.

mod act;
mod model;

pub(crate) use act::spend;
pub use model::{Enrolment, TotpOffer};
