//! Files that people brought, on their way out: to keep, never to look at here.

use std::io;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use tokio::sync::mpsc;

/// Whatever a browser makes of it all the same has no script, no form, no origin, and fetches nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'");

/// Sends a file piece by piece. An error breaks it off: with its length told before, nobody takes the beginning for all of it.
#[must_use]
pub fn download(pieces: mpsc::Receiver<io::Result<Bytes>>, length: u64, disposition: &str) -> Response {
    let stream = futures_util::stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    // Old browsers offer to open a file in the page's own rights.
    headers.insert(HeaderName::from_static("x-download-options"), HeaderValue::from_static("noopen"));
    // A name that is no header is none of ours: the file goes out without one.
    let name = HeaderValue::from_str(disposition).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}

/// Sends a picture that was drawn here, to be shown on a page of ours.
#[must_use]
pub fn picture(jpeg: Vec<u8>) -> Response {
    let kind =
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")), (header::CONTENT_SECURITY_POLICY, SANDBOX)];
    (kind, jpeg).into_response()
}
