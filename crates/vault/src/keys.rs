//! Keys in the keyring: made, wrapped, found, destroyed.

use crypto::Key;
use db::{Keyring, KeyringTx, Val};
use kernel::{Chance, KeyId, ObjectName, Timestamp};

use crate::epoch::{Epochs, Wrapper};
use crate::{ObjectKeys, VaultFault, returned};

/// What a key is for. The word is bound into its wrapping: a key of one purpose cannot be passed off as another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Subject,
    Object,
    Index,
    Lookup,
    Row,
    Token,
    Session,
    Job,
    Ledger,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Object => "object",
            Self::Index => "index",
            Self::Lookup => "lookup",
            Self::Row => "row",
            Self::Token => "token",
            Self::Session => "session",
            Self::Job => "job",
            Self::Ledger => "ledger",
        }
    }
}

/// Spells what a wrapping is bound to.
pub(crate) fn binding(purpose: &str, id: KeyId) -> Vec<u8> {
    [b"custos-key-1/", purpose.as_bytes(), b"/", &id.to_bytes()].concat()
}

/// How often a key is looked for anew whose wrapping changed while it was read.
const TRIES: usize = 4;

/// Makes keys under the present epoch key. What another process made current meanwhile is learnt first: a key is never wrapped
/// by one that is on its way out.
pub(crate) fn make<T>(
    keyring: &Keyring,
    epochs: &Epochs,
    work: impl Fn(&KeyringTx<'_>, &Wrapper) -> Result<T, VaultFault>,
) -> Result<T, VaultFault> {
    for _ in 0..TRIES {
        let wrapper = epochs.current()?;
        let made = keyring.within(|tx| {
            let current = tx.rows("select id from keyring_epoch where state = 'current'", &[], |row| row.get(0))?;
            if current.first() != Some(&wrapper.id) {
                return Ok(None);
            }
            work(tx, &wrapper).map(Some)
        })?;
        match made {
            Some(made) => return Ok(made),
            None => epochs.refresh()?,
        }
    }
    Err(VaultFault::Moving)
}

/// Makes a key and writes it, wrapped.
pub(crate) fn make_in(
    tx: &KeyringTx<'_>,
    wrapper: &Wrapper,
    (purpose, label): (Purpose, &str),
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<(KeyId, Key), VaultFault> {
    let key = Key::generate(chance);
    write(tx, wrapper, (purpose, label), &key, (now, chance)).map(|id| (id, key))
}

/// Writes a key, wrapped, under an id of its own.
fn write(
    tx: &KeyringTx<'_>,
    wrapper: &Wrapper,
    (purpose, label): (Purpose, &str),
    key: &Key,
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<KeyId, VaultFault> {
    let id = KeyId::new(now, chance);
    let wrapped = wrap(wrapper, purpose.word(), id, key, chance)?;
    tx.run_later(
        "insert into keyring_key (id, purpose, label, wrapped_by, wrapped, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        vec![id.into(), purpose.word().into(), label.into(), wrapper.id.into(), Val::Bytes(wrapped), now.into()],
    )?;
    Ok(id)
}

/// Wraps a key.
pub(crate) fn wrap(
    wrapper: &Wrapper,
    purpose: &str,
    id: KeyId,
    key: &Key,
    chance: &dyn Chance,
) -> Result<Vec<u8>, VaultFault> {
    Ok(crypto::seal(&wrapper.key, &binding(purpose, id), key.expose_bytes(), chance)?)
}

/// Takes a key out of its wrapping.
pub(crate) fn unwrap_key(wrapper: &Wrapper, purpose: &str, id: KeyId, wrapped: &[u8]) -> Result<Key, VaultFault> {
    let bytes = crypto::open(&wrapper.key, &binding(purpose, id), wrapped).map_err(|_| VaultFault::Tampered)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| VaultFault::Tampered)?;
    Ok(Key::from_bytes(bytes))
}

/// Finds the key with a name, or makes it.
pub(crate) fn named(
    keyring: &Keyring,
    epochs: &Epochs,
    (purpose, label): (Purpose, &str),
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<(KeyId, Key), VaultFault> {
    let seek = || {
        keyring.rows(
            "select id, wrapped, wrapped_by from keyring_key where purpose = ?1 and label = ?2 \
             and not exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)",
            &[purpose.word().into(), label.into()],
            |row| Ok((row.get::<KeyId>(0)?, row.get::<Vec<u8>>(1)?, row.get::<KeyId>(2)?)),
        )
    };
    for _ in 0..TRIES {
        if let Some((id, wrapped, by)) = seek()?.into_iter().next() {
            if let Some(wrapper) = epochs.find(by)? {
                return Ok((id, unwrap_key(&wrapper, purpose.word(), id, &wrapped)?));
            }
            continue;
        }
        match make(keyring, epochs, |tx, wrapper| make_in(tx, wrapper, (purpose, label), (now, chance))) {
            // Another process was faster: there is one now. Or one that was destroyed lies there again under the name.
            Err(VaultFault::Keyring(db::DbFault::Exists)) => returned::unname(keyring, purpose.word(), label)?,
            made => return made,
        }
    }
    Err(VaultFault::Moving)
}

/// What the key of the marks of rights is called once the rows that were there before it are marked, and until then.
const RIGHTS: [&str; 2] = ["rights", "rights-new"];

/// Finds the key that rows are marked with which say who may do what, or makes it.
pub(crate) fn rights(keyring: &Keyring, epochs: &Epochs, at: (Timestamp, &dyn Chance)) -> Result<Key, VaultFault> {
    let [known, new] = RIGHTS;
    let label = if rights_known(keyring)? { known } else { new };
    Ok(named(keyring, epochs, (Purpose::Row, label), at)?.1)
}

/// Tells whether the rows were marked once.
pub(crate) fn rights_known(keyring: &Keyring) -> Result<bool, db::DbFault> {
    let sql = "select 1 from keyring_key where purpose = ?1 and label = ?2";
    let found = keyring.rows(sql, &[Purpose::Row.word().into(), RIGHTS[0].into()], |row| row.get::<i64>(0))?;
    Ok(!found.is_empty())
}

/// Writes down that they were.
pub(crate) fn know_rights(keyring: &Keyring) -> Result<(), db::DbFault> {
    let [known, new] = RIGHTS;
    keyring.within(|tx| {
        let sql = "update keyring_key set label = ?3 where purpose = ?1 and label = ?2";
        tx.run(sql, &[Purpose::Row.word().into(), new.into(), known.into()]).map(|_| ())
    })
}

/// Makes the key by which accounts, codes and the like are found. In a keyring from before there was one, what stands in the data is
/// known by the key of the index: that one is written down a second time, as what it is from now on.
pub(crate) fn lookup(
    keyring: &Keyring,
    epochs: &Epochs,
    index: &Key,
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<Key, VaultFault> {
    let used =
        keyring.rows("select 1 from keyring_key where purpose = 'lookup' and label = 'current'", &[], |row| {
            row.get::<i64>(0)
        })?;
    let old =
        keyring.rows("select 1 from keyring_key where purpose = 'subject' limit 1", &[], |row| row.get::<i64>(0))?;
    if !used.is_empty() || old.is_empty() {
        return Ok(named(keyring, epochs, (Purpose::Lookup, "current"), (now, chance))?.1);
    }
    let made =
        make(keyring, epochs, |tx, wrapper| write(tx, wrapper, (Purpose::Lookup, "current"), index, (now, chance)));
    match made {
        Ok(_) | Err(VaultFault::Keyring(db::DbFault::Exists)) => {
            Ok(named(keyring, epochs, (Purpose::Lookup, "current"), (now, chance))?.1)
        }
        Err(fault) => Err(fault),
    }
}

/// Destroys a key for good and gives its label to the one that takes its place; leaves word of it for other processes.
pub(crate) fn replace(
    keyring: &Keyring,
    (purpose, label): (Purpose, &'static str),
    (old, new): (KeyId, KeyId),
    now: Timestamp,
) -> Result<(), VaultFault> {
    keyring.within(|tx| {
        tx.run("delete from keyring_key where id = ?1 and purpose = ?2", &[old.into(), purpose.word().into()])?;
        let told = "insert into keyring_destroyed (id, destroyed_at) values (?1, ?2) on conflict (id) do nothing";
        tx.run(told, &[old.into(), now.into()])?;
        let named = "update keyring_key set label = ?3 where id = ?1 and purpose = ?2";
        tx.run(named, &[new.into(), purpose.word().into(), label.into()])?;
        Ok(())
    })
}

/// What stands between the name of an object and the id of a key of it that only opens: no name holds it.
const FORMER: char = '#';

/// Lists the former keys of a name, the last one first.
pub(crate) fn former(keyring: &Keyring, purpose: Purpose, label: &str) -> Result<Vec<KeyId>, VaultFault> {
    let (from, to) = (format!("{label}{FORMER}"), format!("{label}{FORMER}~"));
    let sql = "select id from keyring_key where purpose = ?1 and label > ?2 and label < ?3 order by id desc";
    Ok(keyring.rows(sql, &[purpose.word().into(), from.into(), to.into()], |row| row.get(0))?)
}

/// Lists the objects that have keys.
pub(crate) fn objects(keyring: &Keyring) -> Result<Vec<ObjectKeys>, VaultFault> {
    let sql = "select label, created_at from keyring_key where purpose = 'object' and label <> '' order by label";
    let rows = keyring.rows(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<Timestamp>(1)?)))?;
    let mut all: Vec<ObjectKeys> = Vec::new();
    for (label, since) in rows {
        match (label.split_once(FORMER), all.last_mut()) {
            // A former key stands behind the one in use: its label goes on where that one's ends.
            (Some((name, _)), Some(last)) if last.object.as_str() == name => last.former += 1,
            (None, _) => all.extend(ObjectName::parse(&label).map(|object| ObjectKeys { object, since, former: 0 })),
            _ => {}
        }
    }
    Ok(all)
}

/// Makes a new key of a name; the one there is becomes a former one. Nothing if there is none.
pub(crate) fn renew(
    tx: &KeyringTx<'_>,
    wrapper: &Wrapper,
    (purpose, label): (Purpose, &str),
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<Option<(KeyId, KeyId)>, VaultFault> {
    let sql = "select id from keyring_key where purpose = ?1 and label = ?2";
    let found = tx.rows(sql, &[purpose.word().into(), label.into()], |row| row.get::<KeyId>(0))?;
    let Some(old) = found.first().copied() else { return Ok(None) };
    let name = format!("{label}{FORMER}{old}");
    let sql = "update keyring_key set label = ?3 where id = ?1 and label = ?2";
    if tx.run(sql, &[old.into(), label.into(), name.into()])? != 1 {
        return Err(VaultFault::Moving);
    }
    let (new, _) = make_in(tx, wrapper, (purpose, label), (now, chance))?;
    Ok(Some((old, new)))
}

/// Finds a key by its id; one that was destroyed is not found, whoever put it back.
pub(crate) fn find(keyring: &Keyring, epochs: &Epochs, purpose: Purpose, id: KeyId) -> Result<Key, VaultFault> {
    for _ in 0..TRIES {
        let found = keyring.rows(
            "select wrapped, wrapped_by from keyring_key where id = ?1 and purpose = ?2 \
             and not exists (select 1 from keyring_destroyed d where d.id = keyring_key.id)",
            &[id.into(), purpose.word().into()],
            |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<KeyId>(1)?)),
        )?;
        let (wrapped, by) = found.into_iter().next().ok_or(VaultFault::Destroyed)?;
        // Without its epoch key it was wrapped anew between the two looks.
        if let Some(wrapper) = epochs.find(by)? {
            return unwrap_key(&wrapper, purpose.word(), id, &wrapped);
        }
    }
    Err(VaultFault::Moving)
}

/// Finds those of some keys that are there and open.
pub(crate) fn find_some(
    keyring: &Keyring,
    epochs: &Epochs,
    purpose: Purpose,
    ids: &[KeyId],
) -> Result<Vec<(KeyId, Key)>, VaultFault> {
    let mut found = Vec::with_capacity(ids.len());
    for (id, wrapped, by) in keyring.wrappings(purpose.word(), ids)? {
        // One that is being wrapped anew, or does not open, is looked at again by whoever needs it.
        let key = epochs.find(by)?.and_then(|wrapper| unwrap_key(&wrapper, purpose.word(), id, &wrapped).ok());
        found.extend(key.map(|key| (id, key)));
    }
    Ok(found)
}

/// Destroys a person's key for good, and leaves word of it for other processes. `secure_delete` overwrites it; the keyring's
/// write-ahead log is emptied by the caller.
pub(crate) fn destroy(keyring: &Keyring, id: KeyId, now: Timestamp) -> Result<bool, VaultFault> {
    keyring.within(|tx| {
        let values: [Val; 2] = [id.into(), Purpose::Subject.word().into()];
        let gone = tx.run("delete from keyring_key where id = ?1 and purpose = ?2", &values)?;
        let told = "insert into keyring_destroyed (id, destroyed_at) values (?1, ?2) on conflict (id) do nothing";
        tx.run(told, &[id.into(), now.into()])?;
        Ok(gone == 1)
    })
}

/// Lists the keys that were destroyed since a moment.
pub(crate) fn destroyed(keyring: &Keyring, since: Timestamp) -> Result<Vec<KeyId>, VaultFault> {
    Ok(keyring.rows("select id from keyring_destroyed where destroyed_at >= ?1", &[since.into()], |row| row.get(0))?)
}
