//! Sealing files of any size in chunks (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
//!
//! `"custos-stream-1\n" | salt 32 | chunks`. A key is derived from the caller's key and the salt, so nonces count from zero:
//! 11 bytes of counter and one byte that is 1 for the last chunk. Each chunk is 64 KiB of plaintext and its tag. A chunk left
//! out, repeated, moved, or taken from another file does not open, and a file that is cut short is missing its last chunk.

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use kernel::Chance;
use zeroize::Zeroizing;

use crate::{CryptoFault, Key, aead};

const MAGIC: &[u8; 16] = b"custos-stream-1\n";
const SALT: usize = 32;
/// Bytes that each chunk grows by.
pub(crate) const TAG: usize = 16;
/// Plaintext bytes of a chunk.
pub const CHUNK: usize = 64 * 1024;

fn chunk_key(key: &Key, salt: &[u8]) -> Result<LessSafeKey, CryptoFault> {
    aead::prepared(&crate::derive(key, "custos stream 1", salt))
}

pub(crate) fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *to = from;
    }
    if let Some(end) = bytes.last_mut() {
        *end = u8::from(last);
    }
    Nonce::assume_unique_for_key(bytes)
}

fn tampered() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, CryptoFault::Tampered)
}

/// Seals what is written to it in chunks, each under its number and the mark of the last one: what the files of this crate have
/// in common, whatever stands before the first chunk.
pub(crate) struct Chunks<W: Write> {
    out: W,
    key: LessSafeKey,
    aad: Vec<u8>,
    number: u64,
    buffer: Zeroizing<Vec<u8>>,
}

impl<W: Write> Chunks<W> {
    /// Begins behind what was written to `out` before. The key seals nothing but these chunks.
    pub(crate) fn new(out: W, key: LessSafeKey, aad: &[u8]) -> Self {
        Self { out, key, aad: aad.to_vec(), number: 0, buffer: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)) }
    }

    fn chunk(&mut self, last: bool) -> io::Result<()> {
        let sealing =
            self.key.seal_in_place_append_tag(nonce(self.number, last), Aad::from(&self.aad), &mut *self.buffer);
        sealing.map_err(|_| io::Error::other(CryptoFault::Key))?;
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        self.number += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.chunk(true)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Chunks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full buffer is kept until more comes: only then is it known not to be the last.
        if self.buffer.len() == CHUNK && !bytes.is_empty() {
            self.chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Seals what is written to it. [`finish`](Self::finish) must be called, or the file will not open.
pub struct SealWriter<W: Write>(Chunks<W>);

impl<W: Write> SealWriter<W> {
    /// Starts a sealed file for the place that `aad` spells out.
    ///
    /// # Errors
    /// Of `out`.
    pub fn new(mut out: W, key: &Key, aad: &[u8], chance: &dyn Chance) -> io::Result<Self> {
        let salt: [u8; SALT] = kernel::chance::array(chance);
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        let key = chunk_key(key, &salt).map_err(io::Error::other)?;
        Ok(Self(Chunks::new(out, key, aad)))
    }

    /// Writes the last chunk and returns what was written to.
    ///
    /// # Errors
    /// Of the underlying writer.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Opens a sealed file while it is read.
pub struct OpenReader<R: Read> {
    from: R,
    key: LessSafeKey,
    aad: Vec<u8>,
    number: u64,
    /// Ciphertext read ahead: a chunk is the last one only if nothing follows.
    ahead: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    given: usize,
    ended: bool,
}

impl<R: Read> OpenReader<R> {
    /// Starts reading a sealed file made for the same place.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] if it is none; those of `from`.
    pub fn new(mut from: R, key: &Key, aad: &[u8]) -> io::Result<Self> {
        let mut head = [0; MAGIC.len() + SALT];
        from.read_exact(&mut head)
            .map_err(|e| if e.kind() == io::ErrorKind::UnexpectedEof { tampered() } else { e })?;
        let (magic, salt) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(tampered());
        }
        let key = chunk_key(key, salt).map_err(io::Error::other)?;
        let plain = Zeroizing::new(Vec::new());
        Ok(Self { from, key, aad: aad.to_vec(), number: 0, ahead: Vec::new(), plain, given: 0, ended: false })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let wanted = CHUNK + TAG + 1;
        let missing = u64::try_from(wanted - self.ahead.len()).unwrap_or(0);
        self.from.by_ref().take(missing).read_to_end(&mut self.ahead)?;
        let last = self.ahead.len() < wanted;
        let following = self.ahead.split_off(self.ahead.len().min(CHUNK + TAG));
        let mut chunk = Zeroizing::new(std::mem::replace(&mut self.ahead, following));
        let opened = self.key.open_in_place(nonce(self.number, last), Aad::from(&self.aad), chunk.as_mut_slice());
        let length = opened.map_err(|_| tampered())?.len();
        chunk.truncate(length);
        self.plain = chunk;
        self.given = 0;
        self.number += 1;
        self.ended = last;
        Ok(())
    }
}

impl<R: Read> Read for OpenReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() {
            if self.ended {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let rest = self.plain.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;

    fn sealed(plain: &[u8], seed: u64) -> Vec<u8> {
        let mut writer =
            SealWriter::new(Vec::new(), &Key::from_bytes([9; 32]), b"place", &SeededChance::new(seed)).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn opened(file: &[u8], aad: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        OpenReader::new(file, &Key::from_bytes([9; 32]), aad)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    fn long(length: usize) -> Vec<u8> {
        (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect()
    }

    #[test]
    fn files_of_all_lengths_open() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7] {
            let plain = long(length);
            let file = sealed(&plain, 1);
            assert_eq!(opened(&file, b"place").unwrap(), plain);
            assert!(opened(&file, b"elsewhere").is_err());
        }
    }

    #[test]
    fn a_file_cut_lengthened_or_altered_does_not_open() {
        let file = sealed(&long(2 * CHUNK + 100), 1);
        let (head, whole) = (MAGIC.len() + SALT, CHUNK + TAG);
        for cut in [0, 10, head, head + 1, head + whole, head + 2 * whole, file.len() - 1] {
            assert!(opened(&file[..cut], b"place").is_err(), "cut at {cut}");
        }
        assert!(opened(&[file.as_slice(), b"x"].concat(), b"place").is_err());
        for at in [0, 20, head + 5, head + whole + 5, file.len() - 1] {
            let mut altered = file.clone();
            altered[at] ^= 1;
            assert!(opened(&altered, b"place").is_err(), "altered at {at}");
        }
    }

    #[test]
    fn chunks_moved_or_taken_from_another_file_do_not_open() {
        let (file, other) = (sealed(&long(3 * CHUNK), 1), sealed(&long(3 * CHUNK), 2));
        let (head, whole) = (MAGIC.len() + SALT, CHUNK + TAG);
        let mut moved = file.clone();
        let (first, second) = moved[head..head + 2 * whole].split_at_mut(whole);
        first.swap_with_slice(second);
        assert!(opened(&moved, b"place").is_err());
        let mut mixed = file;
        mixed[head..head + whole].copy_from_slice(&other[head..head + whole]);
        assert!(opened(&mixed, b"place").is_err());
    }
}
