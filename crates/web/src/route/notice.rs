//! What people are told about their accounts.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use httpkit::{Asked, Fields, Refusal, Signed};
use kernel::UserId;

use super::{NoticeNotMe, NoticeSeen, account, door};
use crate::House;
use crate::house::{Place, see_other};
use ui::text::{N, t};

pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let told = house.accounts.notices().list(&signed.cx, signed.device.as_deref()).await?;
    let mut named: Vec<UserId> = told.iter().flat_map(|notice| [notice.by, notice.whose]).flatten().collect();
    named.sort_unstable();
    named.dedup();
    let names = house.accounts.names(&signed.cx, named).await?;
    let body = pages::notice::list(&signed, &told, &names, house.db.now());
    let place = Place { title: t(signed.cx.lang(), N::Notices), here: "/notices", script: None };
    house.show(&signed, place, &body).await
}

pub(super) async fn see_all(
    State(house): State<House>,
    signed: Signed,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.accounts.notices().see_all(&signed.cx, signed.device.as_deref()).await?;
    Ok(see_other("/notices"))
}

pub(super) async fn see(
    State(house): State<House>,
    signed: Signed,
    headers: HeaderMap,
    at: NoticeSeen,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.accounts.notices().see(&signed.cx, signed.device.as_deref(), at.id).await?;
    Ok(see_other(&account::back(&headers)))
}

/// Ends what may be somebody else's: every other session, and what is known of other browsers.
pub(super) async fn not_me(
    State(house): State<House>,
    asked: Asked,
    signed: Signed,
    at: NoticeNotMe,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    house.accounts.notices().see(&signed.cx, signed.device.as_deref(), at.id).await?;
    let session = house.accounts.keep_only_this(&signed.cx, signed.device.clone()).await?;
    Ok(door::welcome(&asked, &session, "/settings/account?did=not-me"))
}
