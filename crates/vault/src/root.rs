//! The root key: the one secret that is not in any database.

use std::path::{Path, PathBuf};

use crypto::{Key, Secret, Zeroizing};
use db::{Keyring, Val};
use hsm::{HsmFault, Inside, TokenKey};
use kernel::{Chance, Timestamp};

use crate::{VaultFault, keyfile};

/// Where the root key comes from.
pub enum Root {
    /// A file with 64 hexadecimal digits that only its owner may read. It is made on first start.
    KeyFile(PathBuf),
    /// A passphrase, stretched with Argon2id.
    Passphrase(Secret<String>),
    /// A key in a token, which never leaves it. It is made on first start.
    Token(TokenKey),
}

/// The word for a key file.
pub(crate) const KEY_FILE: &str = "key file";

impl Root {
    /// Returns the word for what the root key comes from.
    #[must_use]
    pub const fn provider(&self) -> &'static str {
        match self {
            Self::KeyFile(_) => KEY_FILE,
            Self::Passphrase(_) => "passphrase",
            Self::Token(_) => "token",
        }
    }

    /// Returns where the root key lies, if it lies in a file.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::KeyFile(path) => Some(path),
            Self::Passphrase(_) | Self::Token(_) => None,
        }
    }
}

/// A root key: its bytes, or a token that works with it.
pub(crate) enum RootKey {
    Bytes(Key),
    Token(Inside),
}

impl RootKey {
    fn seal(&self, binding: &[u8], plain: &[u8], chance: &dyn Chance) -> Result<Vec<u8>, VaultFault> {
        match self {
            Self::Bytes(key) => Ok(crypto::seal(key, binding, plain, chance)?),
            Self::Token(inside) => Ok(inside.seal(binding, plain, kernel::chance::array(chance))?),
        }
    }

    fn open(&self, binding: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultFault> {
        match self {
            Self::Bytes(key) => crypto::open(key, binding, sealed).map_err(|_| VaultFault::Tampered),
            Self::Token(inside) => inside.open_seal(binding, sealed).map_err(|fault| match fault {
                HsmFault::Altered => VaultFault::Tampered,
                other => VaultFault::Token(other),
            }),
        }
    }

    /// Returns what shows later that this is the root key: a keyed hash, or what only its token opens.
    fn prove(&self, chance: &dyn Chance) -> Result<Vec<u8>, VaultFault> {
        match self {
            Self::Bytes(key) => Ok(prove(key)),
            Self::Token(_) => self.seal(PROOF, PROOF, chance),
        }
    }
}

/// The root key, proved to be that of its keyring, and the salt that names this keyring.
pub(crate) struct Rooted {
    key: RootKey,
    pub(crate) proof: Vec<u8>,
    pub(crate) salt: [u8; 16],
}

impl Rooted {
    /// Takes a key that is to become the root key of the keyring that a salt names.
    pub(crate) fn of(key: RootKey, salt: [u8; 16], chance: &dyn Chance) -> Result<Self, VaultFault> {
        let proof = key.prove(chance)?;
        Ok(Self { key, proof, salt })
    }

    /// Returns the key, for splitting; one in a token cannot be.
    pub(crate) const fn key(&self) -> Result<&Key, VaultFault> {
        match &self.key {
            RootKey::Bytes(key) => Ok(key),
            RootKey::Token(_) => Err(VaultFault::InToken),
        }
    }

    /// Wraps an epoch key.
    pub(crate) fn wrap_key(&self, binding: &[u8], key: &Key, chance: &dyn Chance) -> Result<Vec<u8>, VaultFault> {
        self.key.seal(binding, key.expose_bytes(), chance)
    }

    /// Takes an epoch key out of its wrapping.
    pub(crate) fn unwrap_key(&self, binding: &[u8], wrapped: &[u8]) -> Result<Key, VaultFault> {
        let bytes = self.key.open(binding, wrapped)?;
        <[u8; 32]>::try_from(bytes.as_slice()).map(Key::from_bytes).map_err(|_| VaultFault::Tampered)
    }
}

const PROOF: &[u8] = b"custos root key proof 1";

/// Returns what shows that a key is the root key.
pub(crate) fn prove(key: &Key) -> Vec<u8> {
    crypto::mac(key, PROOF).to_vec()
}

/// What the keyring says of its root key.
pub(crate) struct Mark {
    pub(crate) provider: String,
    pub(crate) salt: [u8; 16],
    pub(crate) stretch_salt: [u8; 16],
    pub(crate) since: Option<Timestamp>,
    pub(crate) proof: Vec<u8>,
}

impl Mark {
    /// Tells whether a key is the keyring's root key, whatever it comes from.
    pub(crate) fn fits(&self, key: &RootKey) -> Result<bool, VaultFault> {
        match key {
            RootKey::Bytes(key) => Ok(self.is_of(key)),
            RootKey::Token(_) => match key.open(PROOF, &self.proof) {
                Ok(opened) => Ok(opened.as_slice() == PROOF),
                Err(VaultFault::Tampered) => Ok(false),
                Err(fault) => Err(fault),
            },
        }
    }

    /// Tells whether the bytes of a key are those of the keyring's root key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        <[u8; 32]>::try_from(self.proof.as_slice()).is_ok_and(|proof| crypto::verify_mac(key, PROOF, &proof))
    }
}

/// Reads what the keyring says of its root key.
pub(crate) fn mark(keyring: &Keyring) -> Result<Option<Mark>, VaultFault> {
    let marks = keyring.rows("select provider, salt, stretch_salt, since, proof from keyring_root", &[], |row| {
        let salt = row.get(1)?;
        let stretch_salt = row.get::<Option<_>>(2)?.unwrap_or(salt);
        Ok(Mark { provider: row.get(0)?, salt, stretch_salt, since: row.get(3)?, proof: row.get(4)? })
    })?;
    Ok(marks.into_iter().next())
}

/// Returns the word for what the root key of a keyring comes from; nothing if it has none yet. Blocks.
///
/// # Errors
/// [`VaultFault::Keyring`].
pub fn provider(keyring: &Keyring) -> Result<Option<String>, VaultFault> {
    Ok(mark(keyring)?.map(|mark| mark.provider))
}

/// Asks for the root key of a keyring that has one, and checks that it is the right one.
pub(crate) fn known(root: &Root, keyring: &Keyring) -> Result<Rooted, VaultFault> {
    right(root, mark(keyring)?.ok_or(VaultFault::WrongRoot)?).map(|(rooted, _)| rooted)
}

/// The second value tells whether the key lay beside its file, where it does not belong.
fn right(root: &Root, mark: Mark) -> Result<(Rooted, bool), VaultFault> {
    if mark.provider != root.provider() {
        return Err(VaultFault::OtherProvider(mark.provider));
    }
    let (key, stray) = match root {
        Root::KeyFile(path) => {
            let (key, stray) = keyfile::find(path, &mark.proof, |key| mark.is_of(key))?;
            (RootKey::Bytes(key), stray)
        }
        Root::Passphrase(secret) => (RootKey::Bytes(crypto::stretch(secret, &mark.stretch_salt)?), false),
        Root::Token(token) => (RootKey::Token(token.enter()?), false),
    };
    if !mark.fits(&key)? {
        return Err(VaultFault::WrongRoot);
    }
    Ok((Rooted { key, proof: mark.proof, salt: mark.salt }, stray))
}

/// Finds the root key and checks that it belongs to the keyring; makes both on first start.
pub(crate) fn find(
    root: &Root,
    keyring: &Keyring,
    (now, chance): (Timestamp, &dyn Chance),
) -> Result<Rooted, VaultFault> {
    if let Some(mark) = mark(keyring)? {
        let (rooted, stray) = right(root, mark)?;
        if let (true, Some(path)) = (stray, root.file()) {
            put_home(path, &rooted.proof)?;
        }
        return Ok(rooted);
    }
    let salt: [u8; 16] = kernel::chance::array(chance);
    let key = match root {
        Root::KeyFile(path) if path.exists() => RootKey::Bytes(keyfile::read(path)?),
        Root::KeyFile(path) => {
            let key = Key::generate(chance);
            keyfile::write(path, &key)?;
            RootKey::Bytes(key)
        }
        Root::Passphrase(secret) => RootKey::Bytes(crypto::stretch(secret, &salt)?),
        Root::Token(token) => RootKey::Token(token.make()?),
    };
    let rooted = Rooted::of(key, salt, chance)?;
    keyring.within(|tx| {
        tx.run(
            "insert into keyring_root (only_one, provider, salt, stretch_salt, since, proof) values (1, ?1, ?2, ?2, ?3, ?4)",
            &[root.provider().into(), Val::Bytes(salt.to_vec()), now.into(), Val::Bytes(rooted.proof.clone())],
        )
    })?;
    Ok(rooted)
}

/// Puts the key of a proof from beside its file into it; another key that is there is kept beside. Returns where, if there was one.
pub(crate) fn put_home(path: &Path, proof: &[u8]) -> Result<Option<PathBuf>, VaultFault> {
    let was = match keyfile::read(path) {
        Ok(key) => Some(prove(&key)),
        Err(VaultFault::Missing(_)) => None,
        Err(fault) => return Err(fault),
    };
    if was.as_deref() == Some(proof) {
        return Ok(None);
    }
    keyfile::install(path, proof, was.as_deref())?;
    Ok(was.map(|was| keyfile::beside(path, &was)))
}
