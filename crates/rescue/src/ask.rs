//! Asking, and finding out who asked.

use authz::Cx;
use crypto::{LinkToken, Secret};
use db::WriteTx;
use kernel::{Email, Timestamp, UserId};
use ledger::{ActorRef, Line, verbs};
use notices::{Kind, Notice};

use crate::model::{NewRequest, Origin, RequestRow, code_of, object, spoken, user, verb};
use crate::{LASTS, NEEDED, Rescue, RescueFault, rules, store};

/// What somebody asks with.
pub struct Asking {
    /// The e-mail address as typed.
    pub email: String,
    /// A recovery code, if there is one left: it shortens the wait.
    pub recovery: Secret<String>,
}

impl Rescue {
    /// Leaves a request. Whether anybody has the address changes neither the answer nor the work: that is found out later.
    ///
    /// # Errors
    /// [`RescueFault::TooManyTries`], by network and by address, whoever has it.
    pub async fn ask(&self, cx: &Cx, asking: Asking) -> Result<NewRequest, RescueFault> {
        let this = self.clone();
        let asked = self.db.write(cx, move |tx| this.leave(tx, &asking)).await?;
        asked.map_err(RescueFault::TooManyTries)
    }

    fn leave(
        &self,
        tx: &mut WriteTx<'_>,
        asking: &Asking,
    ) -> Result<Result<NewRequest, std::time::Duration>, RescueFault> {
        let email = Email::parse(&asking.email).ok();
        let folded = email.as_ref().map_or_else(|| asking.email.trim().to_lowercase(), Email::folded);
        if let Some(wait) = self.accounts.unheard(tx, "rescue", &folded)? {
            return Ok(Err(wait));
        }
        let recovery = self.accounts.recovery_hash(&asking.recovery);
        let (id, expires_at) = (tx.new_id(), tx.now().plus(LASTS));
        let new = self.make(tx, (id, expires_at), (self.accounts.blind_email(&folded), recovery))?;
        tx.note(Line::done(verb::ASK, object()).about(id));
        Ok(Ok(new))
    }

    fn make(
        &self,
        tx: &mut WriteTx<'_>,
        (id, expires_at): (crate::model::RescueId, Timestamp),
        (email_blind, recovery_hash): ([u8; 16], Option<[u8; 32]>),
    ) -> Result<NewRequest, RescueFault> {
        let token = LinkToken::generate(tx.chance());
        let code = code_of(&self.vault, &token);
        let hash = self.vault.token_hash(token.expose_bytes());
        let sealed = Origin::of(tx.cx()).seal(&self.vault, id)?;
        let spoken = spoken(&self.vault, &code);
        store::insert(tx, store::Fresh { id, email_blind, hash, spoken, recovery_hash, sealed, expires_at })?;
        Ok(NewRequest { token: Secret::new(String::clone(&token.reveal())), code })
    }

    /// Returns the code that belongs to a link, for the page behind it. It is the same whether anybody asked for it or not.
    #[must_use]
    pub fn code_of(&self, token: &str) -> Option<String> {
        LinkToken::parse(token).ok().map(|token| code_of(&self.vault, &token))
    }

    /// Finds out whose the new requests are, and tells them and the administrators. For a job that runs every second.
    ///
    /// # Errors
    /// [`RescueFault`] of the machine.
    pub async fn settle(&self, cx: &Cx) -> Result<(), RescueFault> {
        let waiting = self.db.read(cx, store::unsettled).await?;
        for row in waiting {
            let this = self.clone();
            self.db.write(cx, move |tx| this.settle_one(tx, &row)).await?;
        }
        Ok(())
    }

    fn settle_one(&self, tx: &mut WriteTx<'_>, row: &RequestRow) -> Result<(), RescueFault> {
        let Some(known) = self.accounts.active_by_email(tx, row.email_blind)? else {
            if store::end(tx, row.id, "nobody")? {
                tx.note(Line::failed(verb::SETTLE, object(), "nobody-there").about(row.id));
            }
            return Ok(());
        };
        let strong = match row.recovery_hash {
            Some(hash) => self.accounts.spend_recovery(tx, known, hash)?,
            None => false,
        };
        if !store::settle(tx, row.id, (known, strong))? {
            return Ok(());
        }
        let line = Line::done(verb::SETTLE, object()).about(row.id).about(known);
        tx.note(line.fact("recovery-code", if strong { "right" } else { "none" }));
        let (agent, ip) = row.place(&self.vault)?;
        self.tell(tx, known, |own| {
            let kind = if own { Kind::RescueAsked } else { Kind::RescueToApprove };
            Notice::new(kind).about(known).asked_from(agent.clone(), ip.clone())
        })
    }

    /// Tells the person (`true`) and every administrator.
    pub(crate) fn tell(
        &self,
        tx: &mut WriteTx<'_>,
        person: UserId,
        notice: impl Fn(bool) -> Notice,
    ) -> Result<(), RescueFault> {
        let subject = self.accounts.subject_of(tx, person)?;
        notices::tell(tx, &self.vault, person, subject, &notice(true))?;
        for (administrator, subject) in self.accounts.administrators(tx)? {
            if administrator != person {
                notices::tell(tx, &self.vault, administrator, subject, &notice(false))?;
            }
        }
        Ok(())
    }

    /// Makes a request that no administrator need agree to, because there are not two who could, and returns its link. It
    /// waits like every other. Only whoever has the machine is told one.
    ///
    /// # Errors
    /// [`RescueFault::AskAdministrators`] if there are two others; [`accounts::AccountFault::NobodyThere`].
    pub async fn by_operator(&self, cx: &Cx, email: &str) -> Result<(NewRequest, Timestamp), RescueFault> {
        if !matches!(cx.actor(), ActorRef::Operator | ActorRef::System) {
            return Err(authz::Denied::Hidden.into());
        }
        let (this, email) = (self.clone(), email.to_owned());
        self.db.write(cx, move |tx| this.bypass(tx, &email)).await
    }

    fn bypass(&self, tx: &mut WriteTx<'_>, email: &str) -> Result<(NewRequest, Timestamp), RescueFault> {
        let nobody = || RescueFault::Account(accounts::AccountFault::NobodyThere);
        let folded = Email::parse(email).map(|email| email.folded()).map_err(|_| nobody())?;
        let blind = self.accounts.blind_email(&folded);
        let person = self.accounts.active_by_email(tx, blind)?.ok_or_else(nobody)?;
        let others = self.accounts.administrators(tx)?.into_iter().filter(|(id, _)| *id != person).count();
        if others >= NEEDED {
            return Err(RescueFault::AskAdministrators);
        }
        let id = tx.new_id();
        let (ready, until) = rules::opening(tx.now(), false);
        let new = self.make(tx, (id, until), (blind, None))?;
        store::settle(tx, id, (person, false))?;
        store::set_ready(tx, id, (ready, until))?;
        let line = Line::done(verb::APPROVE, object()).about(id).about(person);
        tx.note(line.fact("why", "fewer than two administrators"));
        tx.note(Line::done(verbs::APPROVAL_GRANT, user()).about(person));
        self.tell(tx, person, agreed(person, ready))?;
        Ok((new, ready))
    }
}

/// Makes the notice that enough have agreed.
pub(crate) fn agreed(person: UserId, ready: Timestamp) -> impl Fn(bool) -> Notice {
    move |own| {
        let kind = if own { Kind::RescueApproved } else { Kind::RescueAgreed };
        Notice::new(kind).about(person).until(ready)
    }
}
