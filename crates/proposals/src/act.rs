//! Proposing, showing, answering.

use std::time::Duration;

use authz::{Cx, Denied};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Fault as _, FieldName, ObjectName, RecordId, SubjectId, UserId};
use ledger::{ActorRef, Line};
use records::record::Altering;
use records::{Change, RecordFault, RecordRef};
use serde_json::{Map, Value as Json};
use vault::VaultFault;

use crate::model::{Kept, Proposal, ProposalId, Sealed, Shown, object};
use crate::{ProposalFault, Proposals, store};

/// So many wait for one person at most: more nobody looks through with care.
pub const MOST_OPEN: i64 = 20;
/// So many a token makes in a day.
pub const MOST_A_DAY: i64 = 100;
/// The most fields of one.
const MOST_FIELDS: usize = 40;
/// The most bytes of them.
const LARGEST: usize = 20_000;
/// The most characters of a reason.
const LONGEST: usize = 500;
/// Unanswered it goes after this.
const LASTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The verbs of its lines.
mod verb {
    pub(super) const PROPOSE: &str = "propose";
    pub(super) const ACCEPT: &str = "proposal-accept";
    pub(super) const REJECT: &str = "proposal-reject";
}

/// What a program proposes.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The name of the object.
    pub object: String,
    /// The record to change; nothing for a new one.
    pub record: Option<RecordId>,
    /// What its fields shall hold.
    pub fields: Map<String, Json>,
    /// Why: from which text, for which reason.
    pub why: String,
}

/// What a proposal would do.
struct Foreseen {
    object: ObjectName,
    version: Option<i64>,
    subject: Option<SubjectId>,
    title: Option<String>,
    changes: Vec<Altering>,
}

impl Proposals {
    /// Proposes a change. Nothing is changed by it.
    ///
    /// # Errors
    /// [`ProposalFault::Denied`] (hidden) unless a program asks; [`ProposalFault::Record`] as if it changed what it may read;
    /// [`ProposalFault::Why`], [`ProposalFault::Nothing`], [`ProposalFault::Many`].
    pub async fn propose(&self, cx: &Cx, wanted: Wanted) -> Result<ProposalId, ProposalFault> {
        let its = self.clone();
        self.db.write(cx, move |tx| its.propose_in(tx, wanted)).await
    }

    fn propose_in(&self, tx: &mut WriteTx<'_>, wanted: Wanted) -> Result<ProposalId, ProposalFault> {
        let ActorRef::Token { token, user } = tx.cx().actor() else { return Err(Denied::Hidden.into()) };
        let why = kernel::text::clean(&wanted.why, LONGEST).map_err(|_| ProposalFault::Why)?;
        if why.is_empty() {
            return Err(ProposalFault::Why);
        }
        let fields = Json::Object(wanted.fields.clone()).to_string();
        if wanted.fields.len() > MOST_FIELDS || fields.len() > LARGEST {
            return Err(ProposalFault::Nothing);
        }
        // Two that come at once each see the other.
        tx.keep("update app_user set version = version where id = ?1", &[user.into()])?;
        let (open, lately) = store::counts(tx, (user, token), tx.now().minus(DAY))?;
        if open >= MOST_OPEN || lately >= MOST_A_DAY {
            tx.note_denial(Line::denied(verb::PROPOSE, object(), ProposalFault::Many.code()));
            return Err(ProposalFault::Many);
        }
        let foreseen = self.foresee(tx, (&wanted.object, wanted.record), wanted.fields)?;
        if foreseen.changes.is_empty() {
            return Err(ProposalFault::Nothing);
        }
        let (id, asked_at): (ProposalId, _) = (tx.new_id(), tx.now());
        let sealed = Sealed { fields, why }.close(&self.vault, id, foreseen.subject)?;
        let expires_at = asked_at.plus(LASTS);
        let (object, record, version, subject) = (foreseen.object, wanted.record, foreseen.version, foreseen.subject);
        let kept = Kept::fresh((id, user, token), (object, record, version, subject), (asked_at, expires_at));
        store::insert(tx, &kept, sealed)?;
        tx.note(line(verb::PROPOSE, &kept).fields(names(&foreseen.changes)));
        Ok(id)
    }

    /// Works out what a proposal would do, with the rights of whoever acts.
    fn foresee(
        &self,
        tx: &ReadTx<'_>,
        (object, record): (&str, Option<RecordId>),
        fields: Map<String, Json>,
    ) -> Result<Foreseen, RecordFault> {
        let (object, change) = (self.records.object(object)?.name.clone(), Change::from_json(fields));
        let Some(id) = record else {
            let (changes, subject) = self.records.preview_new(tx, object.as_str(), change)?;
            return Ok(Foreseen { object, version: None, subject, title: None, changes });
        };
        let (record, changes) = self.records.preview_change(tx, &RecordRef { object: object.clone(), id }, change)?;
        let (version, title) = (Some(record.current_version()), Some(record.title().to_owned()));
        Ok(Foreseen { object, version, subject: record.subject(), title, changes })
    }

    /// Lists what waits for the person at a browser, the newest first, with what would become of what.
    ///
    /// # Errors
    /// [`ProposalFault::Denied`] (hidden) to a program.
    pub fn list_in(&self, tx: &ReadTx<'_>) -> Result<Vec<Proposal>, ProposalFault> {
        let user = tx.cx().at_browser().ok_or(Denied::Hidden)?;
        let waiting = store::waiting(tx, user)?;
        tx.note(Line::done(ledger::verbs::LIST, object()).about_each(waiting.iter().map(|kept| kept.id.uuid())));
        waiting.into_iter().map(|kept| self.shown(tx, kept)).collect()
    }

    /// Counts what waits for the person at a browser; nothing for a program.
    ///
    /// # Errors
    /// [`ProposalFault`] of the machine.
    pub async fn count(&self, cx: &Cx) -> Result<i64, ProposalFault> {
        let Some(user) = cx.at_browser() else { return Ok(0) };
        Ok(self.db.read(cx, move |tx| store::open(tx, user)).await?)
    }

    fn shown(&self, tx: &ReadTx<'_>, kept: Kept) -> Result<Proposal, ProposalFault> {
        let (why, shown) = match kept.open(&self.vault) {
            Err(ProposalFault::Vault(VaultFault::Destroyed)) => (String::new(), Shown::Outdated),
            Err(fault) => return Err(fault),
            Ok(sealed) => (sealed.why, self.outlook(tx, &kept, &sealed.fields)?),
        };
        let Kept { id, token, object, record, asked_at, expires_at, .. } = kept;
        Ok(Proposal { id, token, object, record, why, asked_at, expires_at, shown })
    }

    fn outlook(&self, tx: &ReadTx<'_>, kept: &Kept, fields: &str) -> Result<Shown, ProposalFault> {
        match self.foresee(tx, (kept.object.as_str(), kept.record), parsed(fields)?) {
            Ok(Foreseen { version, title, changes, .. }) if version == kept.version => {
                Ok(Shown::Ready { title, changes })
            }
            Ok(_) => Ok(Shown::Outdated),
            Err(RecordFault::Db(fault)) => Err(fault.into()),
            Err(RecordFault::Vault(fault)) => Err(fault.into()),
            Err(_) => Ok(Shown::Outdated),
        }
    }

    /// Does what was proposed, as if the person at the browser had typed it, and returns the record.
    ///
    /// # Errors
    /// [`ProposalFault::Outdated`] if the record is not the one any more; [`ProposalFault::Over`] if it was answered;
    /// [`ProposalFault::Denied`] (hidden) if it is somebody else's; [`ProposalFault::Record`] if the person may not do it.
    pub async fn accept(&self, cx: &Cx, id: ProposalId) -> Result<RecordRef, ProposalFault> {
        let its = self.clone();
        self.db.write(cx, move |tx| its.accept_in(tx, id)).await
    }

    fn accept_in(&self, tx: &mut WriteTx<'_>, id: ProposalId) -> Result<RecordRef, ProposalFault> {
        let kept = Self::own(tx, id)?;
        let change = match kept.open(&self.vault) {
            Err(ProposalFault::Vault(VaultFault::Destroyed)) => return Err(ProposalFault::Outdated),
            opened => Change::from_json(parsed(&opened?.fields)?),
        };
        if !store::end(tx, id)? {
            return Err(ProposalFault::Over);
        }
        tx.note(line(verb::ACCEPT, &kept));
        Ok(match kept.at() {
            Some(at) => self.records.update_record(tx, &at, kept.version, change)?.at(),
            None => self.records.create_record(tx, kept.object.as_str(), change)?.at(),
        })
    }

    /// Rejects what was proposed.
    ///
    /// # Errors
    /// [`ProposalFault::Over`] if it was answered; [`ProposalFault::Denied`] (hidden) if it is somebody else's.
    pub async fn reject(&self, cx: &Cx, id: ProposalId) -> Result<(), ProposalFault> {
        let rejecting = self.db.write(cx, move |tx| -> Result<_, ProposalFault> {
            let kept = Self::own(tx, id)?;
            if !store::end(tx, id)? {
                return Err(ProposalFault::Over);
            }
            tx.note(line(verb::REJECT, &kept));
            Ok(())
        });
        rejecting.await
    }

    /// Removes what nobody answered in time. For a schedule.
    ///
    /// # Errors
    /// [`ProposalFault`] of the machine.
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, ProposalFault> {
        Ok(self.db.write(cx, |tx| store::remove_old(tx, tx.now().minus(DAY))).await?)
    }

    /// Finds one that waits for the person at the browser.
    fn own(tx: &ReadTx<'_>, id: ProposalId) -> Result<Kept, ProposalFault> {
        let user: Option<UserId> = tx.cx().at_browser();
        let found = user.map(|user| store::find(tx, id, user)).transpose()?.flatten();
        found.ok_or_else(|| {
            tx.note_denial(Line::denied(ledger::verbs::READ, object(), Denied::Hidden.code()).about(id));
            Denied::Hidden.into()
        })
    }
}

fn parsed(fields: &str) -> Result<Map<String, Json>, DbFault> {
    serde_json::from_str(fields).map_err(|_| DbFault::Shape(7))
}

fn names(changes: &[Altering]) -> Vec<FieldName> {
    changes.iter().map(|change| change.field.clone()).collect()
}

fn line(verb: &'static str, kept: &Kept) -> Line {
    let line = Line::done(verb, object()).about(kept.id).fact("object", kept.object.as_str());
    match kept.record {
        Some(record) => line.fact("record", record.to_string()),
        None => line,
    }
}
