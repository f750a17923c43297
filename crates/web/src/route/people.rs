//! People who may sign in.

use accounts::{AccountFault, Invitation};
use authz::Role;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Asked, Fields, Params, Refusal, Signed, status};
use kernel::{Fault as _, UserId};

use super::{JoinPage, PersonState};
use crate::House;
use crate::house::{Place, see_other};
use console::settings::{self, PeopleView};
use ui::text::{M, t};

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let closed = query.get("did").filter(|did| *did == "closed").and(query.get("at")).and_then(|id| id.parse().ok());
    draw(&house, &signed, (StatusCode::OK, closed), None, ("", ""), None).await
}

/// Shows the page again with what was refused.
pub(super) async fn refuse(house: &House, signed: &Signed, fault: &AccountFault) -> Result<Response, Refusal> {
    let wrongs = Some((fault.code(), Vec::new()));
    draw(house, signed, (status(fault.class()), None), None, ("", ""), wrongs).await
}

type Refused = Option<(&'static str, Vec<(String, String)>)>;

async fn draw(
    house: &House,
    signed: &Signed,
    (code, closed): (StatusCode, Option<UserId>),
    link: Option<String>,
    typed: (&str, &str),
    refused: Refused,
) -> Result<Response, Refusal> {
    let people = house.accounts.list_people(&signed.cx).await?;
    let handed = leaving::list(&house.accounts, &signed.cx).await?;
    let read = house.db.read(&signed.cx, |tx| {
        Ok::<_, roles::RoleFault>((roles::names(tx)?, roles::team::list(tx)?, roles::team::members(tx)?))
    });
    let (names, teams, members) = read.await?;
    let (names, teams, members) = (&names, &teams, &members);
    let body = settings::people(&PeopleView {
        signed,
        people: &people,
        names,
        teams,
        members,
        handed: &handed,
        closed,
        link,
        typed,
        refused,
    });
    let place = Place { title: t(signed.cx.lang(), M::People), here: "/settings/people", script: None };
    house.show_as(code, signed, place, &body).await
}

pub(super) async fn invite(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (name, email) = (text("name"), text("email"));
    let roles: Vec<Role> = form.all("roles").filter_map(Role::parse).collect();
    let invitation = Invitation { email: email.clone(), name: name.clone(), roles: roles.clone() };
    match house.accounts.invite(&signed.cx, invitation).await {
        Ok((user, link)) => {
            let url = asked.absolute(&JoinPage { token: link.token.expose().clone() }.to_string());
            if roles.iter().any(|role| role.watches()) {
                let first = (StatusCode::OK, "", &Default::default());
                return super::oversight::draw(&house, &signed, (user, &roles), Some(&url), first).await;
            }
            draw(&house, &signed, (StatusCode::OK, None), Some(url), ("", ""), None).await
        }
        Err(fault @ (AccountFault::Invalid(_) | AccountFault::EmailTaken)) => {
            let wrongs = match &fault {
                AccountFault::Invalid(wrongs) => {
                    wrongs.iter().map(|w| (w.field.to_owned(), w.code.to_owned())).collect()
                }
                _ => Vec::new(),
            };
            draw(&house, &signed, (status(fault.class()), None), None, (&name, &email), Some((fault.code(), wrongs)))
                .await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn set_state(
    State(house): State<House>,
    signed: Signed,
    at: PersonState,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match form.get("to") {
        Some("disabled") => {
            house.accounts.disable_person(&signed.cx, at.id).await?;
            return Ok(see_other(&format!("/settings/people?did=closed&at={}", at.id)));
        }
        Some("handed") => {
            let to = form.get("successor").and_then(|id| id.parse().ok());
            let to = to.ok_or_else(|| Refusal::invalid("invalid").wrong("successor", "unknown"))?;
            leaving::leave(&house.accounts, &signed.cx, at.id, to).await?;
        }
        Some("active") => house.accounts.enable_person(&signed.cx, at.id).await?,
        _ => return Err(Refusal::invalid("invalid")),
    }
    Ok(see_other("/settings/people"))
}
