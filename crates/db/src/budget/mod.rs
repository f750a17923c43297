//! The reading budget: how many people's data somebody saw, counted before an answer leaves.
//!
//! Whoever reads through `open`, `list` or `pick` notes the person behind each row. When the closure is through and before its
//! result is handed over, the people are reserved here: all of them, or none and the answer is refused. Those who are new
//! are written with the read lines, in their commit. So a hundred requests at once cannot pass a limit, and a restart
//! forgets nothing.
//!
//! Counting is done in memory, for the person over all sessions and tokens together. What other nodes wrote is read at most a
//! second later, and always before somebody is refused.

mod count;
mod store;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use authz::{Probation, Role};
use kernel::{SubjectId, Timestamp, UserId, Uuid};
use ledger::{Line, verbs};

pub use count::Counted;
pub(crate) use store::write;
pub use store::{forget_old, has_struck, limits, pass_hard, pass_soft, set_limits, take_struck};

use crate::engine::Link;
use crate::{DbFault, ReadTx};
use count::{DAY, Seen};

/// What others wrote is read this much later at most.
const FRESH: Duration = Duration::from_secs(1);
/// What is read again each time: a row may be committed this long after it was made, or by a clock this far behind.
const OVERLAP: Duration = Duration::from_secs(30);

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// A reason is needed to go on.
    Soft,
    /// A second person is needed to go on.
    Hard,
}

/// How many people whoever holds a role may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Beyond these a reason is asked for.
    pub soft: Counted,
    /// Beyond these a second person has to agree.
    pub hard: Counted,
}

impl Default for Limits {
    /// Work with people looks at tens of them an hour; thirty full pages of a list, with nobody on them twice, are fifteen
    /// hundred.
    /// `docs/decisions/0019` has the reasons.
    fn default() -> Self {
        Self { soft: Counted { hour: 500, day: 1_500 }, hard: Counted { hour: 1_000, day: 3_000 } }
    }
}

impl Limits {
    /// What was asked about and agreed to before it is read: it counts, and is not asked about again.
    const NONE: Self = {
        let any = Counted { hour: u64::MAX, day: u64::MAX };
        Self::once(any)
    };

    /// Makes a limit that no reason gets past.
    const fn once(most: Counted) -> Self {
        Self { soft: most, hard: most }
    }

    /// Returns what asks for at least as much as both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let least = |one: Counted, two: Counted| Counted { hour: one.hour.min(two.hour), day: one.day.min(two.day) };
        Self { soft: least(self.soft, other.soft), hard: least(self.hard, other.hard) }
    }
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was counted.
    pub counted: Counted,
    /// What the roles allow, with what a second person added.
    pub limits: Limits,
    /// Until when no reason is asked for, if one was given.
    pub pass: Option<Timestamp>,
}

/// What a transaction adds to the count, to be written with its lines.
#[derive(Debug, Default)]
pub(crate) struct Sights {
    pub(crate) people: Vec<(Reader, Vec<SubjectId>)>,
    /// Who was refused at the hard limit.
    pub(crate) struck: Option<UserId>,
}

/// For whom people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    /// A person, over all sessions and tokens.
    Person(UserId),
    /// What is on probation, over all people it acts for.
    Probation(Uuid),
}

impl Sights {
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty() && self.struck.is_none()
    }
}

/// What is known in this process.
#[derive(Default)]
pub(crate) struct Budget {
    state: Mutex<State>,
    /// Taken while what others wrote is read, so that nobody is judged by what was there before.
    pulling: Mutex<Option<Timestamp>>,
    fresh_until: AtomicI64,
}

#[derive(Default)]
struct State {
    people: HashMap<Reader, Seen>,
    limits: HashMap<String, Limits>,
}

impl State {
    fn limits_of(&self, roles: &[Role]) -> Limits {
        let reading = roles.iter().filter(|role| role.reads_records());
        let known = reading.map(|role| self.limits.get(&*role.code()).copied().unwrap_or_default());
        known.reduce(Limits::and).unwrap_or_default()
    }
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
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (by, person, seen_at) in sights {
            state.people.entry(by).or_default().add(person, seen_at);
        }
        for seen in state.people.values_mut() {
            seen.passes.clear();
            seen.expire(at);
        }
        for (user, pass) in passes {
            state.people.entry(Reader::Person(user)).or_default().passes.push(pass);
        }
        state.people.retain(|_, seen| !seen.is_empty());
        state.limits = limits.into_iter().collect();
        drop(state);
        // A transaction that began earlier may end later; what is known never becomes older by it.
        *last = Some(last.map_or(at, |last| last.max(at)));
        self.fresh_until.fetch_max(at.plus(FRESH).micros(), Ordering::Release);
        Ok(())
    }

    /// Lets the next reader see what was changed here just now.
    pub(crate) fn stale(&self) {
        self.fresh_until.store(i64::MIN, Ordering::Release);
    }

    fn reserve(
        &self,
        by: Reader,
        people: &[SubjectId],
        now: Timestamp,
        limits: impl Fn(&State) -> Limits,
    ) -> Result<Vec<SubjectId>, Spent> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = limits(&state);
        state.people.entry(by).or_default().reserve(people, now, limits)
    }

    fn standing(&self, by: UserId, roles: &[Role], now: Timestamp) -> Standing {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut limits = state.limits_of(roles);
        let Some(seen) = state.people.get(&Reader::Person(by)) else {
            return Standing { counted: Counted::default(), limits, pass: None };
        };
        let times = 1 + seen.passes(now, true);
        limits.hard.hour = limits.hard.hour.saturating_mul(times);
        limits.hard.day = limits.hard.day.saturating_mul(times);
        let pass = seen.passes.iter().filter(|pass| !pass.hard && pass.until > now).map(|pass| pass.until).max();
        Standing { counted: seen.counted(now), limits, pass }
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
            self.pending.add_sights(reader, budget.reserve(reader, people, now, |_| limits)?);
        }
        let reader = Reader::Person(by);
        let limits = |state: &State| state.limits_of(self.cx().roles());
        self.pending.add_sights(reader, budget.reserve(reader, people, now, limits)?);
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
        let fresh = self.budget().reserve(reader, &people, self.now(), |_| Limits::NONE).map_err(DbFault::Spent)?;
        self.pending.add_sights(reader, fresh);
        Ok(())
    }

    /// Returns where somebody who holds these roles stands.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn standing(&self, user: UserId, roles: &[Role]) -> Result<Standing, DbFault> {
        self.budget().pull(&self.link, self.now(), true)?;
        Ok(self.budget().standing(user, roles, self.now()))
    }

    /// Lists who saw people within the last day, most first: who, how many, and how often they were given more.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn readers(&self) -> Result<Vec<(UserId, Counted, u64)>, DbFault> {
        self.budget().pull(&self.link, self.now(), true)?;
        let state = self.budget().state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let told = |(reader, seen): (&Reader, &Seen)| match reader {
            Reader::Person(user) => Some((*user, seen.counted(now), seen.passes(now, true))),
            Reader::Probation(_) => None,
        };
        let mut readers: Vec<_> =
            state.people.iter().filter_map(told).filter(|(_, counted, _)| counted.day > 0).collect();
        drop(state);
        readers.sort_by_key(|(user, counted, _)| (std::cmp::Reverse(counted.day), *user));
        Ok(readers)
    }
}
