//! How many people whoever holds a role may see.

use kernel::Timestamp;

use crate::Counted;

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
    pub const NONE: Self = {
        let any = Counted { hour: u64::MAX, day: u64::MAX };
        Self::once(any)
    };

    /// Makes a limit that no reason gets past.
    #[must_use]
    pub const fn once(most: Counted) -> Self {
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
