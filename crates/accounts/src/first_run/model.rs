//! The workspace and who founds it.

use authz::Role;
use crypto::Secret;
use db::{Bare, DbFault, Row};
use kernel::{Email, Timestamp, WorkspaceId};
use passwords::About;

use crate::AccountFault;
use crate::input::Findings;

/// What the first run asks for.
pub struct Founder {
    /// The name of the workspace: that of the company.
    pub workspace: String,
    /// The name of the first person.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: Secret<String>,
}

/// The company that runs this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The id.
    pub id: WorkspaceId,
    /// The name.
    pub name: String,
    /// When it was set up.
    pub created_at: Timestamp,
}

// The company's own name, which stands on its sign-in page.
impl Bare for Workspace {}

impl Workspace {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)? })
    }
}

/// The roles of the first person, who is alone.
pub(crate) const FIRST_ROLES: [Role; 4] = [Role::Administrator, Role::Auditor, Role::Manager, Role::SecurityOfficer];

/// What the first run asks for, parsed.
pub(crate) struct Founding {
    pub(crate) workspace: String,
    pub(crate) name: String,
    pub(crate) email: Email,
}

impl Founding {
    pub(crate) fn parse(founder: &Founder) -> Result<Self, AccountFault> {
        let mut findings = Findings::default();
        let workspace = findings.line("workspace", &founder.workspace, 80);
        let (name, email) = (findings.name(&founder.name), findings.email(&founder.email));
        match (workspace, name, email) {
            (Some(workspace), Some(name), Some(email)) => Ok(Self { workspace, name, email }),
            _ => Err(findings.fault()),
        }
    }
}

/// Returns what a password must not be made of.
pub(crate) fn about(founder: &Founder) -> About {
    let Founder { workspace, name, email, .. } = founder;
    About { name: name.clone(), email: email.clone(), workspace: workspace.clone(), one_of_two: false }
}
