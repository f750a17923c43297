//! The one way out to the network: every connection that Custos opens to somebody else's server goes through here.
//!
//! - [`Url`]: an address in its one plain spelling. [`Ask`], [`Answer`]: what is sent and what came back.
//! - [`Outbound`]: resolves a name once, looks at every address it got, connects to one of exactly these, and reads no more
//!   and waits no longer than it was told.
//! - [`is_public`]: which addresses belong to the internet, and not to this machine, its network or its cloud.
//!
//! **Invariant:** an address that is not public is never connected to, unless the operator named its host; and what hands out
//! credentials to whoever asks (link-local and metadata addresses) not even then. The address that was looked at is the address
//! that is connected to, so a second answer of the name server changes nothing (CWE-918, OWASP SSRF).
//!
//! **Invariant:** nothing is followed: a redirect is a fault. Nothing is unpacked. No proxy is taken from the environment.
//! Certificates are always checked.
//!
//! # How to add one more
//! A range: `range.rs`, with its registry. A way to send something: a constructor of [`Ask`].

mod ask;
mod client;
mod fault;
mod range;
mod resolve;
mod tls;
mod url;

pub use ask::{Answer, Ask};
pub use client::{Limits, Outbound, Settings};
pub use fault::OutboundFault;
pub use range::is_public;
pub use resolve::{Resolve, Resolved, SystemResolver};
pub use url::{Url, encode};
