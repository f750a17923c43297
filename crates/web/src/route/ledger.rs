//! The access log of the workspace.

use axum::extract::State;
use axum::response::Response;
use httpkit::{Params, Refusal, Signed};
use kernel::UserId;

use crate::House;
use crate::house::Place;
use pages::ledger::{LedgerView, ledger};
use ui::Names;
use ui::text::{M, t};

/// How many entries a page shows.
const MOST: u32 = 50;

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    Params(query): Params,
) -> Result<Response, Refusal> {
    sequence::settle(&house.db, &signed.cx).await?;
    let before = query.get("before").and_then(|b| b.parse().ok());
    let own = house.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let events = own.records.ledger_page(tx, before, MOST)?;
        let actors = events.events.iter().filter_map(|event| event.actor.user());
        let about =
            events.events.iter().filter(|event| event.object == "user").flat_map(|event| event.ids.iter().copied());
        let actors: Vec<UserId> = actors.chain(about.map(UserId::from_uuid)).collect();
        let names = Names { people: own.people(tx, &actors)?, ..Names::default() };
        Ok((events, names))
    });
    let (events, names) = read.await?;
    let view =
        LedgerView { signed: &signed, events: &events, objects: &house.records, names: &names, now: house.db.now() };
    house
        .show(
            &signed,
            Place { title: t(signed.cx.lang(), M::AccessLog), here: "/ledger", script: None },
            &ledger(&view),
        )
        .await
}
