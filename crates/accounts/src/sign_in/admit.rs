//! Whether a try is heard, and who is meant by it.

use std::time::Duration;

use authz::Cx;
use db::{DbFault, WriteTx};
use kernel::UserId;
use ledger::{Line, verbs};
use vault::Vault;

use super::rules::{self, Window};
use super::store;
use crate::person::{State, store as people};
use crate::{AccountFault, object};

/// Whose tries are counted, as blind tokens. Every transaction touches the network's row before the address's, so that none
/// waits for another in a circle.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    email: [u8; 16],
    network: Option<[u8; 16]>,
}

impl Keys {
    pub(super) fn of(vault: &Vault, cx: &Cx, email: &str) -> Self {
        let network = cx.origin().ip.map(|ip| rules::network(ip).to_string());
        Self {
            email: Self::address(vault, email),
            network: network.map(|network| vault.blind("throttle.network", &network)),
        }
    }

    /// Names the window of an address.
    pub(super) fn address(vault: &Vault, email: &str) -> [u8; 16] {
        vault.blind("throttle.email", email)
    }

    /// Forgets what failed at this address before a success; of the network, which may hold others, only this try.
    pub(super) fn succeeded(self, tx: &mut WriteTx<'_>) -> Result<(), DbFault> {
        self.take_back_network(tx)?;
        store::forget(tx, self.email)
    }

    /// Takes back a try that could not be checked.
    pub(super) fn withdraw(self, tx: &mut WriteTx<'_>) -> Result<(), AccountFault> {
        self.take_back_network(tx)?;
        Ok(store::take_back(tx, self.email)?)
    }

    fn take_back_network(self, tx: &mut WriteTx<'_>) -> Result<(), DbFault> {
        self.network.map_or(Ok(()), |key| store::take_back(tx, key))
    }
}

/// Somebody with the e-mail address; the hash only if they may sign in.
pub(super) struct Candidate {
    pub(super) user: UserId,
    pub(super) hash: Option<String>,
}

/// What becomes of a try.
pub(super) enum Admission {
    /// It is checked.
    Heard(Option<Candidate>),
    /// It is not, before this time has passed.
    Wait(Duration),
}

/// Counts the try, and if it is heard says who is meant.
pub(super) fn admit(tx: &mut WriteTx<'_>, keys: Keys, email: Option<[u8; 16]>) -> Result<Admission, AccountFault> {
    let candidate = find(tx, email)?;
    // The network first: one that is not heard leaves no trace of whom it tried.
    if let Some(key) = keys.network {
        let window = store::count(tx, key)?;
        if let Some(wait) = window.wait(tx.now()) {
            return Ok(unheard(tx, window, wait, candidate.as_ref()));
        }
    }
    let window = store::count(tx, keys.email)?;
    if let Some(wait) = window.wait(tx.now()) {
        keys.take_back_network(tx)?;
        return Ok(unheard(tx, window, wait, candidate.as_ref()));
    }
    Ok(Admission::Heard(candidate))
}

fn find(tx: &WriteTx<'_>, email: Option<[u8; 16]>) -> Result<Option<Candidate>, DbFault> {
    let Some(blind) = email else { return Ok(None) };
    let account = people::known_by_email(tx, blind)?;
    Ok(account.map(|account| Candidate {
        user: account.id,
        hash: account.password.filter(|_| account.state == State::Active),
    }))
}

fn unheard(tx: &WriteTx<'_>, window: Window, wait: Duration, candidate: Option<&Candidate>) -> Admission {
    if window.worth_a_line() {
        let line = Line::denied(verbs::LOCK_OUT, object::user(), "too-many-tries");
        let line = line.fact("tries", window.tries.to_string());
        tx.note(line.about_each(candidate.map(|known| known.user.uuid())));
    }
    Admission::Wait(wait)
}
