//! Headers that every answer carries (OWASP Secure Headers; W3C CSP Level 3).

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::request::asked::Asked;

/// The policy of pages: no inline script or style, no string that becomes HTML, no other origin.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// A year, as long as browsers look ahead. Other hosts of the same domain are not ours to decide about.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Assets lie under their content's hash, so they never change.
const ASSETS: &str = "/a/";

static FIXED: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Nothing goes to other sites. Not `no-referrer`: with that a browser sends `Origin: null` with our own forms (Fetch
    // §3.2), and the cross-site check would have nothing to look at.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
             microphone=(), midi=(), payment=(), serial=(), usb=()",
        ),
    ),
];

/// Tells whether a path is one of an asset.
pub(crate) fn is_asset(path: &str) -> bool {
    path.starts_with(ASSETS)
}

/// Adds the headers to an answer, about an asset or something else.
pub(crate) fn add(response: &mut Response, asked: &Asked, asset: bool) {
    let kept = asset && (response.status().is_success() || response.status() == 304);
    let headers: &mut HeaderMap = response.headers_mut();
    // Room for all of them at once: these, and the four below.
    headers.reserve(FIXED.len() + 4);
    for (name, value) in &FIXED {
        headers.insert(name, value.clone());
    }
    // A download brings a policy of its own, which forbids more.
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if !kept || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if asked.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    headers.remove(header::SERVER);
    if let Ok(id) = HeaderValue::try_from(asked.request.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// Returns the header of the answer to a sign-out: the browser forgets the pages it kept and those it fetched ahead.
#[must_use]
pub const fn clear_site_data() -> (HeaderName, HeaderValue) {
    let name = HeaderName::from_static("clear-site-data");
    (name, HeaderValue::from_static("\"cache\", \"prefetchCache\""))
}
