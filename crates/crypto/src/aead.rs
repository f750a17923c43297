//! AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: `version 0x01 | nonce 12 | ciphertext | tag 16`.
//!
//! A random nonce is safe for 2^32 messages under one key (SP 800-38D §8.3); a person's key seals far fewer.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use kernel::Chance;
use zeroize::Zeroizing;

use crate::{CryptoFault, Key};

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// Prepares a key. AES-256-GCM takes every 32 bytes, so this fails only if the library is broken.
pub(crate) fn prepared(key: &Key) -> Result<LessSafeKey, CryptoFault> {
    UnboundKey::new(&AES_256_GCM, key.expose_bytes()).map(LessSafeKey::new).map_err(|_| CryptoFault::Key)
}

/// Seals `plain` for the place that `aad` spells out.
///
/// # Errors
/// [`CryptoFault::Key`] if the library refuses.
pub fn seal(key: &Key, aad: &[u8], plain: &[u8], chance: &dyn Chance) -> Result<Vec<u8>, CryptoFault> {
    let nonce: [u8; NONCE] = kernel::chance::array(chance);
    let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let body = sealed.get_mut(1 + NONCE..).ok_or(CryptoFault::Key)?;
    let tag = prepared(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .map_err(|_| CryptoFault::Key)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// Opens what was sealed for a place.
///
/// # Errors
/// [`CryptoFault::Tampered`] if it was altered, cut, sealed under another key or for another place.
pub fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
    let (version, rest) = sealed.split_first().ok_or(CryptoFault::Tampered)?;
    let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(CryptoFault::Tampered)?;
    if *version != VERSION || body.len() < TAG {
        return Err(CryptoFault::Tampered);
    }
    let mut plain = Zeroizing::new(body.to_vec());
    let length = prepared(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), plain.as_mut_slice())
        .map_err(|_| CryptoFault::Tampered)?
        .len();
    plain.truncate(length);
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;
    use proptest::prelude::*;

    use super::*;
    use crate::hash::tests::unhex;

    struct Fixed(Vec<u8>);
    impl Chance for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    /// The GCM specification's test cases 13, 14 and 16 (256-bit keys).
    #[test]
    fn aes_256_gcm_gives_the_standards_own_values() {
        let zero = "0".repeat(64);
        let feff = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
        let text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
        let cases = [
            (zero.as_str(), "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
            (
                zero.as_str(),
                "000000000000000000000000",
                "",
                "00000000000000000000000000000000",
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
            ),
            (
                feff,
                "cafebabefacedbaddecaf888",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                text,
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
            ),
        ];
        for (key, nonce, aad, plain, expected) in cases {
            let key = Key::from_bytes(unhex(key).try_into().unwrap());
            let sealed = seal(&key, &unhex(aad), &unhex(plain), &Fixed(unhex(nonce))).unwrap();
            assert_eq!(sealed[13..], unhex(expected));
            assert_eq!(*open(&key, &unhex(aad), &sealed).unwrap(), unhex(plain));
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_nothing_else_does(
            plain in proptest::collection::vec(any::<u8>(), 0..200), aad in proptest::collection::vec(any::<u8>(), 0..40),
            at in any::<proptest::sample::Index>(), bit in 0_u8..8,
        ) {
            let chance = SeededChance::new(3);
            let (key, other) = (Key::generate(&chance), Key::generate(&chance));
            let sealed = seal(&key, &aad, &plain, &chance).unwrap();
            prop_assert_eq!(&*open(&key, &aad, &sealed).unwrap(), &plain);
            let mut altered = sealed.clone();
            altered[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(open(&key, &aad, &altered).is_err());
            prop_assert!(open(&other, &aad, &sealed).is_err());
            prop_assert!(open(&key, &[aad.as_slice(), b"x"].concat(), &sealed).is_err());
            prop_assert!(open(&key, &aad, &sealed[..at.index(sealed.len())]).is_err());
        }
    }
}
