//! The start page.

use axum::extract::State;
use axum::response::Response;
use httpkit::{Refusal, Signed};
use records::ListQuery;

use crate::House;
use crate::house::Place;
use pages::home::{HomeView, home};
use ui::text::{M, t};

/// The three lists of the page: object, parameters.
const LISTS: [(&str, &[(&str, &str)]); 3] = [
    ("task", &[("f", "owner:is:me"), ("f", "done:not:true"), ("sort", "due"), ("limit", "14")]),
    (
        "deal",
        &[("f", "owner:is:me"), ("f", "stage:not:won"), ("f", "stage:not:lost"), ("sort", "-amount"), ("limit", "6")],
    ),
    ("contact", &[("sort", "-updated_at"), ("limit", "6")]),
];

pub(super) async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let own = house.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let mut lists = Vec::new();
        for (name, parameters) in LISTS {
            if !tx.cx().may::<authz::Read>(name) {
                lists.push(Vec::new());
                continue;
            }
            let object = own.records.seen_by_name(tx.cx(), name)?;
            // Where a field that is asked about is kept from whoever looks, there is no such list for them.
            let query = ListQuery::parse(&object, own.records.objects().currency(), parameters.iter().copied());
            let rows = query.map(|query| own.records.list_shown(tx, name, &query).map(|page| page.rows));
            lists.push(rows.unwrap_or_else(|_| Ok(Vec::new()))?);
        }
        let names = own.names(tx, lists.iter().flatten().map(|row| &**row))?;
        Ok((lists, names))
    });
    let (lists, names) = read.await?;
    let [tasks, deals, recent] = [0, 1, 2].map(|at| lists.get(at).map(Vec::as_slice).unwrap_or_default());
    let view = HomeView { signed: &signed, tasks, deals, recent, names: &names, now: house.db.now() };
    let place = Place { title: t(signed.cx.lang(), M::Home), here: "/", script: None };
    house.show(&signed, place, &home(&view)).await
}
