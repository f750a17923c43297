//! What there is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use httpkit::Bearer;

use crate::House;
use crate::openapi::seen;
use crate::query::NoQuery;
use crate::view::IndexView;

pub(super) async fn show(State(house): State<House>, Bearer(cx): Bearer, _: NoQuery) -> Response {
    Json(IndexView::of(&seen(&house.records, &cx))).into_response()
}
