//! What a request is.

use std::sync::LazyLock;

use authz::Cx;
use crypto::{LinkToken, Secret, Zeroizing};
use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, Timestamp, UserId};
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::{RescueFault, rules};

/// The kind of a request's id.
#[derive(Debug)]
pub(crate) enum RescueKind {}

/// The id of a request.
pub(crate) type RescueId = Id<RescueKind>;

/// The verbs of its lines.
pub(crate) mod verb {
    pub(crate) const ASK: &str = "rescue-ask";
    pub(crate) const SETTLE: &str = "rescue-settle";
    pub(crate) const APPROVE: &str = "rescue-approve";
    pub(crate) const STOP: &str = "rescue-stop";
    pub(crate) const USE: &str = "rescue-use";
}

/// Returns the name under which the ledger knows a request.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a recovery reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("rescue").expect("a name"));
    NAME.clone()
}

/// Returns the name under which the ledger knows a person.
pub(crate) fn user() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a recovery reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("user").expect("a name"));
    NAME.clone()
}

/// A request just left. This is the only time its link is seen.
pub struct NewRequest {
    /// What stands in the address: 43 characters that need no escaping.
    pub token: Secret<String>,
    /// What is read out to the administrators who call back.
    pub code: String,
}

/// Returns the code that belongs to a link, whether anybody asked for it or not.
pub(crate) fn code_of(vault: &Vault, token: &LinkToken) -> String {
    rules::spell_code(&vault.blind("rescue.code", &crypto::base64url(token.expose_bytes())))
}

/// Returns what finds a request by its code.
pub(crate) fn spoken(vault: &Vault, code: &str) -> [u8; 16] {
    vault.blind("rescue.spoken", &rules::normal_code(code))
}

/// What is sealed about a request: where it was made.
#[derive(Encode, Decode, Default)]
pub(crate) struct Origin {
    #[n(0)]
    pub(crate) agent: Option<String>,
    #[n(1)]
    pub(crate) ip: Option<String>,
}

const PURPOSE: &str = "rescue";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "rescue", table: "rescue", columns: &[("sealed", PURPOSE)], people: false };

impl Origin {
    pub(crate) fn of(cx: &Cx) -> Self {
        Self { agent: cx.origin().agent.clone(), ip: cx.origin().ip.map(|ip| ip.to_string()) }
    }

    /// Seals it under the key of the object: whose request it is, is not known yet.
    pub(crate) fn seal(&self, vault: &Vault, id: RescueId) -> Result<Vec<u8>, RescueFault> {
        let plain = Zeroizing::new(minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))?);
        let object = object();
        let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
        Ok(vault.seal(KeyOf::Object(&object), &aad, &plain)?)
    }

    fn open(vault: &Vault, id: RescueId, sealed: &[u8]) -> Result<Self, RescueFault> {
        let object = object();
        let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
        let plain = vault.open_seal(KeyOf::Object(&object), &aad, sealed)?;
        Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)
    }
}

/// A row of `rescue` that has not ended.
pub(crate) struct RequestRow {
    pub(crate) id: RescueId,
    pub(crate) email_blind: [u8; 16],
    pub(crate) user: Option<UserId>,
    pub(crate) recovery_hash: Option<[u8; 32]>,
    pub(crate) strong: bool,
    sealed: Vec<u8>,
    pub(crate) asked_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) ready_at: Option<Timestamp>,
}

// Ids, times and ciphertext; shown to administrators after the policy said yes to the person it is about.
impl Bare for RequestRow {}

impl RequestRow {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            email_blind: row.get(1)?,
            user: row.get(2)?,
            recovery_hash: row.get(3)?,
            strong: row.get::<i64>(4)? != 0,
            sealed: row.get(5)?,
            asked_at: row.get(6)?,
            expires_at: row.get(7)?,
            ready_at: row.get(8)?,
        })
    }

    /// Returns where it was left: the family of the browser and the network address.
    pub(crate) fn place(&self, vault: &Vault) -> Result<(Option<String>, Option<String>), RescueFault> {
        Origin::open(vault, self.id, &self.sealed).map(|origin| (origin.agent, origin.ip))
    }

    pub(crate) fn view(&self, vault: &Vault, approvals: Vec<Approval>) -> Result<Request, RescueFault> {
        let Origin { agent, ip } = Origin::open(vault, self.id, &self.sealed)?;
        Ok(Request { asked_at: self.asked_at, agent, ip, strong: self.strong, ready_at: self.ready_at, approvals })
    }
}

/// Somebody's agreement.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Who agreed.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

// An id and a time.
impl Bare for Approval {}

/// A request as administrators see it.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it was left.
    pub asked_at: Timestamp,
    /// The family of the browser it was left with.
    pub agent: Option<String>,
    /// The network address it came from.
    pub ip: Option<String>,
    /// Whether a recovery code was given, which shortens the wait.
    pub strong: bool,
    /// From when on its link opens; nothing until enough have agreed.
    pub ready_at: Option<Timestamp>,
    /// Who agreed.
    pub approvals: Vec<Approval>,
}

/// Somebody's requests that have not ended.
#[derive(Clone, Debug)]
pub struct Card {
    /// Whose account it is about.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The requests, the newest first.
    pub requests: Vec<Request>,
}
