//! What programs ask for twice is done once (draft-ietf-httpapi-idempotency-key-header).
//!
//! A program that hears nothing does not know whether its request was done. It sends the request again under the same key,
//! and what the first one made is answered instead of made anew.
//!
//! - [`RepeatKey`]: what a header says. [`Repeats`]: the handle, makes an [`Asked`] of a key, of who asks, and of what for.
//! - [`Asked::once`]: makes, or finds what was made. `store.rs`: the rows.
//!
//! **Invariant:** the key is taken in the transaction that makes the thing, by its first statement. Of many requests at once
//! one makes it; the others wait for the database to say which, and a request that fails leaves no key behind.
//!
//! **Invariant:** no row tells what was asked: key and request are keyed hashes that no two principals share. What was made is
//! read again for whoever repeats, through the policy, as if they asked for it now.
//!
//! # How to add one more
//! A request that makes something: [`Asked::once`] around its use case.

mod fault;
mod key;
mod repeats;
mod store;

pub use fault::RepeatFault;
pub use key::RepeatKey;
pub use repeats::{Asked, KEPT, Repeats};
