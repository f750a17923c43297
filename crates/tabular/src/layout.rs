//! How a table lies in its file, and a place in it.

use std::fmt;
use std::str::FromStr;

use crate::encoding::{Dialect, Encoding};

/// The character between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delimiter(u8);

impl Delimiter {
    /// A comma.
    pub const COMMA: Self = Self(b',');
    /// A semicolon, where the comma marks decimals.
    pub const SEMICOLON: Self = Self(b';');
    /// A tab.
    pub const TAB: Self = Self(b'\t');
    /// A vertical bar.
    pub const PIPE: Self = Self(b'|');
    /// The ones looked for, the likelier first.
    pub const COMMON: [Self; 4] = [Self::COMMA, Self::SEMICOLON, Self::TAB, Self::PIPE];

    /// Takes a tab or a printable ASCII sign; letters, digits, the quote and the space cannot part cells.
    #[must_use]
    pub fn parse(sign: char) -> Option<Self> {
        let byte = u8::try_from(sign).ok()?;
        (byte == b'\t' || (byte.is_ascii_punctuation() && byte != b'"')).then_some(Self(byte))
    }

    /// Returns the character.
    #[must_use]
    pub const fn sign(self) -> char {
        self.0 as char
    }
}

/// What a person decided instead of leaving it to the guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The encoding, if decided.
    pub encoding: Option<Encoding>,
    /// The delimiter, if decided.
    pub delimiter: Option<Delimiter>,
    /// Whether the first row names the columns, if decided.
    pub header: Option<bool>,
}

/// How a table lies in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How characters are written.
    pub encoding: Encoding,
    /// What parts the cells.
    pub delimiter: Delimiter,
    /// Whether the first row names the columns.
    pub header: bool,
    /// A name for every column, all different, fit to be shown.
    pub columns: Vec<String>,
    /// Where the first row of data starts.
    pub data: Mark,
}

impl Layout {
    pub(crate) const fn dialect(&self) -> Dialect {
        Dialect { encoding: self.encoding, delimiter: self.delimiter.0 }
    }
}

/// A place between two rows. Its text form (`rows:line:offset`) is what a job stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// How many rows of data, good and wrong, lie before it.
    pub rows: u64,
    /// The physical line that starts here; the first is 1.
    pub line: u64,
    /// Bytes of the file before it.
    pub offset: u64,
}

impl Mark {
    /// A place before any row of data.
    pub(crate) const fn top(line: u64, offset: u64) -> Self {
        Self { rows: 0, line, offset }
    }
}

/// The text is not a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a table")]
pub struct MarkFault;

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.rows, self.line, self.offset)
    }
}

impl FromStr for Mark {
    type Err = MarkFault;

    fn from_str(text: &str) -> Result<Self, MarkFault> {
        let mut parts = text.split(':').map(|part| part.parse::<u64>().map_err(|_| MarkFault));
        let mut next = || parts.next().ok_or(MarkFault)?;
        let mark = Self { rows: next()?, line: next()?, offset: next()? };
        if parts.next().is_some() { Err(MarkFault) } else { Ok(mark) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_being_stored() {
        let mark = Mark { rows: 12, line: 40, offset: 9_000_000_000 };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for text in ["", "1:2", "1:2:3:4", "a:1:2", "-1:1:1"] {
            assert_eq!(text.parse::<Mark>(), Err(MarkFault), "{text}");
        }
    }

    #[test]
    fn only_signs_part_cells() {
        assert_eq!(Delimiter::parse(','), Some(Delimiter::COMMA));
        assert_eq!(Delimiter::parse('\t'), Some(Delimiter::TAB));
        for sign in ['a', '1', '"', ' ', '\n', '，'] {
            assert_eq!(Delimiter::parse(sign), None, "{sign}");
        }
    }
}
