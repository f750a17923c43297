//! Agreeing and refusing.

use accounts::AccountFault;
use authz::{Cx, Denied};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use notices::{Kind, Notice};

use crate::ask::{hex, there, words};
use crate::model::{self, ANSWER, ApprovalId, Asked, RequestRow, State, object};
use crate::{ApprovalFault, Approvals, store};

impl Approvals {
    /// Agrees, and carries out what was agreed to. Returns where it stands then: done, void or failed.
    ///
    /// # Errors
    /// [`ApprovalFault::Own`], [`ApprovalFault::Decided`], [`ApprovalFault::Expired`]; denied to whoever may not, is a program, or
    /// has given no passkey just now.
    pub async fn approve(&self, cx: &Cx, id: ApprovalId) -> Result<State, ApprovalFault> {
        let this = self.clone();
        self.db.write(cx, move |tx| this.agree(tx, id)).await?;
        self.carry_out(cx, id).await
    }

    fn agree(&self, tx: &mut WriteTx<'_>, id: ApprovalId) -> Result<(), ApprovalFault> {
        let refused = |tx: &WriteTx<'_>, fault: ApprovalFault| {
            tx.note_denial(Line::denied(verbs::APPROVAL_GRANT, object(), fault.code()).about(id));
            Err(fault)
        };
        let by = match there(tx.cx()) {
            Ok(by) => by,
            Err(fault) => return refused(tx, fault),
        };
        let (row, asked) = match self.to_decide(tx, id, by) {
            Ok(found) => found,
            Err(fault) => return refused(tx, fault),
        };
        // Not what a workspace asks of a role: agreeing takes the strongest proof there is here, whoever agrees.
        if let Err(denied) = tx.cx().proved(self.accounts.strongest()) {
            return refused(tx, denied.into());
        }
        if !self.is_intact(&row, &asked)? {
            return refused(tx, ApprovalFault::Void);
        }
        if !store::agree(tx, id, by)? {
            let fault = self.too_late(tx, id)?;
            return refused(tx, fault);
        }
        tx.note(row.line(verbs::APPROVAL_GRANT).about(by).fact("hash", hex(&row.hash)));
        self.tell(tx, row.initiator, Kind::ApprovalGranted, &row.rule)
    }

    /// Refuses, with a reason. To say no takes the right to say yes, and no fresh proof: stopping must be easy.
    ///
    /// # Errors
    /// As [`approve`](Self::approve); [`ApprovalFault::Reason`].
    pub async fn refuse(&self, cx: &Cx, id: ApprovalId, reason: &str) -> Result<(), ApprovalFault> {
        let (this, reason) = (self.clone(), words(reason)?);
        let refusing = self.db.write(cx, move |tx| {
            let by = there(tx.cx())?;
            let (row, _) = this.to_decide(tx, id, by).inspect_err(|fault| {
                tx.note_denial(Line::denied(verbs::APPROVAL_REFUSE, object(), fault.code()).about(id));
            })?;
            let answer = model::seal(&this.vault, (id, ANSWER), &reason)?;
            if !store::refuse(tx, id, by, answer)? {
                return Err(this.too_late(tx, id)?);
            }
            tx.note(row.line(verbs::APPROVAL_REFUSE).about(by));
            this.tell(tx, row.initiator, Kind::ApprovalRefused, &row.rule)
        });
        refusing.await
    }

    /// Finds what somebody is about to decide. Whoever may not agree does not learn that it is there.
    fn to_decide(&self, tx: &ReadTx<'_>, id: ApprovalId, by: UserId) -> Result<(RequestRow, Asked), ApprovalFault> {
        let row = store::find(tx, id)?.ok_or(Denied::Hidden)?;
        let asked = row.asked(&self.vault)?;
        if row.initiator == by {
            return Err(ApprovalFault::Own);
        }
        let may = self.named(&row.rule).is_some_and(|rule| rule.may_approve(tx.cx(), &asked.terms));
        if may { Ok((row, asked)) } else { Err(Denied::Hidden.into()) }
    }

    /// Tells whether the terms are those that were hashed when they were asked for.
    pub(crate) fn is_intact(&self, row: &RequestRow, asked: &Asked) -> Result<bool, ApprovalFault> {
        let Some(rule) = self.named(&row.rule) else { return Ok(false) };
        let hash = asked.terms.hash(&self.vault, rule.rule(), row.initiator)?;
        Ok(crypto::same(&hash, &row.hash))
    }

    fn too_late(&self, tx: &ReadTx<'_>, id: ApprovalId) -> Result<ApprovalFault, ApprovalFault> {
        let row = store::find(tx, id)?.ok_or(Denied::Hidden)?;
        let expired = row.state == State::Expired || (row.state == State::Waiting && row.expires_at <= tx.now());
        Ok(if expired { ApprovalFault::Expired } else { ApprovalFault::Decided })
    }

    /// Leaves a notice for whoever asked, while they are still there.
    pub(crate) fn tell(
        &self,
        tx: &mut WriteTx<'_>,
        person: UserId,
        kind: Kind,
        rule: &str,
    ) -> Result<(), ApprovalFault> {
        match self.accounts.subject_of(tx, person) {
            Ok(subject) => Ok(notices::tell(tx, &self.vault, person, subject, &Notice::new(kind).what(rule))?),
            Err(AccountFault::NobodyThere) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }
}
