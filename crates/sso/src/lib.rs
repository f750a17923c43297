//! Signing in with a company's own identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE.
//!
//! - [`Sso`]: the handle. [`Settings`]: what the operator says about the provider.
//! - `claims`: what must hold of a token (`proofs::jws` takes it apart). `rule`: what its claims mean here. Both pure.
//! - `provider`: what the provider says about itself, its keys, and what it gives for a code.
//! - `flow`: there and back again. `link`: accounts at the provider that belong to people here. `logout`: out here and out there.
//!
//! **Invariant:** nobody is recognised by an e-mail address. A person is who linked an account of the provider while signed in
//! here, or joined by their invitation with it; the rest are refused.
//!
//! **Invariant:** what comes back is taken once, in the browser that went, within ten minutes, from the provider that was asked
//! (RFC 9700 §4.7, §4.4; RFC 9207).
//!
//! # How to add one more
//! A rule about tokens: a check in `claims.rs`, with a token in the tests that fails only it. A claim that means something: `rule.rs`.

mod claims;
mod fault;
mod flow;
mod link;
mod logout;
mod provider;
mod rule;
mod settings;
mod sso;
mod store;
#[cfg(test)]
mod tests;

pub use fault::SsoFault;
pub use flow::{Back, Departure, Landing, Return, Way};
pub use link::LinkedView;
pub use settings::Settings;
pub use sso::Sso;
pub use store::{LinkedId, LinkedKind};
