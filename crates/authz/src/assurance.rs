//! How strongly somebody proved who they are.

use std::time::Duration;

use kernel::Timestamp;

/// What a sign-in rests on, the weakest first (NIST SP 800-63B-4 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One factor: a password, or a link handed over once (AAL1).
    Single,
    /// Two factors of which a relay could take both: a password and a code (AAL2).
    Multi,
    /// Two factors bound to this site, which no relay can take: a passkey with user verification (AAL2, §3.2.5).
    Resistant,
}

impl Level {
    /// Every level, the weakest first.
    pub const ALL: &'static [Self] = &[Self::Single, Self::Multi, Self::Resistant];

    /// Returns the stored number: 1 to 3.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Single => 1,
            Self::Multi => 2,
            Self::Resistant => 3,
        }
    }

    /// Takes a stored number.
    #[must_use]
    pub fn parse(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|level| level.number() == number)
    }

    /// Returns the word for the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
            Self::Resistant => "resistant",
        }
    }
}

/// What is asked of a person: how strongly they prove who they are to be let in, and how strongly and lately before a
/// dangerous act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What a sign-in has to rest on for the person's rights to count.
    pub sign_in: Level,
    /// What a dangerous act has to rest on.
    pub danger: Level,
    /// How long a proof lasts for dangerous acts.
    pub lasts: Duration,
}

impl Default for Demand {
    /// A passkey before dangerous acts: whoever relays a password and a code gets none of them.
    fn default() -> Self {
        Self { sign_in: Level::Single, danger: Level::Resistant, lasts: Duration::from_secs(10 * 60) }
    }
}

impl Demand {
    /// Returns what asks for at least as much as both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sign_in: self.sign_in.max(other.sign_in),
            danger: self.danger.max(other.danger),
            lasts: self.lasts.min(other.lasts),
        }
    }

    /// Returns what asks for no more than `most`: where passkeys cannot work, nobody can be asked for one.
    #[must_use]
    pub fn at_most(self, most: Level) -> Self {
        Self { sign_in: self.sign_in.min(most), danger: self.danger.min(most), ..self }
    }
}

/// What is known of the browser that a session is tied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// The session is tied to none: whoever has its cookie has it.
    Untied,
    /// It has not signed for a dangerous act, and can.
    Silent,
    /// It has just signed for a dangerous act.
    Signed,
}

/// All that a decision knows about a person's proofs: what was proved, what is asked, and the moment of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What the person proved, and when.
    pub assurance: Assurance,
    /// What is asked of the person.
    pub demand: Demand,
    /// What the browser has shown.
    pub device: Device,
    /// When the request is made.
    pub now: Timestamp,
}

impl Proof {
    /// Tells whether `level` was proved, lately enough for a dangerous act.
    #[must_use]
    pub fn covers(self, level: Level) -> bool {
        self.assurance.covers(level, self.demand.lasts, self.now)
    }
}

/// What somebody proved, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// How strongly.
    pub level: Level,
    /// When, for the last time.
    pub at: Timestamp,
}

impl Assurance {
    /// Returns what stands after another proof. A weaker one changes nothing: it makes a strong one no fresher, and a session
    /// never falls below what it had.
    #[must_use]
    pub fn after(self, level: Level, at: Timestamp) -> Self {
        if level >= self.level { Self { level, at } } else { self }
    }

    /// Tells whether it is at least `level`, and proved no longer ago than `within`.
    #[must_use]
    pub fn covers(self, level: Level, within: Duration, now: Timestamp) -> bool {
        self.level >= level && now.since(self.at) <= within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_as_strong_as_it_is_and_grows_old() {
        let at = Timestamp::from_micros(0);
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let proof = Assurance { level: Level::Multi, at };
        assert!(proof.covers(Level::Single, minutes(10), at) && proof.covers(Level::Multi, minutes(10), at));
        assert!(!proof.covers(Level::Resistant, minutes(10), at));
        assert!(proof.covers(Level::Multi, minutes(10), at.plus(minutes(10))));
        assert!(!proof.covers(Level::Multi, minutes(10), at.plus(minutes(11))));
    }

    #[test]
    fn a_weak_proof_makes_a_strong_one_no_fresher() {
        let [at, later] = [0, 1].map(Timestamp::from_micros);
        let after = |had, level| Assurance { level: had, at }.after(level, later);
        assert_eq!(after(Level::Single, Level::Multi), Assurance { level: Level::Multi, at: later });
        assert_eq!(after(Level::Multi, Level::Multi), Assurance { level: Level::Multi, at: later });
        assert_eq!(after(Level::Resistant, Level::Multi), Assurance { level: Level::Resistant, at });
    }

    #[test]
    fn the_strictest_of_several_demands_counts() {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let lax = Demand { sign_in: Level::Multi, danger: Level::Single, lasts: minutes(30) };
        let both = Demand { sign_in: Level::Multi, danger: Level::Resistant, lasts: minutes(10) };
        assert_eq!(lax.and(Demand::default()), both);
        assert_eq!(Demand::default().and(lax), both);
        assert_eq!(both.at_most(Level::Multi).danger, Level::Multi);
        assert_eq!(lax.at_most(Level::Multi), lax);
    }

    #[test]
    fn levels_are_stored_by_number() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.number()), Some(*level));
        }
        assert_eq!(Level::parse(0), None);
    }
}
