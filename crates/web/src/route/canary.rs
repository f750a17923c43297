//! Contacts that give a thief away.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Refusal, Signed, status};
use kernel::{Fault as _, RecordId};

use super::CanaryRelease;
use crate::House;
use crate::house::{Place, see_other};
use ::canaries::CanaryFault;
use console::canary::{self, ADDRESS, CanariesView};
use pages::auth::Refused;
use ui::text::{W, t};

const HERE: &str = "/settings/canaries";

/// Shows them.
pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, (StatusCode::OK, &Refused::default()), "").await
}

async fn draw(
    house: &House,
    signed: &Signed,
    (status, refused): (StatusCode, &Refused),
    typed: &str,
) -> Result<Response, Refusal> {
    let canaries = house.canaries.list(&signed.cx).await?;
    let touched = canaries.iter().flat_map(|canary| &canary.touches).filter_map(|touch| touch.user);
    let (own, ids) = (house.clone(), canaries.iter().map(|canary| canary.by).chain(touched).collect::<Vec<_>>());
    let names = house.db.read(&signed.cx, move |tx| own.people(tx, &ids)).await?;
    let (records, now) = (&house.records, house.db.now());
    let view = CanariesView { signed, canaries: &canaries, names: &names, records, typed, refused, now };
    let place = Place { title: t(signed.cx.lang(), W::Title), here: HERE, script: None };
    house.show_as(status, signed, place, &canary::canaries(&view)).await
}

/// Finds the id at the end of the address of a contact's page.
fn contact(address: &str) -> Option<RecordId> {
    let path = address.trim().split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

/// Places one.
pub(super) async fn place(
    State(house): State<House>,
    signed: Signed,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let typed = form.get(ADDRESS).unwrap_or_default();
    let placed = match contact(typed) {
        Some(contact) => house.canaries.place(&signed.cx, contact).await.map(|_| ()),
        None => Err(CanaryFault::Contact),
    };
    match placed {
        Ok(()) => Ok(see_other(HERE)),
        Err(fault @ (CanaryFault::Contact | CanaryFault::There | CanaryFault::Most)) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(&house, &signed, (status(fault.class()), &refused), typed).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Makes one ordinary again.
pub(super) async fn release(
    State(house): State<House>,
    signed: Signed,
    at: CanaryRelease,
) -> Result<Response, Refusal> {
    house.canaries.release(&signed.cx, at.id).await?;
    Ok(see_other(HERE))
}
