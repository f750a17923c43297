//! The API, for people.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use console::api::{self, ApiView};
use httpkit::{Asked, Mount as _, Params, Refusal, Signed};
use ui::text::{I, t};

use super::ApiPage;
use crate::House;
use crate::house::Place;

/// Puts the page at its route.
pub(super) fn doors() -> axum::Router<House> {
    axum::Router::new().at::<ApiPage>(get(show))
}

async fn show(
    State(house): State<House>,
    signed: Signed,
    asked: Asked,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let describe = house.describe.ok_or_else(Refusal::not_found)?;
    let (document, base) = (describe(&house.records, &signed.cx), asked.absolute(""));
    let body = api::page(&ApiView {
        signed: &signed,
        document: &document,
        objects: house.records.objects(),
        part: query.get("of").unwrap_or_default(),
        base: &base,
    });
    let place = Place { title: t(signed.cx.lang(), I::Title), here: "/settings/account", script: None };
    house.show(&signed, place, &body).await
}
