//! Finding records, pages and actions.

use axum::extract::State;
use axum::response::Response;
use httpkit::{Params, Refusal, Searches, Signed};

use crate::House;
use crate::house::Place;
use pages::search::{Found, search};
use ui::text::{M, t};

/// How many records are shown.
const MOST: usize = 12;

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    searches: Searches,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let text = query.get("q").unwrap_or_default().chars().take(200).collect::<String>();
    if !text.trim().is_empty() {
        searches.count(&signed.cx)?;
    }
    let (own, wanted) = (house.clone(), text.clone());
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let found = if wanted.trim().is_empty() { Vec::new() } else { own.records.search(tx, &wanted, &[], MOST)? };
        let names = own.names(tx, found.iter().map(|row| &**row))?;
        Ok((found, names))
    });
    let (records, names) = read.await?;
    let found = Found {
        signed: &signed,
        text: &text,
        records: &records,
        names: &names,
        objects: &house.records,
        now: house.db.now(),
    };
    house
        .show(&signed, Place { title: t(signed.cx.lang(), M::Search), here: "/search", script: None }, &search(&found))
        .await
}
