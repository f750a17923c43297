//! Assets, and what is not there.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use httpkit::Refusal;

use super::AssetFile;
use ui::asset;

/// Sends a file; it may be kept for ever, because its address changes with its content.
pub(super) async fn asset(at: AssetFile, headers: HeaderMap) -> Result<Response, Refusal> {
    let asset = asset::find(&at.version, &at.name).ok_or_else(Refusal::not_found)?;
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let squeezed = !asset.brotli.is_empty() && accepts.split(',').any(|coding| coding.trim().starts_with("br"));
    let mut response = if squeezed { asset.brotli.clone().into_response() } else { asset.plain.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if squeezed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Ok(response)
}

/// Says that nothing is there.
pub(super) async fn absent() -> Refusal {
    Refusal::not_found()
}
