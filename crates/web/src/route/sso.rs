//! The company's identity provider: there, back, and what is linked.

use accounts::AccountFault;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use crypto::Secret;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use httpkit::{
    Asked, Fields, Next, Pairs, Params, Refusal, Signed, away_cookie, presented, presented_away, presented_device,
    status,
};
use kernel::{Fault as _, Lang};
use maud::{Markup, html as markup};
use sso::{Back, Departure, Landing, Return, Sso, SsoFault, Way};

use super::{ProviderBack, ProviderJoin, ProviderUnlink, SignInPage, door, passkey};
use crate::House;
use crate::house::{html, see_other};
use console::sso as page;
use pages::auth::{self, Refused};
use ui::text::{A, Provider, t};

/// Returns the handle; where there is no provider there is nothing here.
fn sso(house: &House) -> Result<&Sso, Refusal> {
    house.sso.as_ref().ok_or_else(Refusal::not_found)
}

/// Draws the button that leads to the provider, where there is one.
pub(super) fn button(house: &House, lang: Lang, action: &str, next: &str) -> Markup {
    match &house.sso {
        Some(sso) => page::enter(lang, &Provider(sso.name()), action, next),
        None => markup! {},
    }
}

/// Leads to another server. Not by a redirect: what a form's answer leads to must be ours, as the page's policy has it.
pub(super) fn lead(lang: Lang, title: &str, url: &str) -> Response {
    let mut response = html(&page::away(lang, title, url));
    if let Ok(value) = HeaderValue::try_from(format!("0; url={url}")) {
        response.headers_mut().insert(HeaderName::from_static("refresh"), value);
    }
    response
}

fn depart(asked: &Asked, sso: &Sso, departure: &Departure) -> Response {
    let mut response = lead(asked.lang, &Provider(sso.name()).to(asked.lang), &departure.url);
    if let Some(line) = away_cookie(asked, Some(departure.cookie.expose())) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

fn returning(asked: &Asked, next: &str, form: &Pairs) -> Return {
    let key = form.get("device_key").unwrap_or_default().to_owned();
    Return { redirect: asked.absolute(&ProviderBack {}.to_string()), next: next.to_owned(), key }
}

/// Leads to the provider to sign in. Whoever is signed in already is there to prove again who they are.
pub(super) async fn enter(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let sso = sso(&house)?;
    let next = form.get("next").and_then(Next::parse);
    let next = next.as_ref().map_or("/", Next::as_str);
    let way = if presented(&headers, &asked).is_some() { Way::Again } else { Way::Enter };
    match sso.depart(&asked.nobody(), way, returning(&asked, next, &form)).await {
        Ok(departure) => Ok(depart(&asked, sso, &departure)),
        Err(fault) => refused(&house, &asked, next, fault),
    }
}

/// Leads to the provider to join by an invitation.
pub(super) async fn join(
    State(house): State<House>,
    asked: Asked,
    at: ProviderJoin,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let sso = sso(&house)?;
    match sso.depart(&asked.nobody(), Way::Join(Secret::new(at.token)), returning(&asked, "/", &form)).await {
        Ok(departure) => Ok(depart(&asked, sso, &departure)),
        Err(fault) => refused(&house, &asked, "/", fault),
    }
}

/// Leads to the provider to link an account there to one's own here.
pub(super) async fn link(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    let sso = sso(&house)?;
    let back = returning(&asked, "/settings/account", &Pairs::default());
    Ok(depart(&asked, sso, &sso.depart(&signed.cx, Way::Link, back).await?))
}

pub(super) async fn unlink(
    State(house): State<House>,
    signed: Signed,
    at: ProviderUnlink,
) -> Result<Response, Refusal> {
    sso(&house)?.unlink(&signed.cx, at.id).await?;
    Ok(see_other("/settings/account"))
}

/// Takes in somebody who comes back. The one page that changes something by GET, because providers send people back so: what
/// makes it theirs is the value that was given along and what their browser holds, and both are taken once.
pub(super) async fn back(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let sso = sso(&house)?;
    let text = |name: &str| query.get(name).map(str::to_owned);
    let back = Back {
        state: text("state").unwrap_or_default(),
        code: text("code"),
        issuer: text("iss"),
        refused: query.get("error").is_some(),
        cookie: presented_away(&headers, &asked).map(str::to_owned),
        previous: presented(&headers, &asked).map(str::to_owned),
        device: presented_device(&headers, &asked).map(str::to_owned),
    };
    let cx = match (Sso::is_own(&back.state), &back.previous) {
        (true, Some(cookie)) => {
            let signed = house.accounts.authenticate_session(cookie, asked.origin(), asked.request, asked.lang).await;
            signed.map_or_else(|_| asked.nobody(), |signed| signed.cx)
        }
        _ => asked.nobody(),
    };
    let mut response = match sso.arrive(&cx, back).await {
        Ok(Landing::Entered(session, next)) => door::welcome(&asked, &session, &next),
        Ok(Landing::Joined(session)) => door::welcome(&asked, &session, "/"),
        Ok(Landing::Linked) => see_other("/settings/account"),
        Err(fault) => refused(&house, &asked, "/", fault)?,
    };
    if let Some(line) = away_cookie(&asked, None) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}

/// Says on the sign-in page what went wrong, with the other ways to sign in below; what lies with us is for the error page.
fn refused(house: &House, asked: &Asked, next: &str, fault: SsoFault) -> Result<Response, Refusal> {
    let code = fault.code();
    if let SsoFault::Account(AccountFault::LinkSpent) = &fault {
        return Ok((StatusCode::NOT_FOUND, html(&auth::spent(asked.lang))).into_response());
    }
    if !code.starts_with("sso-") {
        return Err(fault.into());
    }
    if matches!(fault, SsoFault::Down(_) | SsoFault::Provider(_)) {
        tracing::warn!(request = %asked.request, cause = %cause(&fault), "the identity provider");
    }
    let refused = Refused { code: Some(code), wrongs: Vec::new() };
    let more = button(house, asked.lang, "/sign-in/provider", next);
    let body = auth::sign_in(asked.lang, "", next, &refused, (false, passkey::possible(asked)), &more);
    Ok((status(fault.class()), html(&body)).into_response())
}

/// Returns the whole chain of causes, for the log.
fn cause(fault: &SsoFault) -> String {
    let mut chain = fault.to_string();
    let mut next = std::error::Error::source(fault);
    while let Some(error) = next {
        chain = format!("{chain}: {error}");
        next = error.source();
    }
    chain
}

/// Ends sessions because the provider says so, server to server.
pub(super) async fn log_out(
    State(house): State<House>,
    asked: Asked,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let token = form.get("logout_token").unwrap_or_default();
    match sso(&house)?.log_out(&asked.nobody(), token).await {
        Ok(()) => Ok(StatusCode::OK.into_response()),
        // What the specification wants back for every token that is no good (§2.8).
        Err(SsoFault::Token(_) | SsoFault::Clock(_)) => Err(Refusal::malformed("logout token")),
        Err(fault) => Err(fault.into()),
    }
}

/// Signs out here, and leads to the provider to sign out there where it began the session.
pub(super) async fn farewell(house: &House, asked: &Asked, signed: &Signed) -> Result<Option<String>, Refusal> {
    let Some(sso) = &house.sso else { return Ok(None) };
    let back = asked.absolute(&SignInPage {}.to_string());
    Ok(sso.farewell(&signed.cx, &back).await?)
}

/// Makes of a goodbye one that leads to the provider.
pub(super) fn gone_on(asked: &Asked, mut goodbye: Response, url: &str) -> Response {
    let mut response = lead(asked.lang, t(asked.lang, A::SignedOutNote), url);
    goodbye.headers_mut().remove(header::LOCATION);
    for (name, value) in goodbye.headers() {
        response.headers_mut().append(name, value.clone());
    }
    response
}
