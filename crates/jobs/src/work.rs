//! One kind of job.

use authz::{Cx, Identity};
use db::Db;
use db::queue::Leased;
use kernel::{Lang, RequestId};
use ledger::{ActorRef, Origin, Via};

use crate::JobFault;

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More,
    /// The job is done.
    Done,
}

/// One kind of job. Its steps run on a thread that may block.
pub trait Work: Send + Sync + 'static {
    /// Returns the kind, as it stands in the queue.
    fn kind(&self) -> &'static str;

    /// Does the next step of a job. It must leave its progress behind in the same transaction as its effect.
    ///
    /// # Errors
    /// [`JobFault`]; the job is tried again if that can help.
    fn step(&self, job: &Leased) -> Result<Progress, JobFault>;

    /// Puts in order what a program that was killed left behind. Called once, before the first job.
    ///
    /// # Errors
    /// [`JobFault`]; it is logged, and the work goes on.
    fn tidy(&self) -> Result<(), JobFault> {
        Ok(())
    }

    /// Is told that a job was given up, so that whoever waits for it can see why.
    fn give_up(&self, job: &Leased, fault: &JobFault) {
        let _ = (job, fault);
    }
}

/// Returns the context of the program's own errands: it has no rights over anybody's data.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the home of the program's own context")]
pub fn system_cx(db: &Db) -> Cx {
    let identity = Identity { actor: ActorRef::System, person: None, session: None, rights: std::sync::Arc::default() };
    Cx::mint(identity, Origin::via(Via::Job), RequestId::new(db.now(), db.chance()), Lang::En)
}
