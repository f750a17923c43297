//! Many records.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use httpkit::{Bearer, Params};

use super::RecordList;
use crate::House;
use crate::fault::ApiFault;
use crate::query;
use crate::view::{PageView, Written};

pub(super) async fn show(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: RecordList,
    Params(parameters): Params,
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let wanted = query::list(&object, house.records.objects().currency(), &parameters)?;
    let records = house.records.clone();
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let page = records.list_records(tx, object.name.as_str(), &wanted)?;
        let link = page.next.as_ref().map(|cursor| query::next_link(&at, &wanted, &cursor.to_string()));
        Ok((link, Written::of(&PageView::of(&page))?))
    });
    let (link, written) = read.await?;
    Ok((link.map(|link| [(header::LINK, link)]), written).into_response())
}
