//! Taking the rows of an import.

use std::sync::{Mutex, PoisonError};

use accounts::Accounts;
use db::Db;
use db::queue::Leased;
use kernel::{Fault as _, JobId, UploadId, UserId, Uuid};
use records::import::{IMPORT_JOB, People, Runner, State};
use records::{RecordFault, Records};
use tokio::runtime::Handle;

use crate::{JobFault, Progress, Work, system_cx};

/// Takes the rows of an import, in the name and with the present rights of whoever began it.
pub struct ImportWork {
    db: Db,
    accounts: Accounts,
    records: Records,
    /// The file that is being read. A job is taken up again with every step, and a reader can only go forward.
    reading: Mutex<Option<(JobId, Runner)>>,
}

impl ImportWork {
    /// Takes the handles.
    #[must_use]
    pub fn new(db: Db, accounts: Accounts, records: Records) -> Self {
        Self { db, accounts, records, reading: Mutex::new(None) }
    }

    /// Returns the runner of a job where it stands; nothing if the import is not under way any more.
    fn runner(&self, job: &Leased) -> Result<Option<Runner>, JobFault> {
        let kept = self.reading.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((_, runner)) = kept.filter(|(id, _)| *id == job.id) {
            return Ok(Some(runner));
        }
        let id = upload(job)?;
        let Some(importer) = self.importer(id)? else { return Ok(None) };
        let asking = async {
            let cx = self.accounts.acting(&system_cx(&self.db), importer).await?;
            let people = People::new(self.accounts.known_people(&cx).await?);
            Ok::<_, accounts::AccountFault>((cx, people))
        };
        let (cx, people) = Handle::current().block_on(asking).map_err(JobFault::step)?;
        let runner = Runner::open(self.records.clone(), self.db.clone(), cx, people, id).map_err(JobFault::step)?;
        Ok(Some(runner))
    }

    /// Asks before every step whether whoever began the import may still sign in: when they have left, it ends with the step in
    /// hand, and the job is given up.
    fn still_there(&self, id: UploadId) -> Result<(), JobFault> {
        let Some(importer) = self.importer(id)? else { return Ok(()) };
        let cx = system_cx(&self.db);
        Handle::current().block_on(self.accounts.standing(&cx, importer)).map(|_| ()).map_err(JobFault::step)
    }

    /// Returns who began an import; nothing if it is not under way any more: somebody may have stopped it.
    fn importer(&self, id: UploadId) -> Result<Option<UserId>, JobFault> {
        let records = self.records.clone();
        self.db.read_now(&system_cx(&self.db), move |tx| records.importer(tx, id)).map_err(JobFault::step)
    }
}

fn upload(job: &Leased) -> Result<UploadId, JobFault> {
    Uuid::from_slice(&job.payload).map(UploadId::from_uuid).map_err(|_| JobFault::Payload)
}

impl Work for ImportWork {
    fn kind(&self) -> &'static str {
        IMPORT_JOB
    }

    fn tidy(&self) -> Result<(), JobFault> {
        let records = self.records.clone();
        let removing = self.db.read_now(&system_cx(&self.db), move |tx| {
            records.intake().remove_strays(tx).map_err(records::RecordFault::from)
        });
        let removed = removing.map_err(JobFault::step)?;
        if removed > 0 {
            tracing::info!(removed, "uploaded files without an import were removed");
        }
        Ok(())
    }

    fn step(&self, job: &Leased) -> Result<Progress, JobFault> {
        let Some(mut runner) = self.runner(job)? else { return Ok(Progress::Done) };
        self.still_there(upload(job)?)?;
        match runner.step() {
            Ok(Some(_)) => {
                *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = Some((job.id, runner));
                Ok(Progress::More)
            }
            Ok(None) => Ok(Progress::Done),
            Err(fault) if self.importer(upload(job)?)?.is_none() => {
                tracing::info!(job = %job.id, code = fault.code(), "an import was stopped");
                Ok(Progress::Done)
            }
            Err(fault) => Err(JobFault::step(fault)),
        }
    }

    fn give_up(&self, job: &Leased, fault: &JobFault) {
        let Ok(id) = upload(job) else { return };
        let (records, code) = (self.records.clone(), fault.code());
        let told: Result<(), RecordFault> =
            self.db.write_now(&system_cx(&self.db), move |tx| records.fail_import(tx, id, code));
        if let Err(fault) = told {
            tracing::warn!(job = %job.id, state = State::Running.word(), code = fault.code(), "an import stays as it was");
        }
    }
}
