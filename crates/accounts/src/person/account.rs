//! The rows of people, and what is made of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use authz::{Resource, Rights, Role};
use db::{ACCOUNT, DbFault, Marked, Row, Stored, Val};
use kernel::{FieldName, Lang, ObjectName, SubjectId, Timestamp, UserId, Uuid};
use vault::Vault;

use super::{Profile, State};
use crate::{AccountFault, object};

/// Where `sealed` stands in the statements of the store.
pub(super) const SEALED: usize = 2;

/// A row of `app_user`.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) object: ObjectName,
    pub(crate) id: UserId,
    pub(crate) email_blind: [u8; 16],
    pub(crate) sealed: Vec<u8>,
    pub(crate) subject: SubjectId,
    pub(crate) password: Option<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) state: State,
    pub(crate) created_at: Timestamp,
    pub(crate) version: i64,
}

impl Account {
    /// Makes a person with a key of their own, who has not joined yet.
    pub(crate) fn new(
        tx: &db::ReadTx<'_>,
        vault: &Vault,
        profile: &Profile,
        email_blind: [u8; 16],
        roles: Vec<Role>,
    ) -> Result<Self, AccountFault> {
        let (id, subject) = (tx.new_id(), vault.new_subject()?);
        Ok(Self {
            object: object::user(),
            id,
            email_blind,
            sealed: profile.seal(vault, id, subject)?,
            subject,
            password: None,
            roles,
            state: State::Invited,
            created_at: tx.now(),
            version: 0,
        })
    }

    /// Takes a row of the columns that all statements of the store name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            object: object::user(),
            id: row.get(0)?,
            email_blind: row.get(1)?,
            sealed: row.get(SEALED)?,
            subject: row.get(3)?,
            password: row.get(4)?,
            roles: parse_roles(&row.get::<String>(5)?),
            state: State::parse(&row.get::<String>(6)?).ok_or(DbFault::Shape(6))?,
            created_at: row.get(7)?,
            version: row.get(8)?,
        })
    }

    /// Returns what the person may do at this moment.
    pub(crate) fn rights(&self, tx: &db::ReadTx<'_>) -> Result<Arc<Rights>, DbFault> {
        Ok(roles::rights(tx, self.id, &self.roles)?.into())
    }

    pub(crate) fn profile(&self, vault: &Vault) -> Result<Profile, AccountFault> {
        Profile::open(vault, self.id, self.subject, &self.sealed)
    }
}

impl Resource for Account {
    fn object(&self) -> &ObjectName {
        &self.object
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.id)
    }
}

impl Stored for Account {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every write of the tests reads it")]
    fn table(&self) -> ObjectName {
        ObjectName::parse("app_user").expect("a name")
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn set_version(&mut self, version: i64) {
        self.version = version;
    }

    fn marked(&self) -> Option<&'static Marked> {
        Some(&ACCOUNT)
    }

    fn columns(&self) -> Vec<(FieldName, Val)> {
        let words = ["email_blind", "sealed", "subject_id", "password", "roles", "state", "created_at"];
        let values: [Val; 7] = [
            self.email_blind.into(),
            self.sealed.as_slice().into(),
            self.subject.into(),
            self.password.clone().into(),
            spell_roles(&self.roles).into(),
            self.state.code().into(),
            self.created_at.into(),
        ];
        object::fields(&words).into_iter().zip(values).collect()
    }
}

/// A person as colleagues and administrators see them.
#[derive(Clone)]
pub struct Person {
    object: ObjectName,
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether the person may sign in.
    pub state: State,
    /// Since when the person is known.
    pub created_at: Timestamp,
}

impl Person {
    pub(crate) fn open(account: &Account, vault: &Vault) -> Result<Self, AccountFault> {
        let Profile { name, email, .. } = account.profile(vault)?;
        let Account { id, roles, state, created_at, .. } = account;
        let roles = roles.clone();
        Ok(Self { object: object::user(), id: *id, name, email, roles, state: *state, created_at: *created_at })
    }
}

impl Resource for Person {
    fn object(&self) -> &ObjectName {
        &self.object
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.id)
    }
}

/// What somebody may do at this moment, for work done in their name while they are not there.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The person.
    pub user: UserId,
    /// What the person may do now.
    pub rights: Arc<Rights>,
    /// The language chosen, if one was.
    pub lang: Option<Lang>,
}

/// Spells roles for their column: words with spaces between, in the order of the policy matrix.
pub(crate) fn spell_roles(roles: &[Role]) -> String {
    let words: BTreeSet<Role> = roles.iter().copied().collect();
    words.into_iter().map(Role::code).collect::<Vec<_>>().join(" ")
}

/// Takes roles from their column. A word that no role has any more gives no right.
pub(crate) fn parse_roles(text: &str) -> Vec<Role> {
    text.split(' ').filter_map(Role::parse).collect()
}
