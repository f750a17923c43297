//! Changing the key of an object.
//!
//! A new key is made, and what is sealed from then on is sealed with it. Records about nobody are sealed anew, batch by batch. The former
//! key is kept, and opens what the ledger, files on records and the program's own rows hold: none of these is written anew.

use std::time::Duration;

use authz::{Create, Cx};
use db::Resealing;
use kernel::ObjectName;
use ledger::{Line, verbs};
use records::Resealed;

use crate::act::{at_browser, may, object};
use crate::{Custody, CustodyFault};

/// Records that are sealed anew in one transaction.
const BATCH: u64 = 100;
/// Every other process knows of a new key after so long, several times over: it asks every second.
const KNOWN: Duration = Duration::from_secs(5);

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
    /// Changes the key of an object; [`step_object`](Self::step_object) seals its records anew.
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

    /// Seals the next records anew whose object got another key; blocks.
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
        let (records, name) = (self.records.clone(), going.object.clone());
        self.db.write_now(cx, move |tx| -> Result<_, CustodyFault> {
            match records.reseal_some(tx, &name, BATCH)? {
                Resealed::More => Ok(ObjectStep::More(tx.reseal_turn(&name)?.unwrap_or(going))),
                Resealed::Busy => Ok(ObjectStep::Wait(going)),
                Resealed::Done => {
                    tx.reseal_end(&name)?;
                    tx.note(line(&name, "ended").fact("records", going.done.to_string()));
                    Ok(ObjectStep::Done(name))
                }
            }
        })
    }
}
