//! Every route of the API.

mod index;
mod list;
mod mcp;
mod openapi;
mod record;

use axum::Router;
use axum::routing::{any, get, post};
use httpkit::{Mount as _, Refusal};
use kernel::RecordId;

use crate::House;

httpkit::routes! {
    /// What there is: objects, their fields and choices.
    ApiIndex {} => "/api/v1", [GET];
    /// What all of it looks like (OpenAPI 3.1).
    ApiDescription {} => "/api/v1/openapi.json", [GET];
    /// The records of an object, and making one.
    RecordList { plural: String } => "/api/v1/{plural}", [GET POST];
    /// The records of an object that are looked for, by a body.
    RecordSearch { plural: String } => "/api/v1/{plural}/search", [POST];
    /// One record.
    OneRecord { plural: String, id: RecordId } => "/api/v1/{plural}/{id}", [GET PATCH DELETE];
    /// What AI assistants ask (Model Context Protocol).
    AssistantDoor {} => "/mcp", [POST];
}

/// Puts every handler at its route. Everything under `/api` belongs to this router, also beside another one whose patterns
/// (`/{plural}/{id}`) would take `/api/v2` for a page.
pub fn router(house: House) -> Router {
    Router::new()
        .at::<ApiIndex>(get(index::show))
        .at::<ApiDescription>(get(openapi::show))
        .at::<AssistantDoor>(post(mcp::answer))
        .at::<RecordList>(get(list::show).post(record::create))
        .at::<RecordSearch>(post(list::search))
        .at::<OneRecord>(get(record::show).patch(record::update).delete(record::delete))
        .route("/api", any(absent))
        .route("/api/", any(absent))
        .route("/api/{*rest}", any(absent))
        .with_state(house)
}

/// Says that nothing is there.
async fn absent() -> Refusal {
    Refusal::not_found()
}
