//! Taking rows, and finding out who took them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use authz::{Cx, Export, Resource as _, decide_on};
use db::{DbFault, WriteTx};
use kernel::{RecordId, Timestamp, UserId};
use ledger::{ActorRef, Line, verbs};
use records::filter::Cursor;
use records::{Object, Record, RecordRef, Value};

use crate::act::goes_along;
use crate::model::{ExportCell, ExportId, ExportRun, PART, Part, Plan, State, object, seal};
use crate::{ExportFault, Exports, mark, store};

/// The kind of the jobs that take rows; their payload is the 16 bytes of the export's id.
pub const EXPORT_JOB: &str = "export";
/// Rows of a step.
const ROWS: u32 = 200;
/// How long rows wait to be fetched.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Who took out what a file holds.
#[derive(Clone, Copy, Debug)]
pub struct Traced {
    /// The export.
    pub export: ExportId,
    /// Who.
    pub user: UserId,
    /// When.
    pub at: Timestamp,
    /// How many rows of the file carry its mark.
    pub rows: usize,
}

impl Exports {
    /// Takes the next rows in the name of whoever asked; true if there are more.
    ///
    /// # Errors
    /// Denied, when they may not any more; [`ExportFault`] of the machine.
    pub fn step(&self, cx: &Cx, id: ExportId) -> Result<bool, ExportFault> {
        let this = self.clone();
        self.db.write_now(cx, move |tx| this.take(tx, id))
    }

    fn take(&self, tx: &mut WriteTx<'_>, id: ExportId) -> Result<bool, ExportFault> {
        let run = self.own(tx, id)?;
        if run.state != State::Running {
            return Ok(false);
        }
        let (object, plan) = (self.records.seen_by_name(tx.cx(), run.object.as_str())?, run.plan(&self.vault)?);
        let _ = authz::scope::<Export>(tx.cx(), &object.name)?;
        let left = run.total.map_or(i64::from(ROWS), |total| total - run.rows);
        let mut query = self.query(&object, &plan.filters)?;
        query.limit = ROWS.min(u32::try_from(left.max(0)).unwrap_or(ROWS)).max(1);
        query.after = if run.place.is_empty() { None } else { Cursor::parse(&run.place, &object, &query.sort) };
        let page = self.records.list_records(tx, object.name.as_str(), &query)?;
        // The asker gave a reason and, above the threshold, a second person agreed: nobody is at hand to be asked once more.
        tx.count_agreed()?;
        let mut rows: Vec<&Record> = Vec::new();
        for row in page.rows.iter().take(usize::try_from(left.max(0)).unwrap_or(0)) {
            if decide_on::<Export>(tx.cx(), &**row).is_ok() {
                rows.push(row);
            }
        }
        let cells = self.written(tx, (&run, &plan), &object, &rows)?;
        let sealed = seal(&self.vault, (id, PART), &Part { number: run.parts, rows: cells })?;
        let (count, ids) = (i64::try_from(rows.len()).unwrap_or(i64::MAX), rows.iter().map(|row| row.id()));
        let line = Line::done(verbs::EXPORT, object.name.clone()).about_each(ids).fact("export", id.to_string());
        let fields = plan.fields.iter().filter_map(|name| object.field(name)).map(|field| field.name.clone());
        tx.note(line.fields(fields));
        let place = page.next.as_ref().map(ToString::to_string).unwrap_or_default();
        if !store::advance(tx, (id, run.parts), sealed, (count, place))? {
            return Err(DbFault::Stale.into());
        }
        let full = run.total.is_some_and(|total| run.rows + count >= total);
        if page.next.is_some() && !full {
            return Ok(true);
        }
        let until = tx.now().plus(KEPT);
        store::end(tx, id, (State::Running, State::Ready), (None, until))?;
        let all = (run.rows + count).to_string();
        tx.note(crate::step::line(id, State::Ready).fact("rows", all));
        Ok(false)
    }

    /// Writes rows; before the first of them the names of the columns.
    fn written(
        &self,
        tx: &WriteTx<'_>,
        (run, plan): (&ExportRun, &Plan),
        object: &Object,
        rows: &[&Record],
    ) -> Result<Vec<Vec<ExportCell>>, ExportFault> {
        let links: Vec<RecordRef> = self.records.links_of(rows.iter().copied());
        let titles: BTreeMap<RecordId, String> = self.records.titles_of(tx, links)?.into_iter().collect();
        let mut people: Vec<UserId> = rows.iter().flat_map(|row| row.owner().into_iter().chain(users(row))).collect();
        people.sort_unstable();
        people.dedup();
        let names: HashMap<UserId, String> =
            self.accounts.names_of(tx, &people)?.into_iter().map(|(id, name)| (id, name.to_string())).collect();
        let mut written = Vec::with_capacity(rows.len() + 1);
        if run.parts == 0 {
            let columns = ["id", "owner"].into_iter().chain(plan.fields.iter().map(String::as_str));
            written.push(columns.map(|name| ExportCell::text(name.to_owned())).collect());
        }
        for row in rows {
            let owner = row.owner().and_then(|id| names.get(&id).cloned()).unwrap_or_default();
            let id = mark::spell(&self.vault, run.id, row.record_id());
            let mut cells = vec![ExportCell::text(id), ExportCell::text(owner)];
            for name in &plan.fields {
                // The rights of now: a rule that came since the export was planned leaves its cells empty.
                let open = object.field(name).is_some_and(goes_along);
                let value = row.value(name).filter(|_| open);
                let number = matches!(value, Some(Value::Number(_)));
                let text = match value {
                    None => String::new(),
                    Some(Value::Link(id)) => titles.get(id).cloned().unwrap_or_default(),
                    Some(Value::User(id)) => names.get(id).cloned().unwrap_or_default(),
                    Some(other) => other.to_input(),
                };
                cells.push(ExportCell { text, number });
            }
            written.push(cells);
        }
        Ok(written)
    }

    /// Returns who asked for an export that is under way, for the job that takes its rows.
    ///
    /// # Errors
    /// [`ExportFault`] of the machine.
    pub fn exporter(&self, cx: &Cx, id: ExportId) -> Result<Option<UserId>, ExportFault> {
        let finding = self.db.read_now(cx, move |tx| store::find(tx, id))?;
        Ok(finding.filter(|run| run.state == State::Running).map(|run| run.user))
    }

    /// Gives an export up. For the job.
    ///
    /// # Errors
    /// Hidden from everybody but the program itself.
    pub fn give_up(&self, cx: &Cx, id: ExportId, code: &'static str) -> Result<(), ExportFault> {
        if cx.actor() != ActorRef::System {
            return Err(authz::Denied::Hidden.into());
        }
        self.db.write_now(cx, move |tx| Self::failed(tx, id, code))
    }

    /// Finds out which exports the rows of a file came from, whatever was left out and in whatever order; the likeliest first. Only for
    /// the operator.
    ///
    /// # Errors
    /// Hidden from everybody else.
    pub async fn trace(&self, cx: &Cx, text: &str) -> Result<Vec<Traced>, ExportFault> {
        if !cx.is_operator() {
            return Err(authz::Denied::Hidden.into());
        }
        let (marks, vault) = (mark::find(text), self.vault.clone());
        let tracing = self.db.read(cx, move |tx| -> Result<_, ExportFault> {
            let mut traced = Vec::new();
            for run in store::all(tx)? {
                let rows = marks.iter().filter(|(id, known)| mark::of(&vault, run.id, *id) == *known).count();
                if rows > 0 {
                    traced.push(Traced { export: run.id, user: run.user, at: run.created_at, rows });
                }
            }
            traced.sort_by_key(|one| std::cmp::Reverse(one.rows));
            tx.note(Line::done("export-trace", object()).about_each(traced.iter().map(|one| one.export.uuid())));
            Ok(traced)
        });
        tracing.await
    }
}

fn users(row: &Record) -> impl Iterator<Item = UserId> {
    row.values().iter().filter_map(|(_, value)| if let Value::User(id) = value { Some(*id) } else { None })
}

fn line(id: ExportId, state: State) -> Line {
    Line::done(verbs::EXPORT, object()).about(id).fact("state", state.code())
}
