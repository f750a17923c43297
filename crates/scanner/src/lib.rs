//! Finds what people write into free text and should not: keys, tokens, passwords, numbers of cards and accounts, numbers of
//! identity cards. Pure: it says where, and what it looks like; what comes of it is somebody else's decision.
//!
//! What has a checksum is found by it, so that an order number is not taken for a card. What has none is found by the
//! beginning that its issuer gives it.
//!
//! # How to add one more
//! A kind of number: a module with `find`, its variant of [`Kind`], and its place in [`find`]. A kind of token: a line in
//! `token.rs`.

mod account;
mod card;
mod password;
mod private_key;
mod resident;
mod span;
mod token;

pub use span::{Finding, Kind};

/// Finds all there is in a text, in its order; what two kinds claim belongs to the surer one.
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let claims = [
        private_key::find(text),
        token::find(text),
        resident::find(text),
        account::find(text),
        card::find(text),
        password::find(text),
    ];
    for finding in claims.into_iter().flatten() {
        if found.iter().all(|other| !other.meets(&finding)) {
            found.push(finding);
        }
    }
    found.sort_by_key(|finding| finding.from);
    found
}

#[cfg(test)]
mod tests;
