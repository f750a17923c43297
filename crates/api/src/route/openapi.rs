//! The description of the API.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use httpkit::Bearer;

use crate::House;
use crate::openapi::describe;
use crate::query::NoQuery;

/// Answers to whoever has a token: what a company calls its objects is the company's own business.
pub(super) async fn show(State(house): State<House>, Bearer(cx): Bearer, _: NoQuery) -> Response {
    Json(describe(&house.records, &cx)).into_response()
}
