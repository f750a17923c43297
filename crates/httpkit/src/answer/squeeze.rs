//! Compressed pages (RFC 7932).
//!
//! A page holds what the client asked for beside what only its person may see. Whoever can make a browser ask, and sees how
//! long the answers are, guesses the second by the first (BREACH, CVE-2013-3587). So an answer is compressed only where the
//! browser says that the request comes from our own pages or from the person: another site's is answered as it is.

use std::io::Write as _;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Smaller answers fit into one packet anyway.
const LEAST: u64 = 1_200;
/// Larger answers are downloads, whose length is nobody's secret and whose bytes are compressed already.
const MOST: u64 = 4 * 1024 * 1024;
/// A third of the size for half a millisecond.
const QUALITY: u32 = 4;
/// The window, as a power of two: 256 KiB.
const WINDOW: u32 = 18;

/// Tells whether a request may be answered compressed.
pub(crate) fn may(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = matches!(text(HeaderName::from_static("sec-fetch-site")), "same-origin" | "none");
    own && text(header::ACCEPT_ENCODING).split(',').any(|coding| coding.trim() == "br")
}

/// Compresses a page. Anything else, and what cannot be compressed, is left as it is.
pub(crate) async fn squeeze(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let size = response.body().size_hint().exact();
    let fits = size.is_some_and(|size| (LEAST..=MOST).contains(&size));
    if !kind.starts_with(b"text/html") || !fits || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, usize::try_from(MOST).unwrap_or(usize::MAX)).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Some(packed) = pack(&plain) else { return Response::from_parts(parts, Body::from(plain)) };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding, sec-fetch-site"));
    Response::from_parts(parts, Body::from(packed))
}

fn pack(plain: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 3);
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, QUALITY, WINDOW);
    writer.write_all(plain).and_then(|()| writer.flush()).ok()?;
    drop(writer);
    Some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(site: Option<&'static str>, coding: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(site) = site {
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
        }
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
        may(&headers)
    }

    #[test]
    fn another_sites_request_is_never_answered_compressed() {
        assert!(asked(Some("same-origin"), "gzip, br") && asked(Some("none"), "br"));
        for site in [Some("cross-site"), Some("same-site"), None] {
            assert!(!asked(site, "gzip, deflate, br"), "{site:?}");
        }
        assert!(!asked(Some("none"), "gzip"));
    }

    #[tokio::test]
    async fn a_page_is_compressed_and_opens_again() {
        let page = "<p>customer</p>".repeat(500);
        let answer = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.clone());
        let response = squeeze(axum::response::IntoResponse::into_response(answer)).await;
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        let packed = to_bytes(response.into_body(), 100_000).await.unwrap();
        assert!(packed.len() < page.len() / 10);
        let mut opened = Vec::new();
        brotli::BrotliDecompress(&mut &packed[..], &mut opened).unwrap();
        assert_eq!(opened, page.as_bytes());
    }

    #[tokio::test]
    async fn what_is_no_page_or_fits_a_packet_is_left_alone() {
        for (kind, size) in [("application/json", 9_000), ("text/html", 100)] {
            let response =
                axum::response::IntoResponse::into_response(([(header::CONTENT_TYPE, kind)], "x".repeat(size)));
            assert!(!squeeze(response).await.headers().contains_key(header::CONTENT_ENCODING), "{kind}");
        }
    }
}
