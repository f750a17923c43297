//! Changing the key of an object.
//!
//! A new key is made, and what is sealed from then on is sealed with it. What lies there is sealed anew, batch by batch: records about nobody,
//! the keys of files on them, and rows that the program keeps for itself. The former key is kept for what cannot be written anew: the ledger,
//! and copies of the data from before.

use std::time::Duration;

use authz::{Create, Cx};
use db::{ResealPart, Resealed, Resealing, SealedTable, WriteTx};
use kernel::ObjectName;
use ledger::{Line, verbs};
use vault::{Aad, VaultFault};

use crate::act::{at_browser, may, object};
use crate::{Custody, CustodyFault};

/// Rows that are sealed anew in one transaction.
const BATCH: u64 = 100;
/// Every other process knows of a new key after so long, several times over: it asks every second.
const KNOWN: Duration = Duration::from_secs(5);

/// Rows that the program keeps for itself. What is gone within a day is not among them: questions of a sign-in that wait for an answer, and
/// rows of an export that wait to be fetched.
pub const OWN: [SealedTable; 8] = [
    approvals::SEALED,
    apps::SEALED,
    canaries::SEALED,
    exports::SEALED,
    intake::SEALED,
    proposals::SEALED,
    rescue::SEALED,
    webhooks::SEALED,
];

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectStep {
    /// Nothing is being changed.
    Idle,
    /// More is to be done.
    More(Resealing),
    /// Others must learn of the new key first, or somebody is in the way for a moment.
    Wait(Resealing),
    /// Everything of this object is sealed anew.
    Done(ObjectName),
}

fn line(of: &ObjectName, step: &'static str) -> Line {
    let line = Line::done(verbs::KEY_ROTATE, object());
    line.fact("what", "object").fact("object", of.to_string()).fact("step", step)
}

impl Custody {
    /// Changes the key of an object; [`step_object`](Self::step_object) seals anew what the former one sealed.
    ///
    /// # Errors
    /// [`CustodyFault::Denied`] without the right, a session or a fresh proof; [`CustodyFault::What`] if it has no key.
    pub async fn rotate_object(&self, cx: &Cx, of: ObjectName) -> Result<(), CustodyFault> {
        let vault = self.vault.clone();
        let beginning = self.db.write(cx, move |tx| -> Result<_, CustodyFault> {
            may::<Create>(tx, verbs::KEY_ROTATE)?;
            at_browser(tx)?;
            if tx.reseal_turn(&of)?.is_some() {
                // One after the other: each key costs those who open what is old.
                tx.note(line(&of, "joined"));
                return Ok(());
            }
            let Some((old, new)) = vault.renew_object(&of)? else { return Err(CustodyFault::What) };
            tx.reseal_begin(&of)?;
            tx.note(line(&of, "begun").about_each([old.uuid(), new.uuid()]));
            Ok(())
        });
        beginning.await
    }

    /// Seals the next of what is anew whose object got another key; blocks.
    ///
    /// # Errors
    /// [`CustodyFault`] of the machine.
    pub fn step_object(&self, cx: &Cx) -> Result<ObjectStep, CustodyFault> {
        let Some(going) = self.db.read_now(cx, |tx| tx.resealings())?.into_iter().next() else {
            return Ok(ObjectStep::Idle);
        };
        if self.db.now().since(going.since) < KNOWN {
            return Ok(ObjectStep::Wait(going));
        }
        self.vault.learn_objects();
        let (its, name) = (self.clone(), going.object);
        self.db.write_now(cx, move |tx| {
            // Another process may have ended it meanwhile.
            let Some(going) = tx.reseal_turn(&name)? else { return Ok(ObjectStep::Idle) };
            its.step_in(tx, going)
        })
    }

    /// Does the next part while nobody else has the turn.
    fn step_in(&self, tx: &mut WriteTx<'_>, going: Resealing) -> Result<ObjectStep, CustodyFault> {
        let name = going.object.clone();
        let came = match going.part {
            ResealPart::Records => self.records.reseal_some(tx, &name, BATCH)?,
            ResealPart::Files => self.attachments.reseal_some(tx, &name, BATCH)?,
            ResealPart::Own => self.reseal_own(tx, &going)?,
        };
        match (came, going.part.next()) {
            (Resealed::Busy, _) => return Ok(ObjectStep::Wait(going)),
            (Resealed::Done, Some(part)) => tx.reseal_next(&name, part)?,
            (Resealed::Done, None) => {
                tx.reseal_end(&name)?;
                tx.note(line(&name, "ended").fact("rows", going.done.to_string()));
                return Ok(ObjectStep::Done(name));
            }
            (Resealed::More, _) => {}
        }
        Ok(ObjectStep::More(tx.reseal_turn(&name)?.unwrap_or(going)))
    }

    /// Seals the next rows anew that the program keeps for itself under this object's key. A cell that was altered is left as it is.
    fn reseal_own(&self, tx: &mut WriteTx<'_>, going: &Resealing) -> Result<Resealed, CustodyFault> {
        let Some(of) = OWN.iter().find(|of| of.object == going.object.as_str()) else { return Ok(Resealed::Done) };
        tx.reseal_cells((going, of), BATCH, |(record, purpose), sealed| {
            match self.vault.seal_anew(&going.object, &Aad { object: &going.object, record, purpose }, sealed) {
                Err(VaultFault::Tampered) => Ok(None),
                anew => Ok(anew?),
            }
        })
    }
}
