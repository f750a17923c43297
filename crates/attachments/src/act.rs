//! Listing, removing, taking back, and what goes for good.

use std::collections::BTreeSet;
use std::time::Duration;

use authz::{Cx, Denied, FieldRule, Read, Update};
use db::{DbFault, Permitted, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, RecordId, SubjectId};
use ledger::{ActorRef, Filed, Line, verbs};
use records::{Record, RecordRef};
use vault::VaultFault;

use crate::model::{self, Kept, Opened, State};
use crate::{Attachment, AttachmentFault, AttachmentId, Attachments, MOST, store};

/// What was removed can be taken back for so long.
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What files are called where rights speak of fields. No object has a field of this name.
const FIELD: &str = "attachments";

/// The verbs of its lines.
pub(crate) mod verb {
    pub(crate) const ATTACH: &str = "attach";
    pub(crate) const FETCH: &str = "attachment-fetch";
    pub(crate) const REMOVE: &str = "attachment-remove";
    pub(crate) const RESTORE: &str = "attachment-restore";
}

/// Tells whether files of an object's records exist for whoever acts: a token that is kept to some fields sees those and no more.
pub(crate) fn sees(cx: &Cx, object: &ObjectName) -> bool {
    !matches!(cx.rights().charter().field(object.as_str(), FIELD), Some(FieldRule::Hidden | FieldRule::Masked))
}

fn line(verb: &'static str, at: &RecordRef, id: AttachmentId) -> Line {
    Line::done(verb, at.object.clone()).about(at.id).about(id)
}

impl Attachments {
    /// Lists what is on a record that the actor sees, the newest first. One that was altered outside of the program stands
    /// there without a name.
    ///
    /// # Errors
    /// [`AttachmentFault`] of the machine.
    pub fn list_in(
        &self,
        tx: &ReadTx<'_>,
        record: &Permitted<Record, Read>,
    ) -> Result<Vec<Attachment>, AttachmentFault> {
        if !sees(tx.cx(), &record.at().object) {
            return Ok(Vec::new());
        }
        let kept = store::on(tx, record.record_id())?;
        let shown = kept.iter().filter_map(|kept| kept.listed(&self.vault).transpose());
        Ok(shown.collect::<Result<_, _>>()?)
    }

    /// Opens a record to add something to it or take something away.
    pub(crate) fn open(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Update>, AttachmentFault> {
        if sees(tx.cx(), &at.object) {
            return Ok(self.records.open_to_hang_on(tx, at)?);
        }
        tx.note_denial(Line::denied(verb::ATTACH, at.object.clone(), Denied::Hidden.code()).about(at.id));
        Err(Denied::Hidden.into())
    }

    /// Finds a file on a record that the actor may see, and opens what is sealed beside it. One that was altered, or is an older one than
    /// the ledger knows, is refused with a line.
    pub(crate) fn find(
        &self,
        tx: &ReadTx<'_>,
        (at, id): (&RecordRef, AttachmentId),
        (verb, state): (&'static str, State),
    ) -> Result<(Kept, Opened), AttachmentFault> {
        // First: a row that is read behind it is never older for that.
        let said = sequence::filed(tx, id.uuid())?;
        let found = store::find(tx, at.id, id)?.filter(|kept| sees(tx.cx(), &at.object) && !kept.is_coming());
        let Some(kept) = found else { return Err(missing(tx, verb, at, id)) };
        let newest = match said {
            Some(Filed::As(version)) => kept.version >= version,
            Some(Filed::Gone) => false,
            // It was brought a moment ago, and its line has no place yet.
            None => true,
        };
        match kept.open(&self.vault) {
            Ok(opened) if newest && kept.state == state => Ok((kept, opened)),
            Ok(_) if newest => Err(missing(tx, verb, at, id)),
            Err(VaultFault::Destroyed) => Err(missing(tx, verb, at, id)),
            Ok(_) | Err(VaultFault::Tampered) => Err(damaged(tx, at, id)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Writes the row of a file that was opened in another state.
    fn turn(&self, tx: &mut WriteTx<'_>, mut kept: Kept, state: State) -> Result<i64, AttachmentFault> {
        let over = kept.version;
        kept.removed_at = (state == State::Removed).then(|| tx.now());
        (kept.state, kept.version) = (state, over + 1);
        if store::write(tx, self.vault.marker(), (&kept, over))? {
            Ok(kept.version)
        } else {
            Err(DbFault::Stale.into())
        }
    }

    /// Asks whether one may be added to a record, before anybody sends it.
    ///
    /// # Errors
    /// As if the record was changed.
    pub async fn may_attach(&self, cx: &Cx, at: RecordRef) -> Result<(), AttachmentFault> {
        let this = self.clone();
        self.db.read(cx, move |tx| this.open(tx, &at).map(|_| ())).await
    }

    /// Removes one. It can be taken back for a month.
    ///
    /// # Errors
    /// As if the record was changed; hidden if it is not there.
    pub async fn remove(&self, cx: &Cx, at: RecordRef, id: AttachmentId) -> Result<(), AttachmentFault> {
        let this = self.clone();
        let removing = self.db.write(cx, move |tx| {
            let _ = this.open(tx, &at)?;
            let (kept, _) = this.find(tx, (&at, id), (verb::REMOVE, State::Kept))?;
            let version = this.turn(tx, kept, State::Removed)?;
            tx.note(Filed::As(version).on(line(verb::REMOVE, &at, id)));
            Ok(())
        });
        removing.await
    }

    /// Takes one back.
    ///
    /// # Errors
    /// As [`remove`](Self::remove); [`AttachmentFault::Many`] if others took its place.
    pub async fn restore(&self, cx: &Cx, at: RecordRef, id: AttachmentId) -> Result<(), AttachmentFault> {
        let this = self.clone();
        let restoring = self.db.write(cx, move |tx| {
            let user = tx.cx().person().ok_or(Denied::Hidden)?;
            let _ = this.open(tx, &at)?;
            store::one_at_a_time(tx, user)?;
            if store::held(tx, at.id, user)?.on_record >= MOST {
                return Err(AttachmentFault::Many);
            }
            let (kept, _) = this.find(tx, (&at, id), (verb::RESTORE, State::Removed))?;
            let version = this.turn(tx, kept, State::Kept)?;
            tx.note(Filed::As(version).on(line(verb::RESTORE, &at, id)));
            Ok(())
        });
        restoring.await
    }

    /// Destroys what is sealed for somebody and what is on these records, and returns how many files there were. For whoever
    /// erases them, in the same transaction.
    ///
    /// # Errors
    /// [`AttachmentFault`] of the machine.
    pub fn forget(
        &self,
        tx: &mut WriteTx<'_>,
        subject: SubjectId,
        records: impl IntoIterator<Item = RecordId>,
    ) -> Result<u64, AttachmentFault> {
        let mut gone: BTreeSet<AttachmentId> = store::about(tx, subject)?.into_iter().collect();
        for record in records {
            gone.extend(store::every(tx, record)?);
        }
        for id in &gone {
            store::destroy(tx, *id)?;
        }
        if !gone.is_empty() {
            tx.note(destroyed(gone.iter().copied(), "somebody was erased"));
        }
        Ok(gone.len() as u64)
    }

    /// Destroys what was removed a month ago, and what never came to its end. For a schedule.
    ///
    /// # Errors
    /// Hidden from everybody but the program itself; [`AttachmentFault`] of the machine.
    pub async fn tidy(&self, cx: &Cx) -> Result<(), AttachmentFault> {
        if cx.actor() != ActorRef::System {
            return Err(Denied::Hidden.into());
        }
        loop {
            let tidying = self.db.write(cx, |tx| -> Result<_, AttachmentFault> {
                let due = store::due(tx, tx.now().minus(MONTH))?;
                for id in &due {
                    store::destroy(tx, *id)?;
                }
                if !due.is_empty() {
                    tx.note(destroyed(due.iter().copied(), "its time is up"));
                }
                Ok(due.len())
            });
            if tidying.await? == 0 {
                return Ok(());
            }
        }
    }
}

/// Says that files are gone for good.
fn destroyed(ids: impl Iterator<Item = AttachmentId>, why: &'static str) -> Line {
    let line = Line::done(verb::REMOVE, model::object()).about_each(ids.map(kernel::Id::uuid));
    Filed::Gone.on(line.fact("why", why))
}

fn missing(tx: &ReadTx<'_>, verb: &'static str, at: &RecordRef, id: AttachmentId) -> AttachmentFault {
    tx.note_denial(Line::denied(verb, at.object.clone(), Denied::Hidden.code()).about(at.id).about(id));
    Denied::Hidden.into()
}

/// Says that a file is not as it was brought.
pub(crate) fn damaged(tx: &ReadTx<'_>, at: &RecordRef, id: AttachmentId) -> AttachmentFault {
    let line = Line::failed(verbs::DAMAGE, at.object.clone(), AttachmentFault::Damaged.code());
    tx.note_denial(line.about(at.id).about(id).fact("file", "damaged"));
    AttachmentFault::Damaged
}
