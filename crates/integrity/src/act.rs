//! How it stands, and looking at once.

use authz::{Action, Create, Cx, Denied, Facts, Read, permit};
use db::ReadTx;
use kernel::{Fault as _, Uuid};
use ledger::{Line, verbs};

use crate::model::{self, Report};
use crate::sweep::CHECK;
use crate::{Integrity, IntegrityFault, store};

fn may<A: Action>(tx: &ReadTx<'_>, verb: &'static str) -> Result<(), Denied> {
    let facts = Facts { object: model::object(), id: Uuid::nil(), owner: None, team: None };
    let permitted = permit::<A>(tx.cx(), facts).map(|_| ());
    permitted.inspect_err(|denied| tx.note_denial(Line::denied(verb, model::object(), denied.code())))
}

impl Integrity {
    /// Says how it stands.
    ///
    /// # Errors
    /// [`IntegrityFault::Denied`] without the right.
    pub async fn report(&self, cx: &Cx) -> Result<Report, IntegrityFault> {
        let reading = self.db.read(cx, |tx| -> Result<_, IntegrityFault> {
            may::<Read>(tx, verbs::READ)?;
            let report = Report {
                last: store::last(tx)?,
                running: store::running(tx)?,
                findings: store::findings(tx)?,
                found: store::count(tx)?,
            };
            tx.note(Line::done(verbs::READ, model::object()));
            Ok(report)
        });
        reading.await
    }

    /// Lets everything be looked through at once; [`step`](Self::step) does it.
    ///
    /// # Errors
    /// [`IntegrityFault::Denied`] without the right or a session.
    pub async fn begin(&self, cx: &Cx) -> Result<(), IntegrityFault> {
        let its = self.clone();
        let beginning = self.db.write(cx, move |tx| -> Result<_, IntegrityFault> {
            may::<Create>(tx, CHECK)?;
            if tx.cx().at_browser().is_none() {
                tx.note_denial(Line::denied(CHECK, model::object(), Denied::Hidden.code()));
                return Err(Denied::Hidden.into());
            }
            if !its.begin_in(tx)? {
                tx.note(Line::done(CHECK, model::object()).fact("step", "joined"));
            }
            Ok(())
        });
        beginning.await
    }
}
