//! How the keys stand: ages, states, numbers, and nothing secret.

use std::time::Duration;

use db::DbFault;
use kernel::{KeyId, Timestamp};

use crate::rotate::{self, Rotation};
use crate::{Vault, VaultFault, root};

/// An epoch key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its id.
    pub id: KeyId,
    /// Whether it wraps what is new; otherwise it is on its way out.
    pub current: bool,
    /// Since when it is there.
    pub since: Timestamp,
    /// How many keys it wraps.
    pub wraps: u64,
}

/// The keys of one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What they are for: `subject`, `object`, `index`, `token`, `session`, `job` or `ledger`.
    pub purpose: String,
    /// How many there are.
    pub many: u64,
    /// When the first one was made.
    pub oldest: Timestamp,
    /// When the last one was made.
    pub newest: Timestamp,
}

/// How the keys stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Where the root key comes from.
    pub provider: String,
    /// Since when it is the root key; nothing in a keyring from before that was noted.
    pub root_since: Option<Timestamp>,
    /// The epoch keys, the older first.
    pub epochs: Vec<Epoch>,
    /// All other keys, by purpose.
    pub held: Vec<Held>,
    /// The change of the epoch key that is going on.
    pub rotation: Option<Rotation>,
}

impl Vault {
    /// Returns how old the key is that wraps what is new.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn epoch_age(&self) -> Result<Duration, VaultFault> {
        let sql = "select created_at from keyring_epoch where state = 'current'";
        let since = self.0.keyring.rows(sql, &[], |row| row.get::<Timestamp>(0))?;
        let since = since.first().copied().ok_or(VaultFault::Destroyed)?;
        Ok(self.0.clock.now().since(since))
    }

    /// Says how the keys stand. Counts them all: with a million keys about a second.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn report(&self) -> Result<Report, VaultFault> {
        let keyring = &self.0.keyring;
        let mark = root::mark(keyring)?.ok_or(VaultFault::WrongRoot)?;
        let (provider, root_since) = (mark.provider, mark.since);
        keyring.aside(|tx| {
            let epochs = tx.rows(
                "select e.id, e.state, e.created_at, (select count(*) from keyring_key k where k.wrapped_by = e.id) \
                 from keyring_epoch e order by e.state desc, e.id",
                &[],
                |row| {
                    let current = row.get::<String>(1)? == "current";
                    Ok(Epoch { id: row.get(0)?, current, since: row.get(2)?, wraps: row.get(3)? })
                },
            )?;
            let held = tx.rows(
                "select purpose, count(*), min(created_at), max(created_at) from keyring_key group by purpose order by purpose",
                &[],
                held,
            )?;
            Ok(Report { provider, root_since, epochs, held, rotation: rotate::going_on(tx)? })
        })
    }
}

fn held(row: &db::Row<'_>) -> Result<Held, DbFault> {
    Ok(Held { purpose: row.get(0)?, many: row.get(1)?, oldest: row.get(2)?, newest: row.get(3)? })
}
