//! Takes the rows of a file, step by step.

use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use authz::Cx;
use db::{Blind, Db};
use intake::{Counts, Draft, Drafter, Matched, Plan, RowProblem, State, Wrong};
use kernel::{Id, RecordId, UploadId};
use policy::SecretRule;
use tabular::{Layout, Mark, RowFault, Rows};
use vault::IndexKeys;

use super::act::People;
use super::batch::{Batch, Prepared};
use super::resolve::{self, Blinds};
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;

/// Rows of a step at most.
const STEP: usize = 500;
/// Wrong rows that a check lists; all are counted.
const LISTED: usize = 1_000;
/// Rows that a check remembers to find repetitions; beyond, they are not looked for.
const REMEMBERED: usize = 1_000_000;

type Reader = Box<dyn Read + Send>;

/// Reads a file and takes its rows. It blocks, so it belongs on a thread that may.
pub struct Runner {
    records: Records,
    db: Db,
    cx: Cx,
    people: People,
    id: UploadId,
    object: Arc<Object>,
    plan: Plan,
    rows: Rows<Reader>,
    counts: Counts,
}

/// What would happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Rows looked at.
    pub rows: u64,
    /// Rows that are new.
    pub fresh: u64,
    /// Rows that are there already, by the field they have in common.
    pub matched: Vec<Matched>,
    /// Rows that the file repeats.
    pub repeated: u64,
    /// Rows that cannot be taken.
    pub wrong: u64,
    /// The first of them.
    pub problems: Vec<RowProblem>,
    /// Whether the whole file was looked at.
    pub whole: bool,
}

/// Rows of the file: those that can be taken and those that cannot.
#[derive(Default)]
struct Taken {
    drafts: Vec<Draft>,
    wrong: Vec<Wrong>,
}

impl Runner {
    /// Opens an import where it stands.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not import; [`RecordFault::File`] if the file is gone.
    pub fn open(records: Records, db: Db, cx: Cx, people: People, id: UploadId) -> Result<Self, RecordFault> {
        let own = records.clone();
        let (run, plan) = db.read_now(&cx, move |tx| own.read_import(tx, id))?;
        let object = records.object(run.target().as_str())?;
        let layout = plan.layout().ok_or(crate::value::CodeFault)?;
        let mark: Mark = run.mark.parse().map_err(|_| crate::value::CodeFault)?;
        let rows = reading(&records, id, layout, mark)?;
        Ok(Self { records, db, cx, people, id, object, plan, rows, counts: run.counts() })
    }

    /// Returns how many rows came to what so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes the next rows in one transaction; nothing when there are none left, and the import is done then.
    ///
    /// # Errors
    /// [`RecordFault`]: nothing of the step was done. `Stale` if another runner is at it, or somebody stopped it.
    pub fn step(&mut self) -> Result<Option<Counts>, RecordFault> {
        let from = self.rows.mark();
        let taken = self.take()?;
        let Some(taken) = taken else {
            self.finish()?;
            return Ok(None);
        };
        let (keys, rows) = self.prepare(taken.drafts)?;
        let importer = self.cx.person().ok_or(authz::Denied::Forbidden(authz::Verb::Import))?;
        let batch = Batch {
            id: self.id,
            object: Arc::clone(&self.object),
            policy: self.plan.policy,
            make_missing: self.plan.make_missing,
            people: self.people.clone(),
            importer,
            span: (from, self.rows.mark()),
            keys,
            rows,
            wrong: taken.wrong,
        };
        let records = self.records.clone();
        let more = self.db.step_now(&self.cx, move |tx| records.apply(tx, batch))?;
        self.counts.created += more.created;
        self.counts.updated += more.updated;
        self.counts.skipped += more.skipped;
        self.counts.wrong += more.wrong;
        Ok(Some(self.counts))
    }

    fn finish(&self) -> Result<(), RecordFault> {
        let (records, id) = (self.records.clone(), self.id);
        self.db.write_now(&self.cx, move |tx| {
            let (run, _) = records.read_import(tx, id)?;
            match run.state() {
                State::Running => records.end_import(tx, id, (State::Running, State::Done), None),
                _ => Ok(()),
            }
        })?;
        // Only now: were it gone before and the commit lost, the import could never be finished.
        self.records.intake.discard(id);
        Ok(())
    }

    /// Returns the secrets that the workspace does not take.
    fn barred(&self) -> Result<Vec<scanner::Kind>, RecordFault> {
        let rules = self.db.read_now(&self.cx, |tx| Ok::<_, RecordFault>(policy::secrets(tx)?))?;
        Ok(rules.into_iter().filter(|(_, rule)| *rule == SecretRule::Refuse).map(|(kind, _)| kind).collect())
    }

    /// Reads the next rows; nothing at the end of the file.
    fn take(&mut self) -> Result<Option<Taken>, RecordFault> {
        // What the roles of whoever imports let be written, as they are now.
        let written = self.records.written(&self.cx, &self.object);
        let drafter = Drafter::new(&written, &self.plan, self.records.objects().currency()).barring(self.barred()?);
        let mut taken = Taken::default();
        for item in self.rows.by_ref().take(STEP) {
            match item? {
                Ok(row) => match drafter.draft(&row) {
                    Ok(draft) => taken.drafts.push(draft),
                    Err(wrong) => taken.wrong.push(wrong),
                },
                Err(fault) => taken.wrong.push(unread(&self.plan, &fault)),
            }
        }
        let none = taken.drafts.is_empty() && taken.wrong.is_empty();
        Ok(if none { None } else { Some(taken) })
    }

    /// Does ahead what needs no transaction: tokens for all rows, keys and seals for those that seem new.
    fn prepare(&self, drafts: Vec<Draft>) -> Result<(IndexKeys, Vec<Prepared>), RecordFault> {
        let (records, object) = (self.records.clone(), Arc::clone(&self.object));
        let (keys, drafts, blinds, found) = self.db.read_now(&self.cx, move |tx| {
            let keys = records.index_keys(tx)?;
            let blinds: Vec<Blinds> = drafts.iter().map(|draft| resolve::blinds(&keys, &object, draft)).collect();
            let found = resolve::matches(tx, &object, &blinds.iter().collect::<Vec<_>>())?;
            Ok::<_, RecordFault>((keys, drafts, blinds, found))
        })?;
        let mut seen = HashSet::new();
        let mut rows = Vec::with_capacity(drafts.len());
        for ((draft, blinds), found) in drafts.into_iter().zip(blinds).zip(found) {
            let id: RecordId = Id::new(self.db.now(), self.db.chance());
            let mut again = false;
            for key in resolve::keys(&self.object, &blinds) {
                again |= !seen.insert(key);
            }
            let new = found.is_none() && !again;
            let ready = if new && self.key_is_known(&draft) { Some(self.ready(&keys, id, &draft)?) } else { None };
            rows.push(Prepared { id, draft, blinds, ready });
        }
        Ok((keys, rows))
    }

    /// Tells whether it is known before any link is followed whose key seals a row.
    fn key_is_known(&self, draft: &Draft) -> bool {
        let Some(about) = &self.object.about else { return true };
        draft.values.get(about.as_str()).is_none() && draft.links.iter().all(|naming| naming.field != *about)
    }

    fn ready(&self, keys: &IndexKeys, id: RecordId, draft: &Draft) -> Result<(crate::Record, Vec<u64>), RecordFault> {
        let subject = if self.object.subject { Some(self.records.vault.new_subject()?) } else { None };
        let record = self.records.drafted(&self.object, (id, draft), subject, self.db.now())?;
        let words = Records::word_tokens(keys, &record);
        Ok((record, words))
    }

    /// Looks at the rows, up to `most`, and says what would happen. Nothing is stored.
    ///
    /// # Errors
    /// [`RecordFault`] of the file, the database or the vault.
    pub fn check(&mut self, most: u64) -> Result<Checked, RecordFault> {
        let mut checked = Checked::default();
        let mut seen: HashSet<(Blind, Option<Blind>)> = HashSet::new();
        while checked.rows < most {
            let Some(taken) = self.take()? else {
                checked.whole = true;
                break;
            };
            checked.rows += (taken.drafts.len() + taken.wrong.len()) as u64;
            self.check_step(taken, &mut checked, &mut seen)?;
        }
        let layout = self.plan.layout().ok_or(crate::value::CodeFault)?;
        let start = layout.data;
        self.rows = reading(&self.records, self.id, layout, start)?;
        Ok(checked)
    }

    fn check_step(
        &self,
        taken: Taken,
        checked: &mut Checked,
        seen: &mut HashSet<(Blind, Option<Blind>)>,
    ) -> Result<(), RecordFault> {
        let numbers: Vec<u64> = taken.drafts.iter().map(|draft| draft.number).collect();
        let drafts = taken.drafts;
        let (records, object, make) = (self.records.clone(), Arc::clone(&self.object), self.plan.make_missing);
        let (keys, found, astray) = self.db.read_now(&self.cx, move |tx| {
            let index = records.index_keys(tx)?;
            let blinds: Vec<Blinds> = drafts.iter().map(|draft| resolve::blinds(&index, &object, draft)).collect();
            let keys: Vec<_> = blinds.iter().map(|blinds| resolve::keys(&object, blinds)).collect();
            let found = resolve::matches(tx, &object, &blinds.iter().collect::<Vec<_>>())?;
            Ok::<_, RecordFault>((keys, found, astray(&records, tx, &object, &drafts, make)?))
        })?;
        let stray: HashSet<u64> = astray.iter().map(|wrong| wrong.number).collect();
        for ((keys, found), number) in keys.into_iter().zip(found).zip(numbers) {
            let again = keys.iter().any(|(_, token, title)| seen.contains(&(*token, *title)));
            if seen.len() < REMEMBERED {
                seen.extend(keys.into_iter().map(|(_, token, title)| (token, title)));
            }
            match found {
                _ if stray.contains(&number) => {}
                Some((field, _)) => match checked.matched.iter_mut().find(|matched| matched.field == field) {
                    Some(matched) => matched.rows += 1,
                    None => checked.matched.push(Matched { field, rows: 1 }),
                },
                None if again => checked.repeated += 1,
                None => checked.fresh += 1,
            }
        }
        for wrong in taken.wrong.iter().chain(&astray) {
            checked.wrong += 1;
            let room = LISTED.saturating_sub(checked.problems.len());
            checked.problems.extend(problems(wrong).take(room));
        }
        Ok(())
    }
}

fn problems(wrong: &Wrong) -> impl Iterator<Item = RowProblem> {
    let (row, line) = (wrong.number, wrong.line);
    wrong.faults.iter().map(move |(column, code)| RowProblem { row, line, column: *column, code: (*code).to_owned() })
}

fn reading(records: &Records, id: UploadId, layout: Layout, mark: Mark) -> Result<Rows<Reader>, RecordFault> {
    Ok(Rows::resume(Box::new(records.intake.open(id)?) as Reader, layout, mark))
}

/// A row that the reader could not make out.
fn unread(plan: &Plan, fault: &RowFault) -> Wrong {
    let column = fault.column.as_ref().and_then(|name| plan.columns.iter().position(|column| column == name));
    Wrong { number: fault.number, line: fault.line, faults: vec![(column, fault.why.code())] }
}

/// Returns the rows whose cells name what is not there and will not be made.
fn astray(
    records: &Records,
    tx: &db::ReadTx<'_>,
    object: &Object,
    drafts: &[Draft],
    make_missing: bool,
) -> Result<Vec<Wrong>, RecordFault> {
    let mut wrong: Vec<Wrong> = Vec::new();
    for field in &object.fields {
        let Some(target) = &field.link else { continue };
        let target = records.object(target.as_str())?;
        let own = || drafts.iter().flat_map(|draft| draft.links.iter().map(move |naming| (draft, naming)));
        let own = || own().filter(|(_, naming)| naming.field == field.name);
        let found =
            resolve::named(records, tx, &target, &resolve::texts(object, &target, own().map(|(_, naming)| naming)))?;
        for (draft, naming) in own() {
            let code = match found.get(&naming.text) {
                Some(resolve::Found::One(_)) => continue,
                Some(resolve::Found::Several) => "link-ambiguous",
                _ if make_missing && !target.subject => continue,
                _ => crate::Why::Link.code(),
            };
            match wrong.iter_mut().find(|wrong| wrong.number == draft.number) {
                Some(known) => known.faults.push((Some(naming.column), code)),
                None => wrong.push(Wrong {
                    number: draft.number,
                    line: draft.line,
                    faults: vec![(Some(naming.column), code)],
                }),
            }
        }
    }
    Ok(wrong)
}
