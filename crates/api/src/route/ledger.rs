//! The access log, for systems that watch over it.

use authz::Verb;
use axum::extract::State;
use axum::response::Response;
use httpkit::Bearer;

use super::LedgerList;
use super::workspace::page;
use crate::House;
use crate::event::EventView;
use crate::fault::ApiFault;
use crate::query::Window;
use crate::view::Written;
use crate::workspace::ListView;

/// Shows what the page shows, the newest first. A page is so many entries, each of which may hold several events.
pub(super) async fn show(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: LedgerList,
    window: Window,
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "ledger", Verb::Read).await?;
    let before = window.after::<u64>()?;
    // What was done a moment ago has its place then.
    sequence::settle(&house.db, &cx).await?;
    let (records, most) = (house.records.clone(), window.most);
    let read = house.db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let found = records.ledger_page(tx, before, most)?;
        let next = found.before.map(|position| position.to_string());
        let data = found.events.iter().map(EventView::of).collect();
        let written = Written::of(&ListView { data, next: next.clone() })?;
        Ok((next, written))
    });
    Ok(page(&at, &window, read.await?))
}
