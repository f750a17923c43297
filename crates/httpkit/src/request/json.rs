//! Bodies in JSON.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::body;
use crate::Refusal;

/// No body that anything here takes nests deeper.
const DEEPEST: usize = 16;

/// Tells whether objects and lists lie in one another too deep: found out without reading what they hold.
fn is_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

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
        if is_deep(&bytes) {
            return Err(Refusal::new(http::StatusCode::BAD_REQUEST, "too-deep"));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| match error.classify() {
            // What the client wrote is told back to the client; it is not logged.
            Category::Data => Refusal::invalid("invalid").detail(error.to_string()),
            Category::Syntax | Category::Eof | Category::Io => Refusal::malformed("json").detail(error.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_too_deep_is_not_read() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(!is_deep(&nested(DEEPEST)) && is_deep(&nested(DEEPEST + 1)) && is_deep(&vec![b'{'; 100_000]));
        assert!(!is_deep(br#"{"a":"[[[[[[[[[[[[[[[[[[[[[[[["}"#) && !is_deep(br#"{"a":"\"[[[[[[[[[[[[[[[[[[[["}"#));
        assert!(!is_deep(&b"[]".repeat(10_000)));
    }
}
