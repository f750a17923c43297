//! What an app is.

use std::sync::LazyLock;
use std::time::Duration;

use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Id, ObjectName, Timestamp, TokenId, UserId};
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::AppFault;

/// The kind of an app's id.
#[derive(Debug)]
pub enum AppKind {}

/// The id of an app: what OAuth calls `client_id`.
pub type AppId = Id<AppKind>;

/// An app is new for so long: it sees few people, whoever it acts for.
const FIRST_DAY: Duration = Duration::from_secs(24 * 60 * 60);
const PURPOSE: &str = "app";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "app", table: "app", columns: &[("sealed", PURPOSE)], people: false };

/// Returns the name under which the ledger and the policy know an app.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of an app reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("app").expect("a name"));
    NAME.clone()
}

/// What was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Agreed {
    #[n(0)]
    pub(crate) name: String,
    #[n(1)]
    pub(crate) maker: String,
    #[n(2)]
    pub(crate) addresses: Vec<String>,
    #[n(3)]
    pub(crate) scopes: Vec<String>,
}

/// Seals what was agreed to for its place.
pub(crate) fn seal(vault: &Vault, id: AppId, agreed: &Agreed) -> Result<Vec<u8>, AppFault> {
    let (object, plain) = (object(), minicbor::to_vec(agreed).map_err(|_| DbFault::Shape(1))?);
    let aad = Aad { object: &object, record: id.uuid(), purpose: PURPOSE };
    Ok(vault.seal(KeyOf::Object(&object), &aad, &plain)?)
}

/// A row of `app`.
pub(crate) struct Kept {
    id: AppId,
    sealed: Vec<u8>,
    by: UserId,
    approved_by: Option<UserId>,
    approved_at: Timestamp,
    used_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

// Ids, times and ciphertext; shown to whoever may read settings and, one by one, to whom an app asks.
impl Bare for Kept {}

impl Kept {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            sealed: row.get(1)?,
            by: row.get(2)?,
            approved_by: row.get(3)?,
            approved_at: row.get(4)?,
            used_at: row.get(5)?,
            ended_at: row.get(6)?,
        })
    }

    pub(crate) fn open(self, vault: &Vault) -> Result<App, AppFault> {
        let object = object();
        let aad = Aad { object: &object, record: self.id.uuid(), purpose: PURPOSE };
        let plain = vault.open_seal(KeyOf::Object(&object), &aad, &self.sealed)?;
        let agreed: Agreed = minicbor::decode(&plain).map_err(|_| DbFault::Shape(1))?;
        Ok(App {
            id: self.id,
            name: agreed.name,
            maker: agreed.maker,
            addresses: agreed.addresses,
            scopes: agreed.scopes,
            by: self.by,
            approved_by: self.approved_by,
            approved_at: self.approved_at,
            used_at: self.used_at,
            ended_at: self.ended_at,
        })
    }
}

/// A program of others.
#[derive(Clone, Debug)]
pub struct App {
    /// The id.
    pub id: AppId,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub maker: String,
    /// Where it answers.
    pub addresses: Vec<String>,
    /// What it may do at most, as `contact:read`.
    pub scopes: Vec<String>,
    /// Who registered it.
    pub by: UserId,
    /// Who agreed.
    pub approved_by: Option<UserId>,
    /// When.
    pub approved_at: Timestamp,
    /// When it was last given something.
    pub used_at: Option<Timestamp>,
    /// When it was stopped.
    pub ended_at: Option<Timestamp>,
}

impl App {
    /// Returns until when it is new here.
    #[must_use]
    pub fn watched_until(&self) -> Timestamp {
        self.approved_at.plus(FIRST_DAY)
    }
}

/// A row of `app_code`.
pub(crate) struct Code {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
    pub(crate) challenge: [u8; 32],
    pub(crate) redirect: [u8; 32],
    pub(crate) scopes: String,
    pub(crate) until: Timestamp,
    pub(crate) token: Option<TokenId>,
}

// Ids, times and hashes; compared with what an app presents, and shown to nobody.
impl Bare for Code {}

impl Code {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            app: row.get(0)?,
            user: row.get(1)?,
            challenge: row.get(2)?,
            redirect: row.get(3)?,
            scopes: row.get(4)?,
            until: row.get(5)?,
            token: row.get(6)?,
        })
    }
}
