//! What a record links to, and what links to it.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use db::ReadTx;
use httpkit::Bearer;
use kernel::RecordId;
use records::{Record, RecordRef, Records};

use super::RecordLinks;
use super::record::kept;
use crate::House;
use crate::fault::ApiFault;
use crate::linked::{LinkView, LinkedView, LinksView};
use crate::query::NoQuery;
use crate::view::Written;

/// So many of each kind; behind them the list leads on.
const MOST: u32 = 50;

/// Shows both ways. What the token may not see is not there, nor counted; what lies in the bin neither.
pub(super) async fn show(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (RecordLinks, NoQuery),
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let (records, at) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let record = kept(&records, tx, &at)?;
        let to = leads_to(&records, tx, &record)?;
        let related = records.related(tx, &at, MOST)?;
        let from = related.iter().map(|related| LinkedView::of(related, &at, MOST)).collect();
        Written::of(&LinksView { to, from })
    });
    Ok(read.await?.into_response())
}

/// Follows the links of a record, in the order of its fields.
fn leads_to(records: &Records, tx: &ReadTx<'_>, record: &Record) -> Result<Vec<LinkView>, ApiFault> {
    let fields = record.definition().fields.iter().filter(|field| !field.is_masked());
    let links: Vec<_> = fields
        .filter_map(|field| {
            let id = record.value(field.name.as_str())?.as_link()?;
            Some((field.name.clone(), RecordRef { object: field.link.clone()?, id }))
        })
        .collect();
    let found = records.linked(tx, links.iter().map(|(_, at)| at.clone()))?;
    let there = found.iter().filter(|found| found.deleted_at().is_none() && !found.is_damaged());
    let there: HashMap<RecordId, &Record> = there.map(|found| (found.record_id(), &**found)).collect();
    Ok(links.iter().filter_map(|(field, at)| Some(LinkView::of(field, there.get(&at.id)?))).collect())
}
