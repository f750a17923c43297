//! What is looked at, and what is found.

use std::sync::LazyLock;

use db::{Bare, DbFault, Row};
use kernel::{Id, ObjectName, Timestamp, Uuid};

/// The kind of a finding's id.
#[derive(Debug)]
pub enum FindingKind {}
/// The id of a finding.
pub type FindingId = Id<FindingKind>;
/// The kind of a run's id.
#[derive(Debug)]
pub enum RunKind {}
/// The id of a run.
pub type RunId = Id<RunKind>;

/// Returns the name under which the ledger knows all of this.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a finding reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("integrity").expect("a name"));
    NAME.clone()
}

/// The part of a run that looks at files on records, and what a file is called where it was altered.
pub(crate) fn files() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every run reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("attachment").expect("a name"));
    NAME.clone()
}

/// What a key is called that was destroyed and lay in the keyring again.
pub(crate) fn key() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of such a key reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("key").expect("a name"));
    NAME.clone()
}

/// The part of a run that reads the ledger, and what the ledger is called where it was altered itself.
pub(crate) fn ledger() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every run reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("ledger").expect("a name"));
    NAME.clone()
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A row does not bear its mark.
    Altered,
    /// A row is an older one than the ledger knows.
    Older,
    /// A row is not there, and the ledger knows of no removal.
    Missing,
    /// A row is there though the ledger knows of its removal, or a key though it was destroyed.
    Back,
    /// A table cannot be read row by row: an id in it is none.
    Unreadable,
    /// An entry of the ledger does not fit its leaf, or is not there.
    Ledger,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Altered, Self::Older, Self::Missing, Self::Back, Self::Unreadable, Self::Ledger];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Older => "older",
            Self::Missing => "missing",
            Self::Back => "back",
            Self::Unreadable => "unreadable",
            Self::Ledger => "ledger",
        }
    }

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that does not stand as the program wrote it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The id.
    pub id: FindingId,
    /// What does not fit.
    pub kind: Kind,
    /// The object; the name of files or of the ledger where it is about one of these.
    pub object: ObjectName,
    /// The record; nil where it is about no single one.
    pub record: Uuid,
    /// When it was found.
    pub found_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
}

impl Finding {
    /// Tells whether it is about a file on a record.
    #[must_use]
    pub fn is_about_a_file(&self) -> bool {
        self.object == files()
    }

    /// Tells whether it is about a destroyed key that somebody put back.
    #[must_use]
    pub fn is_about_a_key(&self) -> bool {
        self.object == key()
    }
}

// Ids, words and times; shown to whoever keeps watch.
impl Bare for Finding {}

impl Finding {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            kind: Kind::parse(&row.get::<String>(1)?).ok_or(DbFault::Shape(1))?,
            object: row.get(2)?,
            record: row.get(3)?,
            found_at: row.get(4)?,
            seen_at: row.get(5)?,
        })
    }
}

/// Looking through everything once: how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The id.
    pub id: RunId,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What it is at: an object, files, or the ledger, which comes last.
    pub(crate) part: ObjectName,
    /// Behind which row of it.
    pub(crate) behind: Option<Uuid>,
    /// The next entry of the ledger.
    pub(crate) position: u64,
    /// Rows that were looked at.
    pub rows: u64,
    /// Entries of the ledger that were looked at.
    pub entries: u64,
}

// Numbers and times.
impl Bare for Run {}

impl Run {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            began_at: row.get(1)?,
            ended_at: row.get(2)?,
            part: row.get(3)?,
            behind: row.get(4)?,
            position: row.get(5)?,
            rows: row.get(6)?,
            entries: row.get(7)?,
        })
    }
}

/// How it stands.
#[derive(Clone, Debug)]
pub struct Report {
    /// The last run that ended.
    pub last: Option<Run>,
    /// The one that goes on.
    pub running: Option<Run>,
    /// What does not fit, the newest first; at most two hundred.
    pub findings: Vec<Finding>,
    /// How much does not fit.
    pub found: u64,
}
