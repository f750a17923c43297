//! Making the file from a list of any size, in bounded memory: hashes are dealt into 256 piles on disk, and each pile is
//! sorted by itself.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{BUCKETS, BreachedFault, ENTRY, HEADER, MAGIC, VERSION, line_print};

/// A hash on a pile: two bytes of bucket, six of entry.
const DEALT: usize = 2 + ENTRY;
/// Longer lines are no passwords, and are left out.
const LONGEST_LINE: usize = 4096;

/// Makes the file `out` from a list with one password, or one SHA-1 in hexadecimal, a line, and returns how many different
/// ones it holds. Beside `out` there is a folder of piles meanwhile, of eight bytes a line.
///
/// # Errors
/// [`BreachedFault::Io`]; then `out` is as it was.
pub fn build_breached(list: impl std::io::Read, out: &Path) -> Result<u64, BreachedFault> {
    let (piles, made) = (beside(out, "piles"), beside(out, "new"));
    std::fs::create_dir(&piles)?;
    let built = deal(list, &piles).and_then(|()| gather(&piles, &made));
    std::fs::remove_dir_all(&piles)?;
    let count = built.inspect_err(|_| drop(std::fs::remove_file(&made)))?;
    std::fs::rename(&made, out)?;
    Ok(count)
}

fn beside(out: &Path, what: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(format!(".{what}"));
    PathBuf::from(name)
}

fn pile(piles: &Path, number: usize) -> PathBuf {
    piles.join(format!("{number:02x}"))
}

/// Deals the hash of every line onto the pile of its first byte.
fn deal(list: impl std::io::Read, piles: &Path) -> Result<(), BreachedFault> {
    let open = |number| Ok(BufWriter::new(File::create_new(pile(piles, number))?));
    let mut open_piles = (0..256).map(open).collect::<Result<Vec<_>, std::io::Error>>()?;
    let (mut reader, mut line) = (BufReader::with_capacity(1 << 20, list), Vec::new());
    while read_line(&mut reader, &mut line)? {
        let Some((bucket, entry)) = line_print(&line) else { continue };
        let [high, low] = u16::try_from(bucket).unwrap_or_default().to_be_bytes();
        if let Some(pile) = open_piles.get_mut(usize::from(high)) {
            pile.write_all(&[high, low])?;
            pile.write_all(&entry)?;
        }
    }
    for mut pile in open_piles {
        pile.flush()?;
    }
    Ok(())
}

/// Reads a line; of one that is too long for a password nothing is kept. Tells whether there was one.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, std::io::Error> {
    line.clear();
    let mut too_long = false;
    loop {
        let part = reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', line)?;
        let ended = line.last() == Some(&b'\n');
        if part == 0 || ended {
            let any = part > 0 || too_long || !line.is_empty();
            if too_long {
                line.clear();
            }
            return Ok(any);
        }
        if line.len() >= LONGEST_LINE {
            too_long = true;
            line.clear();
        }
    }
}

/// Sorts each pile and writes the file. Header and digest are known last.
fn gather(piles: &Path, made: &Path) -> Result<u64, BreachedFault> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(made)?);
    file.write_all(&[0; HEADER as usize])?;
    let mut hasher = crypto::Hasher::new();
    let mut sizes = vec![0_u64; BUCKETS];
    for number in 0..256 {
        for (bucket, entry) in sorted(&pile(piles, number))? {
            file.write_all(&entry)?;
            hasher.update(&entry);
            if let Some(size) = sizes.get_mut(bucket) {
                *size += 1;
            }
        }
    }
    let mut first = 0_u64;
    for size in sizes.into_iter().chain([0]) {
        file.write_all(&first.to_le_bytes())?;
        hasher.update(&first.to_le_bytes());
        first += size;
    }
    file.seek(SeekFrom::Start(0))?;
    let (version, count) = (VERSION.to_le_bytes(), first.to_le_bytes());
    for part in [&MAGIC[..], &version, &count, &hasher.finish()] {
        file.write_all(part)?;
    }
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(first)
}

/// Reads a pile and returns its hashes in order, each once.
fn sorted(path: &Path) -> Result<Vec<(usize, [u8; ENTRY])>, BreachedFault> {
    let bytes = std::fs::read(path)?;
    let (dealt, _) = bytes.as_chunks::<DEALT>();
    let mut prints: Vec<(usize, [u8; ENTRY])> =
        dealt.iter().map(|[high, low, entry @ ..]| (usize::from(u16::from_be_bytes([*high, *low])), *entry)).collect();
    prints.sort_unstable();
    prints.dedup();
    Ok(prints)
}
