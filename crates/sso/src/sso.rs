//! The handle.

use std::sync::Arc;

use accounts::Accounts;
use db::Db;
use kernel::ObjectName;
use outbound::Outbound;
use vault::Vault;

use crate::Settings;
use crate::provider::Provider;

/// Single sign-on with one provider. Cheap to clone.
#[derive(Clone)]
pub struct Sso(Arc<Inner>);

struct Inner {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    settings: Settings,
    provider: Provider,
}

impl Sso {
    /// Makes the handle. The provider is not asked before somebody signs in.
    #[must_use]
    pub fn new(db: Db, vault: Vault, accounts: Accounts, outbound: Outbound, settings: Settings) -> Self {
        Self(Arc::new(Inner { db, vault, accounts, settings, provider: Provider::new(outbound) }))
    }

    /// Returns what the provider is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.settings.name
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// Names somebody at the provider without saying who.
    pub(crate) fn lookup(&self, subject: &str) -> [u8; 16] {
        self.0.vault.blind("sso.subject", &format!("{} {subject}", self.0.settings.issuer))
    }

    /// Names a session at the provider without saying which.
    pub(crate) fn lookup_session(&self, sid: &str) -> [u8; 16] {
        self.0.vault.blind("sso.session", &format!("{} {sid}", self.0.settings.issuer))
    }
}

/// The object that linked accounts belong to: people.
#[expect(clippy::expect_used, reason = "the word is a constant")]
pub(crate) fn user() -> ObjectName {
    ObjectName::parse("user").expect("a name")
}

/// The object of sessions.
#[expect(clippy::expect_used, reason = "the word is a constant")]
pub(crate) fn session() -> ObjectName {
    ObjectName::parse("session").expect("a name")
}
