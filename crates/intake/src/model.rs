//! What is read how, and how far it has come.

use std::sync::OnceLock;

use authz::Resource;
use kernel::{FieldName, ObjectName, Timestamp, UploadId, UserId, Uuid};
use serde::{Deserialize, Serialize};
use tabular::value::{DateOrder, DecimalMark};
use tabular::{Delimiter, Encoding, Layout, Mark};

/// Where the cells of a column go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Nowhere.
    Skip,
    /// To a field.
    Field(String),
    /// To the name, before the family name.
    FirstName,
    /// To the name, behind the given name.
    LastName,
    /// To the owner, by name or e-mail address; nobody known means whoever imports.
    Owner,
}

impl Target {
    /// Returns how forms spell it: a field's name, or a word that no field can have.
    #[must_use]
    pub fn spelled(&self) -> &str {
        match self {
            Self::Skip => "",
            Self::Field(name) => name,
            Self::FirstName => "first-name",
            Self::LastName => "last-name",
            Self::Owner => "@owner",
        }
    }

    /// Takes what a form spells.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "" => Self::Skip,
            "first-name" => Self::FirstName,
            "last-name" => Self::LastName,
            "@owner" => Self::Owner,
            name => Self::Field(name.to_owned()),
        }
    }
}

/// What happens to a row whose record is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// It is left out.
    #[default]
    Skip,
    /// Its values are written over those of the record.
    Update,
}

/// What the samples of a column tell about its other cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hints {
    /// Whether the month comes first in its dates.
    pub month_first: bool,
    /// Whether a comma stands before its decimals.
    pub comma: bool,
}

impl Hints {
    /// Returns in which order its dates are written.
    #[must_use]
    pub fn order(self) -> DateOrder {
        if self.month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
    }

    /// Returns what stands before its decimals.
    #[must_use]
    pub fn mark(self) -> DecimalMark {
        if self.comma { DecimalMark::Comma } else { DecimalMark::Point }
    }
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the file was called where it came from.
    pub file: String,
    /// How characters are written.
    pub encoding: String,
    /// What parts the cells.
    pub delimiter: char,
    /// Whether the first row names the columns.
    pub header: bool,
    /// A name for every column.
    pub columns: Vec<String>,
    /// Where the data starts.
    pub data: String,
    /// Where the cells of each column go.
    pub mapping: Vec<Target>,
    /// What the samples tell about each column.
    pub hints: Vec<Hints>,
    /// Some rows, to show.
    pub samples: Vec<Vec<String>>,
    /// What happens to rows that are there already.
    pub policy: Policy,
    /// Whether records that cells link to by name are made when they are missing.
    pub make_missing: bool,
}

impl Plan {
    /// Returns the layout for the reader; nothing if what is stored is none.
    #[must_use]
    pub fn layout(&self) -> Option<Layout> {
        Some(Layout {
            encoding: Encoding::parse(&self.encoding)?,
            delimiter: Delimiter::parse(self.delimiter)?,
            header: self.header,
            columns: self.columns.clone(),
            data: self.start()?,
        })
    }

    /// Returns where the data starts; nothing if what is stored is no mark.
    #[must_use]
    pub fn start(&self) -> Option<Mark> {
        self.data.parse().ok()
    }
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A person decides how the file is read.
    Planned,
    /// Rows are taken.
    Running,
    /// All rows were taken or refused.
    Done,
    /// It cannot go on; what was taken stays.
    Failed,
    /// Somebody stopped it; what was taken stays.
    Stopped,
}

impl State {
    /// Returns the stored word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Planned, Self::Running, Self::Done, Self::Failed, Self::Stopped]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records made.
    pub created: u64,
    /// Records that were there and were written over.
    pub updated: u64,
    /// Rows left out because their record is there.
    pub skipped: u64,
    /// Rows that cannot be taken.
    pub wrong: u64,
}

/// How many rows of a file are there already, by the field they have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The field.
    pub field: FieldName,
    /// How many rows.
    pub rows: u64,
}

/// An import.
#[derive(Clone, Debug)]
pub struct ImportRun {
    /// Its id, and that of its file.
    pub id: UploadId,
    /// Who began it.
    pub user: UserId,
    /// The object its rows become.
    pub target: ObjectName,
    /// Where it stands.
    pub state: State,
    /// Its plan, sealed.
    pub sealed_plan: Vec<u8>,
    /// Where the next row starts.
    pub mark: String,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes that were read.
    pub offset: u64,
    /// How many rows came to what.
    pub counts: Counts,
    /// The code of what stopped it.
    pub fault: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl ImportRun {
    /// Returns its id.
    #[must_use]
    pub fn import_id(&self) -> UploadId {
        self.id
    }

    /// Returns the object its rows become.
    #[must_use]
    pub fn target(&self) -> &ObjectName {
        &self.target
    }

    /// Returns where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns how many rows came to what so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Returns how much of the file has been read, in percent.
    #[must_use]
    pub fn percent(&self) -> u8 {
        match self.state {
            State::Done => 100,
            _ if self.size == 0 => 0,
            _ => u8::try_from(self.offset.saturating_mul(100) / self.size).unwrap_or(100).min(100),
        }
    }

    /// Returns the code of what stopped it.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Returns when it was begun.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Returns when it ended.
    #[must_use]
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.finished_at
    }
}

/// The object that imports themselves are to the policy.
pub fn import_object() -> &'static ObjectName {
    static NAME: OnceLock<ObjectName> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "a name that a test of this crate parses")]
    NAME.get_or_init(|| ObjectName::parse("import").expect("a name"))
}

impl Resource for ImportRun {
    fn object(&self) -> &ObjectName {
        import_object()
    }
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn owner(&self) -> Option<UserId> {
        Some(self.user)
    }
}

/// A row that was not taken: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Its number among the rows of data; the first is 1.
    pub row: u64,
    /// The line of the file where it starts.
    pub line: u64,
    /// The column, counted from 0, if one is at fault.
    pub column: Option<usize>,
    /// The stable key of the reason.
    pub code: String,
}

// Numbers and codes, no values.
impl db::Bare for RowProblem {}
