//! The handle.

use std::sync::Arc;

use accounts::Accounts;
use binding::Memory;
use db::Db;
use vault::Vault;

use crate::authenticate::Known;

/// Everything that is asked about tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    accounts: Accounts,
    recognised: Memory<[u8; 32], Known>,
}

impl Tokens {
    /// Takes the handle it builds on.
    #[must_use]
    pub fn new(accounts: Accounts) -> Self {
        Self(Arc::new(Inner { accounts, recognised: Memory::default() }))
    }

    /// Returns the people whom tokens act for.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn db(&self) -> &Db {
        self.0.accounts.db()
    }

    pub(crate) fn vault(&self) -> Vault {
        self.0.accounts.vault()
    }

    /// Returns the tokens that were recognised within the last second.
    pub(crate) fn recognised(&self) -> &Memory<[u8; 32], Known> {
        &self.0.recognised
    }
}
