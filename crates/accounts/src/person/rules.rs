//! Decisions about people, without clock or database.

use authz::Role;
use kernel::UserId;

use super::State;
use crate::AccountFault;

/// What happens to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
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
    pub(crate) const fn next(self, event: Event) -> Option<Self> {
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

/// Refuses what nobody does to themselves: change their own roles, close their own account.
pub(crate) fn on_another(actor: Option<UserId>, target: UserId) -> Result<(), AccountFault> {
    if actor == Some(target) { Err(AccountFault::OnOneself) } else { Ok(()) }
}

/// Returns the roles that were given and those that were taken.
pub(crate) fn difference(before: &[Role], after: &[Role]) -> (Vec<Role>, Vec<Role>) {
    let only = |one: &[Role], other: &[Role]| one.iter().copied().filter(|role| !other.contains(role)).collect();
    (only(after, before), only(before, after))
}

/// Takes a set of roles: at least one, each once.
pub(crate) fn role_set(mut roles: Vec<Role>) -> Result<Vec<Role>, AccountFault> {
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() { Err(AccountFault::wrong("roles", "missing")) } else { Ok(roles) }
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

    #[test]
    fn roles_given_and_taken_are_told_apart() {
        let (given, taken) = difference(&[Role::Agent, Role::Viewer], &[Role::Agent, Role::Manager]);
        assert_eq!((given, taken), (vec![Role::Manager], vec![Role::Viewer]));
        assert_eq!(role_set(vec![Role::Agent, Role::Agent]).unwrap(), [Role::Agent]);
        assert!(role_set(Vec::new()).is_err());
    }
}
