//! People, roles and teams: read only. Rights are given by people at browsers, who prove first who they are.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use authz::{Read, Verb};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use httpkit::{Bearer, Refusal};
use kernel::{ObjectName, TeamId, UserId};
use ledger::{Line, verbs};
use roles::team;

use super::{OneRole, OneTeam, OneUser, RoleList, TeamList, UserList};
use crate::House;
use crate::fault::ApiFault;
use crate::query::{NoQuery, Window};
use crate::view::Written;
use crate::workspace::{ListView, RoleView, TeamView, UserView};

#[expect(clippy::expect_used, reason = "the word is a constant, and every list of teams in the tests reads it")]
static TEAM: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("team").expect("a name"));

/// Answers with a page and, where there may be one, the way to the next.
pub(super) fn page(at: &impl Display, window: &Window, (next, written): (Option<String>, Written)) -> Response {
    let link = next.map(|key| [(header::LINK, window.link(at, &key))]);
    (link, written).into_response()
}

pub(super) async fn users(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: UserList,
    window: Window,
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "user", Verb::Read).await?;
    let (accounts, asked) = (house.tokens.accounts().clone(), window.clone());
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let people = accounts.people_after(tx, asked.after::<UserId>()?, asked.most.into())?;
        let teams: HashMap<UserId, TeamId> = team::members(tx)?.into_iter().collect();
        let next = asked.next(&people, |person| person.id.to_string());
        let data = people.iter().map(|person| UserView::of(person, teams.get(&person.id).copied())).collect();
        let written = Written::of(&ListView { data, next: next.clone() })?;
        Ok((next, written))
    });
    Ok(page(&at, &window, read.await?))
}

pub(super) async fn user(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneUser, NoQuery),
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "user", Verb::Read).await?;
    let accounts = house.tokens.accounts().clone();
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let person = accounts.read_person::<Read>(tx, at.id)?;
        Written::of(&UserView::of(&person, team::of(tx, at.id)?))
    });
    Ok(read.await?.into_response())
}

pub(super) async fn roles(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: RoleList,
    window: Window,
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "role", Verb::Read).await?;
    let asked = window.clone();
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let key = |row: &::roles::RoleRow| row.role.code().into_owned();
        let rows = asked.cut(::roles::list(tx)?, asked.after::<String>()?.as_ref(), key);
        let next = asked.next(&rows, key);
        let written = Written::of(&ListView { data: rows.iter().map(RoleView::of).collect(), next: next.clone() })?;
        Ok((next, written))
    });
    Ok(page(&at, &window, read.await?))
}

pub(super) async fn role(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneRole, NoQuery),
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "role", Verb::Read).await?;
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let rows = ::roles::list(tx)?;
        let row = rows.iter().find(|row| row.role.code() == at.id).ok_or_else(Refusal::not_found)?;
        Written::of(&RoleView::of(row))
    });
    Ok(read.await?.into_response())
}

pub(super) async fn teams(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: TeamList,
    window: Window,
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "team", Verb::Read).await?;
    let asked = window.clone();
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let rows = asked.cut(team::list(tx)?, asked.after::<TeamId>()?.as_ref(), |team| team.id);
        tx.note(Line::done(verbs::LIST, TEAM.clone()).about_each(rows.iter().map(|team| team.id.uuid())));
        let next = asked.next(&rows, |team| team.id.to_string());
        let written = Written::of(&ListView { data: rows.iter().map(TeamView::of).collect(), next: next.clone() })?;
        Ok((next, written))
    });
    Ok(page(&at, &window, read.await?))
}

pub(super) async fn team(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneTeam, NoQuery),
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "team", Verb::Read).await?;
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let rows = team::list(tx)?;
        let row = rows.iter().find(|team| team.id == at.id).ok_or_else(Refusal::not_found)?;
        tx.note(Line::done(verbs::READ, TEAM.clone()).about(row.id));
        Written::of(&TeamView::of(row))
    });
    Ok(read.await?.into_response())
}
