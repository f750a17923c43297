//! What happens around an account, and what its person is told of it.

mod leaving;
mod notice;
pub(crate) mod rescue;
