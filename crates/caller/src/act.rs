//! Between two colleagues.

use std::sync::Arc;

use accounts::{AccountFault, Accounts};
use authz::Cx;
use db::{Db, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, UserId};
use ledger::Line;
use records::Records;
use vault::Vault;

use crate::model::{Answered, Check, CheckId, CheckView, Side, With};
use crate::{CallerFault, code, rule, store};

/// A check was begun.
pub(crate) const BEGIN: &str = "call-check";
/// Somebody was recognised by their code.
pub(crate) const VERIFY: &str = "call-verify";

/// Checks who is on the phone. Cheap to clone.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    db: Db,
    vault: Vault,
    accounts: Accounts,
    records: Records,
}

/// The object that checks are about.
#[expect(clippy::expect_used, reason = "the word is a constant")]
pub(crate) fn call() -> ObjectName {
    ObjectName::parse("call").expect("a name")
}

impl Caller {
    /// Makes the handle.
    #[must_use]
    pub fn new(db: Db, vault: Vault, accounts: Accounts, records: Records) -> Self {
        Self(Arc::new(Inner { db, vault, accounts, records }))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn records(&self) -> &Records {
        &self.0.records
    }

    /// Lists the colleagues that somebody can be on the phone with: who may sign in, by name, without the one who asks.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts.
    pub async fn colleagues(&self, cx: &Cx) -> Result<Vec<(UserId, String)>, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let accounts = self.0.accounts.clone();
        let listing = self.db().read(cx, move |tx| -> Result<_, CallerFault> {
            let mut known = accounts.colleagues(tx)?;
            known.retain(|(id, _)| *id != own);
            Ok(known)
        });
        listing.await
    }

    /// Begins a check with a colleague; one that was begun before is over.
    ///
    /// # Errors
    /// [`CallerFault::Hidden`] if there is no such colleague, or they may not sign in; [`CallerFault::Oneself`].
    pub async fn begin(&self, cx: &Cx, other: UserId) -> Result<CheckId, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        if own == other {
            return Err(CallerFault::Oneself);
        }
        let accounts = self.0.accounts.clone();
        let beginning = self.db().write(cx, move |tx| -> Result<_, CallerFault> {
            if !accounts.is_active(tx, other)? {
                tx.note_denial(Line::denied(BEGIN, call(), "not-found").about(other));
                return Err(CallerFault::Hidden);
            }
            let check = fresh(tx, own, Some(other), None);
            store::insert(tx, &check, None)?;
            tx.note(Line::done(BEGIN, call()).about(check.id).about(own).about(other));
            Ok(check.id)
        });
        beginning.await
    }

    /// Lists the checks of the person who acts: those that go, and what became of the latest.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<CheckView>, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let (caller, accounts) = (self.clone(), self.0.accounts.clone());
        let listing = self.db().read(cx, move |tx| -> Result<_, CallerFault> {
            let checks = store::list(tx, own, tx.now().minus(rule::SHOWN))?;
            let people: Vec<UserId> =
                checks.iter().flat_map(|check| [Some(check.starter), check.other]).flatten().collect();
            let names = accounts.names_of(tx, &people)?;
            let views = checks.iter().filter_map(|check| {
                let side = check.side(own)?;
                let with = match (side, check.other, check.contact) {
                    (Side::Customer, _, Some(contact)) => With::Customer(contact),
                    (Side::Other, ..) => With::Colleague(check.starter, names.get(&check.starter)?.to_string()),
                    (_, Some(other), _) => With::Colleague(other, names.get(&other)?.to_string()),
                    _ => return None,
                };
                Some(caller.view(tx, check, side, with))
            });
            Ok(views.collect())
        });
        listing.await
    }

    fn view(&self, tx: &ReadTx<'_>, check: &Check, side: Side, with: With) -> CheckView {
        let (verified_at, confirmed_at) = match side {
            Side::Other => (check.done.1, check.done.0),
            Side::Starter | Side::Customer | Side::Back => (check.done.0, check.done.1),
        };
        CheckView {
            id: check.id,
            with,
            code: code::spell(&code::of(self.vault(), check.id, side)),
            verified_at,
            confirmed_at,
            dialled: check.dialled,
            left: rule::left(check, side),
            own: side != Side::Other,
            expires_at: check.expires_at,
            over: tx.now() >= check.expires_at || rule::is_void(check),
        }
    }

    /// Takes the code that one side heard from the other. A wrong one is counted; the third ends the check for both.
    ///
    /// # Errors
    /// [`CallerFault::Hidden`] if the check is not theirs; [`CallerFault::Over`] if it is over, or was answered.
    pub async fn answer(&self, cx: &Cx, id: CheckId, typed: &str) -> Result<Answered, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let (caller, typed) = (self.clone(), code::typed(typed));
        // Everything but a failure of the machine is a value: a fault would put the count back.
        let answering = self.db().write(cx, move |tx| caller.judge(tx, (own, id), &typed));
        answering.await?
    }

    fn judge(
        &self,
        tx: &mut WriteTx<'_>,
        (own, id): (UserId, CheckId),
        typed: &str,
    ) -> Result<Result<Answered, CallerFault>, CallerFault> {
        let found = store::find(tx, own, id)?.and_then(|check| check.side(own)).filter(|side| *side != Side::Customer);
        let Some(side) = found else {
            tx.note(Line::denied(VERIFY, call(), CallerFault::Hidden.code()).about(id));
            return Ok(Err(CallerFault::Hidden));
        };
        let Some(counted) = store::count(tx, id, side)? else { return Ok(Err(CallerFault::Hidden)) };
        // As it was before this try.
        let (mine, theirs) = counted.tries;
        let tries = if side == Side::Other { (mine, theirs - 1) } else { (mine - 1, theirs) };
        let before = Check { tries, ..counted.clone() };
        let line = |line: Line| line.about(id).about(own).about_each(other_of(&counted, own).map(|id| id.uuid()));
        if !rule::may_answer(&before, side, tx.now()) {
            tx.note(line(Line::failed(VERIFY, call(), CallerFault::Over.code())));
            return Ok(Err(CallerFault::Over));
        }
        let theirs = if side == Side::Other { Side::Starter } else { Side::Other };
        if crypto::same(code::of(self.vault(), id, theirs).as_bytes(), typed.as_bytes()) {
            store::done(tx, id, side)?;
            tx.note(line(Line::done(VERIFY, call())));
            return Ok(Ok(Answered::Right));
        }
        tx.note(line(Line::failed(VERIFY, call(), CallerFault::Wrong.code())));
        Ok(Ok(Answered::Wrong(rule::left(&counted, side))))
    }

    /// Removes checks that nobody looks at any more. For a daily job; the ledger keeps what they were.
    ///
    /// # Errors
    /// [`CallerFault::Db`].
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, CallerFault> {
        let tidying = self.db().write(cx, |tx| -> Result<u64, CallerFault> {
            let before = tx.now().minus(rule::SHOWN.max(rule::ASKED.1));
            Ok(store::remove_old(tx, before)?)
        });
        tidying.await
    }
}

/// Makes a check that begins now.
pub(crate) fn fresh(
    tx: &WriteTx<'_>,
    starter: UserId,
    other: Option<UserId>,
    contact: Option<kernel::RecordId>,
) -> Check {
    let expires_at = tx.now().plus(rule::LASTS);
    Check { id: tx.new_id(), starter, other, contact, expires_at, tries: (0, 0), done: (None, None), dialled: false }
}

fn other_of(check: &Check, own: UserId) -> Option<UserId> {
    if check.starter == own { check.other } else { Some(check.starter) }
}
