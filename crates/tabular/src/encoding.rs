//! The encodings a table may come in, and how to step through one without decoding it first.

use std::fmt;

/// How a file writes characters as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 (RFC 3629).
    Utf8,
    /// UTF-16, low byte first, as Excel's "Unicode text" is.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// GB18030, with GBK and GB2312 inside it.
    Gb18030,
    /// Windows-1252, the superset of Latin-1 that files called Latin-1 mean.
    Windows1252,
}

impl Encoding {
    /// Every encoding, in the order a person is offered them.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Gb18030, Self::Windows1252];

    /// Returns the label of the Encoding Standard (WHATWG, section 4.2).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Takes a label as [`Encoding::name`] gives it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name().eq_ignore_ascii_case(name))
    }

    /// Returns how many bytes an ASCII character takes.
    pub(crate) const fn width(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf8 | Self::Gb18030 | Self::Windows1252 => 1,
        }
    }

    /// Decodes bytes; nothing when they are not wholly of this encoding.
    pub(crate) fn decode(self, bytes: &[u8]) -> Option<String> {
        let encoding = match self {
            Self::Utf8 => return std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a character is to the shape of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Quote,
    Delimiter,
    Break,
    Space,
    Other,
}

/// One step: what stands there and how many bytes it takes. `\r\n` is one break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) sign: Sign,
    pub(crate) length: usize,
}

/// An encoding and a delimiter: all that finding cells takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: u8,
}

impl Dialect {
    /// Returns the unit at a place; nothing when the bytes end before it is certain. At `end` no more bytes follow.
    pub(crate) fn unit(self, bytes: &[u8], at: usize, end: bool) -> Option<Unit> {
        match self.encoding {
            Encoding::Utf8 | Encoding::Windows1252 => self.narrow(bytes, at, end),
            Encoding::Gb18030 => self.gb18030(bytes, at, end),
            Encoding::Utf16Le => self.wide(bytes, at, end, u16::from_le_bytes),
            Encoding::Utf16Be => self.wide(bytes, at, end, u16::from_be_bytes),
        }
    }

    fn narrow(self, bytes: &[u8], at: usize, end: bool) -> Option<Unit> {
        let sign = self.sign(*bytes.get(at)?, || match bytes.get(at + 1) {
            None if !end => None,
            next => Some(next == Some(&b'\n')),
        })?;
        Some(Unit { sign: sign.0, length: 1 + usize::from(sign.1) })
    }

    /// The second byte of a pair may be `|`, so pairs are stepped over whole. A quarter of a four-byte character never
    /// looks like a sign: its even bytes are digits, its odd ones are beyond ASCII.
    fn gb18030(self, bytes: &[u8], at: usize, end: bool) -> Option<Unit> {
        if *bytes.get(at)? < 0x81 {
            return self.narrow(bytes, at, end);
        }
        let length = match bytes.get(at + 1) {
            None if !end => return None,
            Some(0x40..=0x7e | 0x80..=0xfe) => 2,
            _ => 1,
        };
        Some(Unit { sign: Sign::Other, length })
    }

    fn wide(self, bytes: &[u8], at: usize, end: bool, join: fn([u8; 2]) -> u16) -> Option<Unit> {
        let pair = |at: usize| bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map(join);
        let Some(value) = pair(at) else {
            // Half a unit at the very end: it is stepped over, and decoding it fails.
            return (end && at < bytes.len()).then_some(Unit { sign: Sign::Other, length: 1 });
        };
        let Ok(byte) = u8::try_from(value) else {
            return Some(Unit { sign: Sign::Other, length: 2 });
        };
        let sign = self.sign(byte, || match pair(at + 2) {
            None if !end => None,
            next => Some(next == Some(u16::from(b'\n'))),
        })?;
        Some(Unit { sign: sign.0, length: 2 + 2 * usize::from(sign.1) })
    }

    /// Names a byte; `pairs` tells whether a line feed follows a carriage return, or that it is not known yet.
    fn sign(self, byte: u8, pairs: impl FnOnce() -> Option<bool>) -> Option<(Sign, bool)> {
        let sign = match byte {
            b'"' => Sign::Quote,
            b'\n' => Sign::Break,
            b'\r' => return pairs().map(|paired| (Sign::Break, paired)),
            byte if byte == self.delimiter => Sign::Delimiter,
            b' ' | b'\t' => Sign::Space,
            _ => Sign::Other,
        };
        Some((sign, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(encoding: Encoding, delimiter: u8, bytes: &[u8]) -> Vec<(Sign, usize)> {
        let dialect = Dialect { encoding, delimiter };
        let mut at = 0;
        std::iter::from_fn(|| {
            let unit = dialect.unit(bytes, at, true)?;
            at += unit.length;
            Some((unit.sign, unit.length))
        })
        .collect()
    }

    #[test]
    fn a_carriage_return_and_line_feed_are_one_break() {
        use Sign::{Break, Other};
        assert_eq!(signs(Encoding::Utf8, b',', b"a\r\n\r\n\r"), [(Other, 1), (Break, 2), (Break, 2), (Break, 1)]);
        assert_eq!(signs(Encoding::Utf16Le, b',', b"\r\0\n\0\r\0"), [(Break, 4), (Break, 2)]);
    }

    #[test]
    fn a_carriage_return_at_the_edge_waits_for_more() {
        let dialect = Dialect { encoding: Encoding::Utf8, delimiter: b',' };
        assert_eq!(dialect.unit(b"\r", 0, false), None);
        assert_eq!(dialect.unit(b"\r", 0, true), Some(Unit { sign: Sign::Break, length: 1 }));
    }

    #[test]
    fn the_second_byte_of_a_chinese_character_is_no_delimiter() {
        let bytes = b"\x81||x";
        assert!(Encoding::Gb18030.decode(&bytes[..2]).is_some_and(|text| text.chars().count() == 1));
        assert_eq!(signs(Encoding::Gb18030, b'|', bytes), [(Sign::Other, 2), (Sign::Delimiter, 1), (Sign::Other, 1)]);
    }

    #[test]
    fn a_quote_beyond_ascii_is_no_quote_in_utf16() {
        assert_eq!(signs(Encoding::Utf16Be, b',', &[0x22, 0x00, 0x00, 0x22]), [(Sign::Other, 2), (Sign::Quote, 2)]);
    }

    #[test]
    fn every_encoding_has_a_name_that_parses() {
        for encoding in Encoding::ALL {
            assert_eq!(Encoding::parse(encoding.name()), Some(encoding));
        }
    }
}
