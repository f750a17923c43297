//! What the verifier can find, and its report.

use std::fmt;

use kernel::Uuid;

use super::{LedgerFault, Row};

/// The outcome of reading the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The rows read.
    pub rows: u64,
    /// The checkpoints whose signature is right.
    pub checkpoints: u64,
    /// Those of them that were kept elsewhere.
    pub kept: u64,
    /// The rows that a checkpoint proves, from the first on.
    pub proven: u64,
    /// The rows after the last checkpoint. No fault: the sequencer has not come to them yet, and only the next
    /// checkpoint will protect them.
    pub uncovered: u64,
    /// What is wrong, in the order of the rows.
    pub findings: Vec<Finding>,
    /// The findings beyond [`super::MAX_FINDINGS`].
    pub unlisted: u64,
}

impl Report {
    /// Tells whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// One thing that is wrong. Positions are counted from zero, ranges include both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A checkpoint is not one of this log, or not signed by its key.
    CheckpointRefused {
        /// Its place in the list handed in, counted from zero.
        index: usize,
        /// What is wrong with it.
        fault: LedgerFault,
    },
    /// Two checkpoints with right signatures cannot both be true: two histories were signed.
    CheckpointsDisagree {
        /// The size of one.
        first: u64,
        /// The size of the other, which may be the same.
        second: u64,
    },
    /// A checkpoint that was kept elsewhere was signed over other rows: some were taken away or altered since, and what was
    /// written after them may hide it.
    KeptDiffers {
        /// The rows it covers.
        size: u64,
    },
    /// A checkpoint that was kept elsewhere covers more rows than there are: some were taken away since.
    KeptBeyond {
        /// The rows it covers.
        size: u64,
        /// The rows that are there.
        rows: u64,
    },
    /// A checkpoint of no rows has a root that no empty tree has.
    EmptyRootDiffers,
    /// A row's id and body do not give the leaf stored beside them.
    RowDiffers {
        /// The row.
        row: RowId,
        /// Which of them is false.
        part: Part,
    },
    /// No rows stand at some positions.
    RowsMissing {
        /// The first position without a row.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// A row stands at a position that has been passed.
    RowRepeated {
        /// The row.
        row: RowId,
    },
    /// The rows in this range are not, together, those that the checkpoint at its end was signed over.
    TreeDiffers {
        /// The first position after the last checkpoint that holds.
        first: u64,
        /// The last position the checkpoint covers.
        last: u64,
    },
    /// Nothing can be said of these rows as a whole, because the tree before them differs.
    Unproven {
        /// The first such position.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// Rows that a checkpoint covers are gone from the end.
    CutOff {
        /// The first position that is gone.
        first: u64,
        /// The last one that is known to have been there.
        last: u64,
    },
}

/// Which part of a row is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its id or its body: a checkpoint proves the leaf.
    Body,
    /// Its stored leaf: a checkpoint proves the body, or the leaf is no hash at all.
    Leaf,
    /// One of them or both: no checkpoint has decided it.
    Either,
}

/// The name of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowId {
    /// Its position.
    pub position: u64,
    /// The bytes of its id, as stored; at most 16 of them.
    pub id: Vec<u8>,
}

impl RowId {
    pub(super) fn of(row: &Row<'_>) -> Self {
        // A false id may be of any length, and a report must not grow with it.
        Self { position: row.position, id: row.id.iter().take(16).copied().collect() }
    }
}

impl Finding {
    /// Decides which part of a row is false, if that was open.
    pub(super) const fn settle(&mut self, decided: Part) {
        if let Self::RowDiffers { part: part @ Part::Either, .. } = self {
            *part = decided;
        }
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} (entry ", self.position)?;
        match Uuid::from_slice(&self.id) {
            Ok(id) => write!(f, "{id})"),
            Err(_) => write!(f, "with a damaged id)"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckpointRefused { index, fault } => write!(f, "checkpoint {} is refused: {fault}", index + 1),
            Self::CheckpointsDisagree { first, second } => {
                write!(
                    f,
                    "the checkpoints of {first} and of {second} rows contradict each other: two histories were signed"
                )
            }
            Self::KeptDiffers { size } => write!(
                f,
                "the note of {size} rows that was kept elsewhere was signed over other rows: some were taken away or altered since"
            ),
            Self::KeptBeyond { size, rows } => write!(
                f,
                "the note of {size} rows that was kept elsewhere covers more than the {rows} that are there: some were taken away since"
            ),
            Self::EmptyRootDiffers => f.write_str("the checkpoint of the empty ledger has a wrong root"),
            Self::RowDiffers { row, part: Part::Body } => write!(f, "{row} was changed after it was written"),
            Self::RowDiffers { row, part: Part::Leaf } => write!(f, "{row} is as written, but its stored hash is not"),
            Self::RowDiffers { row, part: Part::Either } => write!(f, "{row} does not match its stored hash"),
            Self::RowsMissing { first, last } => write!(f, "rows {first} to {last} are missing"),
            Self::RowRepeated { row } => write!(f, "{row} stands at a position that is taken"),
            Self::TreeDiffers { first, last } => {
                write!(f, "rows {first} to {last} are not those that the checkpoint was signed over")
            }
            Self::Unproven { first, last } => {
                write!(f, "rows {first} to {last} cannot be proven, because rows before them differ")
            }
            Self::CutOff { first, last } => write!(f, "rows {first} to {last} were cut off"),
        }
    }
}
