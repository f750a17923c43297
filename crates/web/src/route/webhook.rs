//! Webhooks.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use console::webhook::{self, NewView, OneView, WebhooksView};
use http::StatusCode;
use httpkit::{Fields, Mount as _, Pairs, Refusal, Signed, status};
use kernel::{Fault as _, UserId};
use webhooks::{Plan, WebhookFault, WebhookId, WebhookView};

use super::{
    WebhookAgain, WebhookEdit, WebhookList, WebhookNew, WebhookOne, WebhookRemove, WebhookSecret, WebhookState,
    WebhookTest, door,
};
use crate::House;
use crate::house::{Place, see_other};
use pages::auth::Refused;
use ui::text::{H, t};

/// Puts the pages of webhooks at their routes.
pub(super) fn doors() -> axum::Router<House> {
    axum::Router::new()
        .at::<WebhookList>(get(list).post(create))
        .at::<WebhookNew>(get(new_page))
        .at::<WebhookOne>(get(one))
        .at::<WebhookEdit>(get(edit).post(change))
        .at::<WebhookSecret>(post(rotate))
        .at::<WebhookState>(post(switch))
        .at::<WebhookTest>(post(test))
        .at::<WebhookRemove>(post(remove))
        .at::<WebhookAgain>(post(again))
}

fn place(signed: &Signed) -> Place<'static> {
    Place { title: t(signed.cx.lang(), H::Title), here: "/settings/account", script: None }
}

async fn list(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let own = house.webhooks.list(&signed.cx).await?;
    let others: Vec<WebhookView> = if signed.cx.may::<authz::Grant>("user") {
        let all = house.webhooks.list_all(&signed.cx).await?;
        all.into_iter().filter(|hook| hook.owner != signed.user.id).collect()
    } else {
        Vec::new()
    };
    let ids: Vec<UserId> = others.iter().map(|hook| hook.owner).collect();
    let its = house.clone();
    let names = house.db.read(&signed.cx, move |tx| its.people(tx, &ids)).await?;
    let view = WebhooksView { signed: &signed, own: &own, others: Some((&others, &names)), now: house.db.now() };
    house.show(&signed, place(&signed), &webhook::list(&view)).await
}

async fn form(
    house: &House,
    signed: &Signed,
    (hook, code): (Option<WebhookId>, StatusCode),
    (typed, refused): (&Plan, &Refused),
) -> Result<Response, Refusal> {
    let body = webhook::form(&NewView {
        signed,
        hook,
        typed,
        refused,
        records: &house.records,
        hears: &|event| house.webhooks.may_hear(&signed.cx, event),
        sends: &|field| house.webhooks.may_send(&signed.cx, field),
    });
    house.show_as(code, signed, place(signed), &body).await
}

async fn new_page(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    form(&house, &signed, (None, StatusCode::OK), (&Plan::default(), &Refused::default())).await
}

/// Takes what was typed.
fn typed(sent: &Pairs) -> Plan {
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let all = |name: &str| sent.all(name).map(str::to_owned).collect();
    Plan { name: text("name"), url: text("url"), events: all("events"), fields: all("fields") }
}

async fn create(State(house): State<House>, signed: Signed, Fields(sent): Fields) -> Result<Response, Refusal> {
    let typed = typed(&sent);
    match house.webhooks.create(&signed.cx, typed.clone()).await {
        Ok((id, secret)) => draw(&house, &signed, id, Some(secret.expose())).await,
        Err(WebhookFault::Account(fault)) if matches!(fault, accounts::AccountFault::Invalid(_)) => {
            form(&house, &signed, (None, status(fault.class())), (&typed, &door::refused(&fault))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn draw(house: &House, signed: &Signed, id: WebhookId, secret: Option<&str>) -> Result<Response, Refusal> {
    let (hook, sent) = house.webhooks.read(&signed.cx, id).await?;
    let (records, now) = (&house.records, house.db.now());
    let body = webhook::one(&OneView { signed, hook: &hook, sent: &sent, secret, records, now });
    house.show(signed, place(signed), &body).await
}

async fn one(State(house): State<House>, signed: Signed, at: WebhookOne) -> Result<Response, Refusal> {
    draw(&house, &signed, at.id, None).await
}

async fn edit(State(house): State<House>, signed: Signed, at: WebhookEdit) -> Result<Response, Refusal> {
    let (hook, _) = house.webhooks.read(&signed.cx, at.id).await?;
    form(&house, &signed, (Some(at.id), StatusCode::OK), (&hook.plan, &Refused::default())).await
}

async fn change(
    State(house): State<House>,
    signed: Signed,
    at: WebhookEdit,
    Fields(sent): Fields,
) -> Result<Response, Refusal> {
    let typed = typed(&sent);
    match house.webhooks.change(&signed.cx, at.id, typed.clone()).await {
        Ok(Some(secret)) => draw(&house, &signed, at.id, Some(secret.expose())).await,
        Ok(None) => Ok(see_other(&WebhookOne { id: at.id }.to_string())),
        Err(WebhookFault::Account(fault)) if matches!(fault, accounts::AccountFault::Invalid(_)) => {
            form(&house, &signed, (Some(at.id), status(fault.class())), (&typed, &door::refused(&fault))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn rotate(State(house): State<House>, signed: Signed, at: WebhookSecret) -> Result<Response, Refusal> {
    let secret = house.webhooks.rotate(&signed.cx, at.id).await?;
    draw(&house, &signed, at.id, Some(secret.expose())).await
}

async fn switch(
    State(house): State<House>,
    signed: Signed,
    at: WebhookState,
    Fields(sent): Fields,
) -> Result<Response, Refusal> {
    let on = match sent.get("to") {
        Some("on") => true,
        Some("off") => false,
        _ => return Err(Refusal::not_found()),
    };
    house.webhooks.switch(&signed.cx, at.id, on).await?;
    // Whoever turned another's off may not look at it.
    Ok(see_other(&WebhookList {}.to_string()))
}

async fn test(State(house): State<House>, signed: Signed, at: WebhookTest) -> Result<Response, Refusal> {
    house.webhooks.test(&signed.cx, at.id).await?;
    Ok(see_other(&WebhookOne { id: at.id }.to_string()))
}

async fn remove(State(house): State<House>, signed: Signed, at: WebhookRemove) -> Result<Response, Refusal> {
    house.webhooks.remove(&signed.cx, at.id).await?;
    Ok(see_other(&WebhookList {}.to_string()))
}

async fn again(State(house): State<House>, signed: Signed, at: WebhookAgain) -> Result<Response, Refusal> {
    house.webhooks.again(&signed.cx, at.id, at.delivery).await?;
    Ok(see_other(&WebhookOne { id: at.id }.to_string()))
}
