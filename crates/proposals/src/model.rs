//! What a proposal is.

use std::sync::LazyLock;

use crypto::Zeroizing;
use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, RecordId, SubjectId, Timestamp, TokenId, UserId};
use minicbor::{Decode, Encode};
use records::RecordRef;
use records::record::Altering;
use vault::{Aad, KeyOf, Vault};

use crate::ProposalFault;

/// The kind of a proposal's id.
#[derive(Debug)]
pub enum ProposalKind {}

/// The id of a proposal.
pub type ProposalId = Id<ProposalKind>;

/// Returns the name under which the ledger knows a proposal.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a proposal reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("proposal").expect("a name"));
    NAME.clone()
}

/// What is sealed.
#[derive(Encode, Decode)]
pub(crate) struct Sealed {
    /// The fields as the program sent them: JSON.
    #[n(0)]
    pub(crate) fields: String,
    /// Why, in the words of the program.
    #[n(1)]
    pub(crate) why: String,
}

const PURPOSE: &str = "proposal";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "proposal", table: "proposal", columns: &[("sealed", PURPOSE)], people: true };

fn whose(object: &ObjectName, subject: Option<SubjectId>) -> KeyOf<'_> {
    subject.map_or(KeyOf::Object(object), KeyOf::Subject)
}

impl Sealed {
    /// Seals it under the key of the person it is about, or that of proposals.
    pub(crate) fn close(
        &self,
        vault: &Vault,
        id: ProposalId,
        subject: Option<SubjectId>,
    ) -> Result<Vec<u8>, ProposalFault> {
        let plain = Zeroizing::new(minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))?);
        let object = object();
        let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
        Ok(vault.seal(whose(&object, subject), &aad, &plain)?)
    }
}

/// A proposal as it is stored.
pub(crate) struct Kept {
    pub(crate) id: ProposalId,
    pub(crate) user: UserId,
    pub(crate) token: TokenId,
    pub(crate) object: ObjectName,
    pub(crate) record: Option<RecordId>,
    pub(crate) version: Option<i64>,
    pub(crate) subject: Option<SubjectId>,
    sealed: Vec<u8>,
    pub(crate) asked_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

// Ids, times and ciphertext; shown to the person the program acts for.
impl Bare for Kept {}

impl Kept {
    /// Starts one that is not stored yet.
    pub(crate) fn fresh(
        (id, user, token): (ProposalId, UserId, TokenId),
        (object, record, version, subject): (ObjectName, Option<RecordId>, Option<i64>, Option<SubjectId>),
        (asked_at, expires_at): (Timestamp, Timestamp),
    ) -> Self {
        Self { id, user, token, object, record, version, subject, sealed: Vec::new(), asked_at, expires_at }
    }

    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            token: row.get(2)?,
            object: row.get(3)?,
            record: row.get(4)?,
            version: row.get(5)?,
            subject: row.get(6)?,
            sealed: row.get(7)?,
            asked_at: row.get(8)?,
            expires_at: row.get(9)?,
        })
    }

    /// Opens it.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Sealed, ProposalFault> {
        let object = object();
        let aad = Aad { object: &object, record: self.id.uuid(), purpose: PURPOSE };
        let plain = vault.open_seal(whose(&object, self.subject), &aad, &self.sealed)?;
        Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(7))?)
    }

    /// Returns the record it would change.
    pub(crate) fn at(&self) -> Option<RecordRef> {
        self.record.map(|id| RecordRef { object: self.object.clone(), id })
    }
}

/// What the person is shown of it.
#[derive(Clone, Debug)]
pub enum Shown {
    /// It can be accepted.
    Ready {
        /// What the record is called; nothing of a new one.
        title: Option<String>,
        /// What would become of what.
        changes: Vec<Altering>,
    },
    /// The record has changed since, is gone, or is none that the person may see any more: it can only be rejected.
    Outdated,
}

/// A proposal that waits for an answer.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The id.
    pub id: ProposalId,
    /// The token it came with.
    pub token: TokenId,
    /// Of which object the record is.
    pub object: ObjectName,
    /// The record; nothing if it would be a new one.
    pub record: Option<RecordId>,
    /// Why, in the words of the program: a text from outside.
    pub why: String,
    /// When it was made.
    pub asked_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// What would happen.
    pub shown: Shown,
}
