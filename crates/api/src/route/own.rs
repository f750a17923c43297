//! The tokens of whoever the program acts for: which there are, and the end of one.

use authz::Verb;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use httpkit::Bearer;
use ledger::ActorRef;

use super::workspace::page;
use super::{OneToken, TokenList};
use crate::House;
use crate::fault::ApiFault;
use crate::query::{NoQuery, Window};
use crate::view::Written;
use crate::workspace::{ListView, TokenLine};

pub(super) async fn tokens(
    State(house): State<House>,
    Bearer(cx): Bearer,
    at: TokenList,
    window: Window,
) -> Result<Response, ApiFault> {
    house.tokens.admit(&cx, "token", Verb::Read).await?;
    let rows = window.cut(house.tokens.list(&cx).await?, window.after()?.as_ref(), |token| token.id);
    let next = window.next(&rows, |token| token.id.to_string());
    let written = Written::of(&ListView { data: rows.iter().map(TokenLine::of).collect(), next: next.clone() })?;
    Ok(page(&at, &window, (next, written)))
}

/// Ends a token: any of the owner's for one that was made for that, and itself for every one.
pub(super) async fn end(
    State(house): State<House>,
    Bearer(cx): Bearer,
    (at, NoQuery): (OneToken, NoQuery),
) -> Result<Response, ApiFault> {
    if !matches!(cx.actor(), ActorRef::Token { token, .. } if token == at.id) {
        house.tokens.admit(&cx, "token", Verb::Delete).await?;
    }
    house.tokens.revoke(&cx, at.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
