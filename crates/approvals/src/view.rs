//! What somebody sees of requests.

use authz::{Cx, Denied};
use db::ReadTx;
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};

use crate::ask::there;
use crate::model::{ApprovalId, Request, RequestRow, object};
use crate::{ApprovalFault, Approvals, store};

/// The most requests of a list.
pub const LISTED: u32 = 100;

/// What lies in front of somebody.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// What waits for them: to be answered, or to be reviewed.
    pub waiting: Vec<Request>,
    /// What they asked for.
    pub own: Vec<Request>,
    /// What is over, of what they might have decided.
    pub over: Vec<Request>,
}

impl Approvals {
    /// Lists what waits for the person who acts, and what they asked for.
    ///
    /// # Errors
    /// Signed out, if nobody is there; forbidden to a token.
    pub async fn desk(&self, cx: &Cx) -> Result<Desk, ApprovalFault> {
        let this = self.clone();
        let listing = self.db.read(cx, move |tx| -> Result<_, ApprovalFault> {
            let person = there(tx.cx())?;
            let mut desk = Desk::default();
            for row in store::waiting(tx, LISTED)? {
                desk.waiting.extend(this.for_other(tx, row, person)?);
            }
            for row in store::of(tx, person, LISTED)? {
                desk.own.push(this.shown(tx, &row)?);
            }
            for row in store::decided(tx, LISTED)? {
                desk.over.extend(this.for_other(tx, row, person)?);
            }
            let ids = [&desk.waiting, &desk.own, &desk.over].into_iter().flatten().map(|request| request.id.uuid());
            tx.note(Line::done(verbs::LIST, object()).about_each(ids));
            Ok(desk)
        });
        listing.await
    }

    fn shown(&self, tx: &ReadTx<'_>, row: &RequestRow) -> Result<Request, ApprovalFault> {
        let asked = row.asked(&self.vault)?;
        row.view(&self.vault, asked, tx.now())
    }

    /// Shows a request to somebody who may agree to it, or review it.
    fn for_other(&self, tx: &ReadTx<'_>, row: RequestRow, person: UserId) -> Result<Option<Request>, ApprovalFault> {
        if row.initiator == person {
            return Ok(None);
        }
        let asked = row.asked(&self.vault)?;
        let may = self.may_see(tx.cx(), &row, &asked.terms);
        if may { row.view(&self.vault, asked, tx.now()).map(Some) } else { Ok(None) }
    }

    fn may_see(&self, cx: &Cx, row: &RequestRow, terms: &crate::Terms) -> bool {
        let may = self.named(&row.rule).is_some_and(|rule| rule.may_approve(cx, terms));
        may || (row.alone && self.may_review(cx, &row.rule, terms))
    }

    /// Counts what waits for the person who acts; of a program, nothing does.
    ///
    /// # Errors
    /// [`ApprovalFault`] of the machine.
    pub async fn count(&self, cx: &Cx) -> Result<usize, ApprovalFault> {
        let Ok(person) = there(cx) else { return Ok(0) };
        let this = self.clone();
        let counting = self.db.read(cx, move |tx| -> Result<_, ApprovalFault> {
            let mut count = 0;
            // Of every page: only what another asked for is opened.
            for row in store::waiting(tx, LISTED)?.into_iter().filter(|row| row.initiator != person) {
                let asked = row.asked(&this.vault)?;
                count += usize::from(this.may_see(tx.cx(), &row, &asked.terms));
            }
            Ok(count)
        });
        counting.await
    }

    /// Shows one request: to whoever asked, and to whoever may agree.
    ///
    /// # Errors
    /// Hidden, from everybody else.
    pub async fn read(&self, cx: &Cx, id: ApprovalId) -> Result<Request, ApprovalFault> {
        let this = self.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, ApprovalFault> {
            let person = there(tx.cx())?;
            let hidden = |tx: &ReadTx<'_>| {
                tx.note_denial(Line::denied(verbs::READ, object(), Denied::Hidden.code()).about(id));
                ApprovalFault::from(Denied::Hidden)
            };
            let row = store::find(tx, id)?.ok_or_else(|| hidden(tx))?;
            let request = if row.initiator == person {
                this.shown(tx, &row)?
            } else {
                this.for_other(tx, row, person)?.ok_or_else(|| hidden(tx))?
            };
            tx.note(Line::done(verbs::READ, object()).about(id));
            Ok(request)
        });
        reading.await
    }
}
