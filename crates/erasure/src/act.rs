//! Looking at what would go, and beginning.

use std::collections::BTreeSet;

use approvals::Terms;
use authz::{Approved, Cx, Denied, Erase, Verb};
use db::{Permitted, ReadTx, WriteTx};
use kernel::{Fault as _, SubjectId, UserId};
use ledger::{Line, verbs};
use records::record::Wake;
use records::{Record, RecordFault, RecordRef};

use crate::model::{BASES, Erasure, ErasureId, Gone, State, object};
use crate::{ErasureFault, Erasures, Hold, RULE, store};

/// What would go.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How much.
    pub gone: Gone,
    /// The hold that stops it.
    pub hold: Option<Hold>,
}

/// Returns the person who is there, in a session: no program erases anybody, or holds anything.
pub(crate) fn there(tx: &ReadTx<'_>, at: &RecordRef) -> Result<UserId, Denied> {
    tx.cx().at_browser().ok_or_else(|| {
        let denied = Denied::Forbidden(Verb::Erase);
        tx.note_denial(Line::denied(verbs::ERASE, at.object.clone(), denied.code()).about(at.id));
        denied
    })
}

impl Erasures {
    /// Opens a record to erase it.
    pub(crate) fn open(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Permitted<Record, Erase>, ErasureFault> {
        Ok(self.records.open_to_erase(tx, at)?)
    }

    /// Returns whose key seals a record.
    pub(crate) fn subject(&self, record: &Permitted<Record, Erase>) -> Result<SubjectId, ErasureFault> {
        match record.subject() {
            Some(subject) if record.definition().subject => Ok(subject),
            None if record.definition().subject => Err(RecordFault::Erased.into()),
            _ => Err(ErasureFault::NobodyThere),
        }
    }

    fn look(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<Wake, ErasureFault> {
        let subject = self.subject(&self.open(tx, at)?)?;
        Ok(self.records.wake_of(tx, at, subject)?)
    }

    /// Says what would go, and what stands against it.
    ///
    /// # Errors
    /// Denied without the right or a fresh proof; [`ErasureFault::NobodyThere`] if it is no person.
    pub async fn preview(&self, cx: &Cx, at: RecordRef) -> Result<Preview, ErasureFault> {
        let this = self.clone();
        let looking = self.db.read(cx, move |tx| -> Result<_, ErasureFault> {
            there(tx, &at)?;
            let wake = this.look(tx, &at)?;
            tx.note(Line::done(verbs::READ, object()).about(at.id));
            Ok(Preview { gone: Gone::of(&wake), hold: this.hold_in(tx, at.id)? })
        });
        looking.await
    }

    /// Returns exactly what a second person agrees to.
    ///
    /// # Errors
    /// As [`preview`](Self::preview); [`ErasureFault::Held`]; [`ErasureFault::Basis`].
    pub async fn terms(&self, cx: &Cx, at: RecordRef, basis: &str) -> Result<Terms, ErasureFault> {
        let (this, basis) = (self.clone(), basis.to_owned());
        let looking = self.db.read(cx, move |tx| -> Result<_, ErasureFault> {
            there(tx, &at)?;
            tx.note(Line::done(verbs::READ, object()).about(at.id));
            this.terms_in(tx, &at, &basis)
        });
        looking.await
    }

    pub(crate) fn terms_in(&self, tx: &ReadTx<'_>, at: &RecordRef, basis: &str) -> Result<Terms, ErasureFault> {
        if !BASES.contains(&basis) {
            return Err(ErasureFault::Basis);
        }
        let wake = self.look(tx, at)?;
        self.unheld(tx, at)?;
        let terms = Terms::new().word("object", at.object.as_str()).word("basis", basis).count("records", wake.count());
        Ok(terms.id("record", at.id.uuid()))
    }

    fn unheld(&self, tx: &ReadTx<'_>, at: &RecordRef) -> Result<(), ErasureFault> {
        if store::hold_of(tx, at.id)?.is_some() {
            tx.note_denial(Line::denied(verbs::ERASE, at.object.clone(), ErasureFault::Held.code()).about(at.id));
            return Err(ErasureFault::Held);
        }
        Ok(())
    }

    /// Writes the intent down and empties the rows, in one transaction: from here on nobody sees the person, and the rest
    /// happens whatever happens to the program.
    pub(crate) fn begin(
        &self,
        tx: &mut WriteTx<'_>,
        (at, basis): (&RecordRef, &str),
        approved: &Approved,
    ) -> Result<ErasureId, ErasureFault> {
        if approved.rule() != RULE {
            return Err(Denied::NeedsApproval(RULE).into());
        }
        let user = tx.cx().person().ok_or(Denied::Forbidden(Verb::Erase))?;
        tx.take_turns()?;
        self.unheld(tx, at)?;
        let id: ErasureId = tx.new_id();
        let (subject, wake) = self.records.erase_record(tx, at)?;
        let mut gone = Gone::of(&wake);
        gone.exports = self.exports.withdraw(tx, &wake.ids().collect::<BTreeSet<_>>())?;
        gone.imports = self.records.withdraw_imports(tx)?;
        gone.files = self.attachments.forget(tx, subject, wake.ids())?;
        store::clear_holds(tx, at.id)?;
        let (began_at, record, basis) = (tx.now(), at.clone(), basis.to_owned());
        let rows = gone.rows().to_string();
        let line = Line::done(verbs::ERASE, object()).about(id).about(at.id).fact("state", State::Begun.code());
        let line = line.fact("basis", basis.clone()).fact("rows", rows);
        let agreed_by = approved.by();
        let (state, live_at, done_at, certificate) = (State::Begun, None, None, None);
        let erasure = Erasure {
            id,
            record,
            subject,
            basis,
            user,
            agreed_by,
            state,
            gone,
            began_at,
            live_at,
            done_at,
            certificate,
        };
        store::insert(tx, &erasure)?;
        tx.note(line);
        Ok(id)
    }

    /// Whoever may erase somebody sees what was erased.
    fn may_look(&self, tx: &ReadTx<'_>) -> Result<(), ErasureFault> {
        let may = |object: &records::Object| object.subject && tx.cx().may::<Erase>(object.name.as_str());
        if self.records.objects().iter().any(|object| may(object)) {
            return Ok(());
        }
        tx.note_denial(Line::denied(verbs::READ, object(), Denied::Hidden.code()));
        Err(Denied::Hidden.into())
    }

    /// Lists who was erased, by nothing but ids; the newest first.
    ///
    /// # Errors
    /// Hidden from whoever may erase nobody.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<Erasure>, ErasureFault> {
        let this = self.clone();
        let listing = self.db.read(cx, move |tx| -> Result<_, ErasureFault> {
            this.may_look(tx)?;
            let all = store::all(tx)?;
            tx.note(Line::done(verbs::LIST, object()).about_each(all.iter().map(|one| one.id.uuid())));
            Ok(all)
        });
        listing.await
    }

    /// Shows one.
    ///
    /// # Errors
    /// Hidden from whoever may erase nobody, or if there is none.
    pub async fn read(&self, cx: &Cx, id: ErasureId) -> Result<Erasure, ErasureFault> {
        let this = self.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, ErasureFault> {
            this.may_look(tx)?;
            let found = store::find(tx, id)?.ok_or(Denied::Hidden)?;
            tx.note(Line::done(verbs::READ, object()).about(id));
            Ok(found)
        });
        reading.await
    }
}
