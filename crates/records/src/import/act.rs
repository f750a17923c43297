//! Use cases of an import.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;

use authz::{Facts, Import};
use db::{Permitted, ReadTx, WriteTx, queue};
use intake::{Counts, ImportRun, Plan, Policy, RowProblem, State, Target, import_object, propose, store};
use kernel::{Fault as _, JobId, UploadId, UserId, text};
use ledger::{ActorRef, Line, verbs};
use tabular::{Choices, Head};

use crate::Records;
use crate::fault::RecordFault;

/// The kind of the jobs that take rows; their payload is the 16 bytes of the import's id.
pub const IMPORT_JOB: &str = "import";

/// Who may own what is imported: names and addresses, folded.
#[derive(Clone, Debug, Default)]
pub struct People(Arc<HashMap<String, UserId>>);

impl People {
    /// Takes names and addresses. A name that two people share is nobody's.
    #[must_use]
    pub fn new(people: impl IntoIterator<Item = (impl AsRef<str>, UserId)>) -> Self {
        let mut known: HashMap<String, Option<UserId>> = HashMap::new();
        for (name, id) in people {
            let same = known.entry(text::fold(name.as_ref().trim())).or_insert(Some(id));
            *same = same.filter(|known| *known == id);
        }
        Self(Arc::new(known.into_iter().filter_map(|(name, id)| Some((name, id?))).collect()))
    }

    pub(super) fn find(&self, folded: &str) -> Option<UserId> {
        self.0.get(folded).copied()
    }
}

impl Records {
    /// Looks at a file that was staged, proposes a plan, and opens an import for it.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may not import; [`RecordFault::Sniff`] if the file is no table. The file is
    /// removed then.
    pub fn plan_import(
        &self,
        tx: &mut WriteTx<'_>,
        (id, size): (UploadId, u64),
        object: &str,
        file: &str,
        choices: &Choices,
    ) -> Result<UploadId, RecordFault> {
        let opened = self.open_import(tx, (id, size), object, file, choices);
        if opened.is_err() {
            self.intake.discard(id);
        }
        opened
    }

    fn open_import(
        &self,
        tx: &mut WriteTx<'_>,
        (id, size): (UploadId, u64),
        object: &str,
        file: &str,
        choices: &Choices,
    ) -> Result<UploadId, RecordFault> {
        let object = self.written(tx.cx(), &self.object(object)?);
        self.may_import(tx, &object.name)?;
        let user = tx.cx().person().ok_or(authz::Denied::Forbidden(authz::Verb::Import))?;
        let plan = propose(&object, file, self.beginning(id)?, choices)?;
        let run = ImportRun {
            id,
            user,
            target: object.name.clone(),
            state: State::Planned,
            sealed_plan: self.intake.seal_plan(id, &plan)?,
            mark: plan.data.clone(),
            size,
            offset: 0,
            counts: Counts::default(),
            fault: None,
            created_at: tx.now(),
            finished_at: None,
        };
        store::insert(tx, &run)?;
        tx.note(Line::done(verbs::CREATE, import_object().clone()).about(id).fact("object", object.name.as_str()));
        Ok(id)
    }

    /// Shows an import and its plan.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`].
    pub fn read_import(
        &self,
        tx: &ReadTx<'_>,
        id: UploadId,
    ) -> Result<(Permitted<ImportRun, Import>, Plan), RecordFault> {
        let run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        let plan = self.intake.open_plan(run.id, &run.sealed_plan)?;
        // The plan shows some rows of the file.
        tx.note(Line::done(verbs::READ, import_object().clone()).about(id));
        Ok((run, plan))
    }

    /// Lists imports the actor may see, the newest first.
    ///
    /// # Errors
    /// [`RecordFault`] of the database.
    pub fn list_imports(&self, tx: &ReadTx<'_>, most: u32) -> Result<Vec<Permitted<ImportRun, Import>>, RecordFault> {
        let may = |run: &str| tx.cx().may::<Import>(run);
        if !may(import_object().as_str()) {
            tx.note_denial(Line::denied(verbs::IMPORT, import_object().clone(), "forbidden"));
            return Err(authz::Denied::Forbidden(authz::Verb::Import).into());
        }
        store::newest(tx, most)?.into_iter().map(|run| run.open::<Import>(tx).map_err(RecordFault::from)).collect()
    }

    /// Tells whether rows of a file are being taken. For the program itself, that does at the end what need not be done after each step.
    ///
    /// # Errors
    /// [`RecordFault`] of the database.
    pub fn is_importing(&self, tx: &ReadTx<'_>) -> Result<bool, RecordFault> {
        Ok(store::open(tx)?.into_iter().any(|(_, state)| state == State::Running))
    }

    /// Lists rows that were not taken, behind row `after`.
    ///
    /// # Errors
    /// As [`read_import`](Self::read_import).
    pub fn import_problems(
        &self,
        tx: &ReadTx<'_>,
        id: UploadId,
        after: u64,
        most: u32,
    ) -> Result<Vec<RowProblem>, RecordFault> {
        let _run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        Ok(store::problems(tx, id, after, most)?)
    }

    /// Writes what a person decided about the columns and about rows that are there already.
    ///
    /// # Errors
    /// As [`read_import`](Self::read_import); [`RecordFault::Invalid`] for a field that is not there.
    pub fn map_import(
        &self,
        tx: &mut WriteTx<'_>,
        id: UploadId,
        mapping: Vec<Target>,
        (policy, make_missing): (Policy, bool),
    ) -> Result<(), RecordFault> {
        let run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        let object = self.written(tx.cx(), &self.object(run.target().as_str())?);
        let mut plan = self.intake.open_plan(run.id, &run.sealed_plan)?;
        let unknown = |target: &&Target| matches!(target, Target::Field(name) if object.field(name).is_none());
        if let Some(target) = mapping.iter().find(unknown) {
            let field = target.spelled().to_owned();
            return Err(vec![crate::FieldFault { field, why: crate::Why::Unknown }].into());
        }
        plan.mapping = mapping;
        plan.mapping.resize(plan.columns.len(), Target::Skip);
        (plan.policy, plan.make_missing) = (policy, make_missing);
        self.write_plan(tx, id, &plan)
    }

    /// Reads the beginning of the file again with other choices about encoding, delimiter or header.
    ///
    /// # Errors
    /// As [`plan_import`](Self::plan_import); the file stays.
    pub fn replan_import(&self, tx: &mut WriteTx<'_>, id: UploadId, choices: &Choices) -> Result<(), RecordFault> {
        let run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        let object = self.written(tx.cx(), &self.object(run.target().as_str())?);
        let former = self.intake.open_plan(run.id, &run.sealed_plan)?;
        let mut plan = propose(&object, &former.file, self.beginning(id)?, choices)?;
        (plan.policy, plan.make_missing) = (former.policy, former.make_missing);
        self.write_plan(tx, id, &plan)
    }

    fn write_plan(&self, tx: &mut WriteTx<'_>, id: UploadId, plan: &Plan) -> Result<(), RecordFault> {
        if !store::plan(tx, id, &self.intake.seal_plan(id, plan)?, &plan.data)? {
            return Err(db::DbFault::Stale.into());
        }
        tx.note(Line::done(verbs::UPDATE, import_object().clone()).about(id));
        Ok(())
    }

    /// Lets an import begin: a job takes its rows. For a command that runs it itself, the job finds nothing left to do.
    ///
    /// # Errors
    /// As [`read_import`](Self::read_import).
    pub fn start_import(&self, tx: &mut WriteTx<'_>, id: UploadId) -> Result<JobId, RecordFault> {
        let run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        self.may_import(tx, run.target())?;
        if !store::turn(tx, id, State::Planned, State::Running, None)? {
            return Err(db::DbFault::Stale.into());
        }
        tx.note(Line::done(verbs::IMPORT, import_object().clone()).about(id).fact("object", run.target().as_str()));
        Ok(queue::enqueue(tx, IMPORT_JOB, &id.to_bytes(), tx.now())?)
    }

    /// Stops an import: what was taken stays, the rest of the file is forgotten.
    ///
    /// # Errors
    /// As [`read_import`](Self::read_import).
    pub fn stop_import(&self, tx: &mut WriteTx<'_>, id: UploadId) -> Result<(), RecordFault> {
        let run = store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?;
        self.end_import(tx, id, (run.state(), State::Stopped), None)
    }

    /// Returns where an import stands, without the rows its plan shows: for whoever waits for it.
    ///
    /// # Errors
    /// As [`read_import`](Self::read_import).
    pub fn look_at_import(&self, tx: &ReadTx<'_>, id: UploadId) -> Result<Permitted<ImportRun, Import>, RecordFault> {
        Ok(store::find(tx, id)?.ok_or(RecordFault::NotFound)?.open::<Import>(tx)?)
    }

    /// Returns who began an import, for the job that takes its rows in their name; nothing if it is not under way.
    ///
    /// # Errors
    /// [`RecordFault`] of the database.
    pub fn importer(&self, tx: &ReadTx<'_>, id: UploadId) -> Result<Option<UserId>, RecordFault> {
        Ok(store::importer(tx, id)?)
    }

    /// Gives an import up for a reason: for the job, when whoever began it may not go on or the file cannot be read.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] for anybody but the program itself.
    pub fn fail_import(&self, tx: &mut WriteTx<'_>, id: UploadId, code: &str) -> Result<(), RecordFault> {
        if tx.cx().actor() != ActorRef::System {
            return Err(authz::Denied::Hidden.into());
        }
        self.end_import(tx, id, (State::Running, State::Failed), Some(code))
    }

    pub(super) fn end_import(
        &self,
        tx: &mut WriteTx<'_>,
        id: UploadId,
        (from, to): (State, State),
        fault: Option<&str>,
    ) -> Result<(), RecordFault> {
        if matches!(from, State::Done | State::Failed | State::Stopped) || !store::turn(tx, id, from, to, fault)? {
            return Err(db::DbFault::Stale.into());
        }
        tx.note(Line::done(verbs::IMPORT, import_object().clone()).about(id).fact("state", to.word()));
        // Of an import that was taken whole the file goes when that is committed: see `Runner`.
        if to != State::Done {
            self.intake.discard(id);
        }
        Ok(())
    }

    /// Asks the policy whether the actor may import records of an object.
    ///
    /// # Errors
    /// [`RecordFault::Denied`], with its line.
    pub fn may_import(&self, tx: &ReadTx<'_>, object: &kernel::ObjectName) -> Result<(), RecordFault> {
        let facts = Facts { object: object.clone(), id: kernel::Uuid::nil(), owner: tx.cx().person(), team: None };
        let permitted = authz::permit::<Import>(tx.cx(), facts).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::IMPORT, object.clone(), denied.code()));
        });
        Ok(permitted.map(drop)?)
    }

    fn beginning(&self, id: UploadId) -> Result<Vec<u8>, RecordFault> {
        let mut bytes = Vec::new();
        self.intake.open(id)?.take(Head::SIZE + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
