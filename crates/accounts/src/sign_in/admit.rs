//! Whether a try is heard, and who is meant by it.

use std::time::Duration;

use authz::Cx;
use crypto::Turn;
use db::{DbFault, WriteTx};
use kernel::UserId;
use ledger::{Line, verbs};
use vault::Vault;

use super::{device, store};
use crate::person::{State, store as people};
use crate::{AccountFault, object};
use proofs::tries::{self, Window};

/// Whose tries are counted, as blind tokens. Every transaction touches the network's row before the address's, so that none
/// waits for another in a circle.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    email: [u8; 16],
    network: Option<[u8; 16]>,
    /// The window of a browser that is known, which then counts alone.
    own: Option<[u8; 16]>,
}

impl Keys {
    pub(super) fn of(vault: &Vault, cx: &Cx, email: &str) -> Self {
        let network = cx.origin().ip.map(|ip| tries::network(ip).to_string());
        Self {
            email: Self::address(vault, email),
            network: network.map(|network| vault.blind("throttle.network", &network)),
            own: None,
        }
    }

    /// Names the window of an address.
    pub(super) fn address(vault: &Vault, email: &str) -> [u8; 16] {
        vault.blind("throttle.email", email)
    }

    /// Says whose turn the check is.
    pub(super) const fn turn(self) -> Turn {
        if self.own.is_some() { Turn::Known } else { Turn::Anybody }
    }

    /// Forgets what failed in this browser, or at this address, before a success; of the network, which may hold others,
    /// only this try.
    pub(super) fn succeeded(self, tx: &mut WriteTx<'_>) -> Result<(), DbFault> {
        if let Some(own) = self.own {
            return store::forget(tx, own);
        }
        self.take_back_network(tx)?;
        store::forget(tx, self.email)
    }

    /// Takes back a try that could not be checked.
    pub(super) fn withdraw(self, tx: &mut WriteTx<'_>) -> Result<(), AccountFault> {
        if let Some(own) = self.own {
            return Ok(store::take_back(tx, own)?);
        }
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
    /// It is checked; the keys say in which windows it was counted.
    Heard(Keys, Option<Candidate>),
    /// It is not, before this time has passed.
    Wait(Duration),
}

/// Counts the try, and if it is heard says who is meant. A browser that is known for the person is counted by itself: no
/// guess from elsewhere stands in its way.
pub(super) fn admit(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    keys: Keys,
    (email, device): (Option<[u8; 16]>, Option<&str>),
) -> Result<Admission, AccountFault> {
    let candidate = find(tx, email)?;
    let own = match &candidate {
        Some(known) => device::window(tx, vault, (device, known.user))?,
        None => None,
    };
    if let Some(key) = own {
        let window = store::count(tx, key)?;
        return Ok(match window.wait(tx.now()) {
            Some(wait) => unheard(tx, window, wait, candidate.as_ref()),
            None => Admission::Heard(Keys { own, ..keys }, candidate),
        });
    }
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
    Ok(Admission::Heard(keys, candidate))
}

/// Counts a try of another kind, by the network asking and by what is named; returns how long to wait if it is not heard.
pub(crate) fn turned_away(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    what: &str,
    named: &str,
) -> Result<Option<Duration>, DbFault> {
    let network = tx.cx().origin().ip.map(|ip| tries::network(ip).to_string());
    let network = network.map(|network| vault.blind("throttle.network", &format!("{what} {network}")));
    for key in network.into_iter().chain([vault.blind("throttle.named", &format!("{what} {named}"))]) {
        let window = store::count(tx, key)?;
        if let Some(wait) = window.wait(tx.now()) {
            if window.worth_a_line() {
                tx.note(Line::denied(verbs::LOCK_OUT, object::user(), "too-many-tries").fact("of", what.to_owned()));
            }
            return Ok(Some(wait));
        }
    }
    Ok(None)
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
