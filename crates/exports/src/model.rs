//! What an export is.

use std::sync::LazyLock;

use crypto::Zeroizing;
use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, Timestamp, UserId};
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::ExportFault;

/// The kind of an export's id.
#[derive(Debug)]
pub enum ExportKind {}

/// The id of an export.
pub type ExportId = Id<ExportKind>;

/// Returns the name under which the ledger knows an export.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of an export reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("export").expect("a name"));
    NAME.clone()
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It has not begun: nobody has started it, or a second person has to agree.
    Planned,
    /// Its rows are being taken.
    Running,
    /// It can be fetched.
    Ready,
    /// It could not be taken.
    Failed,
    /// Its rows were destroyed.
    Gone,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Planned, Self::Running, Self::Ready, Self::Failed, Self::Gone];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Gone => "gone",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Plan {
    /// The filters as a list's address spells them.
    #[n(0)]
    pub filters: Vec<String>,
    /// The fields.
    #[n(1)]
    pub fields: Vec<String>,
    /// Why.
    #[n(2)]
    pub reason: String,
}

/// Rows on their way out; the number is in the seal, so that parts cannot change places.
#[derive(Encode, Decode)]
pub(crate) struct Part {
    #[n(0)]
    pub(crate) number: i64,
    #[n(1)]
    pub(crate) rows: Vec<Vec<ExportCell>>,
}

/// What stands in a cell of an export.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ExportCell {
    /// As people would type it.
    #[n(0)]
    pub text: String,
    /// Whether it is a number.
    #[n(1)]
    pub number: bool,
}

impl ExportCell {
    pub(crate) const fn text(text: String) -> Self {
        Self { text, number: false }
    }
}

/// Seals a value of an export for its place.
pub(crate) fn seal<T: Encode<()>>(
    vault: &Vault,
    (id, purpose): (ExportId, &'static str),
    value: &T,
) -> Result<Vec<u8>, ExportFault> {
    let plain = Zeroizing::new(minicbor::to_vec(value).map_err(|_| DbFault::Shape(0))?);
    let object = object();
    Ok(vault.seal(KeyOf::Object(&object), &Aad { object: &object, record: id.uuid(), purpose }, &plain)?)
}

/// Opens it again.
pub(crate) fn open<T: for<'b> Decode<'b, ()>>(
    vault: &Vault,
    (id, purpose): (ExportId, &'static str),
    sealed: &[u8],
) -> Result<T, ExportFault> {
    let object = object();
    let aad = Aad { object: &object, record: id.uuid(), purpose };
    let plain = vault.open_seal(KeyOf::Object(&object), &aad, sealed)?;
    Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)
}

pub(crate) const PLAN: &str = "plan";
pub(crate) const PART: &str = "part";

/// What its own key seals and outlives a day: rows that wait do not.
pub const SEALED: SealedTable =
    SealedTable { object: "export", table: "export_run", columns: &[("plan", PLAN)], people: false };

/// An export. What is in it lies sealed.
#[derive(Clone, Debug)]
pub struct ExportRun {
    /// The id.
    pub id: ExportId,
    /// Who asked.
    pub user: UserId,
    /// Of which object.
    pub object: ObjectName,
    /// Where it stands.
    pub state: State,
    pub(crate) plan: Vec<u8>,
    /// How many rows it takes at most; nothing if they were too many to count.
    pub total: Option<i64>,
    pub(crate) place: String,
    pub(crate) parts: i64,
    /// How many rows were taken.
    pub rows: i64,
    /// How often it was fetched.
    pub downloads: i64,
    /// Why it could not be taken: the code of a fault.
    pub fault: Option<String>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When its rows had been taken.
    pub finished_at: Option<Timestamp>,
    /// When they are destroyed.
    pub expires_at: Option<Timestamp>,
}

// Ids, counts, times and ciphertext; shown to whoever asked, and to the operator who traces a file.
impl Bare for ExportRun {}

impl ExportRun {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            object: row.get(2)?,
            state: State::parse(&row.get::<String>(3)?).ok_or(DbFault::Shape(3))?,
            plan: row.get(4)?,
            total: row.get(5)?,
            place: row.get(6)?,
            parts: row.get(7)?,
            rows: row.get(8)?,
            downloads: row.get(9)?,
            fault: row.get(10)?,
            created_at: row.get(11)?,
            finished_at: row.get(12)?,
            expires_at: row.get(13)?,
        })
    }

    /// Opens what was chosen.
    pub(crate) fn plan(&self, vault: &Vault) -> Result<Plan, ExportFault> {
        open(vault, (self.id, PLAN), &self.plan)
    }
}
