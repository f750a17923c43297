//! The reading budget: how many people's data somebody saw, counted before an answer leaves.
//!
//! Whoever reads through `open`, `list` or `pick` notes the person behind each row. When the closure is through and before its
//! result is handed over, the people are reserved here: all of them, or none and the answer is refused. Those who are new
//! are written with the read lines, in their commit. So a hundred requests at once cannot pass a limit, and a restart
//! forgets nothing.
//!
//! Counting is done in memory (crate `sights`), for the person over all sessions and tokens together. What other nodes wrote is read at most a
//! second later, and always before somebody is refused.

mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use authz::{Probation, Role};
use kernel::{SubjectId, Timestamp, UserId};
use ledger::{Line, verbs};
pub(crate) use sights::Reader;
use sights::{DAY, Tally};

pub use sights::{Counted, Limits, Spent, Standing};
pub(crate) use store::write;
pub use store::{forget_old, has_struck, limits, pass_hard, pass_soft, set_limits, take_struck};

use crate::engine::Link;
use crate::{DbFault, ReadTx};

/// What others wrote is read this much later at most.
const FRESH: Duration = Duration::from_secs(1);
/// What is read again each time: a row may be committed this long after it was made, or by a clock this far behind.
const OVERLAP: Duration = Duration::from_secs(30);

/// What a transaction adds to the count, to be written with its lines.
#[derive(Debug, Default)]
pub(crate) struct Sights {
    pub(crate) people: Vec<(Reader, Vec<SubjectId>)>,
    /// Who was refused at the hard limit.
    pub(crate) struck: Option<UserId>,
}

impl Sights {
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty() && self.struck.is_none()
    }
}

/// What is known in this process.
#[derive(Default)]
pub(crate) struct Budget {
    state: Mutex<Tally>,
    /// Taken while what others wrote is read, so that nobody is judged by what was there before.
    pulling: Mutex<Option<Timestamp>>,
    fresh_until: AtomicI64,
}

impl Budget {
    /// Reads what was written since the last time; everything of the last day at first.
    pub(crate) fn pull(&self, link: &Link<'_>, at: Timestamp, force: bool) -> Result<(), DbFault> {
        if !force && at.micros() < self.fresh_until.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut last = self.pulling.lock().unwrap_or_else(PoisonError::into_inner);
        if !force && at.micros() < self.fresh_until.load(Ordering::Acquire) {
            return Ok(());
        }
        let since = last.map_or(at.minus(DAY), |last| last.minus(OVERLAP));
        let (sights, passes, limits) = (store::since(link, since)?, store::passes(link, at)?, store::all_limits(link)?);
        self.tally().take(at, sights, passes, limits);
        // A transaction that began earlier may end later; what is known never becomes older by it.
        *last = Some(last.map_or(at, |last| last.max(at)));
        self.fresh_until.fetch_max(at.plus(FRESH).micros(), Ordering::Release);
        Ok(())
    }

    /// Lets the next reader see what was changed here just now.
    pub(crate) fn stale(&self) {
        self.fresh_until.store(i64::MIN, Ordering::Release);
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadTx<'_> {
    /// Counts the people this transaction has read so far, before anything of them leaves: the end of every transaction
    /// does. Whoever hands data out by way of a fault calls it first.
    ///
    /// # Errors
    /// [`DbFault::Spent`] if there are more new ones than the actor's limits allow; then none of them are counted.
    pub fn count_seen(&self) -> Result<(), DbFault> {
        let (people, object) = self.pending.take_seen();
        // The operator's commands and the program itself show nobody anything.
        let (Some(by), Some(object)) = (self.cx().person(), object) else { return Ok(()) };
        let budget = self.budget();
        budget.pull(&self.link, self.now(), false)?;
        let mut reserved = self.reserve(by, &people);
        if reserved.is_err() {
            // Limits, and what somebody agreed to, may be newer than what is known here.
            budget.pull(&self.link, self.now(), true)?;
            reserved = self.reserve(by, &people);
        }
        match reserved {
            Ok(()) => Ok(()),
            Err(spent) => {
                let fault = DbFault::Spent(spent);
                let line = Line::denied(verbs::READ, object, kernel::Fault::code(&fault));
                self.note_denial(line.fact("people", people.len().to_string()));
                if spent == Spent::Hard {
                    self.pending.strike(by);
                }
                Err(fault)
            }
        }
    }

    /// Reserves people for whoever acts, and first for what is on probation. If only the second fails, the first stays: counted
    /// too much errs on the safe side.
    fn reserve(&self, by: UserId, people: &[SubjectId]) -> Result<(), Spent> {
        let (budget, now) = (self.budget(), self.now());
        if let Some(Probation { of, people: most }) = self.cx().rights().probation() {
            let reader = Reader::Probation(of);
            let limits = Limits::once(Counted { hour: most, day: most });
            self.pending.add_sights(reader, budget.tally().reserve(reader, people, now, limits)?);
        }
        let reader = Reader::Person(by);
        let mut tally = budget.tally();
        let limits = tally.limits_of(self.cx().roles());
        let fresh = tally.reserve(reader, people, now, limits)?;
        drop(tally);
        self.pending.add_sights(reader, fresh);
        Ok(())
    }

    /// Counts the people this transaction has read so far without asking about them: for an act in which a step-up, a reason
    /// and, where there are many, a second person came before the first of them was read. They count for whatever follows.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn count_agreed(&self) -> Result<(), DbFault> {
        let (people, _) = self.pending.take_seen();
        let Some(by) = self.cx().person() else { return Ok(()) };
        self.budget().pull(&self.link, self.now(), false)?;
        let reader = Reader::Person(by);
        let reserved = self.budget().tally().reserve(reader, &people, self.now(), Limits::NONE);
        let fresh = reserved.map_err(DbFault::Spent)?;
        self.pending.add_sights(reader, fresh);
        Ok(())
    }

    /// Returns where somebody who holds these roles stands.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn standing(&self, user: UserId, roles: &[Role]) -> Result<Standing, DbFault> {
        self.budget().pull(&self.link, self.now(), true)?;
        Ok(self.budget().tally().standing(user, roles, self.now()))
    }

    /// Lists who saw people within the last day, most first: who, how many, and how often they were given more.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn readers(&self) -> Result<Vec<(UserId, Counted, u64)>, DbFault> {
        self.budget().pull(&self.link, self.now(), true)?;
        Ok(self.budget().tally().readers(self.now()))
    }
}
