//! What an erasing is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use db::{Bare, DbFault, Row};
use kernel::{Id, ObjectName, RecordId, SubjectId, Timestamp, UserId};
use minicbor::{Decode, Encode};
use records::RecordRef;
use records::record::Wake;

/// The kind of an erasing's id.
#[derive(Debug)]
pub enum ErasureKind {}

/// The id of an erasing.
pub type ErasureId = Id<ErasureKind>;

/// The kind of a hold's id.
#[derive(Debug)]
pub enum HoldKind {}

/// The id of a hold.
pub type HoldId = Id<HoldKind>;

/// Why the law asks for it (GDPR Art. 17(1), PIPL Art. 47): somebody asked, or took consent back; the purpose is served; somebody
/// objected; it was never lawful; another law says so.
pub const BASES: &[&str] = &["request", "purpose", "objection", "unlawful", "law"];

/// Returns the name under which the ledger knows an erasing.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of an erasing reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("erasure").expect("a name"));
    NAME.clone()
}

/// Returns the name under which a hold is sealed.
pub(crate) fn hold_object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a hold reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("legal_hold").expect("a name"));
    NAME.clone()
}

/// How far an erasing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It is decided, and the rows are empty; the key is still there.
    Begun,
    /// The key is destroyed.
    Keyless,
    /// What others sealed at the same moment is gone.
    Swept,
    /// The files are scrubbed, and the certificate is signed.
    Done,
}

impl State {
    /// Every state, in their order.
    pub const ALL: &'static [Self] = &[Self::Begun, Self::Keyless, Self::Swept, Self::Done];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Keyless => "keyless",
            Self::Swept => "swept",
            Self::Done => "done",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// How much went: numbers only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Gone {
    /// Records that were removed, by object.
    #[n(0)]
    pub removed: BTreeMap<String, u64>,
    /// Records that stay with nothing but their open fields, by object.
    #[n(1)]
    pub emptied: BTreeMap<String, u64>,
    /// Exports that were taken back.
    #[n(2)]
    pub exports: u64,
    /// Imports that were stopped, with their files.
    #[n(3)]
    pub imports: u64,
    /// Files that were destroyed.
    #[n(4)]
    #[cbor(default)]
    pub files: u64,
}

impl Gone {
    pub(crate) fn of(wake: &Wake) -> Self {
        let counted = |side: &BTreeMap<ObjectName, Vec<RecordId>>| {
            side.iter().map(|(object, ids)| (object.to_string(), ids.len() as u64)).collect()
        };
        Self { removed: counted(&wake.removed), emptied: counted(&wake.emptied), exports: 0, imports: 0, files: 0 }
    }

    /// Counts the records.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.removed.values().chain(self.emptied.values()).sum()
    }

    pub(crate) fn pack(&self) -> Result<Vec<u8>, DbFault> {
        minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))
    }
}

/// Somebody who is erased, or was.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The id.
    pub id: ErasureId,
    /// What is left of the record.
    pub record: RecordRef,
    pub(crate) subject: SubjectId,
    /// The word of [`BASES`].
    pub basis: String,
    /// Who asked.
    pub user: UserId,
    /// Who agreed; nobody if it was done alone.
    pub agreed_by: Option<UserId>,
    /// How far it is.
    pub state: State,
    /// How much went.
    pub gone: Gone,
    /// When it was decided.
    pub began_at: Timestamp,
    /// When the key was destroyed: nothing opens any more from here on.
    pub live_at: Option<Timestamp>,
    /// When the certificate was signed.
    pub done_at: Option<Timestamp>,
    /// The certificate.
    pub certificate: Option<String>,
}

// Ids, words, counts, times and a certificate that says nothing of the person; shown to whoever may erase.
impl Bare for Erasure {}

impl Erasure {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            record: RecordRef { object: row.get(1)?, id: row.get(2)? },
            subject: row.get(3)?,
            basis: row.get(4)?,
            user: row.get(5)?,
            agreed_by: row.get(6)?,
            state: State::parse(&row.get::<String>(7)?).ok_or(DbFault::Shape(7))?,
            gone: minicbor::decode(&row.get::<Vec<u8>>(8)?).map_err(|_| DbFault::Shape(8))?,
            began_at: row.get(9)?,
            live_at: row.get(10)?,
            done_at: row.get(11)?,
            certificate: row.get(12)?,
        })
    }
}
