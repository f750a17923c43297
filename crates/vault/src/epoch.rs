//! Epoch keys: which there are, which one wraps what is new, and how this process learns that another one changed it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, PoisonError, RwLock};

use crypto::Key;
use db::{Keyring, KeyringTx, Val};
use kernel::{Chance, KeyId, Timestamp};

use crate::root::{self, Rooted};
use crate::{Root, VaultFault};

/// The word that an epoch key's wrapping is bound to, with its id.
const PURPOSE: &str = "epoch";

/// A key that wraps others.
#[derive(Clone)]
pub(crate) struct Wrapper {
    pub(crate) id: KeyId,
    pub(crate) key: Arc<Key>,
}

/// The epoch keys of the keyring, opened.
pub(crate) struct Epochs {
    keyring: Keyring,
    root: RwLock<Arc<Root>>,
    known: RwLock<Known>,
}

struct Known {
    current: KeyId,
    keys: HashMap<KeyId, Arc<Key>>,
}

/// An epoch key as it lies in the keyring.
struct Row {
    id: KeyId,
    current: bool,
    wrapped: Vec<u8>,
}

impl Epochs {
    /// Opens what is there, or makes the first one.
    pub(crate) fn open(
        keyring: Keyring,
        (root, rooted): (Root, &Rooted),
        (now, chance): (Timestamp, &dyn Chance),
    ) -> Result<Self, VaultFault> {
        let rows = keyring.within(|tx| {
            let rows = rows(tx)?;
            if !rows.is_empty() {
                return Ok(rows);
            }
            make(tx, rooted, (now, chance))?;
            self::rows(tx).map_err(VaultFault::from)
        })?;
        let known = RwLock::new(open_all(rooted, &rows, &HashMap::new())?);
        Ok(Self { keyring, root: RwLock::new(Arc::new(root)), known })
    }

    /// Returns the key that wraps what is new.
    pub(crate) fn current(&self) -> Result<Wrapper, VaultFault> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let key = known.keys.get(&known.current).ok_or(VaultFault::Destroyed)?;
        Ok(Wrapper { id: known.current, key: Arc::clone(key) })
    }

    /// Returns the key with an id; one that is not known yet was made by another process and is looked up. Nothing if there is
    /// none: everything it wrapped is wrapped by another one now.
    pub(crate) fn find(&self, id: KeyId) -> Result<Option<Wrapper>, VaultFault> {
        if let Some(key) = self.get(id) {
            return Ok(Some(Wrapper { id, key }));
        }
        self.refresh()?;
        Ok(self.get(id).map(|key| Wrapper { id, key }))
    }

    fn get(&self, id: KeyId) -> Option<Arc<Key>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.get(&id).map(Arc::clone)
    }

    /// Looks which there are now. One that was destroyed leaves the memory of this process too; the root key is asked only for one
    /// that is new.
    pub(crate) fn refresh(&self) -> Result<(), VaultFault> {
        let rows = self.keyring.rows(ROWS, &[], row)?;
        let seen: HashMap<KeyId, Arc<Key>> = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let current = rows.iter().find(|row| row.current).map(|row| row.id);
            if current == Some(known.current) && rows.len() == known.keys.len() {
                return Ok(());
            }
            known.keys.iter().map(|(id, key)| (*id, Arc::clone(key))).collect()
        };
        let known = if rows.iter().all(|row| seen.contains_key(&row.id)) {
            kept(&rows, &seen)
        } else {
            open_all(&self.rooted()?.1, &rows, &seen)?
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// Returns where the root key comes from.
    pub(crate) fn root(&self) -> Arc<Root> {
        Arc::clone(&self.root.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks for the root key from now on where it comes from since a moment ago.
    pub(crate) fn take_root(&self, root: Root) {
        *self.root.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(root);
    }

    /// Asks for the root key: it does not stay in memory.
    pub(crate) fn rooted(&self) -> Result<(Arc<Root>, Rooted), VaultFault> {
        let root = self.root();
        let rooted = root::known(&root, &self.keyring)?;
        Ok((root, rooted))
    }
}

/// Spells what the wrapping of an epoch key is bound to.
pub(crate) fn binding(id: KeyId) -> Vec<u8> {
    crate::keys::binding(PURPOSE, id)
}

/// Returns the epoch keys as they lie in the keyring.
pub(crate) fn wrapped(tx: &KeyringTx<'_>) -> Result<Vec<(KeyId, Vec<u8>)>, db::DbFault> {
    Ok(rows(tx)?.into_iter().map(|row| (row.id, row.wrapped)).collect())
}

const ROWS: &str = "select id, state, wrapped from keyring_epoch order by id";

fn row(row: &db::Row<'_>) -> Result<Row, db::DbFault> {
    Ok(Row { id: row.get(0)?, current: row.get::<String>(1)? == "current", wrapped: row.get(2)? })
}

fn rows(tx: &KeyringTx<'_>) -> Result<Vec<Row>, db::DbFault> {
    tx.rows(ROWS, &[], row)
}

fn current(rows: &[Row]) -> KeyId {
    rows.iter().find(|row| row.current).map_or_else(|| KeyId::from_uuid(kernel::Uuid::nil()), |row| row.id)
}

/// Takes what is known already.
fn kept(rows: &[Row], seen: &HashMap<KeyId, Arc<Key>>) -> Known {
    let keys = rows.iter().filter_map(|row| seen.get(&row.id).map(|key| (row.id, Arc::clone(key))));
    Known { current: current(rows), keys: keys.collect() }
}

fn open_all(rooted: &Rooted, rows: &[Row], seen: &HashMap<KeyId, Arc<Key>>) -> Result<Known, VaultFault> {
    let mut known = kept(rows, seen);
    for row in rows {
        if let Entry::Vacant(place) = known.keys.entry(row.id) {
            let key = rooted.unwrap_key(&binding(row.id), &row.wrapped)?;
            place.insert(Arc::new(key));
        }
    }
    Ok(known)
}

/// Makes an epoch key that wraps what is new from now on, wrapped by the root key: by one that is it still, and stays it until this
/// transaction ends. What another one wraps nobody could open.
pub(crate) fn make(
    tx: &KeyringTx<'_>,
    rooted: &Rooted,
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<KeyId, VaultFault> {
    let present = "update keyring_root set proof = proof where proof = ?1";
    if tx.run(present, &[Val::Bytes(rooted.proof.clone())])? != 1 {
        return Err(VaultFault::Moving);
    }
    let (id, key) = (KeyId::new(now, chance), Key::generate(chance));
    let wrapped = rooted.wrap_key(&binding(id), &key, chance)?;
    tx.run(
        "insert into keyring_epoch (id, state, wrapped, created_at) values (?1, 'current', ?2, ?3)",
        &[id.into(), Val::Bytes(wrapped), now.into()],
    )?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use db::Place;
    use kernel::{FixedClock, SeededChance};

    use super::*;
    use crate::{Former, Vault, VaultConfig};

    /// Fails when: an epoch key is made without a look at whether what wraps it is the root key still.
    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_wrapped_by_a_root_key_that_was_replaced_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let keyring = Keyring::open(Place::File(dir.path().join("keyring.db")), now).await.unwrap();
        let file = || Root::KeyFile(dir.path().join("root.key"));
        let (clock, chance) = (Arc::new(FixedClock::at(now)), Arc::new(SeededChance::new(3)));
        let config = VaultConfig { root: file(), keyring, clock, chance };
        let vault = Vault::open(config).await.unwrap();
        let inner = &*vault.0;
        let (_, old) = inner.epochs.rooted().unwrap();
        vault.next_root(file()).unwrap().commit().unwrap().settle(Former::Kept).unwrap();
        let retire = "update keyring_epoch set state = 'retiring'";
        let made = inner.keyring.within(|tx| {
            tx.run(retire, &[])?;
            make(tx, &old, (now, &*inner.chance))
        });
        assert!(matches!(made, Err(VaultFault::Moving)));
        let (_, new) = inner.epochs.rooted().unwrap();
        let made = inner.keyring.within(|tx| {
            tx.run(retire, &[])?;
            make(tx, &new, (now, &*inner.chance))
        });
        assert!(made.is_ok());
    }
}
