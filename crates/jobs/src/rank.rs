//! Ranking what was there before lists sorted by it.

use db::Db;
use db::queue::Leased;
use records::Records;
use records::order::RANK_JOB;

use crate::{JobFault, Progress, Work, system_cx};

/// So many records are ranked in one transaction.
const BATCH: u64 = 500;

/// Gives ranks to records that have none, in the orders that need it.
pub struct RankWork {
    db: Db,
    records: Records,
}

impl RankWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, records: Records) -> Self {
        Self { db, records }
    }
}

impl Work for RankWork {
    fn kind(&self) -> &'static str {
        RANK_JOB
    }

    fn step(&self, _: &Leased) -> Result<Progress, JobFault> {
        let records = self.records.clone();
        let more = self.db.write_now(&system_cx(&self.db), move |tx| records.rank_some(tx, BATCH));
        Ok(if more.map_err(JobFault::step)? { Progress::More } else { Progress::Done })
    }
}
