//! Going ahead alone, and what follows from it.

use authz::{Cx, Denied, Rule};
use db::WriteTx;
use kernel::Fault as _;
use ledger::Line;
use notices::{Kind, Notice};

use crate::ask::{hex, there, words};
use crate::loud::agreed;
use crate::model::{self, ApprovalId, REVIEW, object, verb};
use crate::{ApprovalFault, Approvals, Terms, store};

impl Approvals {
    /// Goes ahead without a second person, where the rule allows it. Every administrator and security officer is told, and a review stays
    /// open until somebody else has written what they found.
    ///
    /// # Errors
    /// [`ApprovalFault::NotAlone`]; as [`ask`](Self::ask), and what the feature says.
    pub async fn alone(&self, cx: &Cx, rule: Rule, terms: Terms, reason: &str) -> Result<ApprovalId, ApprovalFault> {
        let (this, reason, done) = (self.clone(), words(reason)?, terms.clone());
        let id = self.db.write(cx, move |tx| this.go_ahead(tx, rule, (terms, reason))).await?;
        self.rule(rule)?.carried(&done);
        Ok(id)
    }

    fn go_ahead(
        &self,
        tx: &mut WriteTx<'_>,
        rule: Rule,
        (terms, reason): (Terms, String),
    ) -> Result<ApprovalId, ApprovalFault> {
        let approvable = self.rule(rule)?;
        if !approvable.may_be_done_alone() {
            let fault = ApprovalFault::NotAlone;
            tx.note_denial(Line::denied(verb::ALONE, object(), fault.code()).fact("rule", rule.name()));
            return Err(fault);
        }
        let fresh = self.fresh(tx, rule, (terms.clone(), reason), true)?;
        let (id, hash, initiator) = (fresh.id, fresh.hash, fresh.initiator);
        store::insert(tx, fresh)?;
        approvable.carry_out(tx, &agreed(rule, hash, None), &terms)?;
        let line = Line::done(verb::ALONE, object()).about(id).about(initiator);
        tx.note(line.fact("rule", rule.name()).fact("hash", hex(&hash)));
        for (guardian, subject) in self.accounts.guardians(tx)? {
            if guardian != initiator {
                let notice = Notice::new(Kind::ApprovalAlone).what(rule.name()).about(initiator);
                notices::tell(tx, &self.vault, guardian, subject, &notice)?;
            }
        }
        Ok(id)
    }

    /// Writes what somebody found who looked at what another did alone.
    ///
    /// # Errors
    /// [`ApprovalFault::Own`]; [`ApprovalFault::Decided`] if there is a review; [`ApprovalFault::Reason`]; hidden from whoever may not.
    pub async fn review(&self, cx: &Cx, id: ApprovalId, found: &str) -> Result<(), ApprovalFault> {
        let (this, found) = (self.clone(), words(found)?);
        let reviewing = self.db.write(cx, move |tx| {
            let by = there(tx.cx())?;
            let refused = |tx: &WriteTx<'_>, fault: ApprovalFault| {
                tx.note_denial(Line::denied(verb::REVIEW, object(), fault.code()).about(id));
                Err(fault)
            };
            let Some(row) = store::find(tx, id)?.filter(|row| row.alone) else {
                return refused(tx, Denied::Hidden.into());
            };
            if row.initiator == by {
                return refused(tx, ApprovalFault::Own);
            }
            let asked = row.asked(&this.vault)?;
            if !this.may_review(tx.cx(), &row.rule, &asked.terms) {
                return refused(tx, Denied::Hidden.into());
            }
            let words = model::seal(&this.vault, (id, REVIEW), &found)?;
            if !store::review(tx, id, by, words)? {
                return Err(ApprovalFault::Decided);
            }
            tx.note(row.line(verb::REVIEW).about(by));
            this.tell(tx, row.initiator, Kind::ApprovalReviewed, &row.rule)
        });
        reviewing.await
    }

    /// Whoever could have agreed may look afterwards, and whoever watches over the workspace.
    pub(crate) fn may_review(&self, cx: &Cx, rule: &str, terms: &Terms) -> bool {
        let guards =
            cx.may::<authz::Grant>("user") || (cx.may::<authz::Read>("ledger") && cx.may::<authz::Read>("user"));
        guards || self.named(rule).is_some_and(|rule| rule.may_approve(cx, terms))
    }
}
