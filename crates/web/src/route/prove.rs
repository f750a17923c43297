//! Proving again who one is. One layer around the routes turns every answer that asks for it into a box to do it in, with the
//! form that was sent kept; and lets whoever owes a proof since the sign-in go nowhere else.

use accounts::{AccountFault, NewSession};
use authz::Level;
use axum::Json;
use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::middleware::Next as Inner;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use httpkit::{Asked, Fields, Next, Pairs, Params, Refusal, Route as _, Signed, status};
use kernel::Fault as _;
use serde::Serialize;

use super::{
    AccountPage, AppConfirm, AppOffer, PasskeyAdd, PasskeyFirst, PasskeyNew, Preferences, ProveAnswer, ProveAsk,
    ProvePage, SignOut, SignOutEverywhere, account, budget, door, factor, passkey,
};
use crate::House;
use crate::house::{Place, html, see_other};
use pages::auth::Refused;
use pages::prove::{self, ProveView};
use ui::fault::explain;
use ui::text::{A, t};

/// The largest form that is kept.
const MOST: usize = 64 * 1024;
/// What is typed into these is never sent back to a page.
const NEVER: [&str; 4] = ["password", "current", "code", "passphrase"];
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
    let signing = Signed::from_request_parts(&mut parts, house).await;
    let mut asked = parts.clone();
    let request = Request::from_parts(parts, body);
    let (request, kept) =
        if asked.method == Method::POST { httpkit::keep_form(request, MOST).await? } else { (request, None) };
    let kept = kept.as_deref().and_then(keepable);
    let signed = match signing {
        Ok(signed) => signed,
        Err(refusal) => return signature(house, &mut asked, &refusal, kept).await.ok_or(refusal),
    };
    match signed.cx.owes().filter(|_| !OPEN.contains(&path)) {
        Some(_) if asked.method == Method::GET => return Ok(owing(&asked)),
        Some(level) => return offer(house, &signed, asked, level, kept).await,
        None => {}
    }
    let response = next.run(request).await;
    if budget::waits(&response) && httpkit::takes_html(&asked.headers) {
        return match budget::offer(house, &signed, &asked, kept).await? {
            Ok(asking) => Ok(asking),
            Err(level) => offer(house, &signed, asked, level, kept).await,
        };
    }
    let Some(refusal) = response.extensions().get::<Refusal>() else { return Ok(response) };
    if let Some(level) = refusal.step_up() {
        return offer(house, &signed, asked, level, kept).await;
    }
    Ok(signature(house, &mut asked, refusal, kept).await.unwrap_or(response))
}

/// Leads whoever has proved too little to the page that says what is missing.
fn owing(parts: &Parts) -> Response {
    see_other(&format!("{}?next={}", ProvePage {}, httpkit::segment_url(target(parts))))
}

/// Returns what was asked for, with its query.
pub(super) fn target(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
}

/// Returns a form as it may stand in a page: as text, and without anything that only its person knows.
fn keepable(form: &[u8]) -> Option<&str> {
    let pairs = Pairs::parse(form).ok()?;
    let typed = pairs.iter().any(|(name, _)| NEVER.contains(&name));
    if typed { None } else { std::str::from_utf8(form).ok() }
}

/// Answers a browser that has to sign first, and waits for a page, with the one whose script does so and sends the same form
/// again; nothing if something else is wrong, or a script asked that signs by itself.
async fn signature(house: &House, parts: &mut Parts, refusal: &Refusal, kept: Option<&str>) -> Option<Response> {
    let purpose = refusal.signs()?;
    if !httpkit::waits_for_page(&parts.headers) {
        return None;
    }
    let lang = Asked::from_request_parts(parts, house).await.ok()?.lang;
    let back = if parts.method == Method::GET { target(parts).to_owned() } else { account::back(&parts.headers) };
    let waits = kept.map(|form| (target(parts), form));
    let page = pages::device::checking(lang, purpose, (Some(&back), waits));
    let mut response = (refusal.status(), html(&page)).into_response();
    response.headers_mut().insert(httpkit::PROVE, HeaderValue::from_static(purpose));
    Some(response)
}

/// Answers with the box in the place of the refusal; a script that asked for no page learns what to ask for.
async fn offer(
    house: &House,
    signed: &Signed,
    mut parts: Parts,
    level: Level,
    kept: Option<&str>,
) -> Result<Response, Refusal> {
    if !httpkit::takes_html(&parts.headers) {
        let (what, _) = explain(signed.cx.lang(), "step-up");
        let wanted = Wanted { code: "step-up", level: level.name(), what };
        return Ok((StatusCode::FORBIDDEN, Json(wanted)).into_response());
    }
    let asked = Asked::from_request_parts(&mut parts, house).await?;
    let to = if kept.is_some() { target(&parts).to_owned() } else { account::back(&parts.headers) };
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
