//! The handle.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use authz::{Cx, Level};
use crypto::Passwords;
use db::Db;
use notices::Notices;
use passwords::Breached;
use vault::Vault;

use crate::first_run::Workspace;
use crate::person::Names;
use crate::session::Recognised;
use crate::{AccountFault, factor, link, session, sign_in};

/// Everything that is asked about who may sign in. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) vault: Vault,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) recognised: Recognised,
    pub(crate) names: Names,
    /// Made once and never changed, so it is read once.
    pub(crate) workspace: OnceLock<Workspace>,
    /// The operator's list, where there is one.
    pub(crate) breached: OnceLock<Breached>,
    /// The strongest proof there can be here, where that is not a passkey.
    pub(crate) strongest: OnceLock<Level>,
}

impl Accounts {
    /// Makes the handle. `passwords` bounds how many are hashed at once.
    #[must_use]
    pub fn new(db: Db, vault: Vault, passwords: Passwords) -> Self {
        let pepper = vault.pepper();
        Self(Arc::new(Inner {
            db,
            vault,
            passwords: Arc::new(passwords.peppered(pepper)),
            recognised: Recognised::default(),
            names: Names::default(),
            workspace: OnceLock::new(),
            breached: OnceLock::new(),
            strongest: OnceLock::new(),
        }))
    }

    /// Says that no browser can use passkeys here: all names of the installation are bare addresses. Where a passkey is asked
    /// for, two factors do from now on. It is said by the operator's configuration and never by a request, which names its own host.
    pub fn without_passkeys(&self) {
        let _ = self.inner().strongest.set(Level::Multi);
    }

    /// Returns the strongest proof there can be.
    #[must_use]
    pub fn strongest(&self) -> Level {
        self.inner().strongest.get().copied().unwrap_or(Level::Resistant)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Returns the database, for the crates that build on this one.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Returns how many passwords were compared since the start, those of nobody too.
    #[must_use]
    pub fn compared_passwords(&self) -> u64 {
        self.0.passwords.compared()
    }

    /// Returns what people are told about their accounts.
    #[must_use]
    pub fn notices(&self) -> Notices {
        Notices::new(self.0.db.clone(), self.0.vault.clone())
    }

    /// Returns a vault to take into a closure.
    #[must_use]
    pub fn vault(&self) -> Vault {
        self.0.vault.clone()
    }

    /// Removes what can be used no longer: old sessions, links, questions and counts of tries. For a daily job; the ledger keeps what
    /// they did.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, AccountFault> {
        let tidying = self.db().write(cx, |tx| -> Result<u64, AccountFault> {
            let before = tx.now().minus(KEPT);
            let gone = session::store::remove_old(tx, before)? + link::store::remove_old(tx, before)?;
            Ok(gone
                + sign_in::store::remove_old(tx)?
                + sign_in::device::remove_old(tx)?
                + factor::challenge::remove_old(tx)?
                + notices::remove_old(tx)?)
        });
        tidying.await
    }
}

/// How long ended sessions and links are kept, to answer what became of them.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
