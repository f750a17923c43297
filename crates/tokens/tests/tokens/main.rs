//! What tokens of programs promise, on both engines.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod life;
mod lines;
mod theft;
