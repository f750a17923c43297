//! Many records.

use std::sync::Arc;

use authz::Cx;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use httpkit::{Bearer, Params, Searches};
use records::{ListQuery, Object};

use super::{RecordList, RecordSearch};
use crate::House;
use crate::fault::ApiFault;
use crate::form::SearchForm;
use crate::picked::Picked;
use crate::query::{self, NoQuery};
use crate::view::{PageView, Written};

pub(super) async fn show(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, searches): (RecordList, Searches),
    Params(parameters): Params,
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let wanted = query::list(&object, house.records.objects().currency(), &parameters)?;
    let (next, written) = page((&house, &searches), &cx, object, &wanted).await?;
    let link = next.map(|cursor| query::next_link(&at, (&wanted.0, &wanted.1), &cursor));
    Ok((link.map(|link| [(header::LINK, link)]), written).into_response())
}

/// Lists without a `Link`: an address would hold what was looked for.
pub(super) async fn search(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery, searches): (RecordSearch, NoQuery, Searches),
    form: SearchForm,
) -> Result<Response, ApiFault> {
    let object = house.object(&cx, &at.plural)?;
    let wanted = form.judge(&object, house.records.objects().currency())?;
    let (_, written) = page((&house, &searches), &cx, object, &wanted).await?;
    Ok(written.into_response())
}

/// Reads a page: where the next one begins, and what is answered.
async fn page(
    (house, searches): (&House, &Searches),
    cx: &Cx,
    object: Arc<Object>,
    wanted: &(ListQuery, Picked),
) -> Result<(Option<String>, Written), ApiFault> {
    if wanted.0.guesses(&object) {
        searches.count(cx)?;
    }
    let (records, (query, picked)) = (house.records.clone(), wanted.clone());
    let read = house.db.read(cx, move |tx| -> Result<_, ApiFault> {
        let page = records.list_records(tx, object.name.as_str(), &query)?;
        Ok((page.next.as_ref().map(ToString::to_string), Written::of(&PageView::of(&page, &picked))?))
    });
    read.await
}
