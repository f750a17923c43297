//! The names of colleagues, for owner columns: asked for on every list, so kept for a minute.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use authz::{Cx, Denied, Rights};
use db::ReadTx;
use kernel::{Timestamp, UserId, Uuid};
use ledger::{ActorRef, Line, verbs};
use vault::VaultFault;

use super::store;
use crate::{AccountFault, Accounts, object};

const FRESH: Duration = Duration::from_secs(60);
const MOST: usize = 4_096;

#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<UserId, (Timestamp, Arc<str>)>>);

impl Names {
    pub(crate) fn get(&self, id: UserId, now: Timestamp) -> Option<Arc<str>> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, name) = names.get(&id)?;
        // A clock that was put back makes nothing older than it is.
        (*since <= now && now.since(*since) < FRESH).then(|| Arc::clone(name))
    }

    pub(crate) fn put(&self, id: UserId, name: Arc<str>, now: Timestamp) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST {
            names.clear();
        }
        names.insert(id, (now, name));
    }

    pub(crate) fn forget(&self, id: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

impl Accounts {
    /// Returns the names of colleagues inside the transaction that shows them; a line of it says so. Whoever has signed in may
    /// know them. Ids of nobody, and of somebody erased, are left out.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody has signed in; [`AccountFault::Db`]; [`AccountFault::Vault`].
    pub fn names_of(&self, tx: &ReadTx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Arc<str>>, AccountFault> {
        if tx.cx().actor() == ActorRef::Nobody {
            return Err(AccountFault::SignedOut);
        }
        let mut names = HashMap::new();
        for id in ids {
            if let Entry::Vacant(place) = names.entry(*id)
                && let Some(name) = self.name_of(tx, *id)?
            {
                place.insert(name);
            }
        }
        if !names.is_empty() {
            let mut shown: Vec<Uuid> = names.keys().map(|id| id.uuid()).collect();
            shown.sort_unstable();
            tx.note(Line::done(verbs::LIST, object::user()).about_each(shown));
        }
        Ok(names)
    }

    /// Lists the colleagues who may sign in, by name; a line says so.
    ///
    /// # Errors
    /// As [`names_of`](Self::names_of).
    pub fn colleagues(&self, tx: &ReadTx<'_>) -> Result<Vec<(UserId, String)>, AccountFault> {
        let names = self.names_of(tx, &store::active(tx)?)?;
        let mut all: Vec<_> = names.into_iter().map(|(id, name)| (id, name.to_string())).collect();
        all.sort_by(|(one, a), (other, b)| a.cmp(b).then(one.cmp(other)));
        Ok(all)
    }

    /// Returns what a colleague may do now; a line says so. Who may ask is for the page to say.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] if there is nobody.
    pub fn rights_of(&self, tx: &ReadTx<'_>, id: UserId) -> Result<Arc<Rights>, AccountFault> {
        let account = store::known(tx, id)?.ok_or(Denied::Hidden)?;
        tx.note(Line::done(verbs::READ, object::user()).about(id).fact("what", "rights"));
        Ok(account.rights(tx)?)
    }

    fn name_of(&self, tx: &ReadTx<'_>, id: UserId) -> Result<Option<Arc<str>>, AccountFault> {
        let inner = self.inner();
        if let Some(name) = inner.names.get(id, tx.now()) {
            return Ok(Some(name));
        }
        let Some(account) = store::known(tx, id)? else {
            return Ok(None);
        };
        let name: Arc<str> = match account.profile(&inner.vault) {
            Ok(profile) => profile.name.into(),
            Err(AccountFault::Vault(VaultFault::Destroyed)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        inner.names.put(id, Arc::clone(&name), tx.now());
        Ok(Some(name))
    }

    /// Does what [`names_of`](Self::names_of) does, in a transaction of its own.
    ///
    /// # Errors
    /// As [`names_of`](Self::names_of).
    pub async fn names(&self, cx: &Cx, ids: Vec<UserId>) -> Result<HashMap<UserId, Arc<str>>, AccountFault> {
        let accounts = self.clone();
        self.db().read(cx, move |tx| accounts.names_of(tx, &ids)).await
    }
}
