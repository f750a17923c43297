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

/// What somebody proved, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// How strongly.
    pub level: Level,
    /// When, for the last time.
    pub at: Timestamp,
}

impl Assurance {
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
    fn levels_are_stored_by_number() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.number()), Some(*level));
        }
        assert_eq!(Level::parse(0), None);
    }
}
