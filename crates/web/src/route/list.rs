//! Lists, and acts on many.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use db::ReadTx;
use http::StatusCode;
use httpkit::{Fields, Pairs, Params, Refusal, Searches, Signed, status};
use kernel::{Currency, Fault, RecordId, RequestId};
use records::filter::{Op, Operand};
use records::list::{Count, Page};
use records::record::Bulk;
use records::{FilterFault, ListQuery, Object, RecordFault, RecordRef};

use super::{BulkAct, BulkUndo, ListPage, form};
use crate::House;
use crate::house::{Place, see_other};
use pages::list::{ListView, Tab, address, list, tabs};
use ui::Names;
use ui::text::{M, t};

/// As many records as an address has room for; a page has 50 rows.
const UNDOABLE: usize = 50;

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    (at, searches): (ListPage, Searches),
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = house.records.seen_by_plural(&signed.cx, &at.plural)?;
    if let Some(url) = composed(&object, &query) {
        return Ok(see_other(&url));
    }
    let board = object.sum.is_some() && query.get("as") != Some("list");
    if board && ["f", "after", "bin", "sort"].iter().all(|name| query.get(name).is_none()) {
        return super::board::show(&house, &signed, &object, &query).await;
    }
    let (wanted, fault) = asked(&object, house.records.objects().currency(), &query);
    if wanted.guesses(&object) {
        searches.count(&signed.cx)?;
    }
    let (own, asked, listed) = (house.clone(), wanted.clone(), Arc::clone(&object));
    let loaded = house.db.read(&signed.cx, move |tx| load(&own, tx, &listed, &asked)).await?;
    let view = ListView {
        signed: &signed,
        object: &object,
        query: &wanted,
        page: &loaded.page,
        count: loaded.count,
        tabs: &loaded.tabs,
        names: &loaded.names,
        now: house.db.now(),
        flash: form::flash(signed.cx.lang(), &object, &query),
        refused: fault.as_ref().map(Fault::code),
    };
    let lang = signed.cx.lang();
    let here = if wanted.bin { "/bin".to_owned() } else { format!("/{}", object.plural) };
    let title = if wanted.bin { t(lang, M::Bin) } else { object.plural_label(lang) };
    let place = Place { title, here: &here, script: Some("list.js") };
    let code = fault.map_or(StatusCode::OK, |fault| status(fault.class()));
    house.show_as(code, &signed, place, &list(&view)).await
}

/// Reads a list's address. A part that cannot be read is left out, and the first of them is told.
fn asked(object: &Object, currency: Currency, query: &Pairs) -> (ListQuery, Option<FilterFault>) {
    match ListQuery::parse(object, currency, query.iter()) {
        Ok(wanted) => (wanted, None),
        Err(fault) => {
            let sound = |pair: &(&str, &str)| ListQuery::parse(object, currency, [*pair]).is_ok();
            let parts: Vec<(&str, &str)> = query.iter().filter(|(name, _)| *name != "after").filter(sound).collect();
            (ListQuery::parse(object, currency, parts).unwrap_or_default(), Some(fault))
        }
    }
}

struct Loaded {
    page: Page,
    count: Count,
    tabs: Vec<Tab>,
    names: Names,
}

fn load(house: &House, tx: &ReadTx<'_>, object: &Object, wanted: &ListQuery) -> Result<Loaded, Refusal> {
    let (records, name) = (&house.records, object.name.as_str());
    let page = records.list_shown(tx, name, wanted)?;
    let count = records.count_records(tx, name, wanted)?;
    let mut names = house.names(tx, page.rows.iter().map(|row| &**row))?;
    // Conditions name records and people, too.
    let operands =
        || wanted.filters.iter().filter_map(|filter| Some((object.field(filter.column.name())?, &filter.op)));
    let links: Vec<RecordRef> = operands()
        .filter_map(|(field, op)| match op {
            Op::Is(Operand::Value(value)) => ui::link_of(field, Some(value)),
            _ => None,
        })
        .collect();
    names.titles.extend(records.titles_of(tx, links)?.into_iter().map(|(id, title)| (id.uuid(), title)));
    let tabs = if wanted.bin { bins(house, tx) } else { counted(house, tx, object)? };
    Ok(Loaded { page, count, tabs, names })
}

/// The tabs, with their counts as long as all of them together are quickly counted.
fn counted(house: &House, tx: &ReadTx<'_>, object: &Object) -> Result<Vec<Tab>, Refusal> {
    let mut tabs = tabs(tx.cx().lang(), object);
    let count = |tab: &Tab| -> Result<Count, Refusal> {
        let parameters = tab.parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let query = ListQuery::parse(object, house.records.objects().currency(), parameters);
        Ok(house.records.count_records(tx, object.name.as_str(), &query.map_err(RecordFault::from)?)?)
    };
    let whole = count(&Tab::default())?;
    if !whole.more {
        for tab in &mut tabs {
            tab.count = Some(count(tab)?);
        }
    }
    Ok(tabs)
}

/// The lists of the bin: one for each object that may be read.
fn bins(house: &House, tx: &ReadTx<'_>) -> Vec<Tab> {
    let lang = tx.cx().lang();
    let objects = house.records.objects().iter().filter(|o| tx.cx().may::<authz::Read>(o.name.as_str()));
    let tab = |o: &Arc<Object>| Tab {
        label: o.plural_label(lang).to_owned(),
        parameters: vec![("of", o.plural.clone())],
        count: None,
    };
    objects.map(tab).collect()
}

/// The form of the filter menu sends three parts; a list's address has one.
fn composed(object: &Object, query: &Pairs) -> Option<String> {
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
    let object = house.records.seen_by_plural(&signed.cx, &at.plural)?;
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
    let object = house.records.seen_by_plural(&signed.cx, &at.plural)?;
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
