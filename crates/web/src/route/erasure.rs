//! Erasing somebody, and holding a record.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use console::erasure::{self as page, AskView, BASIS, ErasuresView, REASON, SURE, UNTIL, WHY};
use erasure::{ErasureFault, RULE};
use http::StatusCode;
use httpkit::{Fields, Mount as _, Pairs, Refusal, Signed, status};
use kernel::{Fault as _, Timestamp, UserId};
use records::RecordRef;

use super::record::object_of;
use super::{ApprovalOne, ErasePage, ErasureCertificate, ErasureList, ErasureOne, HoldLift, HoldPlace};
use crate::House;
use crate::house::{Place, attachment, see_other};
use pages::auth::Refused;
use ui::text::{Z, t};

/// Puts the pages at their routes.
pub(super) fn doors() -> axum::Router<House> {
    axum::Router::new()
        .at::<ErasePage>(get(show).post(ask))
        .at::<HoldPlace>(post(hold))
        .at::<HoldLift>(post(lift))
        .at::<ErasureList>(get(list))
        .at::<ErasureOne>(get(one))
        .at::<ErasureCertificate>(get(certificate))
}

fn place(signed: &Signed, title: Z) -> Place<'static> {
    Place { title: t(signed.cx.lang(), title), here: "/erasures", script: None }
}

/// Finds which record, and where its page is.
fn record(house: &House, signed: &Signed, plural: &str, id: kernel::RecordId) -> Result<(RecordRef, String), Refusal> {
    let object = object_of(house, &signed.cx, plural)?;
    Ok((RecordRef { object: object.name.clone(), id }, format!("/{plural}/{id}")))
}

async fn draw(
    house: &House,
    signed: &Signed,
    (at, base): (RecordRef, &str),
    (typed, refused): ((&str, &str), Option<(StatusCode, &'static str)>),
) -> Result<Response, Refusal> {
    let preview = house.erasures.preview(&signed.cx, at.clone()).await?;
    let (own, holders) = (house.clone(), preview.hold.iter().map(|hold| hold.by).collect::<Vec<UserId>>());
    let reading = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let shown = own.records.read_record(tx, &at)?;
        Ok((own.people(tx, &holders)?, shown))
    });
    let (names, shown) = reading.await?;
    let title = pages::record::title(signed.cx.lang(), &shown);
    let view = AskView {
        signed,
        base,
        title: &title,
        preview: &preview,
        records: &house.records,
        names: &names,
        typed,
        refused: &Refused { code: refused.map(|(_, code)| code), wrongs: Vec::new() },
        now: house.db.now(),
    };
    let code = refused.map_or(StatusCode::OK, |(code, _)| code);
    house.show_as(code, signed, place(signed, Z::Title), &page::ask(&view)).await
}

async fn show(State(house): State<House>, signed: Signed, at: ErasePage) -> Result<Response, Refusal> {
    let (record, base) = record(&house, &signed, &at.plural, at.id)?;
    draw(&house, &signed, (record, &base), (("", ""), None)).await
}

/// Asks for a second person, or goes ahead alone.
async fn ask(
    State(house): State<House>,
    signed: Signed,
    at: ErasePage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let (record, base) = record(&house, &signed, &at.plural, at.id)?;
    let (basis, reason) = (form.get(BASIS).unwrap_or_default(), form.get(REASON).unwrap_or_default());
    let wrong = |fault: &ErasureFault| Some((status(fault.class()), fault.code()));
    let terms = match house.erasures.terms(&signed.cx, record.clone(), basis).await {
        Ok(_) if form.get(SURE) != Some("yes") => Err(Some((StatusCode::UNPROCESSABLE_ENTITY, "erasure-sure"))),
        Ok(_) if reason.trim().is_empty() => Err(wrong(&ErasureFault::Reason)),
        Ok(terms) => Ok(terms),
        Err(fault @ (ErasureFault::Basis | ErasureFault::Held)) => Err(wrong(&fault)),
        Err(fault) => return Err(fault.into()),
    };
    let terms = match terms {
        Ok(terms) => terms,
        Err(refused) => return draw(&house, &signed, (record, &base), ((basis, reason), refused)).await,
    };
    if form.get("alone") == Some("yes") {
        house.approvals.alone(&signed.cx, RULE, terms, reason).await?;
        return Ok(see_other("/erasures"));
    }
    let asked = house.approvals.ask(&signed.cx, RULE, terms, reason).await?;
    Ok(see_other(&ApprovalOne { id: asked }.to_string()))
}

/// Reads until the end of which day.
fn until(form: &Pairs) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(&format!("{}T23:59:59Z", form.get(UNTIL)?))
}

async fn hold(
    State(house): State<House>,
    signed: Signed,
    at: HoldPlace,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let (record, base) = record(&house, &signed, &at.plural, at.id)?;
    let (why, until) = (form.get(WHY).unwrap_or_default(), until(&form).unwrap_or(Timestamp::from_micros(0)));
    let page = format!("{base}/erase");
    match house.erasures.hold(&signed.cx, record.clone(), why, until).await {
        Ok(_) => Ok(see_other(&page)),
        Err(fault @ (ErasureFault::Until | ErasureFault::Reason)) => {
            let refused = Some((status(fault.class()), fault.code()));
            draw(&house, &signed, (record, &base), (("", ""), refused)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn lift(State(house): State<House>, signed: Signed, at: HoldLift) -> Result<Response, Refusal> {
    let (record, base) = record(&house, &signed, &at.plural, at.id)?;
    house.erasures.lift(&signed.cx, record).await?;
    Ok(see_other(&format!("{base}/erase")))
}

async fn names(house: &House, signed: &Signed, ids: Vec<UserId>) -> Result<HashMap<UserId, String>, Refusal> {
    let own = house.clone();
    house.db.read(&signed.cx, move |tx| own.people(tx, &ids)).await
}

async fn list(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let erasures = house.erasures.list(&signed.cx).await?;
    let names = names(&house, &signed, erasures.iter().map(|one| one.user).collect()).await?;
    let view = ErasuresView { signed: &signed, records: &house.records, names: &names, now: house.db.now() };
    house.show(&signed, place(&signed, Z::List), &page::list(&view, &erasures)).await
}

async fn one(State(house): State<House>, signed: Signed, at: ErasureOne) -> Result<Response, Refusal> {
    let found = house.erasures.read(&signed.cx, at.id).await?;
    let names = names(&house, &signed, std::iter::once(found.user).chain(found.agreed_by).collect()).await?;
    let view = ErasuresView { signed: &signed, records: &house.records, names: &names, now: house.db.now() };
    let certificate = found.certificate.as_deref().and_then(erasure::said_in);
    house.show(&signed, place(&signed, Z::List), &page::one(&view, &found, certificate.as_ref())).await
}

/// Sends the certificate as a file.
async fn certificate(State(house): State<House>, signed: Signed, at: ErasureCertificate) -> Result<Response, Refusal> {
    let found = house.erasures.read(&signed.cx, at.id).await?;
    let note = found.certificate.ok_or_else(Refusal::not_found)?;
    Ok(attachment(note, "text/plain; charset=utf-8", &format!("erasure-{}.txt", found.id)))
}
