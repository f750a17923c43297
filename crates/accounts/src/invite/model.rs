//! What an invitation asks for, and what joining does.

use authz::Role;
use crypto::Secret;
use kernel::Email;

use crate::AccountFault;
use crate::input::Findings;
use crate::person::rules;

/// Whom to invite.
#[derive(Clone)]
pub struct Invitation {
    /// The e-mail address.
    pub email: String,
    /// The name; the person may correct it when joining.
    pub name: String,
    /// The roles, at least one.
    pub roles: Vec<Role>,
}

/// An invitation, parsed.
pub(crate) struct Invited {
    pub(crate) email: Email,
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
}

impl Invited {
    pub(crate) fn parse(invitation: Invitation) -> Result<Self, AccountFault> {
        let mut findings = Findings::default();
        let (email, name) = (findings.email(&invitation.email), findings.name(&invitation.name));
        let roles = rules::role_set(invitation.roles).ok().or_else(|| findings.add("roles", "missing"));
        match (email, name, roles) {
            (Some(email), Some(name), Some(roles)) => Ok(Self { email, name, roles }),
            _ => Err(findings.fault()),
        }
    }
}

/// What somebody who joins says about themselves.
pub struct Joining {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Secret<String>,
}
