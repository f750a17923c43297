//! Keys in the keyring: made, wrapped, found, destroyed.

use std::sync::Arc;

use crypto::Key;
use db::{Keyring, KeyringTx, Val};
use kernel::{Chance, KeyId, Timestamp};

use crate::VaultFault;

/// What a key is for. The word is bound into its wrapping: a key of one purpose cannot be passed off as another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Epoch,
    Subject,
    Object,
    Index,
    Token,
    Session,
    Job,
    Ledger,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Subject => "subject",
            Self::Object => "object",
            Self::Index => "index",
            Self::Token => "token",
            Self::Session => "session",
            Self::Job => "job",
            Self::Ledger => "ledger",
        }
    }
}

/// A key that wraps others.
pub(crate) struct Wrapper {
    pub(crate) id: Option<KeyId>,
    pub(crate) key: Arc<Key>,
}

fn binding(purpose: Purpose, id: KeyId) -> Vec<u8> {
    [b"custos-key-1/", purpose.word().as_bytes(), b"/", &id.to_bytes()].concat()
}

/// Makes a key and writes it, wrapped.
pub(crate) fn make(
    tx: &KeyringTx<'_>,
    wrapper: &Wrapper,
    (purpose, label): (Purpose, &str),
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<(KeyId, Key), VaultFault> {
    let (id, key) = (KeyId::new(now, chance), Key::generate(chance));
    let wrapped = crypto::seal(&wrapper.key, &binding(purpose, id), key.expose_bytes(), chance)?;
    tx.run(
        "insert into keyring_key (id, purpose, label, wrapped_by, wrapped, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[id.into(), purpose.word().into(), label.into(), wrapper.id.into(), Val::Bytes(wrapped), now.into()],
    )?;
    Ok((id, key))
}

fn unwrap_key(wrapper: &Wrapper, purpose: Purpose, id: KeyId, wrapped: &[u8]) -> Result<Key, VaultFault> {
    let bytes = crypto::open(&wrapper.key, &binding(purpose, id), wrapped).map_err(|_| VaultFault::Tampered)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| VaultFault::Tampered)?;
    Ok(Key::from_bytes(bytes))
}

/// Finds the key with a name, or makes it.
pub(crate) fn named(
    keyring: &Keyring,
    wrapper: &Wrapper,
    (purpose, label): (Purpose, &str),
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<(KeyId, Key), VaultFault> {
    keyring.within(|tx| {
        let found = tx.rows(
            "select id, wrapped from keyring_key where purpose = ?1 and label = ?2",
            &[purpose.word().into(), label.into()],
            |row| Ok((row.get::<KeyId>(0)?, row.get::<Vec<u8>>(1)?)),
        )?;
        match found.into_iter().next() {
            Some((id, wrapped)) => Ok((id, unwrap_key(wrapper, purpose, id, &wrapped)?)),
            None => make(tx, wrapper, (purpose, label), (now, chance)),
        }
    })
}

/// Finds a key by its id.
pub(crate) fn find(keyring: &Keyring, wrapper: &Wrapper, purpose: Purpose, id: KeyId) -> Result<Key, VaultFault> {
    let wrapped = keyring.rows(
        "select wrapped from keyring_key where id = ?1 and purpose = ?2",
        &[id.into(), purpose.word().into()],
        |row| row.get::<Vec<u8>>(0),
    )?;
    let wrapped = wrapped.into_iter().next().ok_or(VaultFault::Destroyed)?;
    unwrap_key(wrapper, purpose, id, &wrapped)
}

/// Destroys a key for good. `secure_delete` overwrites it; the keyring's write-ahead log is emptied by the caller.
pub(crate) fn destroy(keyring: &Keyring, purpose: Purpose, id: KeyId) -> Result<bool, VaultFault> {
    let gone = keyring.within(|tx| {
        tx.run("delete from keyring_key where id = ?1 and purpose = ?2", &[id.into(), purpose.word().into()])
    })?;
    Ok(gone == 1)
}
