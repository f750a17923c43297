//! Inviting somebody, and joining.

mod act;
mod model;

pub use model::{Invitation, Joining};
