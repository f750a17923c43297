//! Looking through everything while everybody goes on.

use std::time::Duration;

use db::Db;
use integrity::{Integrity, IntegrityFault};
use kernel::Fault as _;
use tokio::sync::watch;

use crate::system_cx;

/// How often it is looked whether it is time.
const PAUSE: Duration = Duration::from_secs(2);
/// What is left to everybody else between two steps.
const BREATH: Duration = Duration::from_millis(25);

/// Looks through everything once a day, beside everything else.
pub struct SweepWork {
    db: Db,
    integrity: Integrity,
}

impl SweepWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, integrity: Integrity) -> Self {
        Self { db, integrity }
    }

    /// Works until `stop` turns true; the next start goes on where this one was.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.step().await {
                Ok(true) => BREATH,
                Ok(false) => PAUSE,
                Err(fault) => {
                    tracing::warn!(code = fault.code(), "not everything could be looked through");
                    PAUSE
                }
            };
            let _ = tokio::time::timeout(pause, stop.changed()).await;
        }
    }

    async fn step(&self) -> Result<bool, IntegrityFault> {
        let (integrity, cx) = (self.integrity.clone(), system_cx(&self.db));
        let done = tokio::task::spawn_blocking(move || integrity.step(&cx)).await;
        done.unwrap_or(Err(IntegrityFault::Db(db::DbFault::Abandoned)))
    }
}
