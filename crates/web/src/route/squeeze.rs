//! Compressing pages on their way out.
//!
//! A compressed page beside words of an attacker's choice tells its secrets by its length (BREACH, 2013). An attacker must
//! make the browser ask for the page again and again; so a page is compressed only where the browser says that the request
//! came from our own pages or from the address bar (`Sec-Fetch-Site`), which no other site can make it say.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

/// Smaller pages fit into one packet anyway.
const LEAST: usize = 1_400;
/// No page is as large.
const MOST: usize = 16 * 1024 * 1024;
/// Most of the gain for a millisecond a page.
const QUALITY: u32 = 4;

/// Compresses a page if it may be.
pub(super) async fn squeeze(request: Request, next: Next) -> Response {
    let may = may(request.headers());
    let response = next.run(request).await;
    if !may || !is_page(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Pages are made whole before they are sent, so this never waits and never fails.
    let Ok(plain) = to_bytes(body, MOST).await else { return Response::from_parts(parts, Body::empty()) };
    let small = if plain.len() < LEAST { Vec::new() } else { crate::asset::squeeze(&plain, QUALITY) };
    if small.is_empty() {
        return Response::from_parts(parts, Body::from(plain));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, sec-fetch-site"));
    Response::from_parts(parts, Body::from(small))
}

fn may(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = matches!(says("sec-fetch-site"), "same-origin" | "none");
    own && says("accept-encoding").split(',').any(|coding| coding.trim() == "br")
}

fn is_page(headers: &HeaderMap) -> bool {
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_html && !headers.contains_key(header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_pages_ask_for_is_compressed() {
        let asked = |site: &'static str, coding: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
            may(&headers)
        };
        assert!(asked("same-origin", "gzip, deflate, br"));
        assert!(asked("none", "br"));
        assert!(!asked("cross-site", "br"));
        assert!(!asked("same-site", "br"));
        assert!(!asked("same-origin", "gzip"));
        assert!(!may(&HeaderMap::new()));
    }
}
