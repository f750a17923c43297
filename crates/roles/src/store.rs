//! The statements about roles.

use authz::{Area, Charter, FieldRule, Reach, Role, Verb};
use db::{Bare, DbFault, ROLES, ReadTx, WriteTx};
use kernel::{FieldName, ObjectName};

use crate::rules::GRANTABLE;

/// The object that stands for all that are not named.
const OTHERS: &str = "*";

/// A role of the workspace.
#[derive(Clone, Debug)]
pub struct RoleRow {
    /// Which.
    pub role: Role,
    /// What the workspace calls it; nothing of a built-in one.
    pub name: Option<String>,
    /// What it grants.
    pub charter: Charter,
    /// Whether it grants something else than it was delivered with.
    pub changed: bool,
    /// How many people hold it.
    pub holders: u64,
}

struct Named(Role, String);
struct Line(String, String, String);

// What a role is called and what it grants says nothing about anybody.
impl Bare for Named {}
impl Bare for Line {}

pub(crate) fn named(tx: &ReadTx<'_>) -> Result<Vec<(Role, String)>, DbFault> {
    let rows = tx.bare("select id, name from role order by name, id", &[], |row| {
        Role::parse(&row.get::<String>(0)?).map(|role| row.get(1).map(|name| Named(role, name))).transpose()
    })?;
    Ok(rows.into_iter().flatten().map(|Named(role, name)| (role, name)).collect())
}

/// Returns what rows say of a role; nothing if there are none.
pub(crate) fn charter(tx: &ReadTx<'_>, role: Role) -> Result<Option<Charter>, DbFault> {
    tx.believe_whole(&ROLES)?;
    let code = role.code();
    let lines = |sql| tx.bare(sql, &[code.as_ref().into()], |row| Ok(Line(row.get(0)?, row.get(1)?, row.get(2)?)));
    let grants = lines("select object, verb, reach from role_grant where role = ?1")?;
    if grants.is_empty() {
        return Ok(None);
    }
    let mut charter = Charter::default();
    for Line(object, verb, reach) in grants {
        // A word that is none any more grants nothing.
        let Some(verb) = Verb::parse(&verb).filter(|verb| GRANTABLE.contains(verb)) else { continue };
        let reach = Reach::parse(&reach);
        if object == OTHERS {
            charter = reach.map_or(charter.clone(), |reach| charter.grant(Area::Records, verb, reach));
        } else if let Ok(object) = ObjectName::parse(&object)
            && Area::of(object.as_str()) == Area::Records
        {
            charter = match reach {
                Some(reach) => charter.grant_on(object, verb, reach),
                None => charter.name(object),
            };
        }
    }
    for Line(object, field, rule) in lines("select object, field, rule from role_field where role = ?1")? {
        let (object, field) = (ObjectName::parse(&object), FieldName::parse(&field));
        // A rule that cannot be read is taken for the strictest: it was meant to keep something from view.
        if let (Ok(object), Ok(field)) = (object, field) {
            charter = charter.rule(object, field, FieldRule::parse(&rule).unwrap_or(FieldRule::Hidden));
        }
    }
    Ok(Some(charter))
}

pub(crate) fn holders(tx: &ReadTx<'_>, role: Role) -> Result<u64, DbFault> {
    // Roles are words with spaces between; no word is part of another but these two, which the spaces tell apart.
    let word = format!("% {} %", role.code());
    let sql = "select count(*) from app_user where (' ' || roles || ' ') like ?1";
    Ok(tx.bare_one(sql, &[word.as_str().into()], |row| row.get::<u64>(0))?.unwrap_or(0))
}

/// Writes what a role is called and grants, in place of what was there.
pub(crate) fn put(tx: &mut WriteTx<'_>, role: Role, name: &str, charter: &Charter) -> Result<(), DbFault> {
    tx.mark_whole_over(&ROLES, |tx| put_rows(tx, role, name, charter))
}

fn put_rows(tx: &mut WriteTx<'_>, role: Role, name: &str, charter: &Charter) -> Result<(), DbFault> {
    let code = role.code();
    clear(tx, role)?;
    tx.run(
        "insert into role (id, name, created_at) values (?1, ?2, ?3) on conflict (id) do update set name = excluded.name",
        &[code.as_ref().into(), name.into(), tx.now().into()],
    )?;
    let mut grant = |object: &str, verb: Verb, reach: Option<Reach>| {
        let reach = reach.map_or("none", Reach::code);
        let values = [code.as_ref().into(), object.into(), verb.name().into(), reach.into()];
        tx.run("insert into role_grant (role, object, verb, reach) values (?1, ?2, ?3, ?4)", &values).map(|_| ())
    };
    for verb in GRANTABLE {
        grant(OTHERS, *verb, charter.reach_in(Area::Records, *verb))?;
        for object in charter.named() {
            grant(object.as_str(), *verb, charter.reach(object.as_str(), *verb))?;
        }
    }
    for (object, field, rule) in charter.all_rules() {
        let values = [code.as_ref().into(), object.as_str().into(), field.as_str().into(), rule.code().into()];
        tx.run("insert into role_field (role, object, field, rule) values (?1, ?2, ?3, ?4)", &values)?;
    }
    Ok(())
}

fn clear(tx: &mut WriteTx<'_>, role: Role) -> Result<(), DbFault> {
    let code = role.code();
    tx.run("delete from role_grant where role = ?1", &[code.as_ref().into()])?;
    tx.run("delete from role_field where role = ?1", &[code.as_ref().into()])?;
    Ok(())
}

/// Takes a role's rows away.
pub(crate) fn remove(tx: &mut WriteTx<'_>, role: Role) -> Result<(), DbFault> {
    tx.mark_whole_over(&ROLES, |tx| {
        clear(tx, role)?;
        tx.run("delete from role where id = ?1", &[role.code().as_ref().into()]).map(|_| ())
    })
}
