//! Signed notes (C2SP signed-note, <https://c2sp.org/signed-note>): text, an empty line, and signature lines that
//! anybody with the public key can check, witnesses outside included.

use std::fmt;
use std::str::FromStr;

use crypto::{SigningKey, VerifyingKey};

use crate::{LedgerFault, base64};

/// The signature type of Ed25519.
const ED25519: u8 = 0x01;
/// What a signature line begins with.
const DASH: &str = "\u{2014} ";
/// The largest note that is read.
const MAX_NOTE: usize = 1 << 20;
/// The most signature lines that are read; the specification asks for 16 at least.
const MAX_SIGNATURES: usize = 64;

/// The name of a log and of the key it signs with: a URL without scheme by convention, `crm.example.com/ledger`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogName(String);

impl LogName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`LedgerFault::NameRefused`] if it is empty, has white space, a control character or a plus sign, or is longer
    /// than 200 bytes.
    pub fn parse(text: &str) -> Result<Self, LedgerFault> {
        let wrong = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > 200 || text.contains(wrong) {
            return Err(LedgerFault::NameRefused);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogName {
    type Err = LedgerFault;

    fn from_str(text: &str) -> Result<Self, LedgerFault> {
        Self::parse(text)
    }
}

/// Returns the id that stands before a signature: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
#[must_use]
pub fn key_id(name: &LogName, key: &VerifyingKey) -> [u8; 4] {
    let mut hasher = crypto::Hasher::new();
    hasher.update(name.as_str().as_bytes());
    hasher.update(&[b'\n', ED25519]);
    hasher.update(&key.to_bytes());
    let [a, b, c, d, ..] = hasher.finish();
    [a, b, c, d]
}

/// Returns the public key as one line for a witness's configuration: `name+id+key`.
#[must_use]
pub fn verifier_line(name: &LogName, key: &VerifyingKey) -> String {
    let id = u32::from_be_bytes(key_id(name, key));
    let mut bytes = vec![ED25519];
    bytes.extend_from_slice(&key.to_bytes());
    format!("{name}+{id:08x}+{}", base64::encode(&bytes))
}

/// Reads what [`verifier_line`] wrote.
///
/// # Errors
/// [`LedgerFault::NameRefused`] for a wrong name, [`LedgerFault::SignerUnknown`] for a wrong id or key.
pub fn parse_verifier_line(line: &str) -> Result<(LogName, VerifyingKey), LedgerFault> {
    let (name, rest) = line.split_once('+').ok_or(LedgerFault::SignerUnknown)?;
    let (_, key) = rest.split_once('+').ok_or(LedgerFault::SignerUnknown)?;
    let name = LogName::parse(name)?;
    let bytes = base64::decode(key).ok_or(LedgerFault::SignerUnknown)?;
    let (&kind, key) = bytes.split_first().ok_or(LedgerFault::SignerUnknown)?;
    let key: [u8; 32] = key.try_into().map_err(|_| LedgerFault::SignerUnknown)?;
    let key = VerifyingKey::from_bytes(key).map_err(|_| LedgerFault::SignerUnknown)?;
    if kind == ED25519 && verifier_line(&name, &key) == line {
        Ok((name, key))
    } else {
        Err(LedgerFault::SignerUnknown)
    }
}

/// Signs `text`.
///
/// # Errors
/// [`LedgerFault::NoteMalformed`] unless the text ends in a newline and has no other control character.
pub fn sign(text: &str, name: &LogName, key: &SigningKey) -> Result<String, LedgerFault> {
    if !text.ends_with('\n') || has_control(text) {
        return Err(LedgerFault::NoteMalformed);
    }
    Ok(signed(text, name, key))
}

/// Signs text that is known to be well formed.
pub(crate) fn signed(text: &str, name: &LogName, key: &SigningKey) -> String {
    let mut signature = Vec::with_capacity(68);
    signature.extend_from_slice(&key_id(name, &key.verifying()));
    signature.extend_from_slice(&key.sign(text.as_bytes()));
    format!("{text}\n\u{2014} {name} {}\n", base64::encode(&signature))
}

/// Returns the text of `note`, newline included, if `key` signed it as `name`.
///
/// Signatures by others (witnesses, a key before or after this one) are passed over.
///
/// # Errors
/// [`LedgerFault::NoteMalformed`], [`LedgerFault::SignerUnknown`] or [`LedgerFault::SignatureWrong`].
pub fn open<'n>(note: &'n str, name: &LogName, key: &VerifyingKey) -> Result<&'n str, LedgerFault> {
    if note.len() > MAX_NOTE || has_control(note) {
        return Err(LedgerFault::NoteMalformed);
    }
    let (text, lines) = note.rsplit_once("\n\n").ok_or(LedgerFault::NoteMalformed)?;
    let text = note.get(..=text.len()).ok_or(LedgerFault::NoteMalformed)?;
    let lines = lines.strip_suffix('\n').ok_or(LedgerFault::NoteMalformed)?;
    if lines.split('\n').nth(MAX_SIGNATURES).is_some() {
        return Err(LedgerFault::NoteMalformed);
    }
    let known = key_id(name, key);
    let mut found = false;
    for line in lines.split('\n') {
        let (signer, id, signature) = signature_line(line).ok_or(LedgerFault::NoteMalformed)?;
        if signer != *name || id != known {
            continue;
        }
        let signature = signature.try_into().map_err(|_| LedgerFault::SignatureWrong)?;
        key.verify(text.as_bytes(), &signature).map_err(|_| LedgerFault::SignatureWrong)?;
        found = true;
    }
    if found { Ok(text) } else { Err(LedgerFault::SignerUnknown) }
}

/// Splits text into the notes that stand in it one after the other, with or without empty lines between them. What is no note
/// comes out as a piece that does not open. Ends of lines become those that notes are signed with: mail and editors change them.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let (mut notes, mut note, mut signed) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        let signature = line.starts_with(DASH) && (signed || note.ends_with("\n\n"));
        if signed && !signature {
            notes.push(std::mem::take(&mut note));
        }
        signed = signature;
        if !(note.is_empty() && line.is_empty()) {
            note.push_str(line);
            note.push('\n');
        }
    }
    notes.extend((!note.is_empty()).then_some(note));
    notes
}

/// Splits a signature line into name, key id and signature.
fn signature_line(line: &str) -> Option<(LogName, [u8; 4], Vec<u8>)> {
    let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = base64::decode(signature)?;
    let (id, signature) = bytes.split_first_chunk()?;
    Some((LogName::parse(name).ok()?, *id, signature.to_vec()))
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|b| b < 0x20 && b != b'\n')
}

#[cfg(test)]
mod tests;
