//! Second factors: at sign-in, and on one's own account.

use accounts::{AccountFault, CodeSignIn, Enrolment, NewSession, Step};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use httpkit::{Asked, Fields, Next, Refusal, Signed, presented, presented_device, status};
use kernel::Fault as _;

use super::{account, device, door};
use crate::House;
use crate::house::{Place, html, see_other};
use pages::auth::Refused;
use pages::factor;
use ui::text::{A, t};

/// Asks for the second step; a wrong code is asked for again.
pub(super) fn ask(asked: &Asked, step: &Step, next: &str) -> Response {
    let status = if step.wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    (status, html(&factor::second_step(asked.lang, step, next))).into_response()
}

/// Whoever reloads the page of the second step begins again.
pub(super) async fn begin_again() -> Response {
    see_other("/sign-in")
}

pub(super) async fn sign_in(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let next = form.get("next").and_then(Next::parse);
    let next = next.as_ref().map_or("/", Next::as_str);
    let attempt = CodeSignIn {
        step: form.get("step").unwrap_or_default().to_owned(),
        code: door::secret(&form, "code"),
        previous: presented(&headers, &asked).map(str::to_owned),
        device: presented_device(&headers, &asked).map(str::to_owned),
    };
    match house.accounts.sign_in_by_code(&asked.nobody(), attempt).await {
        Ok(session) => Ok(door::welcome(&asked, &device::bind(&house, &asked, session, &form).await?, next)),
        Err(AccountFault::SecondStep(step)) => Ok(ask(&asked, &step, next)),
        Err(fault @ (AccountFault::StepSpent | AccountFault::TooManyTries(_))) => Ok(door::page(
            &fault,
            &door::sign_in_markup(&house, (&asked, asked.lang), ("", next), &door::refused(&fault), false),
        )),
        Err(fault) => Err(fault.into()),
    }
}

/// Shows one's own account again with what was wrong about a form of it; `name` is what the form calls its field.
async fn again(
    house: &House,
    (asked, signed): (&Asked, &Signed),
    fault: AccountFault,
    name: &str,
) -> Result<Response, Refusal> {
    let on_page = matches!(
        fault,
        AccountFault::Invalid(_)
            | AccountFault::TooManyTries(_)
            | AccountFault::StepSpent
            | AccountFault::WrongState
            | AccountFault::PasswordLeans
    );
    if !on_page {
        return Err(fault.into());
    }
    let Refused { code, wrongs } = door::refused(&fault);
    let wrongs = wrongs.into_iter().map(|(_, code)| (name.to_owned(), code)).collect();
    account::show_as(house, asked, signed, status(fault.class()), &Refused { code, wrongs }).await
}

async fn show(house: &House, signed: &Signed, title: A, body: &maud::Markup) -> Result<Response, Refusal> {
    let place = Place { title: t(signed.cx.lang(), title), here: "/settings/account", script: None };
    house.show(signed, place, body).await
}

pub(super) async fn offer_app(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match house.accounts.offer_totp(&signed.cx, door::secret(&form, "current")).await {
        Ok(offer) => show(&house, &signed, A::AppAdd, &factor::offer(&signed, &offer, &Refused::default())).await,
        Err(fault) => again(&house, (&asked, &signed), fault, "current").await,
    }
}

pub(super) async fn confirm_app(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let id = form.get("id").unwrap_or_default();
    match house.accounts.confirm_totp(&signed.cx, id, door::secret(&form, "code")).await {
        Ok(Enrolment::Done { session, codes }) => {
            let Some(codes) = codes else { return Ok(door::welcome(&asked, &session, "/settings/account")) };
            let signed = anew(&house, &signed, &session).await?;
            let body = factor::codes(signed.cx.lang(), &codes, true);
            let mut response = show(&house, &signed, A::RecoveryCodes, &body).await?;
            door::keep(&asked, &session, &mut response);
            Ok(response)
        }
        Ok(Enrolment::Again(offer)) => {
            let refused = Refused { code: None, wrongs: vec![("code".to_owned(), "wrong-code".to_owned())] };
            show(&house, &signed, A::AppAdd, &factor::offer(&signed, &offer, &refused)).await
        }
        Err(fault) => again(&house, (&asked, &signed), fault, "code").await,
    }
}

/// Recognises the session that has just begun, so that the forms of the page are already its own.
pub(super) async fn anew(house: &House, before: &Signed, session: &NewSession) -> Result<Signed, Refusal> {
    let (cookie, cx) = (session.cookie.expose(), &before.cx);
    let origin = cx.origin().clone();
    let fresh = house.accounts.authenticate_session(cookie, origin, cx.request(), cx.lang()).await?;
    Ok(Signed { cx: fresh.cx, user: fresh.user, csrf: fresh.csrf, fresh: fresh.fresh, device: before.device.clone() })
}

pub(super) async fn remove_app(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match house.accounts.remove_totp(&signed.cx, door::secret(&form, "remove")).await {
        Ok(()) => Ok(see_other("/settings/account")),
        Err(fault) => again(&house, (&asked, &signed), fault, "remove").await,
    }
}

pub(super) async fn renew_codes(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match house.accounts.renew_recovery(&signed.cx, door::secret(&form, "renew")).await {
        Ok(codes) => show(&house, &signed, A::RecoveryCodes, &factor::codes(signed.cx.lang(), &codes, false)).await,
        Err(fault) => again(&house, (&asked, &signed), fault, "renew").await,
    }
}
