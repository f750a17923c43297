//! What takes a second person.

use approvals::{ApprovalFault, ApprovalId, State};
use axum::extract::State as Held;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Refusal, Signed, status};
use kernel::Fault as _;

use super::{ApprovalApprove, ApprovalOne, ApprovalRefuse, ApprovalReview, ApprovalWithdraw};
use crate::House;
use crate::house::{Place, see_other};
use pages::approval::{self, Look};
use ui::text::{V, t};

pub(super) async fn list(Held(house): Held<House>, signed: Signed) -> Result<Response, Refusal> {
    let desk = house.approvals.desk(&signed.cx).await?;
    let named = approval::named([&desk.waiting, &desk.own, &desk.over].into_iter().flatten());
    let names = house.accounts.names(&signed.cx, named).await?;
    let look = Look { signed: &signed, names: &names, records: &house.records, now: house.db.now() };
    house.show(&signed, place(&signed), &approval::list(&look, &desk)).await
}

fn place(signed: &Signed) -> Place<'static> {
    Place { title: t(signed.cx.lang(), V::Title), here: "/approvals", script: None }
}

async fn draw(
    house: &House,
    signed: &Signed,
    id: ApprovalId,
    refused: Option<(StatusCode, &'static str)>,
) -> Result<Response, Refusal> {
    let request = house.approvals.read(&signed.cx, id).await?;
    let names = house.accounts.names(&signed.cx, approval::named([&request])).await?;
    let look = Look { signed, names: &names, records: &house.records, now: house.db.now() };
    let body = approval::one(&look, &request, refused.map(|(_, code)| code));
    house.show_as(refused.map_or(StatusCode::OK, |(code, _)| code), signed, place(signed), &body).await
}

pub(super) async fn one(Held(house): Held<House>, signed: Signed, at: ApprovalOne) -> Result<Response, Refusal> {
    draw(&house, &signed, at.id, None).await
}

/// Goes back to the request, or says on its page what was wrong.
async fn answered(
    house: &House,
    signed: &Signed,
    id: ApprovalId,
    done: Result<(), ApprovalFault>,
) -> Result<Response, Refusal> {
    match done {
        Ok(()) => Ok(see_other(&ApprovalOne { id }.to_string())),
        Err(
            fault @ (ApprovalFault::Own
            | ApprovalFault::Decided
            | ApprovalFault::Expired
            | ApprovalFault::Void
            | ApprovalFault::Reason),
        ) => draw(house, signed, id, Some((status(fault.class()), fault.code()))).await,
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn approve(
    Held(house): Held<House>,
    signed: Signed,
    at: ApprovalApprove,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    let done = house.approvals.approve(&signed.cx, at.id).await.map(|_: State| ());
    answered(&house, &signed, at.id, done).await
}

pub(super) async fn refuse(
    Held(house): Held<House>,
    signed: Signed,
    at: ApprovalRefuse,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let reason = form.get("reason").unwrap_or_default();
    let done = house.approvals.refuse(&signed.cx, at.id, reason).await;
    answered(&house, &signed, at.id, done).await
}

pub(super) async fn withdraw(
    Held(house): Held<House>,
    signed: Signed,
    at: ApprovalWithdraw,
    Fields(_): Fields,
) -> Result<Response, Refusal> {
    let done = house.approvals.withdraw(&signed.cx, at.id).await;
    answered(&house, &signed, at.id, done).await
}

pub(super) async fn review(
    Held(house): Held<House>,
    signed: Signed,
    at: ApprovalReview,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let found = form.get("found").unwrap_or_default();
    let done = house.approvals.review(&signed.cx, at.id, found).await;
    answered(&house, &signed, at.id, done).await
}
