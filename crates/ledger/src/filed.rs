//! What a line says of a file's row.

use kernel::Uuid;

use crate::{Line, Outcome};

/// The name of the fact.
const FACT: &str = "file";
/// What it says of files that are gone for good.
const GONE: &str = "gone";
/// The object of lines that speak of files and of no record.
const FILES: &str = "attachment";

/// How a line leaves the row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    /// Written, in this version.
    As(i64),
    /// Gone for good.
    Gone,
}

impl Filed {
    /// Says so in a line about a record and its file, or about files alone.
    #[must_use]
    pub fn on(self, line: Line) -> Line {
        match self {
            Self::As(version) => line.fact(FACT, version.to_string()),
            Self::Gone => line.fact(FACT, GONE),
        }
    }

    /// Takes what a line says, and of which files.
    #[must_use]
    pub fn of(line: &Line) -> Option<(Self, &[Uuid])> {
        if line.outcome != Outcome::Done {
            return None;
        }
        let said = match line.fact_of(FACT)? {
            GONE => Self::Gone,
            version => Self::As(version.parse().ok()?),
        };
        // The record stands in front of its file.
        let before = usize::from(line.object.as_str() != FILES);
        line.ids.get(before..).map(|files| (said, files))
    }

    /// Returns what is the later word of two, in whichever order they are heard: what is gone does not come back.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        match (self, other) {
            (Self::As(one), Self::As(other)) => Self::As(one.max(other)),
            _ => Self::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::ObjectName;

    use super::*;

    fn line(object: &str, ids: &[u128]) -> Line {
        Line::done("attach", ObjectName::parse(object).unwrap()).about_each(ids.iter().copied().map(Uuid::from_u128))
    }

    #[test]
    fn a_line_speaks_of_the_file_and_not_of_its_record() {
        let written = Filed::As(3).on(line("deal", &[1, 2]));
        assert_eq!(Filed::of(&written), Some((Filed::As(3), &[Uuid::from_u128(2)][..])));
        let gone = Filed::Gone.on(line(FILES, &[1, 2]));
        assert_eq!(Filed::of(&gone).unwrap(), (Filed::Gone, &gone.ids[..]));
        assert_eq!(Filed::of(&line("deal", &[1, 2])), None);
    }

    #[test]
    fn what_is_gone_does_not_come_back() {
        for (one, other, later) in [
            (Filed::As(1), Filed::As(2), Filed::As(2)),
            (Filed::As(1), Filed::Gone, Filed::Gone),
            (Filed::Gone, Filed::As(9), Filed::Gone),
        ] {
            assert_eq!((one.later(other), other.later(one)), (later, later));
        }
    }
}
