//! Asking, and taking it back.

use accounts::AccountFault;
use authz::{Cx, Denied, Rule, Verb};
use db::WriteTx;
use kernel::{Fault as _, UserId};
use ledger::{ActorRef, Line, verbs};

use crate::model::{self, ASKED, ApprovalId, Asked, RequestRow, State, object, verb};
use crate::store::{self, Fresh};
use crate::{ApprovalFault, Approvals, Terms};

/// The most characters of a reason, an answer or a review.
const LONGEST: usize = 1000;

/// Takes what somebody writes; nothing at all is not enough.
pub(crate) fn words(text: &str) -> Result<String, ApprovalFault> {
    let text = kernel::text::clean(text, LONGEST).map_err(|_| ApprovalFault::Reason)?;
    if text.is_empty() { Err(ApprovalFault::Reason) } else { Ok(text) }
}

/// Returns the person who is there: in a session of their own. A token is nobody who could agree or be asked back.
pub(crate) fn there(cx: &Cx) -> Result<UserId, ApprovalFault> {
    match (cx.actor(), cx.session(), cx.person()) {
        (ActorRef::User(user), Some(_), Some(person)) if user == person => Ok(person),
        (ActorRef::Token { .. }, ..) => Err(Denied::Forbidden(Verb::Grant).into()),
        _ => Err(AccountFault::SignedOut.into()),
    }
}

impl Approvals {
    /// Asks for a second person.
    ///
    /// # Errors
    /// [`ApprovalFault::Reason`]; what the rule says; denied without the right, a session or a fresh proof.
    pub async fn ask(&self, cx: &Cx, rule: Rule, terms: Terms, reason: &str) -> Result<ApprovalId, ApprovalFault> {
        let (this, reason) = (self.clone(), reason.to_owned());
        self.db.write(cx, move |tx| this.ask_in(tx, rule, terms, &reason)).await
    }

    /// Asks inside a transaction that does more.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn ask_in(
        &self,
        tx: &mut WriteTx<'_>,
        rule: Rule,
        terms: Terms,
        reason: &str,
    ) -> Result<ApprovalId, ApprovalFault> {
        let approvable = self.rule(rule)?;
        let expires_at = tx.now().plus(approvable.lasts());
        let fresh = self.fresh(tx, rule, (terms, words(reason)?), false)?;
        let id = fresh.id;
        let line = Line::done(verbs::APPROVAL_REQUEST, object()).about(id).about(fresh.initiator);
        let line = line.fact("rule", rule.name()).fact("hash", hex(&fresh.hash));
        store::insert(tx, Fresh { expires_at, ..fresh })?;
        tx.note(line);
        Ok(id)
    }

    /// Checks who asks and what, and gets a request ready.
    pub(crate) fn fresh(
        &self,
        tx: &WriteTx<'_>,
        rule: Rule,
        (terms, reason): (Terms, String),
        alone: bool,
    ) -> Result<Fresh, ApprovalFault> {
        let verb = if alone { verb::ALONE } else { verbs::APPROVAL_REQUEST };
        let refused = |fault: &ApprovalFault| {
            tx.note_denial(Line::denied(verb, object(), fault.code()).fact("rule", rule.name()));
        };
        let approvable = self.rule(rule)?;
        let initiator = there(tx.cx()).inspect_err(refused)?;
        approvable.may_ask(tx, tx.cx(), &terms).inspect_err(refused)?;
        tx.cx().dare().map_err(ApprovalFault::from).inspect_err(refused)?;
        let (id, hash) = (tx.new_id(), terms.hash(&self.vault, rule, initiator)?);
        let sealed = model::seal(&self.vault, (id, ASKED), &Asked { terms, reason })?;
        Ok(Fresh { id, rule: rule.name(), hash, initiator, sealed, expires_at: tx.now(), alone })
    }

    /// Takes one's own request back.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's; [`ApprovalFault::Decided`].
    pub async fn withdraw(&self, cx: &Cx, id: ApprovalId) -> Result<(), ApprovalFault> {
        let this = self.clone();
        self.db.write(cx, move |tx| this.withdraw_in(tx, id)).await
    }

    /// Takes one's own request back inside a transaction that does more: what it speaks of has been changed.
    ///
    /// # Errors
    /// As [`withdraw`](Self::withdraw).
    pub fn withdraw_in(&self, tx: &mut WriteTx<'_>, id: ApprovalId) -> Result<(), ApprovalFault> {
        let own = |row: &RequestRow| tx.cx().person() == Some(row.initiator);
        let Some(row) = store::find(tx, id)?.filter(own) else {
            tx.note_denial(Line::denied(verb::WITHDRAW, object(), Denied::Hidden.code()).about(id));
            return Err(Denied::Hidden.into());
        };
        if !store::end(tx, id, (State::Waiting, State::Withdrawn), None)? {
            return Err(ApprovalFault::Decided);
        }
        tx.note(row.line(verb::WITHDRAW));
        Ok(())
    }
}

/// Spells a hash for the ledger.
pub(crate) fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
