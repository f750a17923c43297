//! Hashing, on threads that may block: it takes tens of milliseconds and 19 MiB by design.

use std::sync::Arc;

use crypto::{Secret, Turn, Verdict};
use passwords::{About, Breached};

use crate::{AccountFault, Accounts};

impl Accounts {
    /// Checks a new password against the rules and hashes it.
    pub(crate) async fn take_password(&self, typed: Secret<String>, about: About) -> Result<String, AccountFault> {
        let (passwords, db, accounts) = (Arc::clone(&self.inner().passwords), self.db().clone(), self.clone());
        blocking(move || {
            let password = passwords::normal(&typed);
            passwords::check(&password, &about).map_err(|code| AccountFault::wrong("password", code))?;
            if accounts.is_breached(&password)? {
                return Err(AccountFault::wrong("password", "password-common"));
            }
            Ok(passwords.hash(&password, db.chance())?)
        })
        .await
    }

    /// Refuses from now on what a list of breached passwords holds. A list that was set before stays.
    pub fn refuse_breached(&self, list: Breached) {
        let _ = self.inner().breached.set(list);
    }

    fn is_breached(&self, password: &Secret<String>) -> Result<bool, AccountFault> {
        Ok(self.inner().breached.get().map_or(Ok(false), |list| list.holds(password))?)
    }

    /// Compares a password with a hash; without one it takes the same time and does not fit.
    pub(crate) async fn fits(
        &self,
        typed: Secret<String>,
        hash: Option<String>,
        turn: Turn,
    ) -> Result<Fit, AccountFault> {
        let (passwords, db) = (Arc::clone(&self.inner().passwords), self.db().clone());
        blocking(move || {
            let password = passwords::normal(&typed);
            let Some(hash) = hash else {
                passwords.verify_nobody(&password)?;
                return Ok(Fit::No);
            };
            Ok(match passwords.verify(&password, &hash, turn)? {
                Verdict::Mismatch => Fit::No,
                Verdict::Match { upgrade: false } => Fit::Yes { better: None },
                Verdict::Match { upgrade: true } => Fit::Yes { better: Some(passwords.hash(&password, db.chance())?) },
            })
        })
        .await
    }
}

/// Whether a password fits.
pub(crate) enum Fit {
    /// It does not.
    No,
    /// It does.
    Yes {
        /// The same password hashed with today's cost, if the stored hash has less.
        better: Option<String>,
    },
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AccountFault> + Send + 'static,
) -> Result<T, AccountFault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AccountFault::Db(db::DbFault::Abandoned))?
}
