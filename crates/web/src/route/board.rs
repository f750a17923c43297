//! Boards.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use httpkit::{Fields, Pairs, Refusal, Signed};
use records::{Change, ListQuery, Object, RecordRef};

use super::{MoveRecord, form};
use crate::House;
use crate::house::{Place, see_other};
use pages::board::{BoardView, board};

/// How many cards a column shows at first, then, and at most.
const CARDS: [u32; 3] = [FEW, 60, 200];
const FEW: u32 = 20;

pub(super) async fn show(
    house: &House,
    signed: &Signed,
    object: &Arc<Object>,
    query: &Pairs,
) -> Result<Response, Refusal> {
    let field = object.board_field().ok_or_else(Refusal::not_found)?;
    let asked = query.get("limit").and_then(|limit| limit.parse().ok());
    let limit = CARDS.into_iter().find(|limit| Some(*limit) == asked).unwrap_or(FEW);
    let more = CARDS.into_iter().find(|more| *more > limit);
    let flash = super::form::flash(signed.cx.lang(), object, query);
    let (own, listed) = (house.clone(), Arc::clone(object));
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let wanted = ListQuery { limit, ..ListQuery::default() };
        let lanes = own.records.board(tx, listed.name.as_str(), &wanted)?;
        let names = own.names(tx, lanes.iter().flat_map(|lane| &lane.rows).map(|row| &**row))?;
        Ok((lanes, names))
    });
    let (lanes, names) = read.await?;
    let (currency, now) = (house.records.objects().currency(), house.db.now());
    let view = BoardView { signed, object, field, lanes: &lanes, currency, more, names: &names, now, flash };
    let here = format!("/{}", object.plural);
    let place = Place { title: object.plural_label(signed.cx.lang()), here: &here, script: Some("board.js") };
    house.show(signed, place, &board(&view)).await
}

pub(super) async fn move_card(
    State(house): State<House>,
    signed: Signed,
    at: MoveRecord,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = house.records.seen_by_plural(&signed.cx, &at.plural)?;
    let field = object.board_field().ok_or_else(Refusal::not_found)?.name.clone();
    let stage = pairs.get("stage").unwrap_or_default().to_owned();
    let version = pairs.get("version").and_then(|v| v.parse().ok());
    let (records, record) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let moved = house.db.write(&signed.cx, move |tx| {
        let change = Change::new().text(field.as_str(), stage);
        records.update_record(tx, &record, version, change).map(|_| ()).map_err(form::refusal)
    });
    moved.await?;
    let limit: Option<u32> = pairs.get("limit").and_then(|limit| limit.parse().ok());
    let limit = limit.map(|limit| format!("&limit={limit}")).unwrap_or_default();
    Ok(see_other(&format!("/{}?as=board{limit}", object.plural)))
}
