//! Moving what somebody left behind.

use db::Db;
use db::queue::Leased;
use leaving::{HAND_OVER, HandOver};
use records::{RecordFault, Records};

use crate::{JobFault, Progress, Work, system_cx};

/// So many records are moved in one transaction: few enough that nobody waits for them.
const BATCH: u64 = 200;

/// Moves the records of somebody who left to a successor.
pub struct HandOverWork {
    db: Db,
    records: Records,
}

impl HandOverWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, records: Records) -> Self {
        Self { db, records }
    }
}

impl Work for HandOverWork {
    fn kind(&self) -> &'static str {
        HAND_OVER
    }

    fn step(&self, job: &Leased) -> Result<Progress, JobFault> {
        let (records, payload) = (self.records.clone(), job.payload.clone());
        let moving = self.db.write_now(&system_cx(&self.db), move |tx| -> Result<_, RecordFault> {
            let Some(hand_over) = HandOver::find(tx, &payload)? else { return Ok(0) };
            let moved = records.hand_over(tx, (hand_over.from, hand_over.to), BATCH)?;
            hand_over.came(tx, moved)?;
            Ok(moved)
        });
        Ok(if moving.map_err(JobFault::step)? == 0 { Progress::Done } else { Progress::More })
    }
}
