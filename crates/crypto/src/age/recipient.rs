//! Whom a file is for.

use std::io;

use aws_lc_rs::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::rand::SystemRandom;
use kernel::Chance;
use zeroize::Zeroizing;

use super::{base64, broken, cipher, derived, sealed};
use crate::{CryptoFault, Secret};

/// How much work a guess at the passphrase is: 2^16 rounds, 64 MiB. Tools of age take up to 2^22.
pub(super) const WORK: u8 = 16;
pub(super) const LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
const KEY_LABEL: &[u8] = b"age-encryption.org/v1/X25519";
const PREFIX: &str = "age";
/// The digits of Bech32 (BIP 173).
const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The public key of somebody's identity of age: `age1…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeKey([u8; 32]);

/// What opens a file.
pub enum Recipient {
    /// A passphrase.
    Passphrase(Secret<String>),
    /// The identity that belongs to a public key.
    Key(AgeKey),
}

impl AgeKey {
    /// Takes a public key as the tools of age spell it (Bech32, BIP 173).
    ///
    /// # Errors
    /// [`CryptoFault::Key`] if it is none, or mistyped.
    pub fn parse(text: &str) -> Result<Self, CryptoFault> {
        let text = text.trim();
        let mixed = text.bytes().any(|b| b.is_ascii_lowercase()) && text.bytes().any(|b| b.is_ascii_uppercase());
        let lower = text.to_ascii_lowercase();
        let (prefix, data) = lower.rsplit_once('1').ok_or(CryptoFault::Key)?;
        let digit = |byte: u8| DIGITS.iter().position(|known| *known == byte).and_then(|at| u8::try_from(at).ok());
        let values: Vec<u8> = data.bytes().map(digit).collect::<Option<_>>().ok_or(CryptoFault::Key)?;
        let (data, sum) = values.split_at_checked(values.len().saturating_sub(6)).ok_or(CryptoFault::Key)?;
        if mixed || prefix != PREFIX || sum.len() != 6 || checksum(&values) != 1 {
            return Err(CryptoFault::Key);
        }
        bytes(data).map(Self).ok_or(CryptoFault::Key)
    }
}

#[cfg(test)]
impl AgeKey {
    pub(super) const fn of(key: [u8; 32]) -> Self {
        Self(key)
    }
}

/// Works out the checksum over prefix and values; 1 where it fits.
fn checksum(values: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let prefix = PREFIX.bytes();
    let spread = prefix.clone().map(|b| b >> 5).chain([0]).chain(prefix.map(|b| b & 31));
    spread.chain(values.iter().copied()).fold(1, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(next, |sum, (_, by)| sum ^ by)
    })
}

/// Puts digits of five bits together; what is left over must be nothing.
fn bytes(digits: &[u8]) -> Option<[u8; 32]> {
    let (mut out, mut held, mut bits) = (Vec::with_capacity(32), 0_u32, 0);
    for digit in digits {
        held = held << 5 | u32::from(*digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    let left = held & ((1 << bits) - 1);
    if bits < 5 && left == 0 { out.try_into().ok() } else { None }
}

impl Recipient {
    /// Wraps the key of a file: the lines of the header that are for this recipient.
    pub(super) fn stanza(&self, file_key: &[u8; 16], chance: &dyn Chance) -> io::Result<String> {
        match self {
            Self::Passphrase(passphrase) => with_passphrase(passphrase, file_key, chance),
            Self::Key(key) => for_key(key, file_key),
        }
    }
}

fn with_passphrase(passphrase: &Secret<String>, file_key: &[u8; 16], chance: &dyn Chance) -> io::Result<String> {
    let salt: [u8; 16] = kernel::chance::array(chance);
    let mut wrapping = Zeroizing::new([0; 32]);
    let cost = scrypt::Params::new(WORK, 8, 1, 32).map_err(broken)?;
    let salted = [LABEL, &salt].concat();
    scrypt::scrypt(passphrase.expose().as_bytes(), &salted, &cost, wrapping.as_mut()).map_err(broken)?;
    let wrapped = sealed(&cipher(&wrapping)?, file_key)?;
    Ok(format!("-> scrypt {} {WORK}\n{}\n", base64(&salt), base64(&wrapped)))
}

/// Agrees on a secret with a key pair that nobody keeps. Its randomness is the library's own, which hands out no other.
fn for_key(key: &AgeKey, file_key: &[u8; 16]) -> io::Result<String> {
    let ours = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).map_err(broken)?;
    let share = ours.compute_public_key().map_err(broken)?;
    let salt = [share.as_ref(), &key.0].concat();
    let theirs = UnparsedPublicKey::new(&X25519, key.0);
    let wrapping = agreement::agree_ephemeral(ours, theirs, broken(()), |secret| derived(&salt, secret, KEY_LABEL))?;
    let wrapped = sealed(&cipher(&wrapping)?, file_key)?;
    Ok(format!("-> X25519 {}\n{}\n", base64(share.as_ref()), base64(&wrapped)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the examples of BIP 173 and of age's own tests is not ours to copy: one is spelled here, and mistyped in each place.
    fn spelled(key: [u8; 32]) -> String {
        let mut digits: Vec<u8> = Vec::new();
        let (mut held, mut bits) = (0_u32, 0);
        for byte in key {
            held = held << 8 | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                digits.push(u8::try_from(held >> bits & 31).unwrap());
            }
        }
        digits.push(u8::try_from(held << (5 - bits) & 31).unwrap());
        let sum = checksum(&[digits.as_slice(), &[0; 6]].concat()) ^ 1;
        digits.extend((0..6).map(|n| u8::try_from(sum >> (5 * (5 - n)) & 31).unwrap()));
        format!("age1{}", digits.iter().map(|digit| char::from(DIGITS[usize::from(*digit)])).collect::<String>())
    }

    #[test]
    fn a_key_is_taken_and_a_mistyped_one_is_not() {
        let key = std::array::from_fn(|n| u8::try_from(n * 7 % 256).unwrap());
        let text = spelled(key);
        assert_eq!(AgeKey::parse(&format!(" {text}\n")), Ok(AgeKey(key)));
        assert_eq!(AgeKey::parse(&text.to_uppercase()), Ok(AgeKey(key)));
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] = if wrong[at] == b'q' { b'p' } else { b'q' };
            assert!(AgeKey::parse(std::str::from_utf8(&wrong).unwrap()).is_err(), "{at}");
        }
        for wrong in [
            "",
            "1",
            "age1",
            "age1qqqqqq",
            text.strip_suffix(|_: char| true).unwrap(),
            &text.replacen('q', "Q", 1),
            "AGE-SECRET-KEY-1QQQ",
        ] {
            assert!(wrong == text || AgeKey::parse(wrong).is_err(), "{wrong}");
        }
    }
}
