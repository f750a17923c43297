//! In front of the door.

use accounts::{AccountFault, Founder, Joining, LinkView, NewSession, Purpose, SignIn};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use crypto::Secret;
use http::{HeaderMap, StatusCode, header};
use httpkit::{
    Asked, Fields, Next, Pairs, Params, Refusal, Signed, device_cookie, end_session_cookie, presented,
    presented_device, session_cookie, status,
};
use kernel::{Fault as _, Lang};

use super::{EnterPage, JoinPage, ProviderJoin, SetUpPage, bound, device, factor, passkey, sso};
use crate::House;
use crate::house::{html, see_other};
use pages::auth::{self, Founding, Refused};

/// The language of a page in front of the door: what its address says, or else what the browser asks for.
pub(super) fn language(asked: &Asked, query: &Pairs) -> Lang {
    query.get("lang").and_then(Lang::parse).unwrap_or(asked.lang)
}

pub(super) fn refused(fault: &AccountFault) -> Refused {
    let wrongs = match fault {
        AccountFault::Invalid(wrongs) => wrongs.iter().map(|w| (w.field.to_owned(), w.code.to_owned())).collect(),
        _ => Vec::new(),
    };
    Refused { code: Some(fault.code()), wrongs }
}

/// Tells whether a fault belongs on the page it happened on; the others are for the error page.
fn on_page(fault: &AccountFault) -> bool {
    matches!(
        fault,
        AccountFault::WrongCredentials
            | AccountFault::TooManyTries(_)
            | AccountFault::Busy
            | AccountFault::Invalid(_)
            | AccountFault::EmailTaken
    )
}

pub(super) fn page(fault: &AccountFault, markup: &maud::Markup) -> Response {
    let mut response = (status(fault.class()), html(markup)).into_response();
    if let Some(wait) = fault.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
    }
    response
}

pub(super) fn welcome(asked: &Asked, session: &NewSession, to: &str) -> Response {
    let mut response = see_other(to);
    keep(asked, session, &mut response);
    response
}

/// Gives the browser the cookie of a session, asks for a key of its own, and gives it that by which it is known at the next sign-in.
pub(super) fn keep(asked: &Asked, session: &NewSession, response: &mut Response) {
    if let Some(line) = session_cookie(asked, session.cookie.expose()) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    bound::offer(session, response);
    let device = session.device.as_ref().and_then(|device| device_cookie(asked, device.expose()));
    if let Some(line) = device {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

pub(super) fn secret(pairs: &Pairs, name: &str) -> Secret<String> {
    Secret::new(pairs.get(name).unwrap_or_default().to_owned())
}

/// Draws the sign-in page.
pub(super) fn sign_in_markup(
    house: &House,
    (asked, lang): (&Asked, Lang),
    (email, next): (&str, &str),
    refused: &Refused,
    out: bool,
) -> maud::Markup {
    let more = sso::button(house, lang, "/sign-in/provider", next);
    auth::sign_in(lang, email, next, refused, (out, passkey::possible(asked)), &more)
}

pub(super) async fn sign_in_page(State(house): State<House>, asked: Asked, Params(query): Params) -> Response {
    let next = query.get("next").and_then(Next::parse);
    let lang = language(&asked, &query);
    html(&sign_in_markup(
        &house,
        (&asked, lang),
        ("", next.as_ref().map_or("/", Next::as_str)),
        &Refused::default(),
        query.get("out").is_some(),
    ))
}

pub(super) async fn sign_in(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let email = form.get("email").unwrap_or_default().to_owned();
    let next = form.get("next").and_then(Next::parse);
    let next = next.as_ref().map_or("/", Next::as_str);
    let previous = presented(&headers, &asked).map(str::to_owned);
    let known = presented_device(&headers, &asked).map(str::to_owned);
    let attempt = SignIn { email: email.clone(), password: secret(&form, "password"), previous, device: known };
    match house.accounts.sign_in(&asked.nobody(), attempt).await {
        Ok(session) => Ok(welcome(&asked, &device::bind(&house, &asked, session, &form).await?, next)),
        Err(AccountFault::SecondStep(step)) => Ok(factor::ask(&asked, &step, next)),
        Err(fault) if on_page(&fault) => {
            Ok(page(&fault, &sign_in_markup(&house, (&asked, asked.lang), (&email, next), &refused(&fault), false)))
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn sign_out(State(house): State<House>, asked: Asked, signed: Signed) -> Result<Response, Refusal> {
    let further = sso::farewell(&house, &asked, &signed).await?;
    house.accounts.sign_out(&signed.cx).await?;
    Ok(match further {
        Some(url) => sso::gone_on(&asked, gone(&asked), &url),
        None => gone(&asked),
    })
}

/// Says goodbye: no cookie, and nothing kept by the browser.
pub(super) fn gone(asked: &Asked) -> Response {
    let mut response = see_other("/sign-in?out=1");
    response.headers_mut().insert(header::SET_COOKIE, end_session_cookie(asked));
    let (name, value) = httpkit::clear_site_data();
    response.headers_mut().insert(name, value);
    response
}

/// Looks at a link without using it up; nothing if it is spent or for something else.
async fn look(house: &House, asked: &Asked, token: &str, purpose: Purpose) -> Result<Option<LinkView>, Refusal> {
    match house.accounts.look_at_link(&asked.nobody(), &Secret::new(token.to_owned())).await {
        Ok(view) if view.purpose == purpose => Ok(Some(view)),
        Ok(_) | Err(AccountFault::LinkSpent) => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

fn spent(lang: Lang) -> Response {
    (StatusCode::NOT_FOUND, html(&auth::spent(lang))).into_response()
}

pub(super) async fn set_up_page(
    State(house): State<House>,
    asked: Asked,
    at: SetUpPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let lang = language(&asked, &query);
    let action = format!("{}?lang={}", at, lang.code());
    Ok(match look(&house, &asked, &at.token, Purpose::Setup).await? {
        Some(_) => html(&auth::set_up(lang, &action, &Founding::default(), &Refused::default())),
        None => spent(lang),
    })
}

pub(super) async fn set_up(
    State(house): State<House>,
    asked: Asked,
    at: SetUpPage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let founder = Founder {
        workspace: text("workspace"),
        name: text("name"),
        email: text("email"),
        password: secret(&form, "password"),
    };
    match house.accounts.set_up(&asked.nobody(), Secret::new(at.token.clone()), founder).await {
        Ok(session) => {
            let session = device::bind(&house, &asked, session, &form).await?;
            Ok(welcome(&asked, &session, passkey::welcome(&asked)))
        }
        Err(AccountFault::LinkSpent | AccountFault::AlreadySetUp) => Ok(spent(asked.lang)),
        Err(fault) if on_page(&fault) => {
            let (workspace, name, email) = (text("workspace"), text("name"), text("email"));
            let typed = Founding { workspace: &workspace, name: &name, email: &email };
            Ok(page(&fault, &auth::set_up(asked.lang, &at.to_string(), &typed, &refused(&fault))))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Draws the other way to join.
fn or_provider(house: &House, lang: Lang, at: &JoinPage) -> maud::Markup {
    sso::button(house, lang, &ProviderJoin { token: at.token.clone() }.to_string(), "/")
}

pub(super) async fn join_page(
    State(house): State<House>,
    asked: Asked,
    at: JoinPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let lang = language(&asked, &query);
    let Some(view) = look(&house, &asked, &at.token, Purpose::Join).await? else { return Ok(spent(lang)) };
    let (name, email) = view.person.unwrap_or_default();
    Ok(html(&auth::join(lang, &at.to_string(), (&name, &email), &Refused::default(), &or_provider(&house, lang, &at))))
}

pub(super) async fn join(
    State(house): State<House>,
    asked: Asked,
    at: JoinPage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let name = form.get("name").unwrap_or_default().to_owned();
    let joining = Joining { name: name.clone(), password: secret(&form, "password") };
    match house.accounts.join(&asked.nobody(), Secret::new(at.token.clone()), joining).await {
        Ok(session) => {
            let session = device::bind(&house, &asked, session, &form).await?;
            Ok(welcome(&asked, &session, passkey::welcome(&asked)))
        }
        Err(AccountFault::LinkSpent) => Ok(spent(asked.lang)),
        Err(fault) if on_page(&fault) => {
            let email = form.get("email").unwrap_or_default();
            Ok(page(
                &fault,
                &auth::join(
                    asked.lang,
                    &at.to_string(),
                    (&name, email),
                    &refused(&fault),
                    &or_provider(&house, asked.lang, &at),
                ),
            ))
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn enter_page(State(house): State<House>, asked: Asked, at: EnterPage) -> Result<Response, Refusal> {
    Ok(match look(&house, &asked, &at.token, Purpose::SignIn).await? {
        Some(_) => html(&auth::enter(asked.lang, &at.to_string())),
        None => spent(asked.lang),
    })
}

pub(super) async fn enter(
    State(house): State<House>,
    asked: Asked,
    headers: HeaderMap,
    at: EnterPage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let previous = presented(&headers, &asked).map(str::to_owned);
    let held = (previous, presented_device(&headers, &asked).map(str::to_owned));
    match house.accounts.sign_in_by_link(&asked.nobody(), Secret::new(at.token.clone()), held).await {
        Ok(session) => Ok(welcome(&asked, &device::bind(&house, &asked, session, &form).await?, "/")),
        Err(AccountFault::LinkSpent) => Ok(spent(asked.lang)),
        Err(fault) => Err(fault.into()),
    }
}
