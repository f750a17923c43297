//! Who is there already that looks like what is being typed.

use authz::Read;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use httpkit::{Fields, Pairs, Refusal, Searches, Signed};
use kernel::{FieldName, RecordId};
use records::{Object, Value, Values};

use super::{AlikeHint, record};
use crate::House;
use crate::house::{Place, html as answer};
use pages::duplicate;
use ui::text::{M, t};

/// Longer text recognises nobody.
const MOST: usize = 1_000;

/// Returns what a form says of what records are recognised by, and the company in it.
pub(super) fn typed(object: &Object, pairs: &Pairs) -> (Values, String) {
    let text = |field: &records::Field| Some(pairs.get(field.name.as_str())?.trim()).filter(|text| text.len() <= MOST);
    let value = |field: &records::Field| -> Option<(FieldName, Value)> {
        text(field).filter(|text| !text.is_empty()).map(|text| (field.name.clone(), Value::Text(text.to_owned())))
    };
    let company = duplicates::employer(object).and_then(text).unwrap_or_default();
    (duplicate::hinted(object).filter_map(value).collect(), company.to_owned())
}

/// What was typed goes in the body, never in an address. Only records that the asker may see are told of.
pub(super) async fn hint(
    State(house): State<House>,
    signed: Signed,
    headers: HeaderMap,
    (at, searches): (AlikeHint, Searches),
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    record::granted::<Read>(&house, &signed, &object).await?;
    searches.count(&signed.cx)?;
    let (typed, company) = typed(&object, &pairs);
    let except: Option<RecordId> = pairs.get("record").and_then(|id| id.parse().ok());
    let (own, target) = (house.clone(), object.name.clone());
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let alike = own.duplicates().alike(tx, target.as_str(), (&typed, &company), except)?;
        let names = own.names(tx, alike.iter().map(|alike| &*alike.record))?;
        Ok((alike, names))
    });
    let (alike, names) = read.await?;
    let hints = duplicate::hints(signed.cx.lang(), &object, &alike, &names, house.db.now());
    if headers.contains_key("x-fragment") {
        return Ok(answer(&maud::html! { main { (hints) } }));
    }
    let (title, here) = (t(signed.cx.lang(), M::Duplicates), format!("/{}", object.plural));
    house.show(&signed, Place { title, here: &here, script: None }, &hints).await
}
