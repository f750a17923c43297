//! What there is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use httpkit::Bearer;

use crate::House;
use crate::query::NoQuery;
use crate::view::IndexView;

pub(super) async fn show(State(house): State<House>, _: Bearer, _: NoQuery) -> Response {
    Json(IndexView::of(house.records.objects())).into_response()
}
