//! Proving again who one is.
//!
//! - `act`: what has to be proved before somebody changes what they sign in with. Before other dangerous acts it is `Cx::dare`,
//!   which the decisions of the policy call by themselves.
//! - `prove`: with what somebody can, and the proofs. Each makes a new session of the one that acts; the passkey's is in
//!   `passkey::enter`.
//! - `policy`: what is asked of each role, kept by the crate `policy`.

mod act;
mod policy;
mod prove;
mod rules;

pub use prove::Ways;
