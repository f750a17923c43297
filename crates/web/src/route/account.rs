//! One's own account.

use accounts::{Preferences, Theme};
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use httpkit::{Asked, Fields, Next, Params, Refusal, Signed};
use kernel::Lang;

use super::EndSession;
use crate::House;
use crate::house::{Place, see_other};
use console::settings;
use pages::auth::Refused;
use pages::{factor, passkey};
use ui::text::{M, Provider, t};

pub(super) async fn show(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let above = pages::notice::ended(signed.cx.lang(), query.get("did") == Some("not-me"));
    draw(&house, (&asked, &signed), (StatusCode::OK, &above), &Refused::default()).await
}

/// Shows the page, with what was wrong about one of its forms.
pub(super) async fn show_as(
    house: &House,
    asked: &Asked,
    signed: &Signed,
    status: StatusCode,
    refused: &Refused,
) -> Result<Response, Refusal> {
    draw(house, (asked, signed), (status, &maud::html! {}), refused).await
}

async fn draw(
    house: &House,
    (asked, signed): (&Asked, &Signed),
    (status, above): (StatusCode, &maud::Markup),
    refused: &Refused,
) -> Result<Response, Refusal> {
    let (sessions, now) = (house.accounts.list_sessions(&signed.cx).await?, house.db.now());
    let passkeys = house.accounts.list_passkeys(&signed.cx).await?;
    let entries = house.accounts.notices().entries(&signed.cx).await?;
    let held = house.accounts.list_factors(&signed.cx).await?;
    let factors = maud::html! {
        (passkey::section(signed, &passkeys, super::passkey::possible(asked), now))
        (factor::card(signed, &held, refused, now))
        @if let Some(sso) = &house.sso {
            (console::sso::card(signed, &Provider(sso.name()), &sso.list_linked(&signed.cx).await?, now))
        }
        (console::token::card(signed.cx.lang()))
        (console::webhook::card(signed.cx.lang()))
        (console::api::card(signed.cx.lang()))
        (pages::notice::entries(signed.cx.lang(), &entries))
    };
    let body = maud::html! { (above) (settings::account(signed, (&factors, held.password), &sessions, now)) };
    let place = Place { title: t(signed.cx.lang(), M::Account), here: "/settings/account", script: Some("passkey.js") };
    house.show_as(status, signed, place, &body).await
}

pub(super) async fn set_preferences(
    State(house): State<House>,
    signed: Signed,
    headers: HeaderMap,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let before = &signed.user.preferences;
    let single_keys =
        if form.get("keys_shown").is_some() { form.get("keys") == Some("on") } else { before.single_keys };
    let preferences = Preferences {
        lang: form.get("lang").and_then(Lang::parse).or(before.lang),
        theme: form.get("theme").and_then(Theme::parse).unwrap_or(before.theme),
        single_keys,
    };
    house.accounts.set_preferences(&signed.cx, preferences).await?;
    Ok(see_other(&back(&headers)))
}

/// Returns the page of ours that a form was sent from. Browsers that tell nothing are led to the start.
pub(super) fn back(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    path.and_then(Next::parse).map_or_else(|| "/".to_owned(), |next| next.as_str().to_owned())
}

pub(super) async fn end_session(
    State(house): State<House>,
    signed: Signed,
    at: EndSession,
) -> Result<Response, Refusal> {
    house.accounts.end_session(&signed.cx, at.id).await?;
    Ok(see_other("/settings/account"))
}

pub(super) async fn sign_out_everywhere(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
) -> Result<Response, Refusal> {
    house.accounts.sign_out_everywhere(&signed.cx).await?;
    Ok(super::door::gone(&asked))
}
