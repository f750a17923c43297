//! Roles, teams, and who holds what.

use accounts::AccountFault;
use authz::{Area, Charter, Denied, FieldRule, Reach, Role, Verb};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Pairs, Refusal, Signed, status};
use kernel::{Fault as _, TeamId};
use objects::object::Objects;
use roles::{GRANTABLE, RoleFault, RoleRow, team};

use super::{PersonRoles, RolePage, RoleRemove, TeamChange};
use crate::House;
use crate::house::{Place, see_other};
use console::role::{self, OTHERS, RoleView, RolesView};
use pages::auth::Refused;

const HERE: &str = "/settings/roles";

pub(super) async fn list(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, StatusCode::OK, &Refused::default()).await
}

async fn draw(house: &House, signed: &Signed, status: StatusCode, refused: &Refused) -> Result<Response, Refusal> {
    let read = house.db.read(&signed.cx, |tx| Ok::<_, RoleFault>((roles::list(tx)?, team::list(tx)?)));
    let (roles, teams) = read.await?;
    let lang = signed.cx.lang();
    let title = ui::either(lang, "Roles and teams", "角色与团队");
    let view = RolesView { signed, roles: &roles, teams: &teams, refused };
    house.show_as(status, signed, Place { title, here: HERE, script: None }, &role::roles(&view)).await
}

/// Shows the page again where what was typed is to blame, and refuses the rest.
fn typed(fault: RoleFault) -> Result<(StatusCode, Refused), Refusal> {
    match fault {
        RoleFault::Denied(_) | RoleFault::Db(_) => Err(fault.into()),
        other => Ok((status(other.class()), Refused { code: Some(other.code()), wrongs: Vec::new() })),
    }
}

pub(super) async fn copy(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let from = form.get("from").and_then(Role::parse).ok_or_else(|| Refusal::invalid("invalid"))?;
    let (name, records) = (form.get("name").unwrap_or_default().to_owned(), house.records.clone());
    match house.db.write(&signed.cx, move |tx| roles::copy(tx, records.objects(), from, &name)).await {
        Ok(role) => Ok(see_other(&format!("{HERE}/{}", role.code()))),
        Err(fault) => {
            let (status, refused) = typed(fault)?;
            draw(&house, &signed, status, &refused).await
        }
    }
}

async fn row(house: &House, signed: &Signed, id: &str) -> Result<RoleRow, Refusal> {
    let role = Role::parse(id).ok_or_else(Refusal::not_found)?;
    let rows = house.db.read(&signed.cx, roles::list).await?;
    rows.into_iter().find(|row| row.role == role).ok_or_else(Refusal::not_found)
}

pub(super) async fn show(State(house): State<House>, signed: Signed, at: RolePage) -> Result<Response, Refusal> {
    let row = row(&house, &signed, &at.id).await?;
    draw_one(&house, &signed, &row, StatusCode::OK, &Refused::default()).await
}

async fn draw_one(
    house: &House,
    signed: &Signed,
    row: &RoleRow,
    status: StatusCode,
    refused: &Refused,
) -> Result<Response, Refusal> {
    let name =
        role::called(signed.cx.lang(), row.role, &row.name.iter().map(|n| (row.role, n.clone())).collect::<Vec<_>>());
    let view = RoleView { signed, row, objects: house.records.objects(), refused };
    house.show_as(status, signed, Place { title: &name, here: HERE, script: None }, &role::role(&view)).await
}

/// Reads what the form grants. Every object has a line of its own; a control that is missing grants nothing, and one that
/// holds a strange word is refused.
fn wanted(form: &Pairs, objects: &Objects) -> Result<Charter, Refusal> {
    let reach = |object: &str, verb: Verb| match form.get(&format!("g.{object}.{}", verb.name())) {
        None | Some("none") => Ok(None),
        Some(word) => Reach::parse(word).map(Some).ok_or_else(|| Refusal::invalid("invalid")),
    };
    let mut charter = Charter::default();
    for verb in GRANTABLE {
        if let Some(reach) = reach(OTHERS, *verb)? {
            charter = charter.grant(Area::Records, *verb, reach);
        }
        for object in objects.iter() {
            charter = match reach(object.name.as_str(), *verb)? {
                Some(reach) => charter.grant_on(object.name.clone(), *verb, reach),
                None => charter.name(object.name.clone()),
            };
        }
    }
    for object in objects.iter() {
        for field in &object.fields {
            match form.get(&format!("f.{}.{}", object.name, field.name)) {
                None | Some("shown") => {}
                Some(word) => {
                    let rule = FieldRule::parse(word).ok_or_else(|| Refusal::invalid("invalid"))?;
                    charter = charter.rule(object.name.clone(), field.name.clone(), rule);
                }
            }
        }
    }
    Ok(charter)
}

pub(super) async fn save(
    State(house): State<House>,
    signed: Signed,
    at: RolePage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let role = Role::parse(&at.id).ok_or_else(Refusal::not_found)?;
    let wanted = wanted(&form, house.records.objects())?;
    let (name, records) = (form.get("name").unwrap_or_default().to_owned(), house.records.clone());
    let saved = house.db.write(&signed.cx, move |tx| roles::save(tx, records.objects(), role, &name, &wanted)).await;
    match saved {
        Ok(()) => {
            house.accounts.forget_everybody();
            Ok(see_other(&at.to_string()))
        }
        Err(fault) => {
            let (status, refused) = typed(fault)?;
            let row = row(&house, &signed, &at.id).await?;
            draw_one(&house, &signed, &row, status, &refused).await
        }
    }
}

pub(super) async fn remove(State(house): State<House>, signed: Signed, at: RoleRemove) -> Result<Response, Refusal> {
    let role = Role::parse(&at.id).ok_or_else(Refusal::not_found)?;
    match house.db.write(&signed.cx, move |tx| roles::remove(tx, role)).await {
        Ok(()) => {
            house.accounts.forget_everybody();
            Ok(see_other(HERE))
        }
        Err(fault) => {
            let (status, refused) = typed(fault)?;
            draw(&house, &signed, status, &refused).await
        }
    }
}

/// Reads an id that may be left out.
fn optional(form: &Pairs, name: &str) -> Result<Option<TeamId>, Refusal> {
    match form.get(name) {
        None | Some("") => Ok(None),
        Some(id) => id.parse().map(Some).map_err(|_| Refusal::invalid("invalid")),
    }
}

pub(super) async fn add_team(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    put_team(&house, &signed, None, &form).await
}

pub(super) async fn change_team(
    State(house): State<House>,
    signed: Signed,
    at: TeamChange,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    put_team(&house, &signed, Some(at.id), &form).await
}

async fn put_team(house: &House, signed: &Signed, id: Option<TeamId>, form: &Pairs) -> Result<Response, Refusal> {
    let (name, parent) = (form.get("name").unwrap_or_default().to_owned(), optional(form, "parent")?);
    let removed = id.filter(|_| form.get("act") == Some("remove"));
    let written = house.db.write(&signed.cx, move |tx| match removed {
        Some(id) => team::remove(tx, id),
        None => team::put(tx, id, &name, parent).map(|_| ()),
    });
    match written.await {
        Ok(()) => {
            house.accounts.forget_everybody();
            Ok(see_other("/settings/roles#teams"))
        }
        Err(fault) => {
            let (status, refused) = typed(fault)?;
            draw(house, signed, status, &refused).await
        }
    }
}

/// Gives somebody roles and a team. Their records go along to the team.
pub(super) async fn give(
    State(house): State<House>,
    signed: Signed,
    at: PersonRoles,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let wanted: Vec<Role> = form.all("roles").filter_map(Role::parse).collect();
    let team = optional(&form, "team")?;
    let records = house.records.clone();
    let user = at.id;
    // Where only the roles wait for a second person, the team is settled already.
    let moves = form.get("keep-team").is_none();
    let placed = house.db.write(&signed.cx, move |tx| -> Result<(), Refusal> {
        if moves && team::of(tx, user)? != team {
            team::place(tx, user, team)?;
            records.regroup(tx, user, team)?;
        }
        Ok(())
    });
    placed.await?;
    house.accounts.forget(user);
    match house.accounts.change_roles(&signed.cx, user, wanted.clone()).await {
        Err(AccountFault::Denied(Denied::NeedsApproval(_))) => {
            super::oversight::ask(&house, &signed, (user, &wanted), &form).await
        }
        Ok(()) => Ok(see_other("/settings/people")),
        Err(fault @ (AccountFault::Invalid(_) | AccountFault::LastAdministrator)) => {
            super::people::refuse(&house, &signed, &fault).await
        }
        Err(fault) => Err(fault.into()),
    }
}
