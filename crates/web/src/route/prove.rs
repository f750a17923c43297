//! Proving again who one is. One layer around the routes turns every answer that asks for it into a box to do it in, with the
//! form that was sent kept; and lets whoever owes a proof since the sign-in go nowhere else.

use accounts::{AccountFault, NewSession};
use authz::Level;
use axum::Json;
use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::middleware::Next as Inner;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use httpkit::{Asked, Fields, Next, Pairs, Params, Refusal, Route as _, Signed, status};
use kernel::Fault as _;
use serde::Serialize;

use super::{
    AccountPage, AppConfirm, AppOffer, PasskeyAdd, PasskeyFirst, PasskeyNew, Preferences, ProveAnswer, ProveAsk,
    ProvePage, SignOut, SignOutEverywhere, account, door, factor, passkey,
};
use crate::House;
use crate::house::{Place, see_other};
use pages::auth::Refused;
use pages::prove::{self, ProveView};
use ui::fault::explain;
use ui::text::{A, t};

/// The largest form that is kept.
const MOST: usize = 64 * 1024;
/// What is typed into these is never sent back to a page.
const NEVER: [&str; 3] = ["password", "current", "code"];
/// What whoever owes a proof reaches: to give it, to get what it takes, to go.
const OPEN: [&str; 12] = [
    ProvePage::PATH,
    ProveAsk::PATH,
    ProveAnswer::PATH,
    AccountPage::PATH,
    AppOffer::PATH,
    AppConfirm::PATH,
    PasskeyFirst::PATH,
    PasskeyNew::PATH,
    PasskeyAdd::PATH,
    Preferences::PATH,
    SignOut::PATH,
    SignOutEverywhere::PATH,
];

/// Where a page goes on after a passkey, and the token of its forms from now on.
#[derive(Serialize)]
struct Led<'a> {
    to: &'a str,
    csrf: &'a str,
}

/// What a script is told that asked for no page.
#[derive(Serialize)]
struct Wanted {
    code: &'static str,
    level: &'static str,
    what: &'static str,
}

/// Stands around every route that needs somebody signed in.
pub(super) async fn layer(State(house): State<House>, request: Request, next: Inner) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let route = path.and_then(|path| super::all().iter().find(|route| route.path == path.as_str()));
    // A method that is not answered is refused as such, whoever asks.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    match route.filter(|route| !route.public && route.methods.contains(&method.as_str())) {
        None => next.run(request).await,
        Some(route) => around(&house, route.path, request, next).await.unwrap_or_else(Refusal::into_response),
    }
}

async fn around(house: &House, path: &str, request: Request, next: Inner) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let signed = Signed::from_request_parts(&mut parts, house).await?;
    if signed.cx.owes().is_some() && !OPEN.contains(&path) {
        return owing(&parts);
    }
    let asked = parts.clone();
    let request = Request::from_parts(parts, body);
    let (request, kept) =
        if asked.method == Method::POST { httpkit::keep_form(request, MOST).await? } else { (request, None) };
    let response = next.run(request).await;
    match response.extensions().get::<Refusal>().and_then(Refusal::step_up) {
        Some(level) => offer(house, &signed, asked, level, kept.as_deref()).await,
        None => Ok(response),
    }
}

/// Leads whoever has proved too little to the page that says what is missing.
fn owing(parts: &Parts) -> Result<Response, Refusal> {
    if parts.method != Method::GET {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "prove-first"));
    }
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    Ok(see_other(&format!("{}?next={}", ProvePage {}, httpkit::segment_url(target))))
}

fn is_kept(form: &[u8]) -> bool {
    Pairs::parse(form).is_ok_and(|pairs| !pairs.iter().any(|(name, _)| NEVER.contains(&name)))
}

/// Answers with the box in the place of the refusal; a script that asked for no page learns what to ask for.
async fn offer(
    house: &House,
    signed: &Signed,
    mut parts: Parts,
    level: Level,
    kept: Option<&[u8]>,
) -> Result<Response, Refusal> {
    let accepts = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        let (what, _) = explain(signed.cx.lang(), "step-up");
        let wanted = Wanted { code: "step-up", level: level.name(), what };
        return Ok((StatusCode::FORBIDDEN, Json(wanted)).into_response());
    }
    let asked = Asked::from_request_parts(&mut parts, house).await?;
    let kept = kept.filter(|form| is_kept(form)).and_then(|form| std::str::from_utf8(form).ok());
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
    let to = if kept.is_some() { target } else { account::back(&parts.headers) };
    show(house, (&asked, signed), level, (&to, kept), (StatusCode::FORBIDDEN, &Refused::default())).await
}

/// Shows the box on a page of its own.
async fn show(
    house: &House,
    (asked, signed): (&Asked, &Signed),
    level: Level,
    (to, kept): (&str, Option<&str>),
    (status, refused): (StatusCode, &Refused),
) -> Result<Response, Refusal> {
    let ways = house.accounts.ways_to_prove(&signed.cx, level).await?;
    let entering = signed.cx.owes().is_some();
    let can = passkey::possible(asked);
    let view = ProveView { signed, ways, can, to, kept, entering, refused, now: house.db.now() };
    let title = t(signed.cx.lang(), if entering { A::OweTitle } else { A::ProveTitle });
    let place = Place { title, here: "", script: Some("prove.js") };
    house.show_as(status, signed, place, &prove::page(signed, &prove::section(&view))).await
}

fn level_of(form: &Pairs, signed: &Signed) -> Level {
    let named = form.get("level").and_then(|name| Level::ALL.iter().copied().find(|level| level.name() == name));
    named.or(signed.cx.owes()).or(signed.cx.demand().map(|demand| demand.danger)).unwrap_or(Level::Resistant)
}

/// The page for whoever owes a proof, and the box for scripts.
pub(super) async fn page(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let next = query.get("next").and_then(Next::parse).unwrap_or_default();
    if signed.cx.owes().is_none() && query.get("level").is_none() {
        return Ok(see_other(next.as_str()));
    }
    let level = level_of(&query, &signed);
    show(&house, (&asked, &signed), level, (next.as_str(), None), (StatusCode::OK, &Refused::default())).await
}

/// Takes a password or a code.
pub(super) async fn prove(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let to = form.get("to").and_then(Next::parse).unwrap_or_default();
    let by_code = form.get(prove::CODE).is_some();
    let name = if by_code { prove::CODE } else { prove::PASSWORD };
    let typed = door::secret(&form, name);
    let proving = if by_code {
        house.accounts.prove_by_code(&signed.cx, typed).await
    } else {
        house.accounts.prove_by_password(&signed.cx, typed).await
    };
    match proving {
        Ok(session) => gone_on(&house, &asked, &signed, &session, (to.as_str(), form.get("kept"))).await,
        Err(fault @ (AccountFault::Invalid(_) | AccountFault::TooManyTries(_))) => {
            let Refused { code, wrongs } = door::refused(&fault);
            let wrongs = wrongs.into_iter().map(|(_, code)| (name.to_owned(), code)).collect();
            let (refused, level) = (Refused { code, wrongs }, level_of(&form, &signed));
            let status = (status(fault.class()), &refused);
            show(&house, (&asked, &signed), level, (to.as_str(), form.get("kept")), status).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn gone_on(
    house: &House,
    asked: &Asked,
    signed: &Signed,
    session: &NewSession,
    (to, kept): (&str, Option<&str>),
) -> Result<Response, Refusal> {
    let signed = factor::anew(house, signed, session).await?;
    let place = Place { title: t(signed.cx.lang(), A::ProveTitle), here: "", script: None };
    let body = prove::page(&signed, &prove::proved(&signed, to, kept));
    let mut response = house.show(&signed, place, &body).await?;
    door::keep(asked, session, &mut response);
    Ok(response)
}

/// Asks for a passkey.
pub(super) async fn ask(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    Ok(passkey::question(house.accounts.ask_proof(&signed.cx, passkey::site(&asked)?).await?))
}

/// Takes its answer.
pub(super) async fn answer(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let next = form.get("next").and_then(Next::parse).unwrap_or_default();
    let answer = passkey::answer(&form)?;
    match house.accounts.prove_by_passkey(&signed.cx, passkey::site(&asked)?, answer).await {
        Ok(session) => {
            let fresh = factor::anew(&house, &signed, &session).await?;
            let mut response = Json(Led { to: next.as_str(), csrf: &fresh.csrf }).into_response();
            door::keep(&asked, &session, &mut response);
            Ok(response)
        }
        Err(fault) => passkey::said(signed.cx.lang(), fault),
    }
}
