//! What administrators, and the person while still signed in somewhere, decide.

use authz::{Cx, Grant, Read};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use notices::{Kind, Notice};

use crate::ask::agreed;
use crate::model::{Card, object, spoken, user, verb};
use crate::{NEEDED, Rescue, RescueFault, rules, store};

/// What became of an agreement.
enum Agreed {
    Done,
    Refused(RescueFault),
}

impl Rescue {
    /// Lists the people somebody asks for, with their requests.
    ///
    /// # Errors
    /// Denied without the right to give rights.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<Card>, RescueFault> {
        let this = self.clone();
        self.db.read(cx, move |tx| this.cards(tx)).await
    }

    fn cards(&self, tx: &ReadTx<'_>) -> Result<Vec<Card>, RescueFault> {
        if !tx.cx().may::<Grant>("user") {
            let denied = authz::Denied::Forbidden(authz::Verb::Grant);
            tx.note_denial(Line::denied(verbs::LIST, object(), denied.code()));
            return Err(denied.into());
        }
        let mut cards: Vec<Card> = Vec::new();
        for row in store::open(tx)? {
            let Some(about) = row.user else { continue };
            let request = row.view(&self.vault, store::approvals(tx, row.id)?)?;
            if let Some(card) = cards.iter_mut().find(|card| card.user == about) {
                card.requests.push(request);
                continue;
            }
            let person = self.accounts.read_person::<Read>(tx, about)?;
            let (name, email) = (person.name.clone(), person.email.clone());
            cards.push(Card { user: about, name, email, requests: vec![request] });
        }
        Ok(cards)
    }

    /// Agrees to the request whose code the person read out. With the second agreement the wait begins.
    ///
    /// # Errors
    /// [`RescueFault::WrongCode`]; [`RescueFault::AgreedAlready`]; [`RescueFault::OnOneself`]; [`RescueFault::TooManyTries`];
    /// denied without the right to give rights, or without a session.
    pub async fn approve(&self, cx: &Cx, about: UserId, code: &str) -> Result<(), RescueFault> {
        // A person who is there, not a program: a token cannot have called anybody back.
        cx.session().ok_or(accounts::AccountFault::SignedOut)?;
        let by = cx.person().ok_or(accounts::AccountFault::SignedOut)?;
        let (this, spoken) = (self.clone(), spoken(&self.vault, code));
        let agreed = self.db.write(cx, move |tx| this.agree(tx, (by, about), spoken)).await?;
        match agreed {
            Agreed::Done => Ok(()),
            Agreed::Refused(fault) => Err(fault),
        }
    }

    /// A refusal goes through as a value, so that its line and the count of tries stand.
    fn agree(
        &self,
        tx: &mut WriteTx<'_>,
        (by, about): (UserId, UserId),
        spoken: [u8; 16],
    ) -> Result<Agreed, RescueFault> {
        let _ = self.accounts.read_person::<Grant>(tx, about)?;
        let refuse = |tx: &WriteTx<'_>, fault: RescueFault| {
            tx.note(Line::denied(verb::APPROVE, user(), fault.code()).about(about));
            Ok(Agreed::Refused(fault))
        };
        if by == about {
            return refuse(tx, RescueFault::OnOneself);
        }
        if let Some(wait) = self.accounts.unheard(tx, "rescue.approve", &by.to_string())? {
            return refuse(tx, RescueFault::TooManyTries(wait));
        }
        store::take_turns(tx, about)?;
        let Some(row) = store::find_spoken(tx, about, spoken)? else { return refuse(tx, RescueFault::WrongCode) };
        if !store::approve(tx, row.id, by)? {
            return refuse(tx, RescueFault::AgreedAlready);
        }
        let so_far = store::approvals(tx, row.id)?.len();
        let line = Line::done(verb::APPROVE, object()).about(row.id).about(about);
        tx.note(line.fact("agreed", so_far.to_string()));
        if so_far >= NEEDED && row.ready_at.is_none() {
            let (ready, until) = rules::opening(tx.now(), row.strong);
            store::set_ready(tx, row.id, (ready, until))?;
            self.tell(tx, about, agreed(about, ready))?;
        }
        Ok(Agreed::Done)
    }

    /// Stops every request about somebody: for an administrator who doubts one.
    ///
    /// # Errors
    /// Denied (hidden or forbidden) without the right to give rights.
    pub async fn stop(&self, cx: &Cx, about: UserId) -> Result<(), RescueFault> {
        let this = self.clone();
        let stopping = self.db.write(cx, move |tx| {
            // To say no takes the right to say yes, and no fresh proof: stopping must be easy.
            if !tx.cx().may::<Grant>("user") {
                let denied = authz::Denied::Hidden;
                tx.note_denial(Line::denied(verb::STOP, user(), denied.code()).about(about));
                return Err(denied.into());
            }
            let _ = this.accounts.read_person::<Read>(tx, about)?;
            this.end(tx, about)
        });
        stopping.await
    }

    /// Stops every request about the person who acts: from any of their sessions, by one click.
    ///
    /// # Errors
    /// Signed out, if nobody acts.
    pub async fn stop_own(&self, cx: &Cx) -> Result<(), RescueFault> {
        let own = cx.at_browser().ok_or(accounts::AccountFault::SignedOut)?;
        let this = self.clone();
        self.db.write(cx, move |tx| this.end(tx, own)).await
    }

    fn end(&self, tx: &mut WriteTx<'_>, about: UserId) -> Result<(), RescueFault> {
        let stopped = store::end_all(tx, about, "stopped")?;
        tx.note(Line::done(verb::STOP, user()).about(about).fact("requests", stopped.to_string()));
        if stopped > 0 {
            self.tell(tx, about, |_| Notice::new(Kind::RescueStopped).about(about))?;
        }
        Ok(())
    }
}
