//! Asking for a second person before somebody keeps watch over others.

use accounts::RULE;
use authz::Role;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Pairs, Refusal, Signed, status};
use kernel::{Fault as _, UserId};

use super::ApprovalOne;
use crate::House;
use crate::house::{Place, see_other};
use approvals::ApprovalFault;
use console::oversight::{self, OversightView, REASON};
use pages::auth::Refused;
use ui::text::{O, t};

/// Asks, with the reason of the form, or does it alone; without a reason it asks for one.
pub(super) async fn ask(
    house: &House,
    signed: &Signed,
    (user, wanted): (UserId, &[Role]),
    form: &Pairs,
) -> Result<Response, Refusal> {
    let Some(reason) = form.get(REASON) else {
        let first = (StatusCode::UNPROCESSABLE_ENTITY, "", &Refused::default());
        return draw(house, signed, (user, wanted), None, first).await;
    };
    let accounts = house.accounts.clone();
    let held = house.db.read(&signed.cx, move |tx| accounts.roles_held(tx, user)).await?;
    let terms = ::oversight::terms(user, &held, wanted);
    let asked = if form.get("alone") == Some("yes") {
        let done = house.approvals.alone(&signed.cx, RULE, terms, reason).await;
        done.map(|_| "/settings/people".to_owned())
    } else {
        let asked = house.approvals.ask(&signed.cx, RULE, terms, reason).await;
        asked.map(|id| ApprovalOne { id }.to_string())
    };
    match asked {
        Ok(to) => Ok(see_other(&to)),
        Err(fault @ ApprovalFault::Reason) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(house, signed, (user, wanted), None, (status(fault.class()), reason, &refused)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Shows what is about to be asked; after an invitation with the link.
pub(super) async fn draw(
    house: &House,
    signed: &Signed,
    (user, roles): (UserId, &[Role]),
    link: Option<&str>,
    (code, typed, refused): (StatusCode, &str, &Refused),
) -> Result<Response, Refusal> {
    let own = house.clone();
    let names = house.db.read(&signed.cx, move |tx| own.people(tx, &[user])).await?;
    let name = names.get(&user).map_or("?", String::as_str);
    let body = oversight::ask(&OversightView { signed, user, name, roles, link, typed, refused });
    let place = Place { title: t(signed.cx.lang(), O::Title), here: "/settings/people", script: None };
    house.show_as(code, signed, place, &body).await
}
