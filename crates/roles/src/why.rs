//! Why somebody can see a record, or cannot.

use authz::{Facts, FieldRule, Reach, Rights, Role, Shared, Verb};
use db::{DbFault, ReadTx};
use kernel::{FieldName, UserId};

use crate::act;

/// What one role says of a record.
#[derive(Clone, Debug)]
pub struct RoleSays {
    /// The role.
    pub role: Role,
    /// How far it lets its holders see such records.
    pub reach: Option<Reach>,
    /// Whether that reaches this one.
    pub reaches: bool,
    /// How far it lets them change such records, if that reaches this one.
    pub changes: bool,
}

/// A field that is kept from view, or from being changed.
#[derive(Clone, Debug)]
pub struct FieldSays {
    /// The field.
    pub field: FieldName,
    /// What counts: the strictest.
    pub rule: FieldRule,
    /// The roles that say so.
    pub by: Vec<Role>,
}

/// Why somebody can see a record, or cannot.
#[derive(Clone, Debug)]
pub struct Why {
    /// Whether they can.
    pub sees: bool,
    /// Whether it is their own.
    pub owns: bool,
    /// What each of their roles says.
    pub roles: Vec<RoleSays>,
    /// What a colleague shared of it with them, or with their team.
    pub share: Option<Shared>,
    /// The rules of its fields.
    pub fields: Vec<FieldSays>,
}

/// Works out why somebody who holds some roles can see a record. It asks the same functions as every decision does. Who may know
/// it is the caller's to decide.
///
/// # Errors
/// [`DbFault`].
pub fn why(tx: &ReadTx<'_>, user: UserId, held: &[Role], facts: &Facts) -> Result<Why, DbFault> {
    let rights = act::rights(tx, user, held)?;
    let (person, object) = (Some(user), facts.object.as_str());
    let mut roles = Vec::new();
    let mut charters = Vec::new();
    for role in held {
        let charter = act::granted(tx, *role)?;
        let covers = |verb| charter.reach(object, verb).is_some_and(|reach| rights.covers(person, reach, facts));
        let (reaches, changes) = (covers(Verb::Read), covers(Verb::Update));
        roles.push(RoleSays { role: *role, reach: charter.reach(object, Verb::Read), reaches, changes });
        charters.push((*role, charter));
    }
    let fields = rights.charter().rules(object).into_iter().flatten().map(|(field, rule)| {
        let says = |(role, charter): &(Role, authz::Charter)| {
            (charter.field(object, field.as_str()) == Some(*rule)).then_some(*role)
        };
        FieldSays { field: field.clone(), rule: *rule, by: charters.iter().filter_map(says).collect() }
    });
    let fields = fields.collect();
    Ok(Why {
        sees: sees(&rights, person, facts),
        owns: facts.owner == person,
        roles,
        share: rights.share(object, facts.id),
        fields,
    })
}

fn sees(rights: &Rights, person: Option<UserId>, facts: &Facts) -> bool {
    let object = facts.object.as_str();
    let shared = rights.share(object, facts.id).is_some_and(|share| share.opens(Verb::Read));
    rights.reach(object, Verb::Read).is_some_and(|reach| rights.covers(person, reach, facts) || shared)
}
