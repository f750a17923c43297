//! Carrying out what was agreed to: once, in the name of whoever asked.

use std::time::Duration;

use authz::Cx;
use db::{ReadTx, WriteTx};
use kernel::{Class, Fault as _};
use ledger::Line;
use notices::Kind;

use crate::loud::agreed;
use crate::model::{ApprovalId, RequestRow, State, object, verb};
use crate::{ApprovalFault, Approvals, Terms, store};

/// How long an agreement is left to whoever gave it before a schedule carries it out: the program was killed in between.
const LEFT: Duration = Duration::from_secs(30);
/// How long requests are kept when they have ended; the ledger keeps that they were.
const KEPT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// What became of an agreement, and the terms if it was carried out here.
type Carried = (State, Option<Terms>);

impl Approvals {
    /// Carries out a request that somebody agreed to, and returns where it stands then. Of many at once one does it.
    pub(crate) async fn carry_out(&self, cx: &Cx, id: ApprovalId) -> Result<State, ApprovalFault> {
        let this = self.clone();
        let asking = self.db.read(cx, move |tx| -> Result<_, ApprovalFault> {
            let Some(row) = store::find(tx, id)? else { return Ok(None) };
            Ok(Some((this.as_of(tx, row.initiator)?, row)))
        });
        let Some((initiator, row)) = asking.await? else { return Err(ApprovalFault::Void) };
        if row.state != State::Approved {
            return Ok(row.state);
        }
        let Some(initiator) = initiator else { return self.give_up(cx, row, (State::Void, "signed-out")).await };
        let this = self.clone();
        match self.db.write(&initiator, move |tx| this.carry(tx, id)).await {
            Ok((state, terms)) => {
                if let (Some(rule), Some(terms)) = (self.named(&row.rule), terms) {
                    rule.carried(&terms);
                }
                Ok(state)
            }
            // It may work in a moment: the schedule tries again.
            Err(fault) if matches!(fault.class(), Class::Unavailable) => Err(fault),
            Err(fault) => self.give_up(cx, row, (State::Failed, fault.code())).await,
        }
    }

    fn carry(&self, tx: &mut WriteTx<'_>, id: ApprovalId) -> Result<Carried, ApprovalFault> {
        if !store::claim(tx, id)? {
            tx.note(Line::failed(verb::CARRY, object(), "approval-decided").about(id));
            return Ok((store::find(tx, id)?.map_or(State::Void, |row| row.state), None));
        }
        let row = store::find(tx, id)?.ok_or(ApprovalFault::Void)?;
        let asked = row.asked(&self.vault)?;
        let (Some(rule), true) = (self.named(&row.rule), self.is_intact(&row, &asked)?) else {
            return self.void(tx, &row, "approval-void");
        };
        match self.still(tx, &row, &asked.terms) {
            Ok(()) => {}
            // The machine failed, and nobody's right did.
            Err(fault) if matches!(fault.class(), Class::Unavailable | Class::Internal) => return Err(fault),
            Err(fault) => return self.void(tx, &row, fault.code()),
        }
        let approved = agreed(rule.rule(), row.hash, row.decider);
        rule.carry_out(tx, &approved, &asked.terms)?;
        tx.note(row.line(verb::CARRY).about_each(row.decider.map(|by| by.uuid())));
        Ok((State::Done, Some(asked.terms)))
    }

    /// Asks again for both of them: that they are there, and that they may.
    fn still(&self, tx: &ReadTx<'_>, row: &RequestRow, terms: &Terms) -> Result<(), ApprovalFault> {
        let rule = self.named(&row.rule).ok_or(ApprovalFault::UnknownRule)?;
        let initiator = self.as_of(tx, row.initiator)?.ok_or(ApprovalFault::Void)?;
        rule.may_ask(tx, &initiator, terms)?;
        let decider = row.decider.filter(|by| *by != row.initiator).ok_or(ApprovalFault::Void)?;
        let decider = self.as_of(tx, decider)?.ok_or(ApprovalFault::Void)?;
        if rule.may_approve(&decider, terms) { Ok(()) } else { Err(ApprovalFault::Void) }
    }

    fn void(&self, tx: &mut WriteTx<'_>, row: &RequestRow, code: &'static str) -> Result<Carried, ApprovalFault> {
        store::unclaim(tx, row.id, code)?;
        tx.note(row.line(verb::END).fact("state", State::Void.code()).fact("why", code));
        self.tell(tx, row.initiator, Kind::ApprovalEnded, &row.rule)?;
        Ok((State::Void, None))
    }

    async fn give_up(
        &self,
        cx: &Cx,
        row: RequestRow,
        (to, code): (State, &'static str),
    ) -> Result<State, ApprovalFault> {
        let this = self.clone();
        let ending = self.db.write(cx, move |tx| -> Result<_, ApprovalFault> {
            if store::end(tx, row.id, (row.state, to), Some(code))? {
                tx.note(row.line(verb::END).fact("state", to.code()).fact("why", code));
                this.tell(tx, row.initiator, Kind::ApprovalEnded, &row.rule)?;
                return Ok(to);
            }
            tx.note(Line::failed(verb::END, object(), "approval-decided").about(row.id));
            Ok(store::find(tx, row.id)?.map_or(to, |row| row.state))
        });
        ending.await
    }

    /// Ends what nobody answered in time, and carries out what was agreed to when the program was killed. For a schedule.
    ///
    /// # Errors
    /// [`ApprovalFault`] of the machine.
    pub async fn settle(&self, cx: &Cx) -> Result<(), ApprovalFault> {
        let left = self.db.read(cx, |tx| store::left(tx, tx.now().minus(LEFT))).await?;
        for row in left {
            if row.state == State::Approved {
                self.carry_out(cx, row.id).await?;
            } else {
                self.give_up(cx, row, (State::Expired, "approval-expired")).await?;
            }
        }
        Ok(())
    }

    /// Removes requests that ended long ago. For a daily job.
    ///
    /// # Errors
    /// [`ApprovalFault`] of the machine.
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, ApprovalFault> {
        let tidying = self.db.write(cx, |tx| -> Result<_, ApprovalFault> {
            let before = tx.now().minus(KEPT);
            Ok(store::remove_old(tx, before)?)
        });
        tidying.await
    }
}
