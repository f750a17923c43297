//! Programs of others that act for people who agreed: OAuth 2.1 with public clients.
//!
//! 1. An administrator names an app and what it may do; a second person agrees (`rule.rs`). Before that it is not there.
//! 2. Somebody is sent here by the app, reads what it could do, proves who they are and agrees ([`Apps::agree`]). Their browser
//!    carries a code back (RFC 6749 §4.1, RFC 7636, RFC 9207).
//! 3. The app exchanges the code for a token of that person ([`Apps::exchange`]) and renews it ([`Apps::renew`]). The token is one of
//!    the crate `tokens`: same policy, same budget, never more than its owner.
//! 4. One act ends the app and all it holds ([`Apps::stop`]).
//!
//! `model.rs`, `store.rs`: the rows. `rules.rs`: what is decided without clock or database. `act.rs`: listing, stopping.
//!
//! **Invariant:** nobody is led to an address that was not registered, letter by letter.
//!
//! **Invariant:** a code and what renews a token are good once. One that comes again ends what was made of it: two have it, and one of
//! them stole it.
//!
//! **Invariant:** only keyed hashes are stored.
//!
//! # How to add one more
//! Another grant: not here. There is no implicit one, none with passwords, none for devices, and there are no client secrets.

mod act;
mod consent;
mod exchange;
mod fault;
mod model;
mod rule;
mod rules;
mod store;

use accounts::Accounts;
use db::Db;
use tokens::Tokens;
use vault::Vault;

pub use consent::{Consent, Wish};
pub use exchange::Granted;
pub use fault::AppFault;
pub use model::{App, AppId, SEALED};
pub use rule::{RULE, SecondPerson};
pub use rules::{AppForm, Spelled, address, terms};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Apps {
    db: Db,
    vault: Vault,
    tokens: Tokens,
}

impl Apps {
    /// Takes the handles it builds on.
    #[must_use]
    pub fn new(accounts: &Accounts, tokens: Tokens) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), tokens }
    }
}
