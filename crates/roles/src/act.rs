//! Reading and changing roles.

use std::sync::LazyLock;

use authz::{Action, Charter, Configure, Denied, Facts, Read, Rights, Role, permit};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, UserId, Uuid};
use ledger::{Line, verbs};
use objects::object::Objects;

use crate::store::{self, RoleRow};
use crate::{RoleFault, rules, share, team};

/// At most this many changes are named in one line.
const MOST_NAMED: usize = 40;

pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every change in the tests reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("role").expect("a name"));
    NAME.clone()
}

pub(crate) fn may<A: Action>(tx: &ReadTx<'_>, verb: &'static str) -> Result<(), Denied> {
    let facts = Facts { object: object(), id: Uuid::nil(), owner: None, team: None };
    permit::<A>(tx.cx(), facts).map(|_| ()).inspect_err(|denied| deny(tx, verb, denied.code()))
}

pub(crate) fn deny(tx: &ReadTx<'_>, verb: &'static str, code: &'static str) {
    tx.note_denial(Line::denied(verb, object(), code));
}

/// Returns what somebody may do at this moment: what all roles they hold say together, the teams they work in, and what
/// colleagues share with them. It is read where somebody is authenticated, before there is a `Cx` to ask.
///
/// # Errors
/// [`DbFault`].
pub fn rights(tx: &ReadTx<'_>, user: UserId, held: &[Role]) -> Result<Rights, DbFault> {
    let charters = held.iter().map(|role| granted(tx, *role)).collect::<Result<Vec<_>, _>>()?;
    let rights = Rights::compiled(held.to_vec(), charters);
    let (own, below) = team::around(tx, user)?;
    let shares = share::with(tx, user, own)?;
    Ok(rights.in_teams(own.into_iter().collect(), below).sharing(shares))
}

pub(crate) fn granted(tx: &ReadTx<'_>, role: Role) -> Result<Charter, DbFault> {
    let rows = if role.is_editable() { store::charter(tx, role)? } else { None };
    Ok(rows.unwrap_or_else(|| role.charter()))
}

/// Lists every role, the built-in ones first.
///
/// # Errors
/// [`RoleFault::Denied`] without the right to read settings.
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<RoleRow>, RoleFault> {
    may::<Read>(tx, verbs::READ)?;
    tx.note(Line::done(verbs::READ, object()));
    all(tx)
}

fn all(tx: &ReadTx<'_>) -> Result<Vec<RoleRow>, RoleFault> {
    let named = store::named(tx)?;
    let made =
        named.iter().filter(|(role, _)| matches!(role, Role::Made(_))).map(|(role, name)| (*role, Some(name.clone())));
    let built_in = Role::ALL.iter().map(|role| (*role, None));
    let row = |(role, name): (Role, Option<String>)| {
        let charter = granted(tx, role)?;
        let changed = name.is_none() && charter != role.charter();
        Ok(RoleRow { role, name, charter, changed, holders: store::holders(tx, role)? })
    };
    built_in.chain(made).map(row).collect()
}

/// Returns what the workspace calls the roles it made: for pages that name somebody's roles to people who may see them.
///
/// # Errors
/// [`DbFault`].
pub fn names(tx: &ReadTx<'_>) -> Result<Vec<(Role, String)>, DbFault> {
    Ok(store::named(tx)?.into_iter().filter(|(role, _)| matches!(role, Role::Made(_))).collect())
}

/// Tells whether every one of some roles is there: one that the workspace never made, or took away, is not.
///
/// # Errors
/// [`DbFault`].
pub fn exist(tx: &ReadTx<'_>, roles: &[Role]) -> Result<bool, DbFault> {
    if !roles.iter().any(|role| matches!(role, Role::Made(_))) {
        return Ok(true);
    }
    let made = names(tx)?;
    Ok(roles.iter().all(|role| !matches!(role, Role::Made(_)) || made.iter().any(|(known, _)| known == role)))
}

/// Returns what the workspace calls a role it made.
#[must_use]
pub fn name_of(names: &[(Role, String)], role: Role) -> Option<&str> {
    names.iter().find(|(known, _)| *known == role).map(|(_, name)| name.as_str())
}

/// Refuses to change a role that stays as it is, and one that the actor holds: nobody gives themselves rights.
fn changeable(tx: &ReadTx<'_>, role: Role) -> Result<(), RoleFault> {
    may::<Configure>(tx, verbs::ROLE_CHANGE)?;
    let fault = if !role.is_editable() {
        RoleFault::Fixed
    } else if tx.cx().roles().contains(&role) {
        RoleFault::Own
    } else {
        return Ok(());
    };
    deny(tx, verbs::ROLE_CHANGE, fault.code());
    Err(fault)
}

/// Changes what a role grants, and what one that the workspace made is called. It counts from the next request of everybody
/// who holds it, at most a second later.
///
/// # Errors
/// [`RoleFault::Denied`] without the right to configure, or without a fresh proof; [`RoleFault::Fixed`]; [`RoleFault::Own`];
/// [`RoleFault::Rule`]; [`RoleFault::Name`].
pub fn save(
    tx: &mut WriteTx<'_>,
    objects: &Objects,
    role: Role,
    name: &str,
    wanted: &Charter,
) -> Result<(), RoleFault> {
    changeable(tx, role)?;
    rules::check(objects, wanted)?;
    let known = store::named(tx)?;
    let name = match role {
        Role::Made(_) if known.iter().all(|(other, _)| *other != role) => return Err(Denied::Hidden.into()),
        Role::Made(_) => free_name(&known, role, name)?,
        _ => role.code().into_owned(),
    };
    let before = granted(tx, role)?;
    store::put(tx, role, &name, wanted)?;
    let named = rules::differences(&before, wanted, MOST_NAMED);
    let line = Line::done(verbs::ROLE_CHANGE, object()).fact("role", role.code().into_owned()).fact("name", name);
    tx.note(line.fact("changes", named.join("; ")));
    Ok(())
}

fn free_name(known: &[(Role, String)], role: Role, name: &str) -> Result<String, RoleFault> {
    let name = rules::name(name)?;
    let taken =
        known.iter().any(|(other, taken)| *other != role && kernel::text::fold(taken) == kernel::text::fold(&name));
    if taken { Err(RoleFault::Name) } else { Ok(name) }
}

/// Makes a role that grants what another one does, as far as rows can grant it.
///
/// # Errors
/// As [`save`]; [`RoleFault::Fixed`] for a role that grants more than rows can.
pub fn copy(tx: &mut WriteTx<'_>, objects: &Objects, from: Role, name: &str) -> Result<Role, RoleFault> {
    may::<Configure>(tx, verbs::ROLE_CHANGE)?;
    let charter = granted(tx, from)?;
    rules::check(objects, &charter).map_err(|_| RoleFault::Fixed)?;
    let role = Role::Made(tx.new_id());
    let name = free_name(&store::named(tx)?, role, name)?;
    store::put(tx, role, &name, &charter)?;
    let line = Line::done(verbs::ROLE_CHANGE, object()).fact("role", role.code().into_owned()).fact("name", name);
    tx.note(line.fact("copy-of", from.code().into_owned()));
    Ok(role)
}

/// Takes away a role that the workspace made and nobody holds; a built-in one grants again what it was delivered with.
///
/// # Errors
/// As [`save`]; [`RoleFault::Held`].
pub fn remove(tx: &mut WriteTx<'_>, role: Role) -> Result<(), RoleFault> {
    changeable(tx, role)?;
    if matches!(role, Role::Made(_)) && store::holders(tx, role)? > 0 {
        return Err(RoleFault::Held);
    }
    store::remove(tx, role)?;
    tx.note(Line::done(verbs::ROLE_CHANGE, object()).fact("role", role.code().into_owned()).fact("what", "removed"));
    Ok(())
}
