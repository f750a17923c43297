//! Whoever asks.

use accounts::AccountFault;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use httpkit::Bearer;

use crate::House;
use crate::fault::ApiFault;
use crate::query::NoQuery;
use crate::view::Written;
use crate::workspace::MeView;

/// Answers every token: what it says of people is its owner's name, which is on everything it makes.
pub(super) async fn show(State(house): State<House>, Bearer(cx): Bearer, _: NoQuery) -> Result<Response, ApiFault> {
    let db = house.db.clone();
    let read = db.read(&cx, move |tx| -> Result<_, ApiFault> {
        let token = house.tokens.presented(tx)?;
        let names = house.tokens.accounts().names_of(tx, &[token.owner])?;
        let name = names.get(&token.owner).ok_or(AccountFault::NobodyThere)?;
        let standing = tx.standing(token.owner, tx.cx().roles())?;
        Written::of(&MeView::of((&token, name), (tx.cx().rights(), house.records.objects()), &standing))
    });
    Ok(read.await?.into_response())
}
