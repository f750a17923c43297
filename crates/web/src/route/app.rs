//! Apps of others: the page of them, what somebody is asked, and what an app asks.

use ::apps::{AppFault, AppForm, Granted, RULE, Wish, address};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use console::app::{self, AppsView, ConsentView};
use http::{HeaderValue, StatusCode, header};
use httpkit::{Asked, Fields, Pairs, Params, Refusal, Signed, status};
use kernel::{Fault as _, UserId};
use records::ListQuery;
use serde::Serialize;

use super::{AppAuthorize, AppStop, AppToken, ApprovalOne, sso};
use crate::House;
use crate::house::{Place, see_other};
use approvals::ApprovalFault;
use pages::auth::Refused;
use ui::text::{Q, t};

const HERE: &str = "/settings/apps";

/// Shows them.
pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, (StatusCode::OK, &Refused::default()), (&AppForm::default(), "")).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    (status, refused): (StatusCode, &Refused),
    typed: (&AppForm, &str),
) -> Result<Response, Refusal> {
    let apps = house.apps.list(&signed.cx).await?;
    let ids: Vec<UserId> = apps.iter().flat_map(|app| std::iter::once(app.by).chain(app.approved_by)).collect();
    let own = house.clone();
    let names = house.db.read(&signed.cx, move |tx| own.people(tx, &ids)).await?;
    let (records, now) = (&house.records, house.db.now());
    let body = app::apps(&AppsView { signed, apps: &apps, names: &names, typed, refused, records, now });
    let place = Place { title: t(signed.cx.lang(), Q::Title), here: HERE, script: None };
    house.show_as(status, signed, place, &body).await
}

/// Asks a second person for a new one.
pub(super) async fn register(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let scopes = form.all("scopes").map(str::to_owned).collect();
    let typed = AppForm { name: text("name"), maker: text("maker"), addresses: text("addresses"), scopes };
    let reason = text("reason");
    let asked = match ::apps::terms(&typed) {
        Ok(terms) => house.approvals.ask(&signed.cx, RULE, terms, &reason).await,
        Err(AppFault::Form(field, code)) => {
            let refused = Refused { code: None, wrongs: vec![(field.to_owned(), code.to_owned())] };
            return draw(&house, &signed, (StatusCode::UNPROCESSABLE_ENTITY, &refused), (&typed, &reason)).await;
        }
        Err(fault) => return Err(fault.into()),
    };
    match asked {
        Ok(id) => Ok(see_other(&ApprovalOne { id }.to_string())),
        Err(fault @ ApprovalFault::Reason) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(&house, &signed, (status(fault.class()), &refused), (&typed, &reason)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Stops one.
pub(super) async fn stop(
    State(house): State<House>,
    signed: Signed,
    at: AppStop,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.apps.stop(&signed.cx, at.id).await?;
    Ok(see_other(HERE))
}

/// Takes what an app sent somebody with. A part that comes twice is read by nobody in the same way: then there is no wish.
fn wish(pairs: &Pairs) -> Result<Wish, AppFault> {
    let one = |name: &str| match pairs.all(name).collect::<Vec<_>>().as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).to_owned())),
        _ => Err(AppFault::Unknown),
    };
    let text = |name: &str| one(name).map(Option::unwrap_or_default);
    Ok(Wish {
        kind: text("response_type")?,
        client: text("client_id")?,
        redirect: text("redirect_uri")?,
        scope: one("scope")?.filter(|scope| !scope.is_empty()),
        state: one("state")?.filter(|state| !state.is_empty()),
        challenge: text("code_challenge")?,
        method: text("code_challenge_method")?,
    })
}

/// Returns who answers, as apps know it (RFC 9207 §2).
fn issuer(asked: &Asked) -> String {
    asked.absolute("")
}

/// Returns where an answer leads: only ever called for an address that the app was found by.
fn back(asked: &Asked, wish: &Wish, (name, value): (&'static str, &str)) -> String {
    let issuer = issuer(asked);
    let mut answer = vec![(name, value)];
    answer.extend(wish.state.as_deref().map(|state| ("state", state)));
    answer.push(("iss", &issuer));
    address(&wish.redirect, &answer)
}

/// Shows somebody what an app asks for.
pub(super) async fn ask(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let wish = wish(&query)?;
    let consent = match house.apps.look(&signed.cx, &wish).await {
        Ok(consent) => consent,
        Err(AppFault::Refused(why)) => return Ok(see_other(&back(&asked, &wish, ("error", why)))),
        Err(fault) => return Err(fault.into()),
    };
    let (records, scopes) = (house.records.clone(), consent.scopes.clone());
    let counting = house.db.read(&signed.cx, move |tx| {
        let mut reads = Vec::new();
        for object in scopes.iter().filter_map(|scope| scope.strip_suffix(":read")) {
            // Whoever sees none of them can show none.
            if tx.cx().rights().reach(object, authz::Verb::Read).is_some() {
                let count = records.count_records(tx, object, &ListQuery::default())?;
                reads.push((object.to_owned(), count.counted, count.more));
            }
        }
        Ok::<_, records::RecordFault>(reads)
    });
    let reads = counting.await?;
    let (records, now) = (&house.records, house.db.now());
    let view = ConsentView { signed: &signed, asked: &consent, wish: &wish, reads: &reads, records, now };
    let title = ui::text::apps::asks(signed.cx.lang(), &consent.app.name);
    let place = Place { title: &title, here: HERE, script: None };
    house.show(&signed, place, &app::consent(&view)).await
}

/// Takes the answer, and leads back to the app.
pub(super) async fn answer(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    _: AppAuthorize,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let wish = wish(&form)?;
    let agreed = if form.get("answer") == Some("allow") {
        house.apps.agree(&signed.cx, &wish).await
    } else {
        house.apps.look(&signed.cx, &wish).await.and(Err(AppFault::Refused("access_denied")))
    };
    let url = match &agreed {
        Ok(code) => back(&asked, &wish, ("code", code.expose())),
        Err(AppFault::Refused(why)) => back(&asked, &wish, ("error", why)),
        Err(_) => return Err(agreed.map(|_| ()).err().map_or_else(Refusal::not_found, Refusal::from)),
    };
    Ok(sso::lead(signed.cx.lang(), t(signed.cx.lang(), Q::GoOn), &url))
}

/// What an app is given (RFC 6749 §5.1).
#[derive(Serialize)]
struct Given<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

/// What an app is told that is given nothing (RFC 6749 §5.2).
#[derive(Serialize)]
struct Told {
    error: &'static str,
}

fn sealed(status: StatusCode, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Gives an app a token for a code, or for what renews one.
pub(super) async fn token(
    State(house): State<House>,
    asked: Asked,
    _: AppToken,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match granted(&house, &asked, &form).await {
        Ok(granted) => {
            let Granted { access, refresh, lasts, scopes } = &granted;
            let (access_token, refresh_token) = (access.expose().as_str(), refresh.expose().as_str());
            let (expires_in, scope) = (lasts.as_secs(), scopes.as_deref());
            Ok(sealed(StatusCode::OK, Given { access_token, token_type: "Bearer", expires_in, refresh_token, scope }))
        }
        Err(AppFault::Refused(error)) => Ok(sealed(StatusCode::BAD_REQUEST, Told { error })),
        Err(fault) => Err(fault.into()),
    }
}

async fn granted(house: &House, asked: &Asked, form: &Pairs) -> Result<Granted, AppFault> {
    let one = |name: &str| match form.all(name).collect::<Vec<_>>().as_slice() {
        [one] if !one.is_empty() => Ok(*one),
        _ => Err(AppFault::Refused("invalid_request")),
    };
    let (kind, client) = (one("grant_type")?, one("client_id")?);
    match kind {
        "authorization_code" => {
            let given = (one("code")?, one("redirect_uri")?, one("code_verifier")?);
            house.apps.exchange(&asked.nobody(), client, given).await
        }
        "refresh_token" => house.apps.renew(&asked.nobody(), client, one("refresh_token")?).await,
        _ => Err(AppFault::Refused("unsupported_grant_type")),
    }
}

/// What apps may know of this server (RFC 8414).
#[derive(Serialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    response_types_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
}

pub(super) async fn metadata(asked: Asked) -> Response {
    let body = Metadata {
        issuer: issuer(&asked),
        authorization_endpoint: asked.absolute(&AppAuthorize {}.to_string()),
        token_endpoint: asked.absolute(&AppToken {}.to_string()),
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        authorization_response_iss_parameter_supported: true,
    };
    Json(body).into_response()
}
