//! Decisions about people, without clock or database.

use authz::Role;
use kernel::UserId;

use crate::AccountFault;

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
    fn roles_given_and_taken_are_told_apart() {
        let (given, taken) = difference(&[Role::Agent, Role::Viewer], &[Role::Agent, Role::Manager]);
        assert_eq!((given, taken), (vec![Role::Manager], vec![Role::Viewer]));
        assert_eq!(role_set(vec![Role::Agent, Role::Agent]).unwrap(), [Role::Agent]);
        assert!(role_set(Vec::new()).is_err());
    }
}
