//! The root key: the one secret that is not in any database.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crypto::{Key, Secret};
use db::{Keyring, Val};
use kernel::Chance;

use crate::VaultFault;

/// Where the root key comes from.
pub enum Root {
    /// A file with 64 hexadecimal digits that only its owner may read. It is made on first start.
    KeyFile(PathBuf),
    /// A passphrase, stretched with Argon2id.
    Passphrase(Secret<String>),
}

/// The word for a key file.
pub(crate) const KEY_FILE: &str = "key file";

impl Root {
    const fn provider(&self) -> &'static str {
        match self {
            Self::KeyFile(_) => KEY_FILE,
            Self::Passphrase(_) => "passphrase",
        }
    }
}

/// The root key and the salt that names this keyring.
pub(crate) struct Rooted {
    key: Key,
    pub(crate) salt: [u8; 16],
}

impl Rooted {
    /// Returns the key, for splitting.
    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// Wraps an epoch key.
    pub(crate) fn wrap_key(&self, binding: &[u8], key: &Key, chance: &dyn Chance) -> Result<Vec<u8>, VaultFault> {
        Ok(crypto::seal(&self.key, binding, key.expose_bytes(), chance)?)
    }

    /// Takes an epoch key out of its wrapping.
    pub(crate) fn unwrap_key(&self, binding: &[u8], wrapped: &[u8]) -> Result<Key, VaultFault> {
        let bytes = crypto::open(&self.key, binding, wrapped).map_err(|_| VaultFault::Tampered)?;
        <[u8; 32]>::try_from(bytes.as_slice()).map(Key::from_bytes).map_err(|_| VaultFault::Tampered)
    }
}

const PROOF: &[u8] = b"custos root key proof 1";

/// What the keyring says of its root key.
pub(crate) struct Mark {
    pub(crate) provider: String,
    salt: [u8; 16],
    proof: [u8; 32],
}

impl Mark {
    /// Tells whether a key is the keyring's root key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        crypto::verify_mac(key, PROOF, &self.proof)
    }
}

/// Reads what the keyring says of its root key.
pub(crate) fn mark(keyring: &Keyring) -> Result<Option<Mark>, VaultFault> {
    let marks = keyring.rows("select provider, salt, proof from keyring_root", &[], |row| {
        Ok(Mark { provider: row.get(0)?, salt: row.get(1)?, proof: row.get(2)? })
    })?;
    Ok(marks.into_iter().next())
}

/// Returns the word for what the root key comes from.
pub(crate) fn provider(keyring: &Keyring) -> Result<String, VaultFault> {
    Ok(mark(keyring)?.map(|mark| mark.provider).unwrap_or_default())
}

/// Asks for the root key of a keyring that has one, and checks that it is the right one.
pub(crate) fn known(root: &Root, keyring: &Keyring) -> Result<Rooted, VaultFault> {
    right(root, &mark(keyring)?.ok_or(VaultFault::WrongRoot)?)
}

fn right(root: &Root, mark: &Mark) -> Result<Rooted, VaultFault> {
    if mark.provider != root.provider() {
        return Err(VaultFault::OtherProvider(mark.provider.clone()));
    }
    let key = match root {
        Root::KeyFile(path) => read_file(path)?,
        Root::Passphrase(secret) => crypto::stretch(secret, &mark.salt)?,
    };
    if !mark.is_of(&key) {
        return Err(VaultFault::WrongRoot);
    }
    Ok(Rooted { key, salt: mark.salt })
}

/// Finds the root key and checks that it belongs to the keyring; makes both on first start.
pub(crate) fn find(root: &Root, keyring: &Keyring, chance: &dyn Chance) -> Result<Rooted, VaultFault> {
    if let Some(mark) = mark(keyring)? {
        return right(root, &mark);
    }
    let salt: [u8; 16] = kernel::chance::array(chance);
    let key = match root {
        Root::KeyFile(path) if path.exists() => read_file(path)?,
        Root::KeyFile(path) => write_file(path, chance)?,
        Root::Passphrase(secret) => crypto::stretch(secret, &salt)?,
    };
    let proof = crypto::mac(&key, PROOF);
    keyring.within(|tx| {
        tx.run(
            "insert into keyring_root (only_one, provider, salt, proof) values (1, ?1, ?2, ?3)",
            &[root.provider().into(), Val::Bytes(salt.to_vec()), proof.into()],
        )
    })?;
    Ok(Rooted { key, salt })
}

fn read_file(path: &Path) -> Result<Key, VaultFault> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => VaultFault::Missing(path.to_owned()),
        _ => VaultFault::File(path.to_owned(), e),
    };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(VaultFault::Exposed(path.to_owned()));
    }
    let text = Secret::new(fs::read_to_string(path).map_err(failed)?);
    let bytes = unhex(text.expose().trim()).ok_or_else(|| VaultFault::Malformed(path.to_owned()))?;
    Ok(Key::from_bytes(bytes))
}

fn write_file(path: &Path, chance: &dyn Chance) -> Result<Key, VaultFault> {
    let key = Key::generate(chance);
    write_key(path, &key)?;
    Ok(key)
}

/// Writes a key file that only its owner may read; one that is there is not touched.
pub(crate) fn write_key(path: &Path, key: &Key) -> Result<(), VaultFault> {
    let text = Secret::new(key.expose_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>() + "\n");
    let failed = |e| VaultFault::File(path.to_owned(), e);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(text.expose().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    // The directory entry too must survive a power cut, or the data written next could never be opened.
    if let Some(folder) = path.parent() {
        fs::File::open(folder).and_then(|f| f.sync_all()).map_err(failed)?;
    }
    Ok(())
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let bytes: Vec<u8> = digits?.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
    if text.len() == 64 { bytes.try_into().ok() } else { None }
}
