//! The vault: what the rest of the program asks for seals and keyed hashes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crypto::{Key, MacKey, SigningKey, Zeroizing};
use db::Keyring;
use kernel::{Chance, Clock, KeyId, SessionId, SubjectId, Uuid};

use crate::cache::Cache;
use crate::epoch::Epochs;
use crate::index::Opened;
use crate::keys::{self, Purpose};
use crate::mark::Marker;
use crate::object::Objects;
use crate::reserve::Reserve;
use crate::rotate::Walk;
use crate::{Aad, KeyOf, Root, VaultFault, root};

/// How long ago another process may have destroyed a key that is to be dropped here: longer than a key stays in memory, and
/// than clocks differ.
const LATELY: Duration = Duration::from_secs(15 * 60);

/// What the vault is opened with.
pub struct VaultConfig {
    /// Where the root key comes from.
    pub root: Root,
    /// The keyring.
    pub keyring: Keyring,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of keys and nonces.
    pub chance: Arc<dyn Chance>,
}

/// Seals and opens with the keys of the keyring. Cheap to clone; its calls may touch the disk, so they belong on threads
/// that may block.
#[derive(Clone)]
pub struct Vault(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) keyring: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) workspace: [u8; 16],
    pub(crate) epochs: Epochs,
    pub(crate) index: Opened,
    lookup: MacKey,
    marker: Marker,
    pub(crate) rights: Arc<MacKey>,
    token: Key,
    session: Key,
    job: Key,
    signer: SigningKey,
    pub(crate) objects: Objects,
    pub(crate) cache: Cache,
    reserve: Reserve,
    walk: Mutex<Walk>,
}

impl Vault {
    /// Opens the vault; makes the root key and the named keys on first start.
    ///
    /// # Errors
    /// [`VaultFault`]: the root key is missing, exposed or wrong, or the keyring cannot be used.
    pub async fn open(config: VaultConfig) -> Result<Self, VaultFault> {
        let opening = tokio::task::spawn_blocking(move || Self::open_now(config));
        opening.await.map_err(|_| VaultFault::Keyring(db::DbFault::Abandoned))?
    }

    fn open_now(config: VaultConfig) -> Result<Self, VaultFault> {
        let VaultConfig { root, keyring, clock, chance } = config;
        let now = clock.now();
        let rooted = root::find(&root, &keyring, (now, &*chance))?;
        let workspace = rooted.salt;
        let epochs = Epochs::open(keyring.clone(), (root, &rooted), (now, &*chance))?;
        drop(rooted);
        let own =
            |purpose| Ok::<_, VaultFault>(keys::named(&keyring, &epochs, (purpose, "current"), (now, &*chance))?.1);
        let lookup = keys::lookup(&keyring, &epochs, &own(Purpose::Index)?, (now, &*chance))?;
        let (token, session, job) = (own(Purpose::Token)?, own(Purpose::Session)?, own(Purpose::Job)?);
        let signer = SigningKey::from_seed(*own(Purpose::Ledger)?.expose_bytes());
        let marker = Marker::new(&own(Purpose::Row)?);
        let rights = Arc::new(MacKey::new(&keys::rights(&keyring, &epochs, (now, &*chance))?));
        let cache = Cache::new(Arc::clone(&clock));
        Ok(Self(Arc::new(Inner {
            keyring,
            clock,
            chance,
            workspace,
            epochs,
            index: Opened::new(),
            lookup: MacKey::new(&lookup),
            marker,
            rights,
            token,
            session,
            job,
            signer,
            objects: Objects::default(),
            cache,
            reserve: Reserve::new(),
            walk: Mutex::new(Walk::default()),
        })))
    }

    /// Makes a person's key and returns its id, which is the subject's. The key is durable when this returns.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn new_subject(&self) -> Result<SubjectId, VaultFault> {
        let inner = &*self.0;
        let (id, key) = inner.reserve.take(|many| {
            let at = (inner.clock.now(), &*inner.chance);
            keys::make(&inner.keyring, &inner.epochs, |tx, wrapper| {
                (0..many).map(|_| keys::make_in(tx, wrapper, (Purpose::Subject, ""), at)).collect()
            })
        })?;
        inner.cache.put(id, Arc::new(key));
        Ok(SubjectId::from_uuid(id.uuid()))
    }

    /// Destroys a person's key: nothing sealed under it can be opened again, wherever it lies. What the keyring's files still
    /// hold of it goes with [`scrub`](Self::scrub).
    ///
    /// # Errors
    /// [`VaultFault::Keyring`]; [`VaultFault::Destroyed`] if it was gone already.
    pub fn destroy_subject(&self, subject: SubjectId) -> Result<(), VaultFault> {
        let id = KeyId::from_uuid(subject.uuid());
        let gone = keys::destroy(&self.0.keyring, id, self.0.clock.now())?;
        // Behind it: whoever looks the key up from here on does not find it, and whoever just did cannot keep it.
        self.0.cache.forget(id);
        if gone { Ok(()) } else { Err(VaultFault::Destroyed) }
    }

    /// Makes sure that destroyed keys lie in no file of the keyring any more.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn scrub(&self) -> Result<(), VaultFault> {
        Ok(self.0.keyring.wipe()?)
    }

    /// Drops from memory what other processes destroyed lately, which keys of objects seal, and keys that nobody used for long. To be called every
    /// second: until then a key that this process has opened before still opens. True if one was destroyed that this process did not know of.
    ///
    /// # Errors
    /// [`VaultFault::Keyring`].
    pub fn learn_destroyed(&self) -> Result<bool, VaultFault> {
        let since = self.0.clock.now().minus(LATELY);
        let mut learnt = false;
        for id in keys::destroyed(&self.0.keyring, since)? {
            learnt |= self.0.cache.forget(id);
            self.0.index.forget(id);
        }
        self.0.cache.age();
        self.learn_objects();
        Ok(learnt)
    }

    /// Lets the keys of objects be asked of the keyring again: another process may have made new ones.
    pub fn learn_objects(&self) {
        self.0.objects.clear();
    }

    /// Seals for a place.
    ///
    /// # Errors
    /// [`VaultFault::Destroyed`] if the person's key is gone; [`VaultFault::Keyring`].
    pub fn seal(&self, whose: KeyOf<'_>, aad: &Aad<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let (id, key) = self.key(whose)?;
        Ok(crypto::seal(&key, &aad.spell(&self.0.workspace, id), plain, &*self.0.chance)?)
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`VaultFault::Tampered`] if it was altered or belongs elsewhere; [`VaultFault::Destroyed`] if the key is gone.
    pub fn open_seal(&self, whose: KeyOf<'_>, aad: &Aad<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
        if let KeyOf::Object(object) = whose {
            return self.open_of(object, aad, sealed);
        }
        let (id, key) = self.key(whose)?;
        crypto::open(&key, &aad.spell(&self.0.workspace, id), sealed).map_err(|_| VaultFault::Tampered)
    }

    /// Brings the keys of several people into memory with one look into the keyring: who opens their records next does not look once
    /// for each. Those that it does not get are looked for again, and missed, where they are needed.
    pub fn warm(&self, people: impl IntoIterator<Item = SubjectId>) {
        let inner = &*self.0;
        let ids = people.into_iter().map(|subject| KeyId::from_uuid(subject.uuid()));
        let missing: Vec<KeyId> = ids.filter(|id| inner.cache.get(*id).is_none()).collect();
        if missing.len() > 1 {
            let found = keys::find_some(&inner.keyring, &inner.epochs, Purpose::Subject, &missing);
            for (id, key) in found.unwrap_or_default() {
                inner.cache.put(id, Arc::new(key));
            }
        }
    }

    pub(crate) fn key(&self, whose: KeyOf<'_>) -> Result<(KeyId, Arc<Key>), VaultFault> {
        let which = match whose {
            KeyOf::Subject(subject) => (Purpose::Subject, KeyId::from_uuid(subject.uuid())),
            KeyOf::Object(object) => {
                (Purpose::Object, self.object_keys(object)?.first().copied().ok_or(VaultFault::Destroyed)?)
            }
        };
        Ok((which.1, self.key_of(which)?))
    }

    pub(crate) fn key_of(&self, (purpose, id): (Purpose, KeyId)) -> Result<Arc<Key>, VaultFault> {
        if let Some(key) = self.0.cache.get(id) {
            return Ok(key);
        }
        let key = Arc::new(keys::find(&self.0.keyring, &self.0.epochs, purpose, id)?);
        self.0.cache.put(id, Arc::clone(&key));
        Ok(key)
    }

    /// Returns the token by which something that is no record's is found or compared: an account's address, a code, who tries. Equal
    /// values of a field have equal tokens, and nothing else shows.
    #[must_use]
    pub fn blind(&self, field: &str, normal: &str) -> [u8; 16] {
        self.0.lookup.blind(field, normal)
    }

    /// Returns what marks rows.
    #[must_use]
    pub fn marker(&self) -> &Marker {
        &self.0.marker
    }

    /// Returns the keyed hash under which the secret of a session, link or API token is stored, or what a second person agrees to.
    #[must_use]
    pub fn token_hash(&self, secret: &[u8]) -> [u8; 32] {
        crypto::mac(&self.0.token, secret)
    }

    /// Returns the secret that passwords are hashed with beside their salt.
    #[must_use]
    pub fn pepper(&self) -> Key {
        Key::from_bytes(self.token_hash(b"password"))
    }

    /// Returns the token that forms of a session carry against cross-site requests: 32 hexadecimal digits.
    #[must_use]
    pub fn csrf(&self, session: SessionId) -> String {
        let mac = crypto::mac(&self.0.session, &session.to_bytes());
        mac.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// Tells whether a form's token belongs to a session.
    #[must_use]
    pub fn csrf_fits(&self, session: SessionId, token: &str) -> bool {
        crypto::same(self.csrf(session).as_bytes(), token.as_bytes())
    }

    /// Returns the key for the files of one job.
    #[must_use]
    pub fn job_key(&self, job: Uuid) -> Key {
        crypto::derive(&self.0.job, "custos job files", job.as_bytes())
    }

    pub(crate) fn walk(&self) -> MutexGuard<'_, Walk> {
        self.0.walk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the key that signs the ledger's checkpoints.
    #[must_use]
    pub fn signer(&self) -> &SigningKey {
        &self.0.signer
    }
}
