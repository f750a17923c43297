//! Placing, listing, releasing.

use authz::{Create, Cx, Delete, Denied, Facts, Read, permit};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, RecordId, UserId, Uuid};
use ledger::{Line, verbs};

use crate::model::{self, Canary, CanaryId};
use crate::{Canaries, CanaryFault, MOST, store};

fn facts(id: Uuid) -> Facts {
    Facts { object: model::object(), id, owner: None, team: None }
}

fn deny(tx: &ReadTx<'_>, verb: &'static str, denied: Denied) {
    tx.note_denial(Line::denied(verb, model::object(), denied.code()));
}

/// Returns the person at a browser, who has proved lately who they are.
fn at_browser(tx: &ReadTx<'_>, verb: &'static str) -> Result<UserId, Denied> {
    let there = tx.cx().at_browser().ok_or(Denied::Hidden);
    let proved = there.and_then(|user| tx.cx().dare().map(|()| user));
    proved.inspect_err(|denied| deny(tx, verb, *denied))
}

impl Canaries {
    /// Makes a contact a canary. Its own history does not tell.
    ///
    /// # Errors
    /// [`CanaryFault::Denied`] without the right, a session or a fresh proof; [`CanaryFault::Contact`]; [`CanaryFault::There`];
    /// [`CanaryFault::Most`].
    pub async fn place(&self, cx: &Cx, contact: RecordId) -> Result<CanaryId, CanaryFault> {
        let its = self.clone();
        self.db.write(cx, move |tx| its.place_in(tx, contact)).await
    }

    fn place_in(&self, tx: &mut WriteTx<'_>, contact: RecordId) -> Result<CanaryId, CanaryFault> {
        let id: CanaryId = tx.new_id();
        let permitted = permit::<Create>(tx.cx(), facts(id.uuid()));
        let _ = permitted.inspect_err(|denied| deny(tx, verbs::CREATE, *denied))?;
        let by = at_browser(tx, verbs::CREATE)?;
        if !store::is_contact(tx, contact)? {
            return Err(CanaryFault::Contact);
        }
        let known = store::all(tx)?;
        if known.len() >= MOST {
            return Err(CanaryFault::Most);
        }
        for other in &known {
            if other.contact(&self.vault)? == contact {
                return Err(CanaryFault::There);
            }
        }
        // What was done with it before it was one is nobody's fault; what is not placed yet counts.
        let place = sequence::size(tx)?;
        store::insert(tx, (id, by), model::seal(&self.vault, id, contact)?, place)?;
        tx.note(Line::done(verbs::CREATE, model::object()).about(id));
        Ok(id)
    }

    /// Lists all, the newest first, with who touched them.
    ///
    /// # Errors
    /// [`CanaryFault::Denied`] without the right.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<Canary>, CanaryFault> {
        let its = self.clone();
        self.db.read(cx, move |tx| its.list_in(tx)).await
    }

    fn list_in(&self, tx: &ReadTx<'_>) -> Result<Vec<Canary>, CanaryFault> {
        let _ = permit::<Read>(tx.cx(), facts(Uuid::nil())).inspect_err(|denied| deny(tx, verbs::LIST, *denied))?;
        let mut canaries = Vec::new();
        for kept in store::all(tx)? {
            let (contact, touches) = (kept.contact(&self.vault)?, store::touches(tx, kept.id)?);
            canaries.push(Canary { id: kept.id, contact, by: kept.by, at: kept.at, touches });
        }
        tx.note(Line::done(verbs::LIST, model::object()).about_each(canaries.iter().map(|canary| canary.id.uuid())));
        Ok(canaries)
    }

    /// Makes a canary a contact like any other again.
    ///
    /// # Errors
    /// [`CanaryFault::Denied`] without the right, a session or a fresh proof, or if there is none.
    pub async fn release(&self, cx: &Cx, id: CanaryId) -> Result<(), CanaryFault> {
        let releasing = self.db.write(cx, move |tx| -> Result<_, CanaryFault> {
            let _ =
                permit::<Delete>(tx.cx(), facts(id.uuid())).inspect_err(|denied| deny(tx, verbs::DELETE, *denied))?;
            at_browser(tx, verbs::DELETE)?;
            if !store::remove(tx, id)? {
                return Err(Denied::Hidden.into());
            }
            tx.note(Line::done(verbs::DELETE, model::object()).about(id));
            Ok(())
        });
        releasing.await
    }
}
