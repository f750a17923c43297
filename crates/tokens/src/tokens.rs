//! The handle.

use std::sync::Arc;

use accounts::Accounts;
use binding::Memory;
use db::Db;
use objects::object::Objects;
use vault::Vault;

use crate::authenticate::Known;

/// Everything that is asked about tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    accounts: Accounts,
    objects: Option<Arc<Objects>>,
    recognised: Memory<[u8; 32], Known>,
}

impl Tokens {
    /// Takes the handle it builds on. Tokens that are kept to rows find none until it knows what objects there are.
    #[must_use]
    pub fn new(accounts: Accounts) -> Self {
        Self(Arc::new(Inner { accounts, objects: None, recognised: Memory::default() }))
    }

    /// Returns a handle that knows what objects there are, whose rows tokens are kept to.
    #[must_use]
    pub fn knowing(&self, objects: &Objects) -> Self {
        let (accounts, objects) = (self.0.accounts.clone(), Some(Arc::new(objects.clone())));
        Self(Arc::new(Inner { accounts, objects, recognised: Memory::default() }))
    }

    pub(crate) fn objects(&self) -> Option<&Arc<Objects>> {
        self.0.objects.as_ref()
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
