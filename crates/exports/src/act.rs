//! Choosing, starting, fetching.

use std::time::Duration;

use approvals::Terms;
use authz::{Approved, Cx, Denied, Export, Verb};
use db::{ReadTx, WriteTx, queue};
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use records::filter::{Column, Sort};
use records::{Field, ListQuery, Object};

use crate::model::{ExportCell, ExportId, ExportRun, PART, PLAN, Part, Plan, State, object, open, seal};
use crate::{DOWNLOADS, EXPORT_JOB, ExportFault, Exports, RULE, limit, store};

/// Rows count against a person for so long.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The most characters of a reason.
const LONGEST: usize = 1000;

/// What an export would take.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many rows; nothing if they are too many to count.
    pub total: Option<i64>,
    /// How many the person took out in the last day.
    pub taken: i64,
    /// How many a day need nobody else.
    pub alone: i64,
    /// The fields that can go along.
    pub fields: Vec<String>,
}

impl Preview {
    /// Tells whether it takes a second person.
    #[must_use]
    pub fn takes_two(&self) -> bool {
        takes_two(self.total, self.taken, self.alone)
    }
}

fn takes_two(total: Option<i64>, taken: i64, alone: i64) -> bool {
    total.is_none_or(|total| total.saturating_add(taken) > alone)
}

/// Returns the person who is there, in a session: a program has the API, with limits of its own.
fn there(cx: &Cx) -> Result<UserId, Denied> {
    cx.at_browser().ok_or(Denied::Forbidden(Verb::Export))
}

/// Tells whether a field can go along, of an object as its asker sees it: what is masked stays here.
pub(crate) fn goes_along(field: &Field) -> bool {
    !field.is_masked()
}

fn open_fields(object: &Object) -> Vec<&str> {
    object.fields.iter().filter(|field| goes_along(field)).map(|field| field.name.as_str()).collect()
}

impl Exports {
    /// Reads a list's filters in the order in which rows are taken: the oldest first, so that what changes meanwhile moves nothing.
    pub(crate) fn query(&self, object: &Object, filters: &[String]) -> Result<ListQuery, ExportFault> {
        let filters = filters.iter().map(|filter| ("f", filter.as_str()));
        let query = ListQuery::parse(object, self.records.objects().currency(), filters)?;
        Ok(ListQuery { sort: Sort { column: Column::Created, descending: false }, ..query })
    }

    fn may(&self, tx: &ReadTx<'_>, object: &Object) -> Result<(), ExportFault> {
        let scope = authz::scope::<Export>(tx.cx(), &object.name).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::EXPORT, object.name.clone(), denied.code()));
        });
        Ok(scope.map(drop)?)
    }

    fn look(&self, tx: &ReadTx<'_>, object: &Object, filters: &[String]) -> Result<Preview, ExportFault> {
        let user = there(tx.cx())?;
        if !tx.cx().may::<Export>(object.name.as_str()) {
            let denied = Denied::Forbidden(Verb::Export);
            tx.note_denial(Line::denied(verbs::EXPORT, object.name.clone(), denied.code()));
            return Err(denied.into());
        }
        let count = self.records.count_records(tx, object.name.as_str(), &self.query(object, filters)?)?;
        let total = i64::try_from(count.counted).ok().filter(|_| !count.more);
        let taken = store::taken(tx, user, tx.now().minus(DAY))?;
        let alone = limit::threshold(tx)?;
        Ok(Preview { total, taken, alone, fields: open_fields(object).into_iter().map(str::to_owned).collect() })
    }

    /// Says what an export of a list would take.
    ///
    /// # Errors
    /// Denied without the right; [`ExportFault::Filter`].
    pub async fn preview(&self, cx: &Cx, object: &str, filters: Vec<String>) -> Result<Preview, ExportFault> {
        let (this, object) = (self.clone(), self.records.seen_by_name(cx, object)?);
        self.db.read(cx, move |tx| this.look(tx, &object, &filters)).await
    }

    /// Keeps what was chosen. Nothing has begun then.
    ///
    /// # Errors
    /// Denied without the right or a fresh proof; [`ExportFault::Reason`]; [`ExportFault::Field`].
    pub async fn plan(&self, cx: &Cx, object: &str, plan: Plan) -> Result<(ExportId, Preview), ExportFault> {
        let (this, object) = (self.clone(), self.records.seen_by_name(cx, object)?);
        let planning = self.db.write(cx, move |tx| {
            this.may(tx, &object)?;
            let reason = kernel::text::clean(&plan.reason, LONGEST).map_err(|_| ExportFault::Reason)?;
            let open = open_fields(&object);
            let known = |field: &String| open.contains(&field.as_str());
            if reason.is_empty() {
                return Err(ExportFault::Reason);
            }
            if plan.fields.is_empty() || !plan.fields.iter().all(known) {
                return Err(ExportFault::Field);
            }
            let (user, preview) = (there(tx.cx())?, this.look(tx, &object, &plan.filters)?);
            let id: ExportId = tx.new_id();
            let sealed = seal(&this.vault, (id, PLAN), &Plan { reason, ..plan })?;
            store::insert(tx, (id, user), &object.name, (sealed, preview.total))?;
            tx.note(Line::done(verbs::CREATE, crate::model::object()).about(id).fact("object", object.name.as_str()));
            Ok((id, preview))
        });
        planning.await
    }

    /// Returns exactly what a second person would agree to, and the reason.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub async fn terms(&self, cx: &Cx, id: ExportId) -> Result<(Terms, String), ExportFault> {
        let this = self.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, ExportFault> {
            let run = this.own(tx, id)?;
            Ok((this.terms_of(&run)?, run.plan(&this.vault)?.reason))
        });
        reading.await
    }

    pub(crate) fn terms_of(&self, run: &ExportRun) -> Result<Terms, ExportFault> {
        let plan = run.plan(&self.vault)?;
        let terms = Terms::new().word("object", run.object.as_str());
        let terms = match run.total.and_then(|total| u64::try_from(total).ok()) {
            Some(total) => terms.count("rows", total),
            None => terms.text("rows", format!("> {}", records::list::COUNTED)),
        };
        let terms = terms.words("fields", plan.fields.iter().map(String::as_str));
        let terms = if plan.filters.is_empty() { terms } else { terms.text("filter", plan.filters.join("; ")) };
        Ok(terms.id("export", run.id.uuid()))
    }

    /// Begins.
    ///
    /// # Errors
    /// `Denied::NeedsApproval` above the threshold; [`ExportFault::Over`] if it has begun; hidden, if it is somebody else's.
    pub async fn start(&self, cx: &Cx, id: ExportId) -> Result<(), ExportFault> {
        let this = self.clone();
        self.db.write(cx, move |tx| this.start_in(tx, id, None)).await
    }

    /// Begins, if it needs no second person or one agreed to exactly this.
    pub(crate) fn start_in(
        &self,
        tx: &mut WriteTx<'_>,
        id: ExportId,
        approved: Option<&Approved>,
    ) -> Result<(), ExportFault> {
        let run = self.own(tx, id)?;
        self.may(tx, &*self.records.object(run.object.as_str())?)?;
        // Two of a person's exports that start at once each see what the other takes.
        tx.keep("update app_user set version = version where id = ?1", &[run.user.into()])?;
        let taken = store::taken(tx, run.user, tx.now().minus(DAY))?;
        if takes_two(run.total, taken, limit::threshold(tx)?) && approved.is_none_or(|approved| approved.rule() != RULE)
        {
            let denied = Denied::NeedsApproval(RULE);
            tx.note_denial(Line::denied(verbs::EXPORT, object(), denied.code()).about(id));
            return Err(denied.into());
        }
        if !store::begin(tx, id)? {
            return Err(ExportFault::Over);
        }
        let rows = run.total.map_or_else(|| "many".to_owned(), |total| total.to_string());
        let line = Line::done(verbs::EXPORT, object()).about(id).fact("object", run.object.as_str()).fact("rows", rows);
        // The reason stays in the sealed plan: what people type may name somebody.
        tx.note(line);
        queue::enqueue(tx, EXPORT_JOB, &id.to_bytes(), tx.now())?;
        Ok(())
    }

    /// Finds an export of the person who acts.
    pub(crate) fn own(&self, tx: &ReadTx<'_>, id: ExportId) -> Result<ExportRun, ExportFault> {
        let own = |run: &ExportRun| tx.cx().person() == Some(run.user);
        store::find(tx, id)?.filter(own).ok_or_else(|| {
            tx.note_denial(Line::denied(verbs::READ, object(), Denied::Hidden.code()).about(id));
            Denied::Hidden.into()
        })
    }

    /// Shows an export to whoever asked for it.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub async fn read(&self, cx: &Cx, id: ExportId) -> Result<(ExportRun, Plan), ExportFault> {
        let this = self.clone();
        let reading = self.db.read(cx, move |tx| -> Result<_, ExportFault> {
            let run = this.own(tx, id)?;
            let plan = run.plan(&this.vault)?;
            tx.note(Line::done(verbs::READ, object()).about(id));
            Ok((run, plan))
        });
        reading.await
    }

    /// Lists what the person who acts took out, the newest first.
    ///
    /// # Errors
    /// Denied to a program.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<ExportRun>, ExportFault> {
        let listing = self.db.read(cx, |tx| -> Result<_, ExportFault> {
            let runs = store::of(tx, there(tx.cx())?)?;
            tx.note(Line::done(verbs::LIST, object()).about_each(runs.iter().map(|run| run.id.uuid())));
            Ok(runs)
        });
        listing.await
    }

    /// Lets whoever asked fetch the file, and counts that. Returns how many parts it has.
    ///
    /// # Errors
    /// [`ExportFault::Over`]; denied without the right, a session or a fresh proof.
    pub async fn begin_download(&self, cx: &Cx, id: ExportId) -> Result<ExportRun, ExportFault> {
        let this = self.clone();
        let fetching = self.db.write(cx, move |tx| {
            there(tx.cx())?;
            let run = this.own(tx, id)?;
            this.may(tx, &*this.records.object(run.object.as_str())?)?;
            if !store::fetch(tx, id, DOWNLOADS)? {
                return Err(ExportFault::Over);
            }
            tx.note(Line::done(verbs::DOWNLOAD, object()).about(id).fact("rows", run.rows.to_string()));
            Ok(run)
        });
        fetching.await
    }

    /// Returns rows of an export that is being fetched, for a thread that may block; nothing behind the last of them.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub fn part_now(&self, cx: &Cx, id: ExportId, number: i64) -> Result<Option<Vec<Vec<ExportCell>>>, ExportFault> {
        let this = self.clone();
        self.db.read_now(cx, move |tx| {
            let run = this.own(tx, id)?;
            let Some(sealed) = store::part(tx, run.id, number)? else { return Ok(None) };
            let part: Part = open(&this.vault, (id, PART), &sealed.0)?;
            if part.number == number { Ok(Some(part.rows)) } else { Err(db::DbFault::Mismatch.into()) }
        })
    }

    /// Destroys the rows of an export of the person who acts.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub async fn discard(&self, cx: &Cx, id: ExportId) -> Result<(), ExportFault> {
        let this = self.clone();
        let destroying = self.db.write(cx, move |tx| {
            let run = this.own(tx, id)?;
            store::destroy(tx, run.id)?;
            tx.note(Line::done(verbs::DELETE, object()).about(id));
            Ok(())
        });
        destroying.await
    }

    /// Destroys rows whose time is up. For a schedule.
    ///
    /// # Errors
    /// [`ExportFault`] of the machine.
    pub async fn settle(&self, cx: &Cx) -> Result<(), ExportFault> {
        let settling = self.db.write(cx, |tx| -> Result<_, ExportFault> {
            for run in store::due(tx)? {
                store::destroy(tx, run.id)?;
                tx.note(Line::done(verbs::DELETE, object()).about(run.id).fact("why", "its time is up"));
            }
            Ok(())
        });
        settling.await
    }

    pub(crate) fn failed(tx: &mut WriteTx<'_>, id: ExportId, code: &str) -> Result<(), ExportFault> {
        let now = tx.now();
        if store::end(tx, id, (State::Running, State::Failed), (Some(code), now))? {
            tx.note(Line::failed(verbs::EXPORT, object(), code.to_owned()).about(id));
        }
        Ok(())
    }
}
