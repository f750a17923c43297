//! Lists, and acts on many.

use axum::extract::State;
use axum::response::Response;
use httpkit::{Fields, Pairs, Params, Refusal, Signed};
use kernel::{RecordId, RequestId};
use records::ListQuery;
use records::record::Bulk;

use super::{BulkAct, BulkUndo, ListPage, form};
use crate::House;
use crate::house::{Place, see_other};
use crate::page::list::{ListView, address, list};

/// As many records as an address has room for; a page has 50 rows.
const UNDOABLE: usize = 50;

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    at: ListPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = house.records.objects().by_plural(&at.plural).cloned().ok_or_else(Refusal::not_found)?;
    if let Some(url) = composed(&object, &query) {
        return Ok(see_other(&url));
    }
    let board = object.sum.is_some()
        && query.get("as") != Some("list")
        && query.get("f").is_none()
        && query.get("after").is_none();
    if board && query.get("bin").is_none() {
        return super::board::show(&house, &signed, &object).await;
    }
    let currency = house.records.objects().currency();
    let wanted = ListQuery::parse(&object, currency, query.iter()).map_err(records::RecordFault::from)?;
    let (own, asked, listed) = (house.clone(), wanted.clone(), object.clone());
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let page = own.records.list_records(tx, listed.name.as_str(), &asked)?;
        let count = own.records.count_records(tx, listed.name.as_str(), &asked)?;
        let names = own.names(tx, page.rows.iter().map(|row| &**row))?;
        Ok((page, count, names))
    });
    let (page, count, names) = read.await?;
    let flash = form::flash(signed.cx.lang(), &object, &query);
    let view = ListView {
        signed: &signed,
        object: &object,
        query: &wanted,
        page: &page,
        count,
        names: &names,
        now: house.db.now(),
        flash,
    };
    let here = format!("/{}", object.plural);
    let here = if wanted.bin { "/bin" } else { here.as_str() };
    let place = Place { title: object.plural_label(signed.cx.lang()), here, script: Some("list.js") };
    house.show(&signed, place, &list(&view)).await
}

/// The form of the filter menu sends three parts; a list's address has one.
fn composed(object: &records::Object, query: &Pairs) -> Option<String> {
    let (field, op) = (query.get("field")?, query.get("op")?);
    let value = query.get("value").unwrap_or_default().trim();
    let filter = match op {
        "empty" | "filled" => format!("{field}:{op}"),
        _ => format!("{field}:{op}:{value}"),
    };
    let mut parameters: Vec<(&str, String)> = query
        .iter()
        .filter(|(name, _)| matches!(*name, "f" | "sort" | "limit" | "bin"))
        .map(|(n, v)| (n, v.to_owned()))
        .collect();
    parameters.push(("f", filter));
    Some(address(object, &parameters))
}

pub(super) async fn bin(_: Signed) -> Response {
    see_other("/contacts?bin=1")
}

pub(super) async fn bulk(
    State(house): State<House>,
    signed: Signed,
    at: BulkAct,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = house.records.objects().by_plural(&at.plural).cloned().ok_or_else(Refusal::not_found)?;
    let ids: Vec<RecordId> = pairs.all("id").filter_map(|id| id.parse().ok()).collect();
    let (act, did) = match pairs.get("act") {
        Some("delete") => (Bulk::Delete, "bulk-deleted"),
        Some("restore") => (Bulk::Restore, "restored"),
        Some("assign") => (Bulk::Assign(signed.user.id), "bulk-assigned"),
        _ => return Err(Refusal::invalid("invalid")),
    };
    let (records, name) = (house.records.clone(), object.name.clone());
    let done =
        house.db.write(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(records.bulk(tx, &name, &ids, act)?) }).await?;
    let ids = done.done.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
    let at = if done.done.len() <= UNDOABLE { format!("&at={}&ids={ids}", done.request) } else { String::new() };
    Ok(see_other(&format!("/{}?as=list&did={did}&n={}{at}", object.plural, done.done.len())))
}

pub(super) async fn undo(
    State(house): State<House>,
    signed: Signed,
    at: BulkUndo,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = house.records.objects().by_plural(&at.plural).cloned().ok_or_else(Refusal::not_found)?;
    let request: RequestId =
        pairs.get("request").and_then(|id| id.parse().ok()).ok_or_else(|| Refusal::invalid("invalid"))?;
    let ids: Vec<RecordId> = pairs.get("ids").unwrap_or_default().split('.').filter_map(|id| id.parse().ok()).collect();
    let (records, name) = (house.records.clone(), object.name.clone());
    house
        .db
        .write(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(records.undo_bulk(tx, &name, &ids, request)?) })
        .await?;
    Ok(see_other(&format!("/{}?as=list&did=restored", object.plural)))
}
