//! Files that leave: sealed under a passphrase or for a public key, in the format of age (age-encryption.org/v1), so that whoever takes one out opens it
//! with tools of their own (`age -d`).
//!
//! A header names one recipient: the passphrase stretched by scrypt, or an agreement by X25519 with somebody's key. Its MAC and the payload hang on a file key of 128 bits.
//! The payload is the STREAM construction with ChaCha20-Poly1305: chunks of 64 KiB, counted, the last one marked.

mod recipient;

use std::io::{self, Write};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use kernel::Chance;
use zeroize::Zeroizing;

pub use recipient::{AgeKey, Recipient};

use crate::stream::{Chunks, nonce};

const VERSION: &str = "age-encryption.org/v1\n";

/// A length for `hkdf`.
struct Bytes32;

impl hkdf::KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn broken<E>(_: E) -> io::Error {
    io::Error::other(crate::CryptoFault::Key)
}

fn derived(salt: &[u8], secret: &[u8], info: &[u8]) -> io::Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    extracted.expand(&[info], Bytes32).and_then(|okm| okm.fill(key.as_mut())).map_err(broken)?;
    Ok(key)
}

fn cipher(key: &[u8; 32]) -> io::Result<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new).map_err(broken)
}

/// Seals the key of a file under one that is used once.
fn sealed(key: &LessSafeKey, file_key: &[u8; 16]) -> io::Result<Vec<u8>> {
    let mut wrapped = file_key.to_vec();
    key.seal_in_place_append_tag(nonce(0, false), Aad::empty(), &mut wrapped).map_err(broken)?;
    Ok(wrapped)
}

/// Spells base64 without padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    crate::base64url(bytes).replace('-', "+").replace('_', "/")
}

/// Seals what is written to it for a recipient. [`finish`](Self::finish) must be called, or the file will not open.
pub struct AgeWriter<W: Write>(Chunks<W>);

impl<W: Write> AgeWriter<W> {
    /// Starts a file. Under a passphrase that takes a good part of a second and 64 MiB: guesses do too.
    ///
    /// # Errors
    /// Of `out`; of another kind if a recipient's key is none that a secret can be agreed on with.
    pub fn new(mut out: W, recipient: &Recipient, chance: &dyn Chance) -> io::Result<Self> {
        let file_key = Zeroizing::new(kernel::chance::array::<16>(chance));
        let head = format!("{VERSION}{}---", recipient.stanza(&file_key, chance)?);
        let mac = hmac::Key::new(hmac::HMAC_SHA256, &*derived(&[], &*file_key, b"header")?);
        let mac = hmac::sign(&mac, head.as_bytes());
        let start: [u8; 16] = kernel::chance::array(chance);
        let key = cipher(&*derived(&start, &*file_key, b"payload")?)?;
        out.write_all(format!("{head} {}\n", base64(mac.as_ref())).as_bytes())?;
        out.write_all(&start)?;
        Ok(Self(Chunks::new(out, key, &[])))
    }

    /// Writes the last chunk and returns what was written to.
    ///
    /// # Errors
    /// Of the underlying writer.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for AgeWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::recipient::{LABEL, WORK};
    use super::*;
    use crate::Secret;
    use crate::stream::{CHUNK, TAG};

    fn passphrase(words: &str) -> Recipient {
        Recipient::Passphrase(Secret::new(words.to_owned()))
    }

    /// Opens a file as the format says, the other way round.
    fn open(file: &[u8], passphrase: &str) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(file);
        let head = text.split("\n--- ").next()?;
        let lines: Vec<&str> = head.lines().collect();
        let salt = crate::unbase64url(&lines[1].split(' ').nth(2)?.replace('+', "-").replace('/', "_"))?;
        let mut body = crate::unbase64url(&lines[2].replace('+', "-").replace('/', "_"))?;
        let mut wrapping = [0; 32];
        let cost = scrypt::Params::new(WORK, 8, 1, 32).ok()?;
        scrypt::scrypt(passphrase.as_bytes(), &[LABEL, &salt].concat(), &cost, &mut wrapping).ok()?;
        let file_key = cipher(&wrapping).ok()?.open_in_place(nonce(0, false), Aad::empty(), &mut body).ok()?.to_vec();
        let payload = &file[head.len() + 5 + 43 + 1..];
        let key = cipher(&*derived(&payload[..16], &file_key, b"payload").ok()?).ok()?;
        let mut plain = Vec::new();
        let chunks: Vec<&[u8]> = payload[16..].chunks(CHUNK + TAG).collect();
        for (n, chunk) in chunks.iter().enumerate() {
            let mut chunk = chunk.to_vec();
            plain.extend_from_slice(
                key.open_in_place(nonce(n as u64, n + 1 == chunks.len()), Aad::empty(), &mut chunk).ok()?,
            );
        }
        Some(plain)
    }

    #[test]
    fn what_goes_in_comes_out_under_the_passphrase_alone() {
        let chance = kernel::SeededChance::new(5);
        for size in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let plain: Vec<u8> = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let secret = passphrase("four unrelated words here");
            let mut writer = AgeWriter::new(Vec::new(), &secret, &chance).unwrap();
            writer.write_all(&plain).unwrap();
            let file = writer.finish().unwrap();
            assert_eq!(open(&file, "four unrelated words here").as_ref(), Some(&plain), "{size}");
            if size == 1 {
                assert_eq!(open(&file, "four unrelated words"), None);
                let mut cut = file;
                cut.pop();
                assert_eq!(open(&cut, "four unrelated words here"), None);
            }
        }
    }

    /// Opens what is for a key with the secret that belongs to it, as the format says.
    #[test]
    fn a_file_for_a_key_opens_with_the_secret_that_belongs_to_it() {
        use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};

        let own = PrivateKey::generate(&X25519).unwrap();
        let public = own.compute_public_key().unwrap();
        let key = recipient::AgeKey::of(public.as_ref().try_into().unwrap());
        let mut writer = AgeWriter::new(Vec::new(), &Recipient::Key(key), &kernel::SeededChance::new(3)).unwrap();
        writer.write_all(b"it opens").unwrap();
        let file = writer.finish().unwrap();
        let text = String::from_utf8_lossy(&file);
        let lines: Vec<&str> = text.lines().take(3).collect();
        let plain = |text: &str| crate::unbase64url(&text.replace('+', "-").replace('/', "_")).unwrap();
        let share = plain(lines[1].strip_prefix("-> X25519 ").unwrap());
        let salt = [share.as_slice(), public.as_ref()].concat();
        let opened = |secret: &PrivateKey| {
            let theirs = UnparsedPublicKey::new(&X25519, &share);
            let label = b"age-encryption.org/v1/X25519";
            let wrapping = agree(secret, theirs, broken(()), |secret| derived(&salt, secret, label)).unwrap();
            let mut wrapped = plain(lines[2]);
            cipher(&wrapping).unwrap().open_in_place(nonce(0, false), Aad::empty(), &mut wrapped).map(|key| key.len())
        };
        assert_eq!(opened(&own).ok(), Some(16));
        assert!(opened(&PrivateKey::generate(&X25519).unwrap()).is_err());
    }

    /// Writes a file for the tool of age, which is not part of the build: `age -d` asks for the words.
    #[test]
    #[ignore = "writes a file for a tool that is not part of the build"]
    fn a_file_for_the_tool_of_age() {
        let secret = passphrase("four unrelated words here");
        let file = std::fs::File::create(std::env::temp_dir().join("custos-age-sample.age")).unwrap();
        let mut writer = AgeWriter::new(file, &secret, &kernel::SeededChance::new(9)).unwrap();
        writer.write_all(&b"it opens\n".repeat(20_000)).unwrap();
        writer.finish().unwrap();
    }
}
