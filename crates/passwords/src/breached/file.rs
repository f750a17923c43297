//! Looking a password up.

use std::fs::File;
use std::io::{BufReader, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crypto::Secret;

use super::{BUCKETS, BreachedFault, ENTRY, HEADER, MAGIC, VERSION, print};

/// A list of breached passwords, open for looking up.
pub struct Breached {
    file: File,
    count: u64,
}

impl Breached {
    /// Opens a list and reads it once through, so that a damaged one is found at the start and not by what it lets pass.
    ///
    /// # Errors
    /// [`BreachedFault`], which says what is wrong with the file.
    pub fn open(path: &Path) -> Result<Self, BreachedFault> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut magic = [0; 16];
        if length < HEADER {
            return Err(BreachedFault::Foreign);
        }
        reader.read_exact(&mut magic)?;
        if magic != *MAGIC {
            return Err(BreachedFault::Foreign);
        }
        let version = u32::from_le_bytes(take(&mut reader)?);
        if version != VERSION {
            return Err(BreachedFault::Version(version));
        }
        let count = u64::from_le_bytes(take(&mut reader)?);
        let expected = count.checked_mul(ENTRY as u64).and_then(|n| n.checked_add(HEADER + 8 * (BUCKETS as u64 + 1)));
        if expected != Some(length) || take::<32>(&mut reader)? != digest(reader)? {
            return Err(BreachedFault::Damaged);
        }
        Ok(Self { file, count })
    }

    /// Returns how many passwords are known.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Tells whether a password in its normal form is among them.
    ///
    /// # Errors
    /// [`BreachedFault::Io`] if the list cannot be read any more.
    pub fn holds(&self, password: &Secret<String>) -> Result<bool, BreachedFault> {
        let (bucket, entry) = print(password.expose());
        let table = HEADER + self.count * ENTRY as u64;
        let at = |index: usize| Ok::<_, std::io::Error>(u64::from_le_bytes(self.read(table + 8 * index as u64)?));
        let (mut low, mut high) = (at(bucket)?, at(bucket + 1)?);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.read::<ENTRY>(HEADER + middle * ENTRY as u64)?.cmp(&entry) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(true),
            }
        }
        Ok(false)
    }

    fn read<const N: usize>(&self, offset: u64) -> Result<[u8; N], std::io::Error> {
        let mut bytes = [0; N];
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}

fn take<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], std::io::Error> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn digest(mut reader: impl Read) -> Result<[u8; 32], std::io::Error> {
    let (mut hasher, mut part) = (crypto::Hasher::new(), vec![0; 1 << 16]);
    loop {
        match reader.read(&mut part)? {
            0 => return Ok(hasher.finish()),
            n => hasher.update(part.get(..n).unwrap_or_default()),
        }
    }
}
