//! Taking the rows of an export.

use accounts::Accounts;
use authz::Cx;
use db::Db;
use db::queue::Leased;
use exports::{EXPORT_JOB, ExportId, Exports};
use kernel::{Fault as _, Uuid};
use tokio::runtime::Handle;

use crate::{JobFault, Progress, Work, system_cx};

/// Takes the rows of an export, in the name and with the present rights of whoever asked for it.
pub struct ExportWork {
    db: Db,
    accounts: Accounts,
    exports: Exports,
}

impl ExportWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, accounts: Accounts, exports: Exports) -> Self {
        Self { db, accounts, exports }
    }

    /// Asks before every step who it is for, and whether they may still sign in; nothing if it is not under way any more.
    fn acting(&self, id: ExportId) -> Result<Option<Cx>, JobFault> {
        let cx = system_cx(&self.db);
        let Some(user) = self.exports.exporter(&cx, id).map_err(JobFault::step)? else { return Ok(None) };
        let acting = Handle::current().block_on(self.accounts.acting(&cx, user));
        acting.map(Some).map_err(JobFault::step)
    }
}

fn export(job: &Leased) -> Result<ExportId, JobFault> {
    Uuid::from_slice(&job.payload).map(ExportId::from_uuid).map_err(|_| JobFault::Payload)
}

impl Work for ExportWork {
    fn kind(&self) -> &'static str {
        EXPORT_JOB
    }

    fn step(&self, job: &Leased) -> Result<Progress, JobFault> {
        let id = export(job)?;
        let Some(cx) = self.acting(id)? else { return Ok(Progress::Done) };
        let more = self.exports.step(&cx, id).map_err(JobFault::step)?;
        Ok(if more { Progress::More } else { Progress::Done })
    }

    fn give_up(&self, job: &Leased, fault: &JobFault) {
        let Ok(id) = export(job) else { return };
        if let Err(fault) = self.exports.give_up(&system_cx(&self.db), id, fault.code()) {
            tracing::warn!(job = %job.id, code = fault.code(), "an export stays as it was");
        }
    }
}
