//! Passwords: hashing, and changing one's own. Which are refused is said by the crate `passwords`.

pub(crate) mod act;
mod change;
