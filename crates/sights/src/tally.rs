//! What is known of everybody.

use std::collections::HashMap;

use authz::Role;
use kernel::{SubjectId, Timestamp, UserId, Uuid};

use crate::count::Seen;
use crate::{Counted, Limits, Pass, Spent, Standing};

/// For whom people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reader {
    /// A person, over all sessions and tokens.
    Person(UserId),
    /// What is on probation, over all people it acts for.
    Probation(Uuid),
}

/// Whom everybody saw within a day, and what each role allows.
#[derive(Default)]
pub struct Tally {
    people: HashMap<Reader, Seen>,
    limits: HashMap<String, Limits>,
}

impl Tally {
    /// Takes what was written here and elsewhere: who was seen when, who may go on, and what roles allow. What is older than a day is
    /// forgotten.
    pub fn take(
        &mut self,
        at: Timestamp,
        sights: impl IntoIterator<Item = (Reader, SubjectId, Timestamp)>,
        passes: impl IntoIterator<Item = (UserId, Pass)>,
        limits: impl IntoIterator<Item = (String, Limits)>,
    ) {
        for (by, person, seen_at) in sights {
            self.people.entry(by).or_default().add(person, seen_at);
        }
        for seen in self.people.values_mut() {
            seen.passes.clear();
            seen.expire(at);
        }
        for (user, pass) in passes {
            self.people.entry(Reader::Person(user)).or_default().passes.push(pass);
        }
        self.people.retain(|_, seen| !seen.is_empty());
        self.limits = limits.into_iter().collect();
    }

    /// Returns what somebody who holds these roles may see: what asks for at least as much as each.
    #[must_use]
    pub fn limits_of(&self, roles: &[Role]) -> Limits {
        let reading = roles.iter().filter(|role| role.reads_records());
        let known = reading.map(|role| self.limits.get(&*role.code()).copied().unwrap_or_default());
        known.reduce(Limits::and).unwrap_or_default()
    }

    /// Counts people, all or none of them, and returns those who are new.
    ///
    /// # Errors
    /// [`Spent`] if there are more new ones than the limits allow.
    pub fn reserve(
        &mut self,
        by: Reader,
        people: &[SubjectId],
        now: Timestamp,
        limits: Limits,
    ) -> Result<Vec<SubjectId>, Spent> {
        self.people.entry(by).or_default().reserve(people, now, limits)
    }

    /// Returns where somebody who holds these roles stands.
    #[must_use]
    pub fn standing(&self, by: UserId, roles: &[Role], now: Timestamp) -> Standing {
        let mut limits = self.limits_of(roles);
        let Some(seen) = self.people.get(&Reader::Person(by)) else {
            return Standing { counted: Counted::default(), limits, pass: None };
        };
        let times = 1 + seen.passes(now, true);
        limits.hard.hour = limits.hard.hour.saturating_mul(times);
        limits.hard.day = limits.hard.day.saturating_mul(times);
        let pass = seen.passes.iter().filter(|pass| !pass.hard && pass.until > now).map(|pass| pass.until).max();
        Standing { counted: seen.counted(now), limits, pass }
    }

    /// Lists who saw people within the last day, most first: who, how many, and how often they were given more.
    #[must_use]
    pub fn readers(&self, now: Timestamp) -> Vec<(UserId, Counted, u64)> {
        let told = |(reader, seen): (&Reader, &Seen)| match reader {
            Reader::Person(user) => Some((*user, seen.counted(now), seen.passes(now, true))),
            Reader::Probation(_) => None,
        };
        let mut readers: Vec<_> =
            self.people.iter().filter_map(told).filter(|(_, counted, _)| counted.day > 0).collect();
        readers.sort_by_key(|(user, counted, _)| (std::cmp::Reverse(counted.day), *user));
        readers
    }
}
