//! What a notice holds.

use authz::Cx;
use crypto::Zeroizing;
use db::{Bare, DbFault, Row};
use kernel::{NoticeId, ObjectName, SessionId, SubjectId, Timestamp, UserId, Uuid};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault, VaultFault};

use crate::entry::EntryView;
use crate::{Kind, NoticeFault};

/// Something to tell a person.
#[derive(Clone, Debug)]
pub struct Notice {
    pub(crate) kind: Kind,
    what: Option<String>,
    whose: Option<UserId>,
    until: Option<Timestamp>,
    place: Option<(Option<String>, Option<String>)>,
}

impl Notice {
    /// Says what happened.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, what: None, whose: None, until: None, place: None }
    }

    /// Says which one: the code of a factor, the codes of roles, a number.
    #[must_use]
    pub fn what(mut self, what: impl Into<String>) -> Self {
        self.what = Some(what.into());
        self
    }

    /// Says whom it is about, where that is not the person who is told.
    #[must_use]
    pub fn about(mut self, person: UserId) -> Self {
        self.whose = Some(person);
        self
    }

    /// Says where it was asked, if that was in an earlier transaction: the family of the browser and the network address.
    #[must_use]
    pub fn asked_from(mut self, agent: Option<String>, ip: Option<String>) -> Self {
        self.place = Some((agent, ip));
        self
    }

    /// Says when something comes of it.
    #[must_use]
    pub fn until(mut self, at: Timestamp) -> Self {
        self.until = Some(at);
        self
    }
}

/// What is sealed about a notice.
#[derive(Encode, Decode)]
pub(crate) struct Facts {
    #[n(0)]
    agent: Option<String>,
    #[n(1)]
    ip: Option<String>,
    #[n(2)]
    by: Option<ByteArray<16>>,
    #[n(3)]
    what: Option<String>,
    #[n(4)]
    whose: Option<ByteArray<16>>,
    #[n(5)]
    until: Option<i64>,
}

const PURPOSE: &str = "notice";

fn person(bytes: &ByteArray<16>) -> UserId {
    UserId::from_uuid(Uuid::from_bytes(**bytes))
}

impl Facts {
    /// Gathers the facts. Of a colleague who did it the name is told, and not where they sit.
    pub(crate) fn of(cx: &Cx, user: UserId, notice: &Notice) -> Self {
        let another = cx.person().filter(|person| *person != user);
        let own = || (cx.origin().agent.clone(), cx.origin().ip.map(|ip| ip.to_string()));
        let (agent, ip) = match (&notice.place, another) {
            (Some(place), _) => place.clone(),
            (None, None) => own(),
            (None, Some(_)) => (None, None),
        };
        Self {
            agent,
            ip,
            by: another.map(|person| person.to_bytes().into()),
            what: notice.what.clone(),
            whose: notice.whose.map(|person| person.to_bytes().into()),
            until: notice.until.map(Timestamp::micros),
        }
    }
}

/// Seals a value for its row, under the key of the person it is about.
pub(crate) fn seal<T: Encode<()>>(
    vault: &Vault,
    (object, record, purpose): (&ObjectName, Uuid, &'static str),
    subject: SubjectId,
    value: &T,
) -> Result<Vec<u8>, NoticeFault> {
    let plain = Zeroizing::new(minicbor::to_vec(value).map_err(|_| DbFault::Shape(0))?);
    Ok(vault.seal(KeyOf::Subject(subject), &Aad { object, record, purpose }, &plain)?)
}

/// Opens it again; nothing if the person was erased meanwhile.
pub(crate) fn open<T: for<'b> Decode<'b, ()>>(
    vault: &Vault,
    (object, record, purpose): (&ObjectName, Uuid, &'static str),
    subject: SubjectId,
    sealed: &[u8],
) -> Result<Option<T>, NoticeFault> {
    match vault.open_seal(KeyOf::Subject(subject), &Aad { object, record, purpose }, sealed) {
        Ok(plain) => Ok(Some(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)),
        Err(VaultFault::Destroyed) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Seals the facts of a notice.
pub(crate) fn seal_facts(
    vault: &Vault,
    id: NoticeId,
    subject: SubjectId,
    facts: &Facts,
) -> Result<Vec<u8>, NoticeFault> {
    seal(vault, (&crate::store::object(), id.uuid(), PURPOSE), subject, facts)
}

/// A row of `notice`.
pub(crate) struct NoticeRow {
    pub(crate) id: NoticeId,
    pub(crate) kind: Option<Kind>,
    pub(crate) created_at: Timestamp,
    pub(crate) session: Option<SessionId>,
    /// Whether it is out of the way in the browser that asks.
    pub(crate) seen: bool,
    subject: SubjectId,
    sealed: Vec<u8>,
}

// Ciphertext, ids and times; opened only for the person it is addressed to, whose id the statement binds.
impl Bare for NoticeRow {}

impl NoticeRow {
    /// Takes a row of the columns that all statements name in one order. A kind of a newer program is left out.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            subject: row.get(1)?,
            session: row.get(2)?,
            kind: Kind::parse(&row.get::<String>(3)?),
            sealed: row.get(4)?,
            created_at: row.get(5)?,
            seen: row.get::<i64>(6)? != 0,
        })
    }

    /// Opens it for its person.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Option<Told>, NoticeFault> {
        let Some(kind) = self.kind else { return Ok(None) };
        let place = (&crate::store::object(), self.id.uuid(), PURPOSE);
        let Some(facts) = open::<Facts>(vault, place, self.subject, &self.sealed)? else { return Ok(None) };
        Ok(Some(Told {
            id: self.id,
            kind,
            at: self.created_at,
            seen: self.seen,
            agent: facts.agent,
            ip: facts.ip,
            by: facts.by.as_ref().map(person),
            what: facts.what,
            whose: facts.whose.as_ref().map(person),
            until: facts.until.map(Timestamp::from_micros),
        }))
    }
}

/// A notice as its person is shown it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The notice.
    pub id: NoticeId,
    /// What happened.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Whether it is out of the way.
    pub seen: bool,
    /// The family of the browser it happened in.
    pub agent: Option<String>,
    /// The network address it was asked from.
    pub ip: Option<String>,
    /// The colleague who did it.
    pub by: Option<UserId>,
    /// Which one.
    pub what: Option<String>,
    /// Whom it is about, where that is not the person who is told.
    pub whose: Option<UserId>,
    /// When something comes of it.
    pub until: Option<Timestamp>,
}

/// What somebody is told about their own last sign-in, once, when they have come in again.
#[derive(Clone, Debug)]
pub struct Greeting {
    /// The sign-in before the present one.
    pub last: EntryView,
}

/// What waits for a person.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// How many notices have not been seen; at most 100 are counted.
    pub unseen: usize,
    /// The newest one that has to be answered.
    pub pressing: Option<Told>,
    /// What is said once after a sign-in.
    pub greeting: Option<Greeting>,
}
