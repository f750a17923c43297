//! What a session's cookie is, how long it is good, and what ties it to the browser it was made for: pure, without clock or
//! database.
//!
//! - [`Cookie`]: the id of a session and a secret of its family. [`Span`]: how long a session lives.
//! - [`Place`]: where it is used. [`Memory`]: who was recognised within the last second.
//! - [`DeviceKey`]: the public half of a key that the browser made and does not let out.
//! - [`Purpose`], [`message`]: what the browser signs, and why.
//! - [`Bound`]: a key that the browser keeps itself. [`Tie`]: what is kept of both, and [`Tie::standing`]: what a request with a cookie of the session is worth.
//!
//! **Invariant:** a cookie alone is worth nothing for an act that asks for a signature, and little time for anything else.
//!
//! # How to add one more
//! A reason to sign: a variant of [`Purpose`] with a word of its own, so that no signature stands for another.

mod cookie;
mod key;
mod memory;
mod place;
mod span;
mod tie;

pub use cookie::Cookie;
pub use key::{DeviceKey, Purpose, message};
pub use memory::{Before, Memory};
pub use place::Place;
pub use span::{PROOF_UNTIED, SEEN_EVERY, Span};
pub use tie::{ANSWERED_WITHIN, Bound, FRESH, Shown, Standing, Tie};
