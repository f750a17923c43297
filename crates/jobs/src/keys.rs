//! Changing keys while everybody goes on.

use std::time::Duration;

use custody::{Custody, CustodyFault, IndexStep, ObjectStep};
use db::Db;
use kernel::Fault as _;
use tokio::sync::watch;

use crate::system_cx;

/// How often it is looked whether a key is being changed, or should be.
const PAUSE: Duration = Duration::from_secs(2);
/// What is left to everybody else between two batches.
const BREATH: Duration = Duration::from_millis(5);
/// How long is waited for somebody who is in the way.
const MOMENT: Duration = Duration::from_millis(100);

/// Wraps keys anew when their epoch key is changed, and makes the index and what objects' keys seal anew when theirs are, beside everything else.
pub struct KeyWork {
    db: Db,
    custody: Custody,
}

impl KeyWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, custody: Custody) -> Self {
        Self { db, custody }
    }

    /// Works until `stop` turns true; the batch in hand is finished, and the next start goes on behind it.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.step().await {
                Ok(pause) => pause,
                Err(fault) => {
                    tracing::warn!(code = fault.code(), "the change of a key could not go on");
                    PAUSE
                }
            };
            let _ = tokio::time::timeout(pause, stop.changed()).await;
        }
    }

    /// Does the next part of what goes on, and tells how soon there is more to do.
    async fn step(&self) -> Result<Duration, CustodyFault> {
        let (custody, cx) = (self.custody.clone(), system_cx(&self.db));
        let done = tokio::task::spawn_blocking(move || {
            if custody.step(&cx)?.is_some() {
                return Ok(vault::BREATH);
            }
            match custody.step_index(&cx)? {
                IndexStep::More(_) => return Ok(BREATH),
                IndexStep::Wait(_) => return Ok(MOMENT),
                IndexStep::Idle | IndexStep::Done => {}
            }
            Ok(match custody.step_object(&cx)? {
                ObjectStep::More(_) | ObjectStep::Done(_) => BREATH,
                ObjectStep::Wait(_) => MOMENT,
                ObjectStep::Idle => PAUSE,
            })
        })
        .await;
        done.unwrap_or(Err(CustodyFault::Db(db::DbFault::Abandoned)))
    }
}
