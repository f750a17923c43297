//! Addresses that are told what happens here.
//!
//! 1. [`Webhooks::create`]: somebody names an address, and the events and fields that go there. The secret is shown once.
//! 2. [`Webhooks::fan_out`] reads the ledger behind a cursor and writes a delivery for each event that a webhook wants.
//! 3. [`Courier::send_next`] takes one delivery under a lease, asks what its owner may see *at that moment*, signs it
//!    (Standard Webhooks) and sends it through `outbound`. What failed is tried again for about three days.
//!
//! A delivery holds which event of which record, and nothing of the record: fields are read when it is sent, in the name and
//! with the present rights of whoever the webhook belongs to, and whom it tells of counts as seen by them. What they may not see
//! is not told of, and leaves no trace in the list of deliveries. A webhook ends with its owner's account.
//!
//! **Invariant:** nothing goes out but what the owner could read on a page at that moment.
//!
//! # How to add one more
//! An event of records: a word in [`rules::WORDS`] and its verb. One of safety: a line of [`rules::WATCHED`]. Both have words in `console`.

mod act;
mod courier;
mod fan;
mod fault;
mod model;
pub mod rules;
mod store;

use accounts::Accounts;
use db::Db;
use records::Records;
use vault::Vault;

pub use courier::Courier;
pub use fault::WebhookFault;
pub use model::{DeliveryId, DeliveryState, DeliveryView, Plan, SEALED, WebhookId, WebhookView};

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    records: Records,
}

impl Webhooks {
    /// Takes the handles it builds on.
    #[must_use]
    pub fn new(accounts: Accounts, records: Records) -> Self {
        Self { db: accounts.db().clone(), vault: accounts.vault(), accounts, records }
    }
}
