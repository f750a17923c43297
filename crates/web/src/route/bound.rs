//! Browsers that keep a key for a session themselves (device bound session credentials, W3C Editor's Draft): registering it, and
//! signing again before its short cookie runs out.
//!
//! The browser sends these requests itself, not a page, and says nothing of where they come from. No other site can send them: it
//! would have to set their headers. What counts is the signature; the cookie only says whose session it is about.

use accounts::{BoundAnswer, BoundNext, NewSession};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use httpkit::{Asked, BOUND, BOUND_ATTRIBUTES, Refusal, bound_cookie, presented, session_cookie};
use kernel::{BindingId, ChallengeId};
use serde::Serialize;

use super::{DeviceRefresh, DeviceRegister};
use crate::House;

const REGISTRATION: HeaderName = HeaderName::from_static("secure-session-registration");
const CHALLENGE: HeaderName = HeaderName::from_static("secure-session-challenge");
const RESPONSE: HeaderName = HeaderName::from_static("secure-session-response");
const SESSION: HeaderName = HeaderName::from_static("sec-secure-session-id");

/// What the browser is told of a session.
#[derive(Serialize)]
struct Instructions {
    session_identifier: String,
    refresh_url: String,
    scope: Scope,
    credentials: [Credential; 1],
}

/// Where the short cookie has to be there.
#[derive(Serialize)]
struct Scope {
    origin: String,
    include_site: bool,
    scope_specification: [Rule; 1],
}

#[derive(Serialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: &'static str,
    domain: String,
    path: &'static str,
}

#[derive(Serialize)]
struct Credential {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    attributes: &'static str,
}

/// What it is told of one that it is to forget, or to sign for.
#[derive(Serialize)]
struct Short {
    session_identifier: String,
    #[serde(rename = "continue")]
    goes_on: bool,
}

/// Asks a browser that has just signed in for a key of its own.
pub(super) fn offer(session: &NewSession, response: &mut Response) {
    let path = DeviceRegister {};
    let line = session.offer.map(|challenge| format!("(ES256);path=\"{path}\";challenge=\"{challenge}\""));
    if let Some(line) = line.and_then(|line| HeaderValue::try_from(line).ok()) {
        response.headers_mut().insert(REGISTRATION, line);
    }
}

/// Returns a header that is there once.
fn once(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Refusal> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next().map(HeaderValue::to_str).transpose().map_err(|_| Refusal::malformed("header"))?;
    if lines.next().is_some() { Err(Refusal::malformed("header")) } else { Ok(first) }
}

fn answer(headers: &HeaderMap, asked: &Asked, path: &str) -> Result<Option<BoundAnswer>, Refusal> {
    let url = asked.absolute(path);
    Ok(once(headers, RESPONSE)?.map(|token| BoundAnswer { token: token.to_owned(), url }))
}

/// Returns the id that a browser names: a structured string, as some spell it without its quotes.
fn named(headers: &HeaderMap) -> Result<BindingId, Refusal> {
    let text = once(headers, SESSION)?.ok_or_else(|| Refusal::malformed("session"))?;
    text.trim_matches('"').parse().map_err(|_| Refusal::malformed("session"))
}

/// Lets the browser go on for some minutes.
fn instructions(asked: &Asked, id: BindingId) -> Response {
    let domain = asked.host.rsplit_once(':').map_or(&*asked.host, |(name, _)| name).to_owned();
    let told = Instructions {
        session_identifier: id.to_string(),
        refresh_url: DeviceRefresh {}.to_string(),
        scope: Scope {
            origin: asked.absolute(""),
            include_site: false,
            // Styles and scripts are nobody's, and wait for no signature.
            scope_specification: [Rule { kind: "exclude", domain, path: "/a/" }],
        },
        credentials: [Credential { kind: "cookie", name: BOUND, attributes: BOUND_ATTRIBUTES }],
    };
    let mut response = Json(told).into_response();
    response.headers_mut().append(header::SET_COOKIE, bound_cookie());
    response
}

fn short(status: StatusCode, id: BindingId, goes_on: bool) -> Response {
    (status, Json(Short { session_identifier: id.to_string(), goes_on })).into_response()
}

fn sign(id: BindingId, challenge: ChallengeId) -> Response {
    let mut response = short(StatusCode::FORBIDDEN, id, true);
    if let Ok(line) = HeaderValue::try_from(format!("\"{challenge}\";id=\"{id}\"")) {
        response.headers_mut().insert(CHALLENGE, line);
    }
    response
}

pub(super) async fn register(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let cookie = presented(&headers, &asked).ok_or_else(Refusal::signed_out)?;
    let answer = answer(&headers, &asked, &DeviceRegister {}.to_string())?;
    let answer = answer.ok_or_else(|| Refusal::malformed("proof"))?;
    let id = house.accounts.register_bound(&asked.nobody(), cookie, answer).await?;
    Ok(instructions(&asked, id))
}

pub(super) async fn refresh(State(house): State<House>, asked: Asked, headers: HeaderMap) -> Result<Response, Refusal> {
    let id = named(&headers)?;
    let answer = answer(&headers, &asked, &DeviceRefresh {}.to_string())?;
    let Some(cookie) = presented(&headers, &asked) else { return Ok(short(StatusCode::OK, id, false)) };
    Ok(match house.accounts.refresh_bound(&asked.nobody(), (cookie, id), answer).await? {
        BoundNext::Over => short(StatusCode::OK, id, false),
        BoundNext::Sign(challenge) => sign(id, challenge),
        BoundNext::On(id, cookie) => {
            let mut response = instructions(&asked, id);
            if let Some(line) = cookie.and_then(|cookie| session_cookie(&asked, cookie.expose())) {
                response.headers_mut().append(header::SET_COOKIE, line);
            }
            response
        }
    })
}
