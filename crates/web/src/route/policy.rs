//! What is asked of people before they act, and one's own password.

use accounts::AccountFault;
use authz::{Demand, Level, Role};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Asked, Fields, Pairs, Refusal, Signed, status};
use kernel::Fault as _;

use super::{door, passkey};
use crate::House;
use crate::house::{Place, see_other};
use ::policy as asked_of;
use ::policy::SecretRule;
use console::policy::{self, PolicyView};
use pages::auth::Refused;
use scanner::Kind as Secret;
use ui::text::{A, t};

pub(super) async fn show(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, (&asked, &signed), StatusCode::OK, &Refused::default()).await
}

async fn draw(
    house: &House,
    (asked, signed): (&Asked, &Signed),
    status: StatusCode,
    refused: &Refused,
) -> Result<Response, Refusal> {
    let roles = house.accounts.role_policy(&signed.cx).await?;
    let secrets = house.db.read(&signed.cx, |tx| Ok::<_, Refusal>(asked_of::list_secrets(tx)?)).await?;
    let view = PolicyView { signed, roles: &roles, secrets: &secrets, can: passkey::possible(asked), refused };
    let place = Place { title: t(signed.cx.lang(), A::PolicyTitle), here: "/settings/policy", script: None };
    house.show_as(status, signed, place, &policy::policy(&view)).await
}

/// Reads what is asked of a role; nothing if the form does not name it.
fn wanted(form: &Pairs, role: Role) -> Option<Result<(Role, Demand), Refusal>> {
    let get = |what: &str| form.get(&format!("{what}.{}", role.code()));
    let level = |what: &str| {
        let named = get(what).and_then(|name| Level::ALL.iter().copied().find(|level| level.name() == name));
        named.ok_or_else(|| Refusal::invalid("invalid"))
    };
    let minutes = get("minutes")?;
    let read = || -> Result<_, Refusal> {
        let minutes = minutes.trim().parse().map_err(|_| Refusal::invalid("invalid"))?;
        Ok((role, asked_of::demand(level("sign_in")?, level("danger")?, minutes)?))
    };
    Some(read())
}

/// Reads what becomes of secrets in free text; a kind that the form does not name keeps its rule.
fn secrets(form: &Pairs) -> Result<Vec<(Secret, SecretRule)>, Refusal> {
    let named = |kind: Secret| Some((kind, form.get(&format!("secret.{}", kind.code()))?));
    let rule = |(kind, code): (Secret, &str)| {
        SecretRule::parse(code).map(|rule| (kind, rule)).ok_or_else(|| Refusal::invalid("invalid"))
    };
    Secret::ALL.into_iter().filter_map(named).map(rule).collect()
}

pub(super) async fn change(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let wanted = Role::ALL.iter().filter_map(|role| wanted(&form, *role)).collect::<Result<Vec<_>, _>>()?;
    let secrets = secrets(&form)?;
    match house.accounts.change_role_policy(&signed.cx, wanted).await {
        Ok(()) => {
            let change = move |tx: &mut db::WriteTx<'_>| Ok::<_, Refusal>(asked_of::change_secrets(tx, &secrets)?);
            house.db.write(&signed.cx, change).await?;
            Ok(see_other("/settings/policy"))
        }
        Err(fault) if fault.code() == "policy-beyond" => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(&house, (&asked, &signed), status(fault.class()), &refused).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn password_page(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    show_password(&house, &signed, StatusCode::OK, &Refused::default()).await
}

async fn show_password(
    house: &House,
    signed: &Signed,
    status: StatusCode,
    refused: &Refused,
) -> Result<Response, Refusal> {
    let view = house.accounts.list_factors(&signed.cx).await?;
    let title = t(signed.cx.lang(), if view.password { A::PasswordTitle } else { A::PasswordSetTitle });
    let place = Place { title, here: "/settings/account", script: None };
    house.show_as(status, signed, place, &policy::password(signed, &view, refused)).await
}

/// Changes the password; the session goes on under a new id, and every other ends.
pub(super) async fn change_password(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let (current, new) = (door::secret(&form, "current"), door::secret(&form, "password"));
    match house.accounts.change_password(&signed.cx, current, new).await {
        Ok(session) => Ok(door::welcome(&asked, &session, "/settings/account")),
        Err(fault @ (AccountFault::Invalid(_) | AccountFault::TooManyTries(_) | AccountFault::Busy)) => {
            show_password(&house, &signed, status(fault.class()), &door::refused(&fault)).await
        }
        Err(fault) => Err(fault.into()),
    }
}
