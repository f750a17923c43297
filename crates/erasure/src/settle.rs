//! What follows a beginning, in steps of which each can be the last of a program.

use std::time::Duration;

use authz::{Cx, Denied};
use db::WriteTx;
use kernel::Timestamp;
use ledger::{ActorRef, Line, LogName, verbs};
use vault::VaultFault;

use crate::certificate::Certificate;
use crate::model::{Erasure, State, object};
use crate::{ErasureFault, Erasures, store};

/// So long after the key is destroyed another process may still seal with it: it learns of it within two seconds.
pub const WAIT: Duration = Duration::from_secs(5);

/// What the steps need to know of the house.
#[derive(Clone, Debug)]
pub struct Settling {
    /// The name under which certificates are signed: the ledger's.
    pub name: LogName,
    /// How long backups of the keyring are kept.
    pub backups: Duration,
}

impl Erasures {
    /// Takes every erasing that is not done as far as it goes, and returns how many are left. Blocks; only for the program itself.
    ///
    /// # Errors
    /// Hidden from everybody else; [`ErasureFault`] of the machine: the next call goes on.
    pub fn settle(&self, cx: &Cx, settling: &Settling) -> Result<usize, ErasureFault> {
        if cx.actor() != ActorRef::System {
            return Err(Denied::Hidden.into());
        }
        let open = self.db.read_now(cx, store::open)?;
        if open.is_empty() {
            return Ok(0);
        }
        self.destroy(cx, of(&open, State::Begun))?;
        let open = self.db.read_now(cx, store::open)?;
        let now = self.db.now();
        let ripe = |erasure: &&Erasure| erasure.live_at.is_some_and(|live| live.plus(WAIT) <= now);
        for erasure in of(&open, State::Keyless).filter(ripe) {
            let (this, erasure) = (self.clone(), erasure.clone());
            self.db.write_now(cx, move |tx| this.sweep(tx, &erasure))?;
        }
        let open = self.db.read_now(cx, store::open)?;
        // One scrubbing for all of them: it goes through the whole index.
        if of(&open, State::Swept).next().is_none() || !self.db.scrub_now(&self.records.tables())? {
            return Ok(open.len());
        }
        let (mut left, backups) = (open.len(), settling.backups);
        for erasure in of(&open, State::Swept) {
            let (this, erasure, name) = (self.clone(), erasure.clone(), settling.name.clone());
            self.db.write_now(cx, move |tx| this.certify(tx, &erasure, (&name, backups)))?;
            left -= 1;
        }
        Ok(left)
    }

    /// Destroys keys, and makes sure that the keyring's files hold none of them, before it is written down that they are gone.
    fn destroy<'e>(&self, cx: &Cx, begun: impl Iterator<Item = &'e Erasure>) -> Result<(), ErasureFault> {
        let begun: Vec<&Erasure> = begun.collect();
        for erasure in &begun {
            match self.vault.destroy_subject(erasure.subject) {
                // A program that was killed behind this had done it.
                Ok(()) | Err(VaultFault::Destroyed) => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        if !begun.is_empty() {
            // Somebody may have looked at them between their erasing and its commit.
            self.records.forget_orders();
            self.vault.scrub()?;
        }
        for erasure in begun {
            let id = erasure.id;
            self.db.write_now(cx, move |tx| -> Result<_, ErasureFault> {
                if store::keyless(tx, id)? {
                    tx.note(Line::done(verbs::ERASE, object()).about(id).fact("state", State::Keyless.code()));
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn sweep(&self, tx: &mut WriteTx<'_>, erasure: &Erasure) -> Result<(), ErasureFault> {
        let swept = self.records.sweep_subject(tx, &erasure.record.object, erasure.subject)?;
        let swept = swept + self.attachments.forget(tx, erasure.subject, [erasure.record.id])?;
        if store::swept(tx, erasure.id)? {
            let line = Line::done(verbs::ERASE, object()).about(erasure.id).fact("state", State::Swept.code());
            tx.note(line.fact("late", swept.to_string()));
        }
        Ok(())
    }

    fn certify(
        &self,
        tx: &mut WriteTx<'_>,
        erasure: &Erasure,
        (name, backups): (&LogName, Duration),
    ) -> Result<(), ErasureFault> {
        let live: Timestamp = erasure.live_at.ok_or(db::DbFault::Shape(10))?;
        let certificate = Certificate::of(erasure, (live, live.plus(backups)), tx.now());
        let note = certificate.sign(name, self.vault.signer())?;
        if store::end(tx, erasure.id, &note)? {
            let line = Line::done(verbs::ERASE, object()).about(erasure.id).about(erasure.record.id);
            tx.note(line.fact("state", State::Done.code()).fact("certificate", certificate.digest(&note)));
        }
        Ok(())
    }
}

fn of(open: &[Erasure], state: State) -> impl Iterator<Item = &Erasure> {
    open.iter().filter(move |erasure| erasure.state == state)
}
