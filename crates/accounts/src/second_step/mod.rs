//! The second of two steps: a code of an app, or a recovery code. At sign-in, and before factors are changed.
//!
//! Between the steps of a sign-in there is no session, only a question that waits (`factor::challenge`). The tries are
//! counted like those of passwords, for each account.

mod act;
mod model;
mod sign_in;

pub(crate) use act::{changed, proved};
pub use model::{CodeSignIn, FactorsView};
pub(crate) use sign_in::ask;
