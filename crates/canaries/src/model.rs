//! What a canary is.

use std::sync::LazyLock;

use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, RecordId, Timestamp, UserId, Uuid};
use vault::{Aad, KeyOf, Vault};

use crate::CanaryFault;

/// The kind of a canary's id.
#[derive(Debug)]
pub enum CanaryKind {}

/// The id of a canary, which is not that of its contact.
pub type CanaryId = Id<CanaryKind>;

/// Returns the name under which the ledger knows a canary.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a canary reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("canary").expect("a name"));
    NAME.clone()
}

const PURPOSE: &str = "canary";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "canary", table: "canary", columns: &[("sealed", PURPOSE)], people: false };

/// Seals which contact it is.
pub(crate) fn seal(vault: &Vault, id: CanaryId, contact: RecordId) -> Result<Vec<u8>, CanaryFault> {
    let object = object();
    let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
    Ok(vault.seal(KeyOf::Object(&object), &aad, &contact.to_bytes())?)
}

/// A canary as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: CanaryId,
    sealed: Vec<u8>,
    pub(crate) place: u64,
    pub(crate) by: UserId,
    pub(crate) at: Timestamp,
}

// Ids, a time, a place and ciphertext; shown to whoever may read canaries, and to the program.
impl Bare for Kept {}

impl Kept {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self { id: row.get(0)?, sealed: row.get(1)?, place: row.get(2)?, by: row.get(3)?, at: row.get(4)? })
    }

    /// Opens which contact it is.
    pub(crate) fn contact(&self, vault: &Vault) -> Result<RecordId, CanaryFault> {
        let object = object();
        let aad = Aad { object: &object, record: self.id.uuid(), purpose: PURPOSE };
        let plain = vault.open_seal(KeyOf::Object(&object), &aad, &self.sealed)?;
        let id = Uuid::from_slice(&plain).map_err(|_| DbFault::Shape(1))?;
        Ok(RecordId::from_uuid(id))
    }
}

/// A contact that nobody deals with.
#[derive(Clone, Debug)]
pub struct Canary {
    /// The id.
    pub id: CanaryId,
    /// The contact.
    pub contact: RecordId,
    /// Who placed it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Who touched it, the newest first; at most 20.
    pub touches: Vec<Touch>,
}

/// Somebody opened a canary or took it out.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Who; nothing for the operator of the machine.
    pub user: Option<UserId>,
    /// The verb of the ledger.
    pub verb: String,
    /// Whether a program did it.
    pub program: bool,
    /// When.
    pub at: Timestamp,
}

// Ids, a verb and a time; shown to whoever may read canaries.
impl Bare for Touch {}
