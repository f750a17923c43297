//! Whom one person saw: exact, in memory, without clock or database.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use kernel::{SubjectId, Timestamp};

use crate::{Limits, Spent};

/// People seen stay seen for so long: the longer of the two windows.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The shorter window.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How many people somebody saw for the first time: within the last hour, within the last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Within the last hour.
    pub hour: u64,
    /// Within the last 24 hours.
    pub day: u64,
}

/// Lets somebody go on for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whether it is past the hard limit, by so much again; else past the soft one.
    pub hard: bool,
    /// Until when.
    pub until: Timestamp,
}

/// The people that one person saw within the last day, each with the moment of the first time.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    order: VecDeque<(Timestamp, SubjectId)>,
    known: HashSet<SubjectId>,
    pub(crate) passes: Vec<Pass>,
}

impl Seen {
    /// Counts these people, all or none of them, and returns those who are new.
    pub(crate) fn reserve(
        &mut self,
        people: &[SubjectId],
        now: Timestamp,
        limits: Limits,
    ) -> Result<Vec<SubjectId>, Spent> {
        self.expire(now);
        let mut fresh: Vec<SubjectId> = people.iter().filter(|person| !self.known.contains(person)).copied().collect();
        if fresh.is_empty() {
            return Ok(fresh);
        }
        fresh.sort_unstable();
        fresh.dedup();
        let (counted, more) = (self.counted(now), fresh.len() as u64);
        let Limits { soft, hard } = limits;
        let raised = 1 + self.passes(now, true);
        let beyond = |limit: Counted, times: u64| {
            counted.hour.saturating_add(more) > limit.hour.saturating_mul(times)
                || counted.day.saturating_add(more) > limit.day.saturating_mul(times)
        };
        if beyond(hard, raised) {
            return Err(Spent::Hard);
        }
        if beyond(soft, 1) && self.passes(now, false) == 0 {
            return Err(Spent::Soft);
        }
        for person in &fresh {
            self.add(*person, now);
        }
        Ok(fresh)
    }

    /// Adds somebody who was seen at a moment, here or elsewhere; the first time counts.
    pub(crate) fn add(&mut self, person: SubjectId, at: Timestamp) {
        if self.known.insert(person) {
            let place = self.order.partition_point(|(known, _)| *known <= at);
            self.order.insert(place, (at, person));
        }
    }

    /// Counts.
    pub(crate) fn counted(&self, now: Timestamp) -> Counted {
        let since = |span| (self.order.len() - self.order.partition_point(|(at, _)| *at <= now.minus(span))) as u64;
        Counted { hour: since(HOUR), day: since(DAY) }
    }

    /// Counts the passes of a kind that still hold.
    pub(crate) fn passes(&self, now: Timestamp, hard: bool) -> u64 {
        self.passes.iter().filter(|pass| pass.hard == hard && pass.until > now).count() as u64
    }

    /// Forgets whom nobody saw within a day.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let before = now.minus(DAY);
        while let Some((_, person)) = self.order.pop_front_if(|(at, _)| *at <= before) {
            self.known.remove(&person);
        }
    }

    /// Tells whether nothing is remembered.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty() && self.passes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;

    fn people(range: std::ops::Range<u128>) -> Vec<SubjectId> {
        range.map(|n| SubjectId::from_uuid(Uuid::from_u128(n + 1))).collect()
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_micros((100_000 + minutes) * 60_000_000)
    }

    fn limits(soft: (u64, u64), hard: (u64, u64)) -> Limits {
        let counted = |(hour, day)| Counted { hour, day };
        Limits { soft: counted(soft), hard: counted(hard) }
    }

    /// Fails when: people are counted twice, or some of a refused answer are counted.
    #[test]
    fn the_same_people_count_once_and_a_refused_answer_counts_nothing() {
        let (mut seen, limits) = (Seen::default(), limits((10, 10), (10, 10)));
        let twice: Vec<_> = people(0..6).into_iter().chain(people(0..6)).collect();
        assert_eq!(seen.reserve(&twice, at(0), limits).unwrap().len(), 6);
        assert_eq!(seen.reserve(&people(0..6), at(1), limits), Ok(Vec::new()));
        assert_eq!(seen.reserve(&people(4..11), at(1), limits), Err(Spent::Hard));
        assert_eq!(seen.counted(at(1)), Counted { hour: 6, day: 6 });
        assert_eq!(seen.reserve(&people(4..10), at(1), limits).unwrap().len(), 4);
        assert_eq!(seen.reserve(&people(0..10), at(1), limits), Ok(Vec::new()), "whoever was seen stays readable");
    }

    /// Fails when: a window is fixed to the clock, so that two budgets fit around its edge.
    #[test]
    fn windows_roll() {
        let (mut seen, limits) = (Seen::default(), limits((5, 8), (5, 8)));
        assert!(seen.reserve(&people(0..5), at(0), limits).is_ok());
        assert_eq!(seen.reserve(&people(5..6), at(59), limits), Err(Spent::Hard));
        assert!(seen.reserve(&people(5..8), at(60), limits).is_ok());
        assert_eq!(seen.counted(at(60)), Counted { hour: 3, day: 8 });
        assert_eq!(seen.reserve(&people(8..9), at(24 * 60 - 1), limits), Err(Spent::Hard));
        assert_eq!(seen.reserve(&people(8..13), at(24 * 60), limits).map(|fresh| fresh.len()), Ok(5));
        assert_eq!(seen.counted(at(24 * 60)), Counted { hour: 5, day: 8 });
    }

    #[test]
    fn a_pass_lets_past_the_soft_limit_and_a_second_person_gives_the_hard_one_once_more() {
        let (mut seen, limits) = (Seen::default(), limits((2, 2), (4, 4)));
        assert_eq!(seen.reserve(&people(0..3), at(0), limits), Err(Spent::Soft));
        seen.passes.push(Pass { hard: false, until: at(60) });
        assert!(seen.reserve(&people(0..3), at(0), limits).is_ok());
        assert_eq!(seen.reserve(&people(0..5), at(0), limits), Err(Spent::Hard));
        seen.passes.push(Pass { hard: true, until: at(100) });
        assert!(seen.reserve(&people(0..8), at(0), limits).is_ok());
        assert_eq!(seen.reserve(&people(8..9), at(0), limits), Err(Spent::Hard));
        assert_eq!(seen.reserve(&people(8..9), at(100), limits), Err(Spent::Hard), "the raise is over");
    }

    #[test]
    fn what_other_nodes_saw_is_put_in_its_place() {
        let mut seen = Seen::default();
        for (person, minute) in people(0..3).into_iter().zip([30, 0, 15]) {
            seen.add(person, at(minute));
            seen.add(person, at(50));
        }
        assert_eq!(seen.counted(at(60)), Counted { hour: 2, day: 3 });
        seen.expire(at(24 * 60 + 20));
        assert_eq!(seen.counted(at(60)), Counted { hour: 1, day: 1 });
    }
}
