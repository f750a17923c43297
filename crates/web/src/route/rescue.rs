//! Getting back into an account.

use accounts::AccountFault;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use crypto::Secret;
use http::{StatusCode, header};
use httpkit::{Asked, Fields, Params, Refusal, Signed, status};
use kernel::{Fault as _, UserId};
use rescue::{Asking, RescueFault};

use super::{RescueApprove, RescueLink, RescueStop, account, door, passkey};
use crate::House;
use crate::house::{Place, html, see_other};
use console::rescue as view;
use pages::auth::Refused;
use ui::text::{R, t};

pub(super) async fn ask_page(asked: Asked, Params(query): Params) -> Response {
    html(&view::ask(door::language(&asked, &query), "", &Refused::default()))
}

pub(super) async fn ask(State(house): State<House>, asked: Asked, Fields(form): Fields) -> Result<Response, Refusal> {
    let email = form.get("email").unwrap_or_default().to_owned();
    let asking = Asking { email: email.clone(), recovery: door::secret(&form, "recovery") };
    match house.rescue.ask(&asked.nobody(), asking).await {
        Ok(new) => {
            let link = asked.absolute(&RescueLink { token: new.token.expose().clone() }.to_string());
            Ok(html(&view::asked(asked.lang, &link, &new.code)))
        }
        Err(fault @ RescueFault::TooManyTries(_)) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            let mut response = (status(fault.class()), html(&view::ask(asked.lang, &email, &refused))).into_response();
            if let Some(wait) = fault.retry_after() {
                response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            }
            Ok(response)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn not_open(house: &House, asked: &Asked, token: &str) -> Response {
    html(&view::not_open(asked.lang, house.rescue.code_of(token).as_deref()))
}

pub(super) async fn link_page(State(house): State<House>, asked: Asked, at: RescueLink) -> Result<Response, Refusal> {
    Ok(match house.rescue.look(&asked.nobody(), &at.token).await? {
        Some(_) => html(&view::open(asked.lang, &at.to_string(), &Refused::default())),
        None => not_open(&house, &asked, &at.token),
    })
}

pub(super) async fn finish(
    State(house): State<House>,
    asked: Asked,
    at: RescueLink,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match house.rescue.finish(&asked.nobody(), &at.token, door::secret(&form, "password")).await {
        Ok(session) => Ok(door::welcome(&asked, &session, passkey::welcome(&asked))),
        Err(RescueFault::NotOpen) => Ok(not_open(&house, &asked, &at.token)),
        Err(RescueFault::Account(fault @ (AccountFault::Invalid(_) | AccountFault::Busy))) => {
            Ok(door::page(&fault, &view::open(asked.lang, &at.to_string(), &door::refused(&fault))))
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn stop_own(
    State(house): State<House>,
    signed: Signed,
    headers: http::HeaderMap,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.rescue.stop_own(&signed.cx).await?;
    for told in house.accounts.notices().list(&signed.cx, signed.device.as_deref()).await? {
        if !told.seen && told.kind.is_recovery() {
            house.accounts.notices().see(&signed.cx, signed.device.as_deref(), told.id).await?;
        }
    }
    Ok(see_other(&account::back(&headers)))
}

async fn draw(house: &House, signed: &Signed, code: StatusCode, said: view::Said) -> Result<Response, Refusal> {
    let cards = house.rescue.list(&signed.cx).await?;
    let mut agreed: Vec<UserId> =
        cards.iter().flat_map(|card| &card.requests).flat_map(|r| &r.approvals).map(|a| a.by).collect();
    agreed.sort_unstable();
    agreed.dedup();
    let names = house.accounts.names(&signed.cx, agreed).await?;
    let body = view::list(signed, &cards, &names, (house.db.now(), said));
    let place = Place { title: t(signed.cx.lang(), R::Requests), here: "/settings/people", script: None };
    house.show_as(code, signed, place, &body).await
}

pub(super) async fn list(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, StatusCode::OK, None).await
}

pub(super) async fn approve(
    State(house): State<House>,
    signed: Signed,
    at: RescueApprove,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    if form.get("sure") != Some("yes") {
        return Err(Refusal::invalid("invalid"));
    }
    let code = Secret::new(form.get("code").unwrap_or_default().to_owned());
    match house.rescue.approve(&signed.cx, at.id, code.expose()).await {
        Ok(()) => Ok(see_other("/settings/recovery")),
        Err(
            fault @ (RescueFault::WrongCode
            | RescueFault::AgreedAlready
            | RescueFault::OnOneself
            | RescueFault::TooManyTries(_)),
        ) => draw(&house, &signed, status(fault.class()), Some((at.id, fault.code()))).await,
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn stop(
    State(house): State<House>,
    signed: Signed,
    at: RescueStop,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.rescue.stop(&signed.cx, at.id).await?;
    Ok(see_other("/settings/recovery"))
}
