//! How the keys stand, and their change.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Refusal, Signed};

use crate::House;
use crate::house::{Place, see_other};
use console::key::{EPOCH, INDEX, KeysView, OBJECT, WHAT, keys};
use kernel::ObjectName;
use ui::text::{Y, t};

const HERE: &str = "/settings/keys";

/// Shows how they stand.
pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let standing = house.custody.report(&signed.cx).await?;
    let every = house.custody.every().map(|every| every.as_secs() / (24 * 60 * 60));
    let view = KeysView { signed: &signed, standing: &standing, records: &house.records, every, now: house.db.now() };
    let place = Place { title: t(signed.cx.lang(), Y::Title), here: HERE, script: None };
    house.show_as(StatusCode::OK, &signed, place, &keys(&view)).await
}

/// Begins to replace one.
pub(super) async fn begin(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    match form.get(WHAT).unwrap_or_default() {
        EPOCH => house.custody.rotate(&signed.cx).await.map(|_| ())?,
        INDEX => house.custody.rotate_index(&signed.cx).await.map(|_| ())?,
        other => match other.strip_prefix(OBJECT).map(ObjectName::parse) {
            Some(Ok(name)) => house.custody.rotate_object(&signed.cx, name).await?,
            _ => return Err(custody::CustodyFault::What.into()),
        },
    }
    Ok(see_other(HERE))
}
