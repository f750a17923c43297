//! Bodies in JSON.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::body;
use crate::Refusal;

/// A body in JSON (RFC 8259).
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let kind = body::media_type(request.headers());
        if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
            return Err(Refusal::unsupported_media());
        }
        let bytes = body::whole(request).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| match error.classify() {
            // What the client wrote is told back to the client; it is not logged.
            Category::Data => Refusal::invalid("invalid").detail(error.to_string()),
            Category::Syntax | Category::Eof | Category::Io => Refusal::malformed("json").detail(error.to_string()),
        })
    }
}
