//! The loop that takes jobs and keeps schedules.

use std::sync::Arc;
use std::time::Duration;

use db::queue::{self, Leased};
use db::{Db, DbFault};
use kernel::{JobId, Timestamp, Uuid};
use tokio::sync::watch;

use crate::{JobFault, Progress, Work, system_cx};

/// How long a worker may stay silent before another takes its job.
const LEASE: Duration = Duration::from_secs(15);
/// How often the queue is looked at while it is empty.
const PAUSE: Duration = Duration::from_millis(250);

/// What an errand does; it is given something that tells whether to leave off.
type Doing = dyn Fn(&dyn Fn() -> bool) -> Result<(), JobFault> + Send + Sync;

/// Something done at a fixed pace.
pub struct Errand {
    name: &'static str,
    pace: Duration,
    /// Whether it may take long, so that no other waits for it.
    long: bool,
    run: Arc<Doing>,
}

impl Errand {
    async fn run(&self, stop: &watch::Receiver<bool>) {
        let (run, stop) = (Arc::clone(&self.run), stop.clone());
        if let Ok(Err(fault)) = tokio::task::spawn_blocking(move || run(&|| *stop.borrow())).await {
            tracing::warn!(errand = self.name, code = fault.code(), "errand failed");
        }
    }
}

/// Waits a moment, or until there is no time left.
async fn pause(stop: &mut watch::Receiver<bool>) {
    let _ = tokio::time::timeout(PAUSE, stop.changed()).await;
}

/// The worker of this process.
pub struct Jobs {
    db: Db,
    id: Uuid,
    works: Vec<Arc<dyn Work>>,
    errands: Vec<Errand>,
}

impl Jobs {
    /// Makes a worker that knows these kinds of jobs.
    #[must_use]
    pub fn new(db: Db, works: Vec<Arc<dyn Work>>) -> Self {
        let id = JobId::new(db.now(), db.chance()).uuid();
        Self { db, id, works, errands: Vec::new() }
    }

    /// Adds something to be done every `pace`.
    #[must_use]
    pub fn every(
        mut self,
        name: &'static str,
        pace: Duration,
        run: impl Fn() -> Result<(), JobFault> + Send + Sync + 'static,
    ) -> Self {
        self.errands.push(Errand { name, pace, long: false, run: Arc::new(move |_| run()) });
        self
    }

    /// Adds something to be done every `pace` that may take long: nothing else waits for it. It is given what tells whether to
    /// leave off, and goes on another time.
    #[must_use]
    pub fn beside(
        mut self,
        name: &'static str,
        pace: Duration,
        run: impl Fn(&dyn Fn() -> bool) -> Result<(), JobFault> + Send + Sync + 'static,
    ) -> Self {
        self.errands.push(Errand { name, pace, long: true, run: Arc::new(run) });
        self
    }

    /// Works until `stop` turns true. A job in hand is put back after its present step.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let schedules = |long| self.keep_schedules(long, stop.clone());
        tokio::join!(schedules(false), schedules(true), self.take_jobs(stop.clone()));
        // The last lines get their place before the process goes.
        for errand in &self.errands {
            errand.run(&stop).await;
        }
    }

    async fn keep_schedules(&self, long: bool, mut stop: watch::Receiver<bool>) {
        let errands = self.errands.iter().filter(|errand| errand.long == long);
        let mut kept: Vec<(&Errand, Timestamp)> = errands.map(|errand| (errand, self.db.now())).collect();
        while !*stop.borrow() {
            let now = self.db.now();
            for (errand, due) in kept.iter_mut().filter(|(_, due)| *due <= now) {
                *due = now.plus(errand.pace);
                errand.run(&stop).await;
            }
            pause(&mut stop).await;
        }
    }

    /// Lets each kind of work put its own in order.
    async fn tidy(&self) {
        for work in &self.works {
            let work = Arc::clone(work);
            if let Ok(Err(fault)) = tokio::task::spawn_blocking(move || work.tidy()).await {
                tracing::warn!(code = fault.code(), "what was left behind could not be put in order");
            }
        }
    }

    async fn take_jobs(&self, mut stop: watch::Receiver<bool>) {
        self.tidy().await;
        while !*stop.borrow() {
            if !self.run_next(&stop).await {
                pause(&mut stop).await;
            }
        }
    }

    /// Takes one job as far as it goes; false if there was none.
    async fn run_next(&self, stop: &watch::Receiver<bool>) -> bool {
        let worker = self.id;
        let kinds: Vec<&'static str> = self.works.iter().map(|work| work.kind()).collect();
        let leased = self.db.write(&system_cx(&self.db), move |tx| queue::lease(tx, worker, &kinds, LEASE)).await;
        let job = match leased {
            Ok(Some(job)) => job,
            Ok(None) => return false,
            Err(fault) => {
                tracing::warn!(error = %fault, "the queue cannot be read");
                return false;
            }
        };
        let ended = match self.works.iter().find(|work| work.kind() == job.kind) {
            Some(work) => self.steps(Arc::clone(work), &job, stop).await,
            None => Err(JobFault::UnknownKind),
        };
        if let Err(fault) = self.settle(&job, ended).await {
            tracing::warn!(job = %job.id, error = %fault, "a job's end could not be written; its lease will run out");
        }
        true
    }

    async fn steps(
        &self,
        work: Arc<dyn Work>,
        job: &Leased,
        stop: &watch::Receiver<bool>,
    ) -> Result<Progress, JobFault> {
        loop {
            let (step, next) = (Arc::clone(&work), job.clone());
            let done = tokio::task::spawn_blocking(move || step.step(&next)).await;
            match done.map_err(|_| JobFault::Db(DbFault::Abandoned))?? {
                Progress::Done => return Ok(Progress::Done),
                Progress::More if *stop.borrow() => return Ok(Progress::More),
                Progress::More => {}
            }
            let (id, worker) = (job.id, self.id);
            let ours = self.db.write(&system_cx(&self.db), move |tx| queue::heartbeat(tx, id, worker, LEASE)).await?;
            if !ours {
                return Ok(Progress::More);
            }
        }
    }

    async fn settle(&self, job: &Leased, ended: Result<Progress, JobFault>) -> Result<(), DbFault> {
        let cx = system_cx(&self.db);
        let (id, worker) = (job.id, self.id);
        match ended {
            Ok(Progress::Done) => self.db.write(&cx, move |tx| queue::finish(tx, id)).await,
            Ok(Progress::More) => self.db.write(&cx, move |tx| queue::put_back(tx, id, worker)).await,
            Err(fault) => {
                tracing::warn!(job = %id, kind = job.kind, code = fault.code(), attempts = job.attempts, "job step failed");
                let final_try = !fault.may_pass() || job.attempts >= queue::ATTEMPTS;
                if final_try && let Some(work) = self.works.iter().find(|work| work.kind() == job.kind) {
                    work.give_up(job, &fault);
                }
                let mut job = job.clone();
                if final_try {
                    job.attempts = queue::ATTEMPTS;
                }
                self.db.write(&cx, move |tx| queue::fail(tx, &job, fault.code())).await
            }
        }
    }
}
