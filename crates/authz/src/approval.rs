//! What takes a second person, and the proof that one agreed.

use kernel::UserId;

/// The name of a rule that asks for a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule(&'static str);

impl Rule {
    /// Names a rule; each is a constant of the feature it belongs to.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the stored word, which keys what is said of the rule.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// The proof that a second person agreed to exactly one thing, or that somebody went ahead alone where the rule allows it.
/// A use case that takes one cannot be reached without.
#[must_use]
#[derive(Debug)]
pub struct Approved {
    rule: Rule,
    hash: [u8; 32],
    by: Option<UserId>,
}

impl Approved {
    /// Makes the proof. `clippy.toml` refuses this call everywhere but in `approvals`, which uses the agreement up in the same
    /// transaction.
    pub const fn mint(rule: Rule, hash: [u8; 32], by: Option<UserId>) -> Self {
        Self { rule, hash, by }
    }

    /// Returns the rule that was satisfied.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Returns the hash of what was agreed to.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Returns who agreed; nobody if somebody went ahead alone.
    #[must_use]
    pub const fn by(&self) -> Option<UserId> {
        self.by
    }
}
