//! What a request is.

use std::sync::LazyLock;

use crypto::Zeroizing;
use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, Timestamp, UserId};
use ledger::Line;
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::{ApprovalFault, Terms};

/// The kind of a request's id.
#[derive(Debug)]
pub enum ApprovalKind {}

/// The id of a request.
pub type ApprovalId = Id<ApprovalKind>;

/// The verbs of its lines, beside the standard ones.
pub(crate) mod verb {
    pub(crate) const WITHDRAW: &str = "approval-withdraw";
    pub(crate) const CARRY: &str = "approval-carry-out";
    pub(crate) const END: &str = "approval-end";
    pub(crate) const ALONE: &str = "approval-alone";
    pub(crate) const REVIEW: &str = "approval-review";
}

/// Returns the name under which the ledger knows a request.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a request reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("approval").expect("a name"));
    NAME.clone()
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits for a second person.
    Waiting,
    /// Somebody agreed, and it is about to be carried out.
    Approved,
    /// It was carried out.
    Done,
    /// Somebody refused.
    Refused,
    /// Whoever asked took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
    /// Whoever asked or agreed may not any more.
    Void,
    /// It was agreed to and could not be carried out.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Waiting,
        Self::Approved,
        Self::Done,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Void,
        Self::Failed,
    ];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Void => "void",
            Self::Failed => "failed",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// What is sealed when somebody asks.
#[derive(Encode, Decode)]
pub(crate) struct Asked {
    #[n(0)]
    pub(crate) terms: Terms,
    #[n(1)]
    pub(crate) reason: String,
}

/// Seals a value of a request for its place. The key is that of the object: a request speaks of several people.
pub(crate) fn seal<T: Encode<()>>(
    vault: &Vault,
    (id, purpose): (ApprovalId, &'static str),
    value: &T,
) -> Result<Vec<u8>, ApprovalFault> {
    let plain = Zeroizing::new(minicbor::to_vec(value).map_err(|_| DbFault::Shape(0))?);
    let object = object();
    Ok(vault.seal(KeyOf::Object(&object), &Aad { object: &object, record: id.uuid(), purpose }, &plain)?)
}

/// Opens it again.
pub(crate) fn open<T: for<'b> Decode<'b, ()>>(
    vault: &Vault,
    (id, purpose): (ApprovalId, &'static str),
    sealed: &[u8],
) -> Result<T, ApprovalFault> {
    let object = object();
    let aad = Aad { object: &object, record: id.uuid(), purpose };
    let plain = vault.open_seal(KeyOf::Object(&object), &aad, sealed)?;
    Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)
}

pub(crate) const ASKED: &str = "asked";
pub(crate) const ANSWER: &str = "answer";
pub(crate) const REVIEW: &str = "review";

/// What its own key seals.
pub const SEALED: SealedTable = SealedTable {
    object: "approval",
    table: "approval",
    columns: &[("sealed", ASKED), ("answer", ANSWER), ("review", REVIEW)],
    people: false,
};

/// A row of `approval`.
pub(crate) struct RequestRow {
    pub(crate) id: ApprovalId,
    pub(crate) rule: String,
    pub(crate) hash: [u8; 32],
    pub(crate) initiator: UserId,
    sealed: Vec<u8>,
    pub(crate) state: State,
    pub(crate) alone: bool,
    asked_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) decider: Option<UserId>,
    decided_at: Option<Timestamp>,
    answer: Option<Vec<u8>>,
    ended_at: Option<Timestamp>,
    fault: Option<String>,
    reviewer: Option<UserId>,
    pub(crate) reviewed_at: Option<Timestamp>,
    review: Option<Vec<u8>>,
}

// Ids, times and ciphertext; opened for whoever asked, and for whom the rule says that they may agree.
impl Bare for RequestRow {}

impl RequestRow {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            rule: row.get(1)?,
            hash: row.get(2)?,
            initiator: row.get(3)?,
            sealed: row.get(4)?,
            state: State::parse(&row.get::<String>(5)?).ok_or(DbFault::Shape(5))?,
            alone: row.get::<i64>(6)? != 0,
            asked_at: row.get(7)?,
            expires_at: row.get(8)?,
            decider: row.get(9)?,
            decided_at: row.get(10)?,
            answer: row.get(11)?,
            ended_at: row.get(12)?,
            fault: row.get(13)?,
            reviewer: row.get(14)?,
            reviewed_at: row.get(15)?,
            review: row.get(16)?,
        })
    }

    pub(crate) fn asked(&self, vault: &Vault) -> Result<Asked, ApprovalFault> {
        open(vault, (self.id, ASKED), &self.sealed)
    }

    /// Starts a line about it.
    pub(crate) fn line(&self, verb: &'static str) -> Line {
        Line::done(verb, object()).about(self.id).about(self.initiator).fact("rule", self.rule.clone())
    }

    pub(crate) fn view(&self, vault: &Vault, asked: Asked, now: Timestamp) -> Result<Request, ApprovalFault> {
        let words = |sealed: &Option<Vec<u8>>, purpose| -> Result<Option<String>, ApprovalFault> {
            sealed.as_ref().map(|sealed| open::<String>(vault, (self.id, purpose), sealed)).transpose()
        };
        let late = self.state == State::Waiting && self.expires_at <= now;
        Ok(Request {
            id: self.id,
            rule: self.rule.clone(),
            initiator: self.initiator,
            terms: asked.terms,
            reason: asked.reason,
            state: if late { State::Expired } else { self.state },
            alone: self.alone,
            asked_at: self.asked_at,
            expires_at: self.expires_at,
            decider: self.decider,
            decided_at: self.decided_at,
            answer: words(&self.answer, ANSWER)?,
            ended_at: self.ended_at,
            fault: self.fault.clone(),
            reviewer: self.reviewer,
            reviewed_at: self.reviewed_at,
            review: words(&self.review, REVIEW)?,
        })
    }
}

/// A request as somebody sees it who asked, or who may agree.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id.
    pub id: ApprovalId,
    /// The rule.
    pub rule: String,
    /// Who asked.
    pub initiator: UserId,
    /// What exactly.
    pub terms: Terms,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: State,
    /// Whether somebody went ahead alone.
    pub alone: bool,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when somebody can agree.
    pub expires_at: Timestamp,
    /// Who decided.
    pub decider: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub answer: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended, if that was no person's decision: the code of a fault.
    pub fault: Option<String>,
    /// Who looked at it afterwards.
    pub reviewer: Option<UserId>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// What they found.
    pub review: Option<String>,
}

impl Request {
    /// Tells whether a review is open.
    #[must_use]
    pub const fn is_unreviewed(&self) -> bool {
        self.alone && self.reviewed_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_stored_by_word() {
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(*state));
        }
        assert_eq!(State::parse(""), None);
    }
}
