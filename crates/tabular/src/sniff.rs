//! What the first bytes of a file look like.

use std::collections::HashSet;
use std::io::{self, Read};

use crate::encoding::Encoding;
use crate::guess;
use crate::header;
use crate::layout::{Choices, Layout, Mark};
use crate::probe::Probe;
use crate::row::{Row, RowFault};

/// Rows shown.
const SAMPLES: usize = 20;

/// The first bytes of a file.
#[derive(Clone, Debug)]
pub struct Head {
    bytes: Vec<u8>,
    whole: bool,
}

impl Head {
    /// How many bytes are looked at, at most.
    pub const SIZE: u64 = 256 * 1024;

    /// Reads the first bytes.
    ///
    /// # Errors
    /// What the reader says.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        reader.take(Self::SIZE + 1).read_to_end(&mut bytes)?;
        let whole = bytes.len() as u64 <= Self::SIZE;
        Ok(Self { bytes, whole })
    }

    /// Takes the first bytes, and whether they are all.
    #[must_use]
    pub const fn new(bytes: Vec<u8>, whole: bool) -> Self {
        Self { bytes, whole }
    }

    /// Returns whole lines only, as far as there is one.
    fn lines(&self, encoding: Encoding) -> &[u8] {
        let width = encoding.width();
        let feed = |unit: &[u8]| match encoding {
            Encoding::Utf16Le => unit == [b'\n', 0],
            Encoding::Utf16Be => unit == [0, b'\n'],
            Encoding::Utf8 | Encoding::Gb18030 | Encoding::Windows1252 => unit == [b'\n'],
        };
        let last = self.bytes.chunks_exact(width).rposition(feed).filter(|_| !self.whole);
        last.and_then(|at| self.bytes.get(..(at + 1) * width)).unwrap_or(&self.bytes)
    }
}

/// Why a file does not look like a table of text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SniffFault {
    /// It has no row.
    #[error("the file is empty")]
    Empty,
    /// It is a workbook (Excel, OpenDocument), which can be saved as CSV.
    #[error("the file is a workbook, not a table of text")]
    Workbook,
    /// It is something else that is not text.
    #[error("the file is not text")]
    Binary,
    /// Its first row cannot be read.
    #[error("the first row cannot be read")]
    FirstRow(#[source] RowFault),
}

impl kernel::Fault for SniffFault {
    fn class(&self) -> kernel::Class {
        match self {
            Self::Empty | Self::FirstRow(_) => kernel::Class::Invalid,
            Self::Workbook | Self::Binary => kernel::Class::Unsupported,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file-empty",
            Self::Workbook => "file-workbook",
            Self::Binary => "file-binary",
            Self::FirstRow(_) => "file-first-row",
        }
    }
}

/// What a file looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniff {
    /// How the table lies in the file.
    pub layout: Layout,
    /// The first good rows of data, each with a text for every column.
    pub samples: Vec<Vec<String>>,
    /// Whether the file starts with a byte order mark.
    pub bom: bool,
    /// Lines above the table (a title, a comment) that are passed over.
    pub titles: u64,
}

impl Sniff {
    /// Looks at the first bytes; what was chosen is not guessed.
    ///
    /// # Errors
    /// [`SniffFault`] when no table can be seen.
    pub fn of(head: &Head, choices: &Choices) -> Result<Self, SniffFault> {
        let (guessed, mark) = guess::guess(&head.bytes, head.whole);
        let encoding = choices.encoding.unwrap_or(guessed);
        let bom = if encoding == guessed { mark } else { 0 };
        refuse(&head.bytes, encoding)?;
        let probe = Probe::new(head.lines(encoding), encoding);
        let (told, start) = probe.directive(Mark::top(1, bom as u64));
        let delimiter = choices.delimiter.or(told).unwrap_or_else(|| probe.delimiter(start));
        let table = probe.table(delimiter, start).map_err(SniffFault::FirstRow)?;
        let first = table.rows.first().ok_or(SniffFault::Empty)?;
        let rest = table.rows.get(1..).unwrap_or_default();
        let header = choices.header.unwrap_or_else(|| header::looks_like_one(&first.cells));
        let top = Mark::top(first.line, first.offset);
        let (columns, data, sampled) = if header {
            (names(&first.cells), probe.behind(delimiter, top), rest)
        } else {
            (names(&vec![String::new(); table.width]), top, table.rows.as_slice())
        };
        let samples = samples(sampled, columns.len());
        let layout = Layout { encoding, delimiter, header, columns, data };
        Ok(Self { layout, samples, bom: bom > 0, titles: first.line - 1 })
    }
}

/// Refuses what evidently is no text, so that nobody is shown a thousand wrong rows instead of one reason.
fn refuse(head: &[u8], encoding: Encoding) -> Result<(), SniffFault> {
    const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];
    const OTHERS: [&[u8]; 4] = [b"%PDF-", b"\x1f\x8b\x08", b"\x89PNG\r\n", b"\xff\xd8\xff"];
    if WORKBOOKS.iter().any(|magic| head.starts_with(magic)) {
        return Err(SniffFault::Workbook);
    }
    let odd = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=31)).count();
    let noise = encoding.width() == 1 && odd > 16 && odd * 20 > head.len();
    if noise || OTHERS.iter().any(|magic| head.starts_with(magic)) {
        return Err(SniffFault::Binary);
    }
    Ok(())
}

/// Gives every column a name to show: trimmed, never blank, none twice.
fn names(cells: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let visible = cell.replace(['\u{feff}', '\u{200b}'], " ");
        let words: Vec<&str> = visible.split_whitespace().collect();
        let plain = if words.is_empty() { format!("Column {}", at + 1) } else { words.join(" ") };
        let mut name = plain.clone();
        let mut copy = 1;
        while !taken.insert(name.to_lowercase()) {
            copy += 1;
            name = format!("{plain} ({copy})");
        }
        names.push(name);
    }
    names
}

fn samples(rows: &[Row], width: usize) -> Vec<Vec<String>> {
    let fitting = rows.iter().filter(|row| row.cells.len() >= width);
    fitting.take(SAMPLES).map(|row| row.cells.iter().take(width).cloned().collect()).collect()
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
