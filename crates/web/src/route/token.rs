//! Tokens of programs.

use std::time::Duration;

use accounts::AccountFault;
use axum::extract::State;
use axum::response::Response;
use console::token::{self, TokensView};
use http::{HeaderMap, StatusCode};
use httpkit::{Fields, Pairs, Refusal, Signed, status};
use kernel::{Fault as _, UserId};
use tokens::TokenForm;

use super::{TokenEnd, TokenUse, account, door};
use crate::House;
use crate::house::{Place, see_other};
use pages::auth::Refused;
use ui::text::{K, t};

/// How long a token is good for where nobody chose.
const USUAL: u64 = 90;
const DAY: Duration = Duration::from_secs(86_400);

/// A form with nothing in it: nothing is ticked.
fn fresh() -> TokenForm {
    TokenForm { scopes: Some(Vec::new()), ..TokenForm::default() }
}

fn taken(form: &Pairs) -> (TokenForm, u64) {
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    // What is no number is no span, and refused as too short.
    let days = form.get("expires").and_then(|days| days.parse::<u64>().ok()).unwrap_or(0);
    let lasts = DAY * u32::try_from(days).unwrap_or(u32::MAX);
    let (networks, key) = (text("networks"), text("key"));
    let scopes = form.all("scopes").map(str::to_owned).collect();
    let scopes: Vec<String> = scopes;
    // An assistant that may read everything is one without any other scope; it is never a token for everything.
    let scopes = match (form.get("everything") == Some("on"), scopes.iter().any(|scope| scope == tokens::ASSISTANT)) {
        (true, true) => Some(scopes.into_iter().filter(|scope| !scope.contains(':')).collect()),
        (true, false) => {
            let named: Vec<_> = scopes.into_iter().filter(|scope| tokens::is_of_workspace(scope)).collect();
            let everything = || std::iter::once(tokens::EVERYTHING.to_owned());
            (!named.is_empty()).then(|| everything().chain(named).collect())
        }
        (false, _) => Some(scopes),
    };
    let fields = form.all("fields").map(str::to_owned).collect();
    let rows = text("rows").lines().map(str::to_owned).collect();
    (TokenForm { label: text("label"), purpose: text("purpose"), lasts, networks, scopes, fields, rows, key }, days)
}

pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let typed = fresh();
    draw(&house, &signed, (StatusCode::OK, None), (&typed, USUAL), &Refused::default()).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    (code, made): (StatusCode, Option<&str>),
    typed: (&TokenForm, u64),
    refused: &Refused,
) -> Result<Response, Refusal> {
    let (tokens, now) = (house.tokens.list(&signed.cx).await?, house.db.now());
    let body = token::own(&TokensView {
        signed,
        tokens: &tokens,
        made,
        typed,
        refused,
        owners: None,
        records: &house.records,
        now,
    });
    let place = Place { title: t(signed.cx.lang(), K::Title), here: "/settings/account", script: None };
    house.show_as(code, signed, place, &body).await
}

pub(super) async fn create(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let (typed, days) = taken(&form);
    let known = |object: &str, field: &str| {
        house.records.seen_by_name(&signed.cx, object).is_ok_and(|object| object.field(field).is_some())
    };
    let making = match tokens::fields_exist(&typed.fields, known) {
        Ok(()) => house.tokens.create(&signed.cx, signed.user.id, typed.clone()).await,
        Err(fault) => Err(fault),
    };
    match making {
        Ok(made) => {
            let fresh = fresh();
            let shown = (StatusCode::OK, Some(made.token.expose().as_str()));
            draw(&house, &signed, shown, (&fresh, USUAL), &Refused::default()).await
        }
        Err(fault @ AccountFault::Invalid(_)) => {
            let shown = (status(fault.class()), None);
            draw(&house, &signed, shown, (&typed, days), &door::refused(&fault)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn end(
    State(house): State<House>,
    signed: Signed,
    at: TokenEnd,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    house.tokens.revoke(&signed.cx, at.id).await?;
    Ok(see_other(&account::back(&headers)))
}

pub(super) async fn activity(State(house): State<House>, signed: Signed, at: TokenUse) -> Result<Response, Refusal> {
    let (found, done) = house.tokens.activity(&signed.cx, at.id).await?;
    let body = token::activity(&signed, &found, &done, &house.records, house.db.now());
    let place = Place { title: t(signed.cx.lang(), K::What), here: "/settings/account", script: None };
    house.show(&signed, place, &body).await
}

pub(super) async fn all(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let tokens = house.tokens.list_all(&signed.cx).await?;
    let ids: Vec<UserId> = tokens.iter().map(|token| token.owner).collect();
    let own = house.clone();
    let owners = house.db.read(&signed.cx, move |tx| own.people(tx, &ids)).await?;
    let (typed, refused, now) = (fresh(), Refused::default(), house.db.now());
    let view = TokensView {
        signed: &signed,
        tokens: &tokens,
        made: None,
        typed: (&typed, USUAL),
        refused: &refused,
        owners: Some(&owners),
        records: &house.records,
        now,
    };
    let place = Place { title: t(signed.cx.lang(), K::AllTitle), here: "/settings/people", script: None };
    house.show(&signed, place, &token::all(&view)).await
}
