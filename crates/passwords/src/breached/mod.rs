//! A list of breached passwords that the operator brings: of any size, compact, and read where it lies.
//!
//! # The file
//!
//! | bytes | what |
//! |---|---|
//! | 16 | the magic `custos-breached` and a line feed |
//! | 4 | the version, 1, little-endian like every number here |
//! | 8 | how many entries there are |
//! | 32 | SHA-256 over everything that follows |
//! | 6 each | the entries, sorted: bits 16 to 63 of the first 64 bits of the SHA-1 of a password, big-endian |
//! | 8 × 65,537 | for each value of bits 0 to 15 the number of its first entry, and the number of entries |
//!
//! So an entry stands for 64 bits of a hash and costs six bytes: a thousand million passwords are 6 GB, and a password that
//! is not among them is taken for one of them once in 10^10. A look reads two numbers of the table and bisects the entries
//! between them; nothing is kept in memory.

mod build;
mod file;

pub use build::build_breached;
pub use file::Breached;

use unicode_normalization::UnicodeNormalization as _;

const MAGIC: &[u8; 16] = b"custos-breached\n";
const VERSION: u32 = 1;
/// Magic, version, count, digest.
const HEADER: u64 = 16 + 4 + 8 + 32;
/// The length of an entry.
const ENTRY: usize = 6;
/// So many values the first two bytes of a hash have.
const BUCKETS: usize = 1 << 16;

/// What is wrong with a list of breached passwords.
#[derive(Debug, thiserror::Error)]
pub enum BreachedFault {
    /// It cannot be read or written.
    #[error("cannot be read or written")]
    Io(#[from] std::io::Error),
    /// It is some other file.
    #[error("is not a list that `custos passwords build` made")]
    Foreign,
    /// It was made by another version.
    #[error("has format {0}, which this version does not read: build it again")]
    Version(u32),
    /// It is not as long as it says, or its digest does not fit.
    #[error("is damaged: build it again")]
    Damaged,
}

/// A hash of a password, as a list knows it: bucket and entry.
type Print = (usize, [u8; ENTRY]);

fn split(hash: &[u8; 20]) -> Print {
    let [a, b, rest @ ..] = hash;
    (usize::from(u16::from_be_bytes([*a, *b])), rest.first_chunk().copied().unwrap_or_default())
}

/// Returns what the list keeps of a password in its normal form.
fn print(password: &str) -> Print {
    split(&crypto::sha1(password.as_bytes()))
}

/// Reads a line: a password, or the SHA-1 of one in hexadecimal, which may be followed by a colon and a count.
fn line_print(line: &[u8]) -> Option<Print> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    if let Some(hash) = unhex(line) {
        return Some(split(&hash));
    }
    Some(match std::str::from_utf8(line) {
        Ok(text) => print(&text.nfc().collect::<String>()),
        Err(_) => split(&crypto::sha1(line)),
    })
}

fn unhex(line: &[u8]) -> Option<[u8; 20]> {
    let (digits, rest) = line.split_at_checked(40)?;
    let counted = rest.strip_prefix(b":").is_some_and(|count| count.iter().all(u8::is_ascii_digit));
    if !rest.is_empty() && !counted {
        return None;
    }
    let mut hash = [0; 20];
    for (to, two) in hash.iter_mut().zip(digits.chunks(2)) {
        *to = two.iter().try_fold(0_u8, |byte, digit| {
            let value = char::from(*digit).to_digit(16)?;
            Some(byte << 4 | u8::try_from(value).ok()?)
        })?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests;
