//! Changing the epoch key: a new one wraps what is new at once, and every other key batch by batch; then the old one is
//! destroyed.
//!
//! Everything that is done stands in the keyring, so a program that was killed, or another one, goes on where it ended. The
//! old key cannot be removed while it wraps anything: the keyring's foreign key refuses, whoever asks.

use std::time::Duration;

use db::{DbFault, KeyringTx};
use kernel::{KeyId, Timestamp, Uuid};

use crate::epoch::{self, Wrapper};
use crate::{Vault, VaultFault, keys};

/// Keys that are wrapped anew in one transaction: some ten milliseconds. Each commit waits for the disk, and while it does, so may
/// whoever writes the line of a read: few large ones disturb less than many small ones.
const BATCH: u32 = 4000;
/// What is left to everybody else between two turns. A million keys take half a minute so.
pub const BREATH: Duration = Duration::from_millis(60);

/// One change of the epoch key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Its id.
    pub id: KeyId,
    /// The key that goes.
    pub old: KeyId,
    /// The key that comes.
    pub new: KeyId,
    /// How many keys there were when it began.
    pub total: u64,
    /// How many were wrapped anew.
    pub done: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When the old key was destroyed.
    pub ended_at: Option<Timestamp>,
}

/// What one step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is being changed.
    Idle,
    /// More is to be done.
    More(Rotation),
    /// The old key is destroyed.
    Done(Rotation),
}

/// Where a walk over the keys stands; each process has its own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Walk(pub(crate) Uuid);

const ROTATIONS: &str = "select id, old_epoch, new_epoch, total, done, started_at, ended_at from keyring_rotation \
     where ended_at is null or told = ?1 order by id";

fn rotation(row: &db::Row<'_>) -> Result<Rotation, DbFault> {
    Ok(Rotation {
        id: row.get(0)?,
        old: row.get(1)?,
        new: row.get(2)?,
        total: row.get(3)?,
        done: row.get(4)?,
        started_at: row.get(5)?,
        ended_at: row.get(6)?,
    })
}

/// Returns the change that is going on.
pub(crate) fn going_on(tx: &KeyringTx<'_>) -> Result<Option<Rotation>, DbFault> {
    // Nothing that has ended is both.
    let open = tx.rows(ROTATIONS, &[false.into()], rotation)?;
    Ok(open.into_iter().find(|rotation| rotation.ended_at.is_none()))
}

impl Vault {
    /// Begins to change the epoch key, or returns the change that is going on: from now on what is new is wrapped by the new key.
    /// The second value tells whether this call began it.
    ///
    /// # Errors
    /// [`VaultFault`]: the root key or the keyring.
    pub fn rotate(&self) -> Result<(Rotation, bool), VaultFault> {
        let inner = &*self.0;
        let (_, rooted) = inner.epochs.rooted()?;
        let at = (inner.clock.now(), &*inner.chance);
        let beginning = inner.keyring.aside(|tx| {
            if let Some(rotation) = going_on(tx)? {
                return Ok((rotation, false));
            }
            let old =
                tx.rows("select id from keyring_epoch where state = 'current'", &[], |row| row.get::<KeyId>(0))?;
            let old = *old.first().ok_or(VaultFault::Destroyed)?;
            let retired = "update keyring_epoch set state = 'retiring' where id = ?1 and state = 'current'";
            if tx.run(retired, &[old.into()])? == 0 {
                return Err(VaultFault::Moving);
            }
            let new = epoch::make(tx, &rooted, at)?;
            begin(tx, (old, new), at).map(|rotation| (rotation, true))
        });
        let begun = match beginning {
            // Two began at once: the other one was faster.
            Err(VaultFault::Moving | VaultFault::Keyring(DbFault::Exists | DbFault::Stale)) => {
                inner.keyring.aside(|tx| Ok::<_, VaultFault>((going_on(tx)?.ok_or(VaultFault::Moving)?, false)))?
            }
            begun => begun?,
        };
        inner.epochs.refresh()?;
        Ok(begun)
    }

    /// Wraps the next keys anew, or destroys the old epoch key when it wraps nothing any more. To be called until it is
    /// [`Turn::Done`] or [`Turn::Idle`]; whoever looks for a key does not wait.
    ///
    /// # Errors
    /// [`VaultFault`]: the keyring, or a key that does not open.
    pub fn turn(&self) -> Result<Turn, VaultFault> {
        let inner = &*self.0;
        let Some(rotation) = inner.keyring.aside(going_on)? else {
            inner.epochs.refresh()?;
            return Ok(Turn::Idle);
        };
        let (Some(old), Some(new)) = (inner.epochs.find(rotation.old)?, inner.epochs.find(rotation.new)?) else {
            // Another process has just ended it.
            return Ok(Turn::Idle);
        };
        let mut walk = self.walk();
        let batch = inner.keyring.aside(|tx| wrap_next(tx, (&rotation, walk.0), (&old, &new), &*inner.chance))?;
        if let Some(last) = batch {
            walk.0 = last;
            drop(walk);
            return Ok(Turn::More(inner.keyring.aside(going_on)?.unwrap_or(rotation)));
        }
        // From the start again: keys of a process that had not learnt of the new key yet may lie anywhere.
        walk.0 = Uuid::nil();
        drop(walk);
        let now = inner.clock.now();
        if !inner.keyring.aside(|tx| end(tx, &rotation, now))? {
            return Ok(Turn::More(rotation));
        }
        inner.epochs.refresh()?;
        inner.keyring.wipe()?;
        Ok(Turn::Done(Rotation { ended_at: Some(now), ..rotation }))
    }

    /// Lists the changes that have ended and of which the ledger does not know yet.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn untold(&self) -> Result<Vec<Rotation>, VaultFault> {
        let found = self.0.keyring.rows(ROTATIONS, &[false.into()], rotation)?;
        Ok(found.into_iter().filter(|rotation| rotation.ended_at.is_some()).collect())
    }

    /// Notes that the end of a change stands in the ledger.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn told(&self, rotation: &Rotation) -> Result<(), VaultFault> {
        let values = [rotation.id.into(), true.into()];
        self.0.keyring.aside(|tx| tx.run("update keyring_rotation set told = ?2 where id = ?1", &values))?;
        Ok(())
    }
}

fn begin(
    tx: &KeyringTx<'_>,
    (old, new): (KeyId, KeyId),
    (now, chance): (Timestamp, &dyn kernel::Chance),
) -> Result<Rotation, VaultFault> {
    let total = tx.rows("select count(*) from keyring_key where wrapped_by = ?1", &[old.into()], |row| row.get(0))?;
    let total: u64 = total.first().copied().unwrap_or_default();
    let id = KeyId::new(now, chance);
    let count = i64::try_from(total).unwrap_or(i64::MAX);
    tx.run(
        "insert into keyring_rotation (id, old_epoch, new_epoch, total, done, started_at, told) \
         values (?1, ?2, ?3, ?4, 0, ?5, ?6)",
        &[id.into(), old.into(), new.into(), count.into(), now.into(), false.into()],
    )?;
    Ok(Rotation { id, old, new, total, done: 0, started_at: now, ended_at: None })
}

/// Wraps the next keys anew and returns the last one's id; nothing if the walk is at its end.
fn wrap_next(
    tx: &KeyringTx<'_>,
    (rotation, after): (&Rotation, Uuid),
    (old, new): (&Wrapper, &Wrapper),
    chance: &dyn kernel::Chance,
) -> Result<Option<Uuid>, VaultFault> {
    // Two processes at the same change take turns.
    tx.run("update keyring_rotation set done = done where id = ?1", &[rotation.id.into()])?;
    let keys = tx.rows(
        "select id, purpose, wrapped from keyring_key where wrapped_by = ?1 and id > ?2 order by id limit ?3",
        &[old.id.into(), after.into(), BATCH.into()],
        |row| Ok((row.get::<KeyId>(0)?, row.get::<String>(1)?, row.get::<Vec<u8>>(2)?)),
    )?;
    let Some(last) = keys.last().map(|(id, ..)| id.uuid()) else { return Ok(None) };
    let anew = keys.into_iter().map(|(id, purpose, wrapped)| {
        let key = keys::unwrap_key(old, &purpose, id, &wrapped)?;
        Ok((id, keys::wrap(new, &purpose, id, &key, chance)?))
    });
    let anew = anew.collect::<Result<Vec<_>, VaultFault>>()?;
    let many = i64::try_from(tx.rewrap((old.id, new.id), anew)?).unwrap_or(i64::MAX);
    tx.run("update keyring_rotation set done = done + ?2 where id = ?1", &[rotation.id.into(), many.into()])?;
    Ok(Some(last))
}

/// Destroys the old key if it wraps nothing any more; false if it still does.
fn end(tx: &KeyringTx<'_>, rotation: &Rotation, now: Timestamp) -> Result<bool, VaultFault> {
    let left = tx.rows("select id from keyring_key where wrapped_by = ?1 limit 1", &[rotation.old.into()], |row| {
        row.get::<KeyId>(0)
    })?;
    if !left.is_empty() {
        return Ok(false);
    }
    tx.run("delete from keyring_epoch where id = ?1 and state = 'retiring'", &[rotation.old.into()])?;
    tx.run(
        "update keyring_rotation set ended_at = ?2 where id = ?1 and ended_at is null",
        &[rotation.id.into(), now.into()],
    )?;
    Ok(true)
}
