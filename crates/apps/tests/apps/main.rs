//! What apps of others promise, on both engines.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod codes;
mod set;
mod watched;
