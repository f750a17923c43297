//! What happens around an account, and what its person is told of it.

mod notice;
pub(crate) mod rescue;
