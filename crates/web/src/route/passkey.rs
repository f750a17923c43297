//! Passkeys: the answers a script gets, and the forms that do without one.

use accounts::{AccountFault, PasskeyAnswer, PasskeyQuestion, Site};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use httpkit::{Asked, Fields, Next, Pairs, Params, Refusal, Signed, presented, presented_device, status};
use kernel::{Fault as _, Lang};
use serde::Serialize;

use super::{PasskeyRemove, PasskeyRename, device, door};
use crate::House;
use crate::house::{html, see_other};
use pages::passkey;
use ui::fault::{explain, field};

/// A question; the options are JSON that the browser's own parser takes.
#[derive(Serialize)]
struct Question {
    challenge: String,
    options: String,
}

/// Where the page goes on.
#[derive(Serialize)]
struct Led<'a> {
    to: &'a str,
}

/// What is wrong, in words.
#[derive(Serialize)]
struct Said {
    what: String,
}

/// Returns the site of a request; refused where there are no passkeys, and there no page offers them.
pub(super) fn site(asked: &Asked) -> Result<Site, Refusal> {
    Site::parse(&asked.host, asked.secure).ok_or_else(|| Refusal::invalid("no-passkeys-here"))
}

pub(super) fn question(question: PasskeyQuestion) -> Response {
    Json(Question { challenge: question.challenge.to_string(), options: question.options }).into_response()
}

pub(super) fn answer(form: &Pairs) -> Result<PasskeyAnswer, Refusal> {
    let text = |name: &str| form.get(name).unwrap_or_default();
    let challenge = text("challenge").parse().map_err(|_| Refusal::malformed("challenge"))?;
    Ok(PasskeyAnswer { challenge, credential: text("credential").to_owned() })
}

/// Says a fault that its person can do something about; the others are for the log.
pub(super) fn said(lang: Lang, fault: AccountFault) -> Result<Response, Refusal> {
    let what = match &fault {
        AccountFault::WrongPasskey | AccountFault::PasskeyRefused => {
            let (what, next) = explain(lang, fault.code());
            format!("{what}{} {next}", ui::either(lang, ".", "。"))
        }
        AccountFault::Invalid(wrongs) => wrongs.first().map_or_else(String::new, |w| field(lang, w.code, Some(60))),
        _ => return Err(fault.into()),
    };
    Ok((status(fault.class()), Json(Said { what })).into_response())
}

pub(super) async fn ask(State(house): State<House>, asked: Asked) -> Result<Response, Refusal> {
    Ok(question(house.accounts.ask_passkey(&asked.nobody(), site(&asked)?).await?))
}

pub(super) async fn enter(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let next = form.get("next").and_then(Next::parse);
    let previous = presented(&headers, &asked).map(str::to_owned);
    let (nobody, site, answer) = (asked.nobody(), site(&asked)?, answer(&form)?);
    let held = (previous, presented_device(&headers, &asked).map(str::to_owned));
    match house.accounts.sign_in_by_passkey(&nobody, site, answer, held).await {
        Ok(session) => {
            let session = device::bind(&house, &asked, session, &form).await?;
            let mut response = Json(Led { to: next.as_ref().map_or("/", Next::as_str) }).into_response();
            door::keep(&asked, &session, &mut response);
            Ok(response)
        }
        Err(fault) => said(asked.lang, fault),
    }
}

pub(super) async fn ask_new(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    match house.accounts.ask_new_passkey(&signed.cx, site(&asked)?).await {
        Ok(asking) => Ok(question(asking)),
        Err(fault) => said(signed.cx.lang(), fault),
    }
}

pub(super) async fn add(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let next = form.get("next").and_then(Next::parse);
    let typed = form.get("name").map(str::trim).filter(|name| !name.is_empty());
    let device = presented_device(&headers, &asked).map(str::to_owned);
    let named = (typed.unwrap_or(asked.agent.name()), device);
    let adding = house.accounts.add_passkey(&signed.cx, site(&asked)?, answer(&form)?, named);
    match adding.await {
        Ok(_) => Ok(Json(Led { to: next.as_ref().map_or("/settings/account", Next::as_str) }).into_response()),
        Err(fault) => said(signed.cx.lang(), fault),
    }
}

/// The page right after the first sign-in.
pub(super) async fn first(asked: Asked, signed: Signed, Params(query): Params) -> Response {
    let next = query.get("next").and_then(Next::parse);
    html(&passkey::first(&signed, possible(&asked), next.as_ref().map_or("/", Next::as_str)))
}

pub(super) async fn rename(
    State(house): State<House>,
    signed: Signed,
    at: PasskeyRename,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    house.accounts.rename_passkey(&signed.cx, at.id, form.get("name").unwrap_or_default()).await?;
    Ok(see_other("/settings/account"))
}

pub(super) async fn remove(State(house): State<House>, signed: Signed, at: PasskeyRemove) -> Result<Response, Refusal> {
    house.accounts.remove_passkey(&signed.cx, at.id).await?;
    Ok(see_other("/settings/account"))
}

/// Tells whether there can be passkeys where a page is asked for.
pub(super) fn possible(asked: &Asked) -> bool {
    Site::parse(&asked.host, asked.secure).is_some()
}

/// Where somebody who has just chosen a password is led: to a passkey, where there can be one.
pub(super) fn welcome(asked: &Asked) -> &'static str {
    if possible(asked) { "/settings/account/passkeys" } else { "/" }
}
