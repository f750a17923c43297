//! What reading a row comes to.

/// A row of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number among the rows of data, good and wrong; the first is 1.
    pub number: u64,
    /// The physical line where it starts; the first of the file is 1.
    pub line: u64,
    /// Bytes of the file before it.
    pub offset: u64,
    /// One text for every column, as it stands in the file.
    pub cells: Vec<String>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {number} on line {line}: {why}")]
pub struct RowFault {
    /// Its number among the rows of data, good and wrong.
    pub number: u64,
    /// The physical line where it starts.
    pub line: u64,
    /// The name of the column at fault, when one is.
    pub column: Option<String>,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It has more or fewer cells than there are columns.
    #[error("{found} cells where {expected} are expected")]
    CellCount {
        /// How many columns there are.
        expected: usize,
        /// How many cells it has.
        found: usize,
    },
    /// Bytes are not of the file's encoding.
    #[error("bytes that are not of the file's encoding")]
    InvalidBytes,
    /// A cell holds the NUL character.
    #[error("a NUL character")]
    Nul,
    /// A quote opens a cell and never closes it.
    #[error("a quote that is not closed")]
    UnclosedQuote,
    /// A cell is longer than is taken.
    #[error("a cell of more than {0} bytes")]
    CellTooLong(usize),
    /// The row is longer than is taken.
    #[error("more than {0} bytes")]
    RowTooLong(usize),
}

impl Why {
    /// Returns the stable key of the message.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CellCount { .. } => "row-cell-count",
            Self::InvalidBytes => "row-invalid-bytes",
            Self::Nul => "row-nul",
            Self::UnclosedQuote => "row-unclosed-quote",
            Self::CellTooLong(_) => "row-cell-too-long",
            Self::RowTooLong(_) => "row-too-long",
        }
    }
}

impl kernel::Fault for RowFault {
    fn class(&self) -> kernel::Class {
        kernel::Class::Invalid
    }

    fn code(&self) -> &'static str {
        self.why.code()
    }
}

/// How much is taken at most, in bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of one cell.
    pub cell: usize,
    /// Of one row.
    pub row: usize,
}

impl Limits {
    /// One MiB for a cell, four for a row: more than any system takes for a person, little enough to hold.
    pub const USUAL: Self = Self { cell: 1 << 20, row: 4 << 20 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::USUAL
    }
}
