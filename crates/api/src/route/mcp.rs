//! The door for AI assistants (Model Context Protocol, Streamable HTTP): one message in, one answer out, no session and no stream.

use assistant::{Assistant, Reply, is_spoken, looks_for};
use axum::extract::{FromRequest as _, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, StatusCode, header};
use httpkit::{Bearer, Json, Refusal, Searches};
use serde_json::Value;

use crate::House;

/// The version that both have agreed on.
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// Answers a message.
pub(super) async fn answer(
    State(house): State<House>,
    Bearer(cx): Bearer,
    searches: Searches,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers();
    // A page in somebody's browser has no business here, whatever it has got hold of (DNS rebinding).
    if headers.contains_key(header::ORIGIN) {
        return Err(Refusal::cross_site());
    }
    if !speaks(headers) {
        return Err(Refusal::malformed("MCP-Protocol-Version is not one that is spoken here"));
    }
    let proposes = house.tokens.admit_assistant(&cx).await?;
    let Json(message) = Json::<Value>::from_request(request, &()).await?;
    if looks_for(&message) {
        searches.count(&cx)?;
    }
    let assistant = Assistant::new(house.db.clone(), house.records.clone());
    let assistant = assistant.proposing(house.proposals.clone().filter(|_| proposes));
    Ok(match assistant.answer(&cx, message).await {
        Reply::Answer(answer) => axum::Json(answer).into_response(),
        Reply::Taken => StatusCode::ACCEPTED.into_response(),
        Reply::Malformed(error) => (StatusCode::BAD_REQUEST, axum::Json(error)).into_response(),
    })
}

/// Tells whether the version is spoken, if one is named: the first message names none.
fn speaks(headers: &HeaderMap) -> bool {
    headers.get(VERSION).is_none_or(|version| version.to_str().is_ok_and(is_spoken))
}
