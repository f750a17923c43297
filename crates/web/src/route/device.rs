//! The tie between a session and its browser: questions to the script that holds the key, and its signatures.

use accounts::{DeviceAnswer, NewSession};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use binding::Purpose;
use http::header;
use httpkit::{Asked, Fields, Held, Pairs, Refusal, session_cookie};
use serde::Serialize;

use crate::House;

#[derive(Serialize)]
struct Question {
    session: String,
    challenge: String,
    key: String,
}

/// How many seconds the browser need not sign.
#[derive(Serialize)]
struct Fresh {
    fresh: u64,
}

fn purpose(form: &Pairs) -> Purpose {
    Purpose::parse(form.get("purpose").unwrap_or_default())
}

/// Ties a session to the browser that has just signed in, if its page brought a key.
pub(super) async fn bind(
    house: &House,
    asked: &Asked,
    session: NewSession,
    form: &Pairs,
) -> Result<NewSession, Refusal> {
    let key = form.get("device_key").unwrap_or_default();
    Ok(house.accounts.bind_session(&asked.nobody(), session, key).await?)
}

pub(super) async fn ask(
    State(house): State<House>,
    asked: Asked,
    Held(cookie): Held,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let question = house.accounts.ask_device(&asked.nobody(), &cookie, purpose(&form)).await?;
    let (session, challenge) = (question.session.to_string(), question.challenge.to_string());
    Ok(Json(Question { session, challenge, key: question.key }).into_response())
}

pub(super) async fn prove(
    State(house): State<House>,
    asked: Asked,
    Held(cookie): Held,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let text = |name: &str| form.get(name).unwrap_or_default();
    let challenge = text("challenge").parse().map_err(|_| Refusal::malformed("challenge"))?;
    let answer = DeviceAnswer { purpose: purpose(&form), challenge, signature: text("signature").to_owned() };
    let fresh = house.accounts.prove_device(&asked.nobody(), &cookie, answer).await?;
    let mut response = Json(Fresh { fresh: binding::FRESH.as_secs() }).into_response();
    if let Some(line) = fresh.and_then(|cookie| session_cookie(&asked, cookie.expose())) {
        response.headers_mut().insert(header::SET_COOKIE, line);
    }
    Ok(response)
}
