//! Making one of several records, and taking that back.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use duplicates::Merging;
use http::StatusCode;
use httpkit::{Fields, Pairs, Params, Refusal, Signed, status};
use kernel::{Class, Fault as _, FieldName, RecordId, RequestId};
use pages::merge::{self, MergeView};
use records::{Object, RecordFault};

use super::{MergePage, MergeUndo, record};
use crate::House;
use crate::house::{Place, see_other};
use ui::text::{L, t};

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    at: MergePage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    record::granted::<authz::Merge>(&house, &signed, &object).await?;
    let ids = super::duplicate::ids(&query);
    draw(&house, &signed, &object, (ids, StatusCode::OK, None)).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    object: &Object,
    (ids, code, refused): (Vec<RecordId>, StatusCode, Option<&'static str>),
) -> Result<Response, Refusal> {
    let (own, target) = (house.clone(), object.name.clone());
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let records = own.duplicates().to_merge(tx, target.as_str(), &ids)?;
        let names = own.names(tx, records.iter().map(|record| &**record))?;
        Ok((records, names))
    });
    let (records, names) = read.await?;
    let view = MergeView { signed, object, records: &records, names: &names, now: house.db.now(), refused };
    let here = format!("/{}", object.plural);
    let place = Place { title: t(signed.cx.lang(), L::Merge), here: &here, script: None };
    house.show_as(code, signed, place, &merge::merge(&view)).await
}

/// Reads what a form says: the records with the versions they were shown in, which stays, and whose values it gets.
fn asked(object: &Object, pairs: &Pairs) -> Option<Merging> {
    let record = |text: &str| {
        let (id, version) = text.split_once(':')?;
        Some((id.parse().ok()?, version.parse().ok()?))
    };
    let records = pairs.iter().filter(|(name, _)| *name == "id").filter_map(|(_, text)| record(text));
    let records: Vec<(RecordId, i64)> = records.take(duplicates::MOST_IN_GROUP + 1).collect();
    let choice = |(name, id): (&str, &str)| {
        let field = object.field(name.strip_prefix("f.")?)?;
        Some((field.name.clone(), id.parse().ok()?))
    };
    let chosen: BTreeMap<FieldName, RecordId> = pairs.iter().filter_map(choice).collect();
    Some(Merging { keep: pairs.get("keep")?.parse().ok()?, records, chosen })
}

pub(super) async fn merge(
    State(house): State<House>,
    signed: Signed,
    at: MergePage,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    let merging = asked(&object, &pairs).ok_or(RecordFault::NotFound)?;
    let ids: Vec<RecordId> = merging.records.iter().map(|(id, _)| *id).collect();
    let (own, target, keep) = (house.clone(), object.name.clone(), merging.keep);
    let written = house.db.write(&signed.cx, move |tx| own.duplicates().merge(tx, target.as_str(), &merging));
    match written.await {
        Ok(request) => Ok(see_other(&format!("/{}/{keep}?did=merged&at={request}&ids={keep}", object.plural))),
        // Somebody changed one of them meanwhile: it is shown as it is now.
        Err(fault) if matches!(fault.class(), Class::Stale | Class::Invalid) => {
            draw(&house, &signed, &object, (ids, status(fault.class()), Some(fault.code()))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn undo(
    State(house): State<House>,
    signed: Signed,
    at: MergeUndo,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    let asked = pairs.get("ids").and_then(|id| id.parse::<RecordId>().ok());
    let asked = asked.zip(pairs.get("request").and_then(|id| id.parse::<RequestId>().ok()));
    let (keep, request) = asked.ok_or(RecordFault::NotFound)?;
    let (own, target) = (house.clone(), object.name.clone());
    let written = house.db.write(&signed.cx, move |tx| own.duplicates().unmerge(tx, target.as_str(), (keep, request)));
    written.await?;
    Ok(see_other(&format!("/{}/duplicates", object.plural)))
}
