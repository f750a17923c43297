//! Teams: a tree, and who works where.

use std::collections::BTreeMap;

use authz::{Area, Configure, Grant, Reach, Read, Verb};
use db::{Bare, DbFault, ReadTx, TEAMS, WriteTx};
use kernel::{Fault as _, TeamId, UserId};
use ledger::{Line, verbs};

use crate::act::{deny, may, object};
use crate::{RoleFault, rules};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// The team above it.
    pub parent: Option<TeamId>,
}

// What a team is called, and what stands above it, is nobody's data.
impl Bare for Team {}

fn all(tx: &ReadTx<'_>) -> Result<Vec<Team>, DbFault> {
    tx.bare("select id, name, parent from team order by name, id limit 5000", &[], |row| {
        Ok(Team { id: row.get(0)?, name: row.get(1)?, parent: row.get(2)? })
    })
}

/// Tells whether whoever acts sees what a team owns because they work in it or above it, and not anyway.
fn is_ones_own(tx: &ReadTx<'_>, team: TeamId) -> bool {
    let rights = tx.cx().rights();
    let charter = rights.charter();
    let named = charter.named().map(|object| charter.reach(object.as_str(), Verb::Read));
    let mut reaches = named.chain([charter.reach_in(Area::Records, Verb::Read)]).flatten();
    reaches.any(|reach| reach != Reach::All && rights.spanned(reach).contains(&team))
}

/// Returns the team somebody works in.
///
/// # Errors
/// [`DbFault`].
pub fn of(tx: &ReadTx<'_>, user: UserId) -> Result<Option<TeamId>, DbFault> {
    tx.believe_whole(&TEAMS)?;
    tx.bare_one("select team_id from team_member where user_id = ?1", &[user.into()], |row| row.get::<TeamId>(0))
}

/// Returns the team somebody works in, and all teams below it.
pub(crate) fn around(tx: &ReadTx<'_>, user: UserId) -> Result<(Option<TeamId>, Vec<TeamId>), DbFault> {
    let Some(own) = of(tx, user)? else { return Ok((None, Vec::new())) };
    Ok((Some(own), below(&all(tx)?, own)))
}

/// Returns the teams below one, without itself. A circle, which no write makes, ends where it began.
fn below(teams: &[Team], top: TeamId) -> Vec<TeamId> {
    let mut children: BTreeMap<TeamId, Vec<TeamId>> = BTreeMap::new();
    for team in teams {
        if let Some(parent) = team.parent {
            children.entry(parent).or_default().push(team.id);
        }
    }
    let (mut found, mut next) = (Vec::new(), vec![top]);
    while let Some(team) = next.pop() {
        for child in children.remove(&team).unwrap_or_default() {
            if child != top {
                found.push(child);
                next.push(child);
            }
        }
    }
    found
}

/// Lists the teams. Whoever has signed in may know them: records are shared with them.
///
/// # Errors
/// [`RoleFault::Denied`] for nobody; [`RoleFault::Db`].
pub fn list(tx: &ReadTx<'_>) -> Result<Vec<Team>, RoleFault> {
    if tx.cx().person().is_none() {
        return Err(authz::Denied::Hidden.into());
    }
    Ok(all(tx)?)
}

fn people() -> Result<kernel::ObjectName, RoleFault> {
    kernel::ObjectName::parse("user").map_err(|_| RoleFault::Rule)
}

/// Lists who works where.
///
/// # Errors
/// [`RoleFault::Denied`] without the right to read people.
pub fn members(tx: &ReadTx<'_>) -> Result<Vec<(UserId, TeamId)>, RoleFault> {
    authz::scope::<Read>(tx.cx(), &people()?).map(|_| ()).inspect_err(|denied| deny(tx, verbs::LIST, denied.code()))?;
    Ok(tx.bare("select user_id, team_id from team_member", &[], |row| {
        Ok((row.get::<UserId>(0)?, row.get::<TeamId>(1)?))
    })?)
}

/// Makes a team, or changes one.
///
/// # Errors
/// [`RoleFault::Denied`]; [`RoleFault::Name`]; [`RoleFault::Circle`].
pub fn put(tx: &mut WriteTx<'_>, id: Option<TeamId>, name: &str, parent: Option<TeamId>) -> Result<TeamId, RoleFault> {
    may::<Configure>(tx, verbs::TEAM_CHANGE)?;
    let (teams, name) = (all(tx)?, rules::name(name)?);
    let known = |id: TeamId| teams.iter().any(|team| team.id == id);
    if id.into_iter().chain(parent).any(|id| !known(id)) {
        return Err(authz::Denied::Hidden.into());
    }
    let folded = kernel::text::fold(&name);
    if teams.iter().any(|team| Some(team.id) != id && kernel::text::fold(&team.name) == folded) {
        return Err(RoleFault::Name);
    }
    if let (Some(id), Some(parent)) = (id, parent)
        && (id == parent || below(&teams, id).contains(&parent))
    {
        return Err(RoleFault::Circle);
    }
    // What comes to lie below the team of whoever acts, with people in it, is a right they would give themselves.
    let moves = id.is_some_and(|id| teams.iter().any(|team| team.id == id && team.parent != parent));
    if moves && parent.is_some_and(|parent| is_ones_own(tx, parent)) {
        deny(tx, verbs::TEAM_CHANGE, RoleFault::Own.code());
        return Err(RoleFault::Own);
    }
    let id = id.unwrap_or_else(|| tx.new_id());
    let values = [id.into(), name.as_str().into(), parent.into(), tx.now().into()];
    let sql = "insert into team (id, name, parent, created_at) values (?1, ?2, ?3, ?4) \
               on conflict (id) do update set name = excluded.name, parent = excluded.parent";
    tx.mark_whole_over(&TEAMS, |tx| tx.run(sql, &values))?;
    let line = Line::done(verbs::TEAM_CHANGE, object()).about(id).fact("name", name);
    tx.note(line.fact("above", parent.map(|parent| parent.to_string()).unwrap_or_default()));
    Ok(id)
}

/// Takes away a team in which nobody works and which has none below it.
///
/// # Errors
/// [`RoleFault::Denied`]; [`RoleFault::Held`].
pub fn remove(tx: &mut WriteTx<'_>, id: TeamId) -> Result<(), RoleFault> {
    may::<Configure>(tx, verbs::TEAM_CHANGE)?;
    let held =
        "select (select count(*) from team_member where team_id = ?1) + (select count(*) from team where parent = ?1)";
    if tx.bare_one(held, &[id.into()], |row| row.get::<u64>(0))?.unwrap_or(0) > 0 {
        return Err(RoleFault::Held);
    }
    tx.run("delete from record_share where team_id = ?1", &[id.into()])?;
    tx.mark_whole_over(&TEAMS, |tx| tx.run("delete from team where id = ?1", &[id.into()]))?;
    tx.note(Line::done(verbs::TEAM_CHANGE, object()).about(id).fact("what", "removed"));
    Ok(())
}

/// Says in which team somebody works. What they own goes along: see `records`.
///
/// # Errors
/// [`RoleFault::Denied`] without the right to grant; [`RoleFault::Own`] for oneself, and for a team whose records one sees by
/// working above it: those of somebody placed there would be a right one gives oneself.
pub fn place(tx: &mut WriteTx<'_>, user: UserId, team: Option<TeamId>) -> Result<(), RoleFault> {
    let facts = authz::Facts { object: people()?, id: user.uuid(), owner: Some(user), team: None };
    let _ = authz::decide::<Grant>(tx.cx(), facts).inspect_err(|denied| deny(tx, verbs::TEAM_CHANGE, denied.code()))?;
    if tx.cx().person() == Some(user) || team.is_some_and(|team| is_ones_own(tx, team)) {
        deny(tx, verbs::TEAM_CHANGE, RoleFault::Own.code());
        return Err(RoleFault::Own);
    }
    if team.is_some_and(|team| all(tx).is_ok_and(|teams| teams.iter().all(|known| known.id != team))) {
        return Err(authz::Denied::Hidden.into());
    }
    tx.mark_whole_over(&TEAMS, |tx| {
        tx.run("delete from team_member where user_id = ?1", &[user.into()])?;
        let sql = "insert into team_member (user_id, team_id) values (?1, ?2)";
        team.map_or(Ok(0), |team| tx.run(sql, &[user.into(), team.into()]))
    })?;
    let line = Line::done(verbs::TEAM_CHANGE, object()).about(user);
    tx.note(line.fact("team", team.map(|team| team.to_string()).unwrap_or_default()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;

    #[test]
    fn a_branch_is_all_that_lies_below_and_ends_in_a_circle() {
        let id = |n| TeamId::from_uuid(Uuid::from_u128(n));
        let team = |n, parent: Option<u128>| Team { id: id(n), name: n.to_string(), parent: parent.map(id) };
        let teams = [team(1, None), team(2, Some(1)), team(3, Some(2)), team(4, Some(1)), team(5, None)];
        let mut found = below(&teams, id(1));
        found.sort_unstable();
        assert_eq!(found, [id(2), id(3), id(4)]);
        assert!(below(&teams, id(5)).is_empty());
        let circle = [team(1, Some(2)), team(2, Some(1))];
        assert_eq!(below(&circle, id(1)), [id(2)]);
    }
}
