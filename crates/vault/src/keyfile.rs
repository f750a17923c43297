//! The key file: 64 hexadecimal digits that only its owner may read.
//!
//! A key that is to become the root key, and one that was it, lie beside the key file under a name that says which keyring they
//! open: the first digits of the proof that this keyring keeps. So a change of the root key that was cut short leaves nothing
//! to guess: the key that fits is in one of two places, and both are looked at.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crypto::{Key, Secret};

use crate::VaultFault;

/// So many bytes of the proof are in a name.
const NAMED: usize = 8;

/// Returns where the key of a proof lies when it is not the root key yet, or no longer.
pub(crate) fn beside(path: &Path, proof: &[u8]) -> PathBuf {
    let proof: String = proof.iter().take(NAMED).map(|b| format!("{b:02x}")).collect();
    let mut name = real(path).into_os_string();
    name.push(".");
    name.push(proof);
    name.into()
}

/// A link is followed, so that a key that was put elsewhere stays there.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Reads a key file.
pub(crate) fn read(path: &Path) -> Result<Key, VaultFault> {
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => VaultFault::Missing(path.to_owned()),
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

/// Reads the key that fits: the key file's, or the one beside it, where the program was killed between keyring and file. The second
/// value tells whether it was there.
pub(crate) fn find(path: &Path, proof: &[u8], fits: impl Fn(&Key) -> bool) -> Result<(Key, bool), VaultFault> {
    let there = match read(path) {
        Ok(key) if fits(&key) => return Ok((key, false)),
        Ok(_) => VaultFault::WrongRoot,
        Err(fault) => fault,
    };
    match read(&beside(path, proof)) {
        Ok(key) if fits(&key) => Ok((key, true)),
        _ => Err(there),
    }
}

/// Writes a key file that only its owner may read; one that is there is not touched.
pub(crate) fn write(path: &Path, key: &Key) -> Result<(), VaultFault> {
    let text = Secret::new(key.expose_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>() + "\n");
    let failed = |e| VaultFault::File(path.to_owned(), e);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(text.expose().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    settled(path)
}

/// Puts the key that lies beside into the key file, in one step: there is one at every moment. What was in it lies beside now,
/// by the proof that is named.
pub(crate) fn install(path: &Path, proof: &[u8], was: Option<&[u8]>) -> Result<(), VaultFault> {
    let (home, next) = (real(path), beside(path, proof));
    let failed = |e| VaultFault::File(home.clone(), e);
    if let Some(was) = was {
        unless(fs::hard_link(&home, beside(path, was)), ErrorKind::AlreadyExists).map_err(failed)?;
    }
    // Gone: another process that opened this keyring was faster.
    unless(fs::rename(&next, &home), ErrorKind::NotFound).map_err(failed)?;
    settled(&home)
}

/// Moves a key file out of the way, whose key is no longer the root key, and returns where it lies now.
pub(crate) fn retire(path: &Path, was: &[u8]) -> Result<PathBuf, VaultFault> {
    let (home, kept) = (real(path), beside(path, was));
    fs::rename(&home, &kept).map_err(|e| VaultFault::File(home.clone(), e))?;
    settled(&home)?;
    Ok(kept)
}

/// Overwrites a key file and removes it. Disks that never write twice in one place may keep what was in it.
pub(crate) fn destroy(path: &Path) -> Result<(), VaultFault> {
    let failed = |e| VaultFault::File(path.to_owned(), e);
    let mut file = fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
    file.write_all(&[b'0'; 65]).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::remove_file(path).map_err(failed)?;
    settled(path)
}

/// The entry of the folder too must survive a power cut, or the data written next could never be opened.
fn settled(path: &Path) -> Result<(), VaultFault> {
    let Some(folder) = path.parent() else { return Ok(()) };
    // A bare name lies in the folder the program works in.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| VaultFault::File(folder.to_owned(), e))
}

fn unless(done: std::io::Result<()>, fine: ErrorKind) -> std::io::Result<()> {
    done.or_else(|e| if e.kind() == fine { Ok(()) } else { Err(e) })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let bytes: Vec<u8> = digits?.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
    if text.len() == 64 { bytes.try_into().ok() } else { None }
}
