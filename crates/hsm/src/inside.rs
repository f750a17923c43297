//! Signed in to a token, with the key in reach and never in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use zeroize::Zeroizing;

use crate::{HsmFault, TokenKey, trusted};

/// What is sealed begins with this, as what is sealed outside of tokens does: `version | nonce | ciphertext | tag`.
const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG_BITS: usize = 128;
const KEY_BYTES: usize = 32;

/// A module is loaded once: it keeps state for the whole program.
static LOADED: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// A session with a token. When the last one goes, the token signs this program out.
pub struct Inside {
    session: Session,
    key: ObjectHandle,
}

impl Inside {
    pub(crate) fn open(at: &TokenKey, to_make: bool) -> Result<Self, HsmFault> {
        let module = load(&at.module)?;
        let slot = slot(&module, &at.token)?;
        let session = at.sign_in(&module, slot, to_make)?;
        let found = session.find_objects(&[
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Token(true),
            Attribute::Label(at.key.as_bytes().to_vec()),
        ])?;
        let key = match found.as_slice() {
            [key] => *key,
            [] if to_make => generate(&session, &at.key)?,
            [] => return Err(HsmFault::NoKey { key: at.key.clone(), token: at.token.clone() }),
            _ => return Err(HsmFault::ManyKeys(at.key.clone())),
        };
        if !is_fit(&session, key)? {
            return Err(HsmFault::WeakKey(at.key.clone()));
        }
        Ok(Self { session, key })
    }

    /// Seals for the place that `aad` spells out. The nonce must never have been used with this key: 96 bits of chance.
    ///
    /// # Errors
    /// [`HsmFault::Module`] if the token cannot do it.
    pub fn seal(&self, aad: &[u8], plain: &[u8], mut nonce: [u8; NONCE]) -> Result<Vec<u8>, HsmFault> {
        let given = nonce;
        let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, aad, TAG_BITS.try_into()?)?);
        let sealed = self.session.encrypt(&how, self.key, plain)?;
        let mut whole = Vec::with_capacity(1 + NONCE + sealed.len());
        whole.push(VERSION);
        whole.extend_from_slice(&given);
        whole.extend_from_slice(&sealed);
        Ok(whole)
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`HsmFault::Altered`] if it was altered, or sealed by another key or for another place.
    pub fn open_seal(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, HsmFault> {
        let (version, rest) = sealed.split_first().ok_or(HsmFault::Altered)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(HsmFault::Altered)?;
        if *version != VERSION {
            return Err(HsmFault::Altered);
        }
        let mut nonce = *nonce;
        let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, aad, TAG_BITS.try_into()?)?);
        match self.session.decrypt(&how, self.key, rest) {
            Ok(plain) => Ok(Zeroizing::new(plain)),
            // Modules do not agree on what they call a tag that does not fit.
            Err(Error::Pkcs11(
                RvError::EncryptedDataInvalid
                | RvError::EncryptedDataLenRange
                | RvError::GeneralError
                | RvError::FunctionFailed,
                _,
            )) => Err(HsmFault::Altered),
            Err(other) => Err(other.into()),
        }
    }
}

fn load(path: &Path) -> Result<Pkcs11, HsmFault> {
    let path = trusted(path)?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = loaded.get(&path) {
        return Ok(module.clone());
    }
    let module = Pkcs11::new(&path).map_err(|e| HsmFault::Load(path.clone(), e))?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(e) => return Err(HsmFault::Load(path, e)),
    }
    loaded.insert(path, module.clone());
    Ok(module)
}

fn slot(module: &Pkcs11, label: &str) -> Result<Slot, HsmFault> {
    let mut found = Vec::new();
    for slot in module.get_slots_with_token()? {
        // A token that was pulled out at this moment is not the one that is looked for.
        if module.get_token_info(slot).is_ok_and(|about| about.label() == label) {
            found.push(slot);
        }
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        [] => Err(HsmFault::NoToken(label.to_owned())),
        _ => Err(HsmFault::ManyTokens(label.to_owned())),
    }
}

fn generate(session: &Session, label: &str) -> Result<ObjectHandle, HsmFault> {
    let yes = [Attribute::Token(true), Attribute::Private(true), Attribute::Sensitive(true), Attribute::Encrypt(true)];
    let no =
        [Attribute::Extractable(false), Attribute::Wrap(false), Attribute::Unwrap(false), Attribute::Derive(false)];
    let mut wanted = [yes, no].concat();
    wanted.push(Attribute::Decrypt(true));
    wanted.push(Attribute::ValueLen(KEY_BYTES.try_into()?));
    wanted.push(Attribute::Label(label.as_bytes().to_vec()));
    Ok(session.generate_key(&Mechanism::AesKeyGen, &wanted)?)
}

/// Tells whether a key is one that never was and never will be outside of its token.
fn is_fit(session: &Session, key: ObjectHandle) -> Result<bool, HsmFault> {
    let asked = [
        AttributeType::Sensitive,
        AttributeType::AlwaysSensitive,
        AttributeType::NeverExtractable,
        AttributeType::Extractable,
        AttributeType::Encrypt,
        AttributeType::Decrypt,
        AttributeType::ValueLen,
    ];
    let told = session.get_attributes(key, &asked)?;
    let good = told.iter().filter(|attribute| match attribute {
        Attribute::Sensitive(set)
        | Attribute::AlwaysSensitive(set)
        | Attribute::NeverExtractable(set)
        | Attribute::Encrypt(set)
        | Attribute::Decrypt(set) => *set,
        Attribute::Extractable(set) => !set,
        Attribute::ValueLen(length) => usize::from(*length) == KEY_BYTES,
        _ => false,
    });
    // What a token does not say counts as the worst.
    Ok(good.count() == asked.len())
}
