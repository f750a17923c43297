//! Hashes: SHA-256 and SHA-512 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869), and the keyed tokens made of them.

use aws_lc_rs::{constant_time, digest, hkdf, hmac};

use crate::Key;

/// Returns the first `N` bytes; every caller asks for at most the digest's length.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk::<N>().copied().unwrap_or([0; N])
}

/// Returns SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    first(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Returns SHA-512.
#[must_use]
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    first(digest::digest(&digest::SHA512, bytes).as_ref())
}

/// Returns SHA-1 (FIPS 180-4): only the name under which lists of breached passwords know one. It protects nothing here.
#[must_use]
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    first(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref())
}

/// Returns HMAC-SHA1 (RFC 2104) under a key of any length: only what authenticator apps agree on (RFC 6238 §1.2). HMAC does
/// not rest on the collisions that SHA-1 has lost.
#[must_use]
pub fn mac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    first(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message).as_ref())
}

/// SHA-256 over parts.
pub struct Hasher(digest::Context);

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// Starts.
    #[must_use]
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the hash.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        first(self.0.finish().as_ref())
    }
}

/// A key that many messages are hashed under. What of HMAC-SHA256 depends on the key alone is reckoned once; wiped when it goes.
pub struct MacKey(hmac::Key);

impl MacKey {
    /// Prepares a key.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose_bytes()))
    }

    /// Returns HMAC-SHA256.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        first(hmac::sign(&self.0, message).as_ref())
    }

    /// Returns the mark of something that was spelled out: 128 bits of a keyed hash.
    #[must_use]
    pub fn mark(&self, spelled: &[u8]) -> [u8; 16] {
        first(&self.mac(spelled))
    }

    /// Tells in constant time whether a mark is that of something.
    #[must_use]
    pub fn fits(&self, spelled: &[u8], mark: &[u8]) -> bool {
        same(&self.mark(spelled), mark)
    }

    /// Returns the blind token of a normalised value: 128 bits of a keyed hash. The field's name goes in first with its length,
    /// so that equal values of two fields do not show as equal.
    #[must_use]
    pub fn blind(&self, field: &str, value: &str) -> [u8; 16] {
        first(&self.scoped(field, value))
    }

    /// Returns the search token of a word: 40 bits of a keyed hash. So short that a token alone does not name a word: false
    /// hits are weeded out when the record is opened.
    #[must_use]
    pub fn word_token(&self, scope: &str, word: &str) -> u64 {
        let [a, b, c, d, e] = first(&self.scoped(scope, word));
        u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
    }

    /// Returns the search token of a whole value: 20 bits of the same. Beyond a million values each shares its token with others;
    /// equality is what blind tokens tell.
    #[must_use]
    pub fn value_token(&self, scope: &str, value: &str) -> u64 {
        self.word_token(scope, value) >> 20
    }

    fn scoped(&self, scope: &str, value: &str) -> [u8; 32] {
        let length = (scope.len() as u64).to_be_bytes();
        self.mac(&[&length, scope.as_bytes(), value.as_bytes()].concat())
    }
}

/// Returns HMAC-SHA256.
#[must_use]
pub fn mac(key: &Key, message: &[u8]) -> [u8; 32] {
    MacKey::new(key).mac(message)
}

/// Tells in constant time whether `tag` is the HMAC-SHA256 of a message.
#[must_use]
pub fn verify_mac(key: &Key, message: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&MacKey::new(key).0, message, tag).is_ok()
}

/// Tells in constant time whether two byte strings are equal; their lengths are no secret.
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// Derives a key for one purpose and context: HKDF-SHA256 with the label as salt and the context as info.
#[must_use]
pub fn derive(key: &Key, label: &str, context: &[u8]) -> Key {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    let pseudorandom = hkdf::Salt::new(hkdf::HKDF_SHA256, label.as_bytes()).extract(key.expose_bytes());
    // 32 bytes are one block of the hash; HKDF refuses only beyond 255 blocks.
    if pseudorandom.expand(&[context], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(bytes.as_mut_slice())).is_err() {
        std::process::abort();
    }
    Key::from_bytes(*bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn unhex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn sha_2_gives_the_standards_own_values() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc").to_vec(), unhex(abc));
        let longer = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                      2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(sha512(b"abc").to_vec(), unhex(longer));
        let mut parts = Hasher::new();
        parts.update(b"a");
        parts.update(b"bc");
        assert_eq!(parts.finish().to_vec(), unhex(abc));
    }

    /// FIPS 180-4, by the examples of NIST's Cryptographic Standards and Guidelines.
    #[test]
    fn sha1_gives_the_standards_own_values() {
        for (text, hash) in [
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ] {
            assert_eq!(sha1(text.as_bytes()).to_vec(), unhex(hash));
        }
    }

    /// RFC 2202 §3, test cases 1, 2 and 6.
    #[test]
    fn hmac_sha1_gives_the_standards_own_values() {
        for (key, message, tag) in [
            (vec![0x0b; 20], "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
            (b"Jefe".to_vec(), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                vec![0xaa; 80],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
        ] {
            assert_eq!(mac_sha1(&key, message.as_bytes()).to_vec(), unhex(tag));
        }
    }

    /// RFC 4231 §4.7 and §4.2: keys longer and shorter than a block are the library's own matter; ours are 32 bytes, so the
    /// value here is checked against a key of that length (RFC 4231 has none) by the definition of HMAC itself.
    #[test]
    fn hmac_follows_its_definition() {
        let key = Key::from_bytes([0x0b; 32]);
        let pad =
            |byte: u8| [0x0b_u8; 32].iter().map(|k| k ^ byte).chain(std::iter::repeat_n(byte, 32)).collect::<Vec<u8>>();
        let inner = sha256(&[pad(0x36), b"Hi There".to_vec()].concat());
        assert_eq!(mac(&key, b"Hi There"), sha256(&[pad(0x5c), inner.to_vec()].concat()));
        assert!(verify_mac(&key, b"Hi There", &mac(&key, b"Hi There")));
        assert!(!verify_mac(&key, b"Hi there", &mac(&key, b"Hi There")));
    }

    /// RFC 4231 §4.2, through the same library call with the RFC's 20-byte key.
    #[test]
    fn hmac_gives_the_standards_own_value() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[0x0b; 20]);
        let expected = unhex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert_eq!(hmac::sign(&key, b"Hi There").as_ref(), expected);
    }

    /// RFC 5869 appendix A.1, through the same library calls (its input is 22 bytes, ours always 32).
    #[test]
    fn hkdf_gives_the_standards_own_value() {
        let pseudorandom =
            hkdf::Salt::new(hkdf::HKDF_SHA256, &unhex("000102030405060708090a0b0c")).extract(&[0x0b; 22]);
        let info = unhex("f0f1f2f3f4f5f6f7f8f9");
        let info = [info.as_slice()];
        let mut okm = [0; 32];
        pseudorandom.expand(&info, hkdf::HKDF_SHA256).unwrap().fill(&mut okm).unwrap();
        assert_eq!(okm.to_vec(), unhex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    }

    #[test]
    fn tokens_differ_by_key_field_and_value() {
        let [one, two] = [[1; 32], [2; 32]].map(|bytes| MacKey::new(&Key::from_bytes(bytes)));
        let token = one.blind("email", "a@b.cc");
        assert_eq!(token, one.blind("email", "a@b.cc"));
        for other in [two.blind("email", "a@b.cc"), one.blind("phone", "a@b.cc"), one.blind("emaila", "@b.cc")] {
            assert_ne!(token, other);
        }
        assert!(one.word_token("words", "mei") < 1 << 40);
    }
}
