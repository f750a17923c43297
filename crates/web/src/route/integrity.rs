//! Whether everything stands as the program wrote it.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Refusal, Signed};

use crate::House;
use crate::house::{Place, see_other};
use console::integrity::{IntegrityView, integrity};
use ui::text::{X, t};

const HERE: &str = "/settings/integrity";

/// Shows how it stands.
pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let report = house.integrity.report(&signed.cx).await?;
    let view = IntegrityView { signed: &signed, report: &report, records: &house.records, now: house.db.now() };
    let place = Place { title: t(signed.cx.lang(), X::Title), here: HERE, script: None };
    house.show_as(StatusCode::OK, &signed, place, &integrity(&view)).await
}

/// Lets everything be looked through at once.
pub(super) async fn begin(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    house.integrity.begin(&signed.cx).await?;
    Ok(see_other(HERE))
}
