//! What is done with notices.

use std::time::Duration;

use authz::{Cx, Denied};
use db::{Db, DbFault, ReadTx, WriteTx};
use kernel::{NoticeId, SessionId, SubjectId, UserId};
use ledger::{Line, verbs};
use vault::Vault;

use crate::model::{Facts, Greeting, Notice, Told, Waiting, seal_facts};
use crate::{EntryView, NoticeFault, entry, store};

/// A notice was put out of the way; the verb of its line.
const SEEN: &str = "notice-seen";
/// How long notices and sign-ins are kept; the ledger keeps what they were about.
const KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Leaves a notice for a person, in the transaction of what it is about. The caller leaves the line of that.
///
/// Where it happened comes from the transaction: browser and network if the person did it, or nobody who is known; the name
/// of the colleague who did it, if one did.
///
/// # Errors
/// [`NoticeFault`] of the database or the vault.
pub fn tell(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    user: UserId,
    subject: SubjectId,
    notice: &Notice,
) -> Result<(), NoticeFault> {
    tell_in(tx, vault, (user, subject), notice).map(|_| ())
}

pub(crate) fn tell_in(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (user, subject): (UserId, SubjectId),
    notice: &Notice,
) -> Result<NoticeId, NoticeFault> {
    let id: NoticeId = tx.new_id();
    let sealed = seal_facts(vault, id, subject, &Facts::of(tx.cx(), user, notice))?;
    store::insert(tx, id, (user, subject), notice.kind, sealed)?;
    Ok(id)
}

/// Moves what is tied to a session to the one that takes its place, when its id is changed.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn follow(tx: &mut WriteTx<'_>, old: SessionId, new: SessionId) -> Result<(), DbFault> {
    store::follow(tx, old, new)
}

/// Removes what is older than it is of use, and returns how much. For a daily job.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn remove_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let before = tx.now().minus(KEPT);
    store::remove_old(tx, before)
}

/// Names a browser by what it holds.
pub(crate) fn browser_of(vault: &Vault, held: &str) -> [u8; 16] {
    vault.blind("notice.browser", held)
}

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Notices {
    db: Db,
    vault: Vault,
}

/// Who looks, and in which browser.
#[derive(Clone, Copy)]
struct Viewer {
    user: UserId,
    session: SessionId,
    browser: [u8; 16],
}

/// Gathers what waits for somebody. What happened in the very session that looks does not wait: its person did it.
fn waiting(tx: &ReadTx<'_>, vault: &Vault, viewer: Viewer) -> Result<Waiting, NoticeFault> {
    let mut rows = store::unseen(tx, viewer.user, viewer.browser)?;
    rows.retain(|row| row.session != Some(viewer.session) && row.kind.is_some());
    let pressing = rows.iter().find(|row| row.kind.is_some_and(|kind| kind.is_pressing()));
    let pressing = pressing.map(|row| row.open(vault)).transpose()?.flatten();
    let greeting = match store::ungreeted(tx, viewer.session)? {
        Some(present) => store::before(tx, viewer.user, &present)?.map(|row| row.open(vault)).transpose()?.flatten(),
        None => None,
    };
    Ok(Waiting { unseen: rows.len(), pressing, greeting: greeting.map(|last| Greeting { last }) })
}

fn list(tx: &ReadTx<'_>, vault: &Vault, viewer: Viewer) -> Result<Vec<Told>, NoticeFault> {
    let mut told = Vec::new();
    for row in store::list(tx, viewer.user, viewer.browser)? {
        told.extend(row.open(vault)?);
    }
    tx.note(Line::done(verbs::LIST, store::object()).about_each(told.iter().map(|notice| notice.id.uuid())));
    Ok(told)
}

/// Puts one notice out of the way. In the browser it is about, or in one that came after it, that counts there only.
fn see(tx: &mut WriteTx<'_>, viewer: Viewer, id: NoticeId) -> Result<(), NoticeFault> {
    let Some(row) = store::find(tx, (viewer.user, id), viewer.browser)? else {
        tx.note_denial(Line::denied(SEEN, store::object(), "not-found").about(id));
        return Err(Denied::Hidden.into());
    };
    if row.seen {
        return Ok(());
    }
    let everywhere = store::knew(tx, viewer.user, (viewer.browser, row.created_at))?;
    store::see(tx, id, (viewer.browser, everywhere))?;
    let scope = if everywhere { "everywhere" } else { "this browser" };
    tx.note(Line::done(SEEN, store::object()).about(viewer.user).about(id).fact("where", scope));
    Ok(())
}

fn see_all(tx: &mut WriteTx<'_>, viewer: Viewer) -> Result<(), NoticeFault> {
    for row in store::unseen(tx, viewer.user, viewer.browser)? {
        see(tx, viewer, row.id)?;
    }
    Ok(())
}

impl Notices {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, vault: Vault) -> Self {
        Self { db, vault }
    }

    /// Finds out who looks. `held` is what the browser is known by; without it, it is known by its session.
    fn viewer(&self, cx: &Cx, held: Option<&str>) -> Result<Viewer, NoticeFault> {
        let (user, session) = cx.person().zip(cx.session()).ok_or(NoticeFault::SignedOut)?;
        let browser =
            held.map_or_else(|| browser_of(&self.vault, &session.to_string()), |held| browser_of(&self.vault, held));
        Ok(Viewer { user, session, browser })
    }

    /// Returns what waits for the person who acts. The greeting is handed out once; that nobody else gets it is not promised.
    ///
    /// # Errors
    /// [`NoticeFault::SignedOut`] if nobody acts, in a session.
    pub async fn waiting(&self, cx: &Cx, held: Option<&str>) -> Result<Waiting, NoticeFault> {
        let (viewer, vault) = (self.viewer(cx, held)?, self.vault.clone());
        let waiting = self.db.read(cx, move |tx| waiting(tx, &vault, viewer)).await?;
        if waiting.greeting.is_some() {
            self.db.write(cx, move |tx| store::greeted(tx, viewer.session)).await?;
        }
        Ok(waiting)
    }

    /// Lists what the person who acts was told, the newest first.
    ///
    /// # Errors
    /// As [`waiting`](Self::waiting).
    pub async fn list(&self, cx: &Cx, held: Option<&str>) -> Result<Vec<Told>, NoticeFault> {
        let (viewer, vault) = (self.viewer(cx, held)?, self.vault.clone());
        self.db.read(cx, move |tx| list(tx, &vault, viewer)).await
    }

    /// Lists how the person who acts came in, the last time first.
    ///
    /// # Errors
    /// As [`waiting`](Self::waiting).
    pub async fn entries(&self, cx: &Cx) -> Result<Vec<EntryView>, NoticeFault> {
        let (viewer, vault) = (self.viewer(cx, None)?, self.vault.clone());
        self.db.read(cx, move |tx| entry::list(tx, &vault, viewer.user)).await
    }

    /// Puts a notice of the person who acts out of the way.
    ///
    /// # Errors
    /// [`NoticeFault::Denied`] (hidden) if it is not theirs; as [`waiting`](Self::waiting).
    pub async fn see(&self, cx: &Cx, held: Option<&str>, id: NoticeId) -> Result<(), NoticeFault> {
        let viewer = self.viewer(cx, held)?;
        self.db.write(cx, move |tx| see(tx, viewer, id)).await
    }

    /// Puts everything out of the way that the person who acts was told.
    ///
    /// # Errors
    /// As [`waiting`](Self::waiting).
    pub async fn see_all(&self, cx: &Cx, held: Option<&str>) -> Result<(), NoticeFault> {
        let viewer = self.viewer(cx, held)?;
        self.db.write(cx, move |tx| see_all(tx, viewer)).await
    }
}
