//! What the API promises, on both engines.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod client;
mod door;
mod lists;
mod records;
mod refusals;
mod versions;
