//! Taking a body whole.

use std::error::Error;
use std::io;

use axum::body::{Body, HttpBody as _};
use axum::extract::{FromRequest as _, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::Refusal;

/// Takes a body up to the limit of its route (axum's `DefaultBodyLimit`).
///
/// # Errors
/// [`Refusal`]: too large, too slow, or broken off.
pub(crate) async fn whole(request: Request) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE { Refusal::too_large() } else { broken(&rejection) }
    })
}

/// Takes a body up to `most` bytes.
///
/// # Errors
/// As [`whole`].
pub(crate) async fn up_to(body: Body, most: usize) -> Result<Bytes, Refusal> {
    whole_of(axum::body::to_bytes(body, most).await)
}

/// Takes a form out of a request to keep a copy of it, and gives the request back whole. Nothing is kept of what is no form, is
/// larger than `most`, or does not say how large it is.
///
/// # Errors
/// As `whole`.
pub async fn keep_form(request: Request, most: usize) -> Result<(Request, Option<Bytes>), Refusal> {
    let length = request.body().size_hint().exact();
    // A button without fields sends neither a body nor its type.
    if length == Some(0) {
        return Ok((request, Some(Bytes::new())));
    }
    let fits = length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length <= most));
    if !fits || media_type(request.headers()) != FORM {
        return Ok((request, None));
    }
    let (parts, body) = request.into_parts();
    let bytes = up_to(body, most).await?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), Some(bytes)))
}

fn whole_of(read: Result<Bytes, axum::Error>) -> Result<Bytes, Refusal> {
    read.map_err(|error| match broken(&error) {
        slow if slow.status() == StatusCode::REQUEST_TIMEOUT => slow,
        _ if error.to_string().contains("length limit") => Refusal::too_large(),
        other => other,
    })
}

/// Tells a client that was too slow from one that went away or sends nonsense.
fn broken(error: &(dyn Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut) {
            return Refusal::too_slow();
        }
        cause = error.source();
    }
    Refusal::malformed("body")
}

/// Returns the media type of a body without its parameters (RFC 9110 §8.3), lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let line = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    line.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The media type of forms.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
