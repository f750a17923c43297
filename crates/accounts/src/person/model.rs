//! How a person who may sign in is described.

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Has joined and may sign in.
    Active,
    /// Has a link to join by, and no password yet.
    Invited,
    /// May not sign in.
    Disabled,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Active, Self::Invited, Self::Disabled];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// Where `sealed` stands in the statements of the store.
pub(super) const SEALED: usize = 2;
