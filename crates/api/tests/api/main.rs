//! What the API promises, on both engines.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

mod client;
mod door;
mod links;
mod lists;
mod rates;
mod records;
mod refusals;
mod repeats;
mod scopes;
mod versions;
mod workspace;
