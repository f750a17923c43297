//! Whether a person may sign in, and what changes that.

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

/// What happens to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The person used their link and chose a password.
    Join,
    /// An administrator closed the account.
    Disable,
    /// An administrator opened it again; `joined` if the person has a password.
    Enable {
        /// Whether the person has a password.
        joined: bool,
    },
}

impl State {
    /// Returns the state after an event; `None` if it cannot happen now.
    #[must_use]
    pub const fn next(self, event: Event) -> Option<Self> {
        match (self, event) {
            (Self::Invited, Event::Join) | (Self::Disabled, Event::Enable { joined: true }) => Some(Self::Active),
            (Self::Disabled, Event::Enable { joined: false }) => Some(Self::Invited),
            (Self::Active | Self::Invited, Event::Disable) => Some(Self::Disabled),
            (Self::Active | Self::Disabled, Event::Join)
            | (Self::Disabled, Event::Disable)
            | (Self::Active | Self::Invited, Event::Enable { .. }) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state() {
        use Event::{Disable, Enable, Join};
        use State::{Active, Disabled, Invited};
        let (joined, not_joined) = (Enable { joined: true }, Enable { joined: false });
        for (state, event, after) in [
            (Active, Join, None),
            (Active, Disable, Some(Disabled)),
            (Active, joined, None),
            (Active, not_joined, None),
            (Invited, Join, Some(Active)),
            (Invited, Disable, Some(Disabled)),
            (Invited, joined, None),
            (Invited, not_joined, None),
            (Disabled, Join, None),
            (Disabled, Disable, None),
            (Disabled, joined, Some(Active)),
            (Disabled, not_joined, Some(Invited)),
        ] {
            assert_eq!(state.next(event), after, "{state:?} {event:?}");
        }
    }
}
