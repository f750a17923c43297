//! Requests that make something, and may come twice: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

use authz::Cx;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, HeaderName};
use httpkit::{Json, Refusal};
use repeats::{Asked, RepeatKey, Repeats};
use serde_json::{Map, Value};

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The members of a body that makes something, and the key that the request may be repeated under.
pub(crate) struct Making {
    pub(crate) members: Map<String, Value>,
    /// The key, and the body as it is compared: spaces and the order of members say nothing.
    key: Option<(RepeatKey, String)>,
}

impl Making {
    /// Names the request of `place`, if it came with a key.
    pub(crate) fn asked(&self, repeats: &Repeats, cx: &Cx, place: &str) -> Option<Asked> {
        self.key.as_ref().map(|(key, said)| repeats.asked(cx, key, place, said))
    }
}

impl<S: Send + Sync> FromRequest<S> for Making {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let key = key(request.headers())?;
        let Json(members) = Json::<Map<String, Value>>::from_request(request, state).await?;
        let key = match key {
            Some(key) => Some((key, spelled(&members)?)),
            None => None,
        };
        Ok(Self { members, key })
    }
}

/// Spells a body in its one way: the members of a [`Map`] are in order.
fn spelled(members: &Map<String, Value>) -> Result<String, Refusal> {
    serde_json::to_string(members).map_err(|_| Refusal::malformed("json"))
}

/// Reads the key, of which there is one or none.
fn key(headers: &HeaderMap) -> Result<Option<RepeatKey>, Refusal> {
    let mut lines = headers.get_all(KEY).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let key = line.to_str().ok().and_then(RepeatKey::parse).filter(|_| lines.next().is_none());
    key.map(Some).ok_or_else(|| Refusal::malformed("Idempotency-Key header"))
}
