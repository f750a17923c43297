//! Who came in, when and from where, and how many failed after that (NIST SP 800-63B-4 §4.6, OWASP ASVS 5.0 V6.3.5).

use db::{Bare, DbFault, ReadTx, Row, WriteTx};
use kernel::{Id, SessionId, SubjectId, Timestamp, UserId};
use minicbor::{Decode, Encode};
use vault::Vault;

use crate::act::{browser_of, tell_in};
use crate::model::{self, Notice};
use crate::{Kind, NoticeFault, store};

/// The kind of an entry's id.
pub(crate) enum EntryKind {}

/// What is sealed about an entry.
#[derive(Encode, Decode)]
struct Facts {
    #[n(0)]
    agent: Option<String>,
    #[n(1)]
    ip: Option<String>,
    #[n(2)]
    by: String,
}

const PURPOSE: &str = "entry";

/// A row of `entry`.
pub(crate) struct EntryRow {
    pub(crate) id: Id<EntryKind>,
    pub(crate) subject: SubjectId,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    failed_after: i64,
}

// Ciphertext, ids and times; opened only for the person it is about, whose id the statement binds.
impl Bare for EntryRow {}

impl EntryRow {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            subject: row.get(1)?,
            sealed: row.get(2)?,
            created_at: row.get(3)?,
            failed_after: row.get(4)?,
        })
    }

    pub(crate) fn open(&self, vault: &Vault) -> Result<Option<EntryView>, NoticeFault> {
        let place = (&store::object(), self.id.uuid(), PURPOSE);
        let Some(facts) = model::open::<Facts>(vault, place, self.subject, &self.sealed)? else { return Ok(None) };
        let failed_after = u64::try_from(self.failed_after).unwrap_or_default();
        Ok(Some(EntryView { at: self.created_at, agent: facts.agent, ip: facts.ip, by: facts.by, failed_after }))
    }
}

/// A sign-in as its person is shown it.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// When.
    pub at: Timestamp,
    /// The family of the browser.
    pub agent: Option<String>,
    /// The network address.
    pub ip: Option<String>,
    /// By what: the word of the sign-in's ledger line.
    pub by: String,
    /// How many tries failed before the next one.
    pub failed_after: u64,
}

/// Somebody who has just come in.
pub struct Entrance<'a> {
    /// Who.
    pub user: UserId,
    /// Whose key seals it.
    pub subject: SubjectId,
    /// The session that began.
    pub session: SessionId,
    /// What the browser holds to be known by.
    pub browser: &'a str,
    /// By what.
    pub by: &'a str,
    /// Whether the browser is a new one that the person is told about.
    pub is_new: bool,
}

/// Keeps that somebody came in, and tells them if it was with a browser that is new. The caller leaves the line.
///
/// # Errors
/// [`NoticeFault`] of the database or the vault.
pub fn entered(tx: &mut WriteTx<'_>, vault: &Vault, entrance: &Entrance<'_>) -> Result<(), NoticeFault> {
    let Entrance { user, subject, session, .. } = *entrance;
    let id: Id<EntryKind> = tx.new_id();
    let origin = tx.cx().origin().clone();
    let facts = Facts { agent: origin.agent, ip: origin.ip.map(|ip| ip.to_string()), by: entrance.by.to_owned() };
    let sealed = model::seal(vault, (&store::object(), id.uuid(), PURPOSE), subject, &facts)?;
    let row = EntryRow { id, subject, sealed, created_at: tx.now(), failed_after: 0 };
    store::insert_entry(tx, &row, (user, session, browser_of(vault, entrance.browser)))?;
    if entrance.is_new {
        let notice = tell_in(tx, vault, (user, subject), &Notice::new(Kind::NewDevice))?;
        store::set_session(tx, notice, session)?;
    }
    Ok(())
}

/// Counts a try to come in that failed. Of somebody nobody knows it does the same work and counts nothing.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn missed(tx: &mut WriteTx<'_>, user: Option<UserId>) -> Result<(), DbFault> {
    store::miss(tx, user.unwrap_or_else(|| UserId::from_uuid(kernel::Uuid::nil())))
}

/// Lists how the person who acts came in, the last time first.
pub(crate) fn list(tx: &ReadTx<'_>, vault: &Vault, user: UserId) -> Result<Vec<EntryView>, NoticeFault> {
    let mut views = Vec::new();
    for row in store::entries(tx, user)? {
        views.extend(row.open(vault)?);
    }
    Ok(views)
}
