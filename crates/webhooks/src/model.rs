//! What a webhook is, and what a delivery is.

use std::sync::LazyLock;

use crypto::{Key, Secret, Zeroizing};
use db::{Bare, DbFault, Row, SealedTable};
use kernel::{Chance, Id, ObjectName, Timestamp, UserId, Uuid};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::WebhookFault;

/// The kind of a webhook's id.
#[derive(Debug)]
pub enum WebhookKind {}
/// The id of a webhook.
pub type WebhookId = Id<WebhookKind>;

/// The kind of a delivery's id.
#[derive(Debug)]
pub enum DeliveryKind {}
/// The id of a delivery: the same for every attempt, so that whoever receives it can tell that it came before.
pub type DeliveryId = Id<DeliveryKind>;

/// Returns the name under which the ledger knows a webhook.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a webhook reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("webhook").expect("a name"));
    NAME.clone()
}

/// What is told where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Plan {
    /// What its owner calls it.
    #[n(0)]
    pub name: String,
    /// Where to.
    #[n(1)]
    pub url: String,
    /// Which events: `contact.created`.
    #[n(2)]
    pub events: Vec<String>,
    /// Which fields go along: `contact.city`. Usually none.
    #[n(3)]
    pub fields: Vec<String>,
}

/// The keys that sign. While one is being replaced both do.
#[derive(Encode, Decode)]
pub(crate) struct Secrets {
    #[n(0)]
    now: ByteArray<32>,
    #[n(1)]
    before: Option<ByteArray<32>>,
    #[n(2)]
    until: Option<i64>,
}

impl Secrets {
    pub(crate) fn generate(chance: &dyn Chance) -> Self {
        Self { now: (*Key::generate(chance).expose_bytes()).into(), before: None, until: None }
    }

    /// Puts a new key in front; the old one signs along until a moment.
    pub(crate) fn rotated(self, chance: &dyn Chance, until: Timestamp) -> Self {
        Self { before: Some(self.now), until: Some(until.micros()), ..Self::generate(chance) }
    }

    /// Returns the present key as receivers write it (Standard Webhooks): shown once.
    pub(crate) fn shown(&self) -> Secret<String> {
        Secret::new(format!("whsec_{}", crypto::base64(&*self.now)))
    }

    /// Returns until when the old key signs along, if that is still to come.
    pub(crate) fn until(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.map(Timestamp::from_micros).filter(|until| *until > now)
    }

    /// Returns the keys that sign at a moment, the present one first.
    pub(crate) fn keys(&self, now: Timestamp) -> Vec<Key> {
        let before = self.before.filter(|_| self.until(now).is_some());
        [Some(self.now), before].into_iter().flatten().map(|bytes| Key::from_bytes(*bytes)).collect()
    }
}

pub(crate) const PLAN: &str = "plan";
pub(crate) const SECRET: &str = "secret";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "webhook", table: "webhook", columns: &[("plan", PLAN), ("secret", SECRET)], people: false };

/// Seals a value of a webhook for its place.
pub(crate) fn seal<T: Encode<()>>(
    vault: &Vault,
    (id, purpose): (WebhookId, &'static str),
    value: &T,
) -> Result<Vec<u8>, WebhookFault> {
    let plain = Zeroizing::new(minicbor::to_vec(value).map_err(|_| DbFault::Shape(0))?);
    let object = object();
    Ok(vault.seal(KeyOf::Object(&object), &Aad { object: &object, record: id.uuid(), purpose }, &plain)?)
}

fn open<T: for<'b> Decode<'b, ()>>(
    vault: &Vault,
    (id, purpose): (WebhookId, &'static str),
    sealed: &[u8],
) -> Result<T, WebhookFault> {
    let object = object();
    let plain =
        vault.open_seal(KeyOf::Object(&object), &Aad { object: &object, record: id.uuid(), purpose }, sealed)?;
    Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)
}

/// A row of `webhook`.
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    pub(crate) user: UserId,
    pub(crate) on: bool,
    pub(crate) fault: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) failing_since: Option<Timestamp>,
    pub(crate) sent_at: Option<Timestamp>,
    plan: Vec<u8>,
    secret: Vec<u8>,
}

// Ids, times and ciphertext; opened for whoever it belongs to, for administrators, and to send.
impl Bare for Webhook {}

impl Webhook {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            on: row.get::<String>(2)? == "on",
            fault: row.get(3)?,
            plan: row.get(4)?,
            secret: row.get(5)?,
            created_at: row.get(6)?,
            failing_since: row.get(7)?,
            sent_at: row.get(8)?,
        })
    }

    pub(crate) fn plan(&self, vault: &Vault) -> Result<Plan, WebhookFault> {
        open(vault, (self.id, PLAN), &self.plan)
    }

    pub(crate) fn secrets(&self, vault: &Vault) -> Result<Secrets, WebhookFault> {
        open(vault, (self.id, SECRET), &self.secret)
    }

    pub(crate) fn view(self, vault: &Vault, now: Timestamp) -> Result<WebhookView, WebhookFault> {
        let (plan, rotating) = (self.plan(vault)?, self.secrets(vault)?.until(now));
        let Self { id, user, on, fault, created_at, failing_since, sent_at, .. } = self;
        Ok(WebhookView { id, owner: user, plan, on, fault, created_at, failing_since, sent_at, rotating })
    }
}

/// A webhook as it is shown.
#[derive(Clone, Debug)]
pub struct WebhookView {
    /// The webhook.
    pub id: WebhookId,
    /// Whose it is.
    pub owner: UserId,
    /// What is told where.
    pub plan: Plan,
    /// Whether it is on.
    pub on: bool,
    /// Why it was turned off by itself.
    pub fault: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when nothing has arrived.
    pub failing_since: Option<Timestamp>,
    /// When something last arrived.
    pub sent_at: Option<Timestamp>,
    /// Until when the secret before this one signs along.
    pub rotating: Option<Timestamp>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried again.
    Waiting,
    /// It arrived.
    Done,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// Takes a stored word.
    fn parse(code: &str) -> Option<Self> {
        match code {
            "waiting" => Some(Self::Waiting),
            "done" => Some(Self::Done),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// A delivery as it is shown: which event, and how it went.
#[derive(Clone, Debug)]
pub struct DeliveryView {
    /// The delivery.
    pub id: DeliveryId,
    /// The event.
    pub event: String,
    /// What it is about.
    pub about: Uuid,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was last tried.
    pub sent_at: Timestamp,
    /// When it is tried again, while it waits.
    pub run_at: Timestamp,
    /// What the server answered.
    pub status: Option<i64>,
    /// Why it did not arrive: the code of a fault.
    pub fault: Option<String>,
}

// Events, ids and times, shown to whom the webhook belongs, once it was looked up that they may see what it is about.
impl Bare for DeliveryView {}

impl DeliveryView {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            event: row.get(1)?,
            about: row.get(2)?,
            state: DeliveryState::parse(&row.get::<String>(3)?).ok_or(DbFault::Shape(3))?,
            attempts: row.get(4)?,
            sent_at: row.get(5)?,
            run_at: row.get(6)?,
            status: row.get(7)?,
            fault: row.get(8)?,
        })
    }
}

/// A delivery that this worker may send until its lease ends.
#[derive(Clone, Debug)]
pub(crate) struct Leased {
    pub(crate) id: DeliveryId,
    pub(crate) hook: WebhookId,
    pub(crate) event: String,
    pub(crate) object: ObjectName,
    pub(crate) about: Uuid,
    pub(crate) happened_at: Timestamp,
    pub(crate) attempts: i64,
    pub(crate) until: Timestamp,
}

// Events, ids and times, for the program itself.
impl Bare for Leased {}
