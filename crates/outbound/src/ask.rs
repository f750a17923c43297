//! What is sent, and what came back.

use bytes::Bytes;
use crypto::Secret;
use http::{HeaderMap, HeaderName, Method};

use crate::Url;
use crate::url::encode;

/// A request. Its body and what authorises it are shown nowhere.
pub struct Ask {
    pub(crate) url: Url,
    pub(crate) method: Method,
    pub(crate) accept: &'static str,
    pub(crate) authorization: Option<Secret<String>>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) more: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Ask {
    /// Asks for what lies at an address.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            url,
            method: Method::GET,
            accept: "*/*",
            authorization: None,
            kind: None,
            more: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// Sends a form (WHATWG URL §5.2).
    #[must_use]
    pub fn form(url: Url, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let kind = Some("application/x-www-form-urlencoded");
        Self { method: Method::POST, kind, body: pairs.join("&").into(), ..Self::get(url) }
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(url: Url, text: String) -> Self {
        Self { method: Method::POST, kind: Some("application/json"), body: text.into(), ..Self::get(url) }
    }

    /// Adds a header line. One that cannot be sent fails the request.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.more.push((name, value));
        self
    }

    /// Says what is wanted back.
    #[must_use]
    pub const fn accept(mut self, kind: &'static str) -> Self {
        self.accept = kind;
        self
    }

    /// Adds what stands behind `Authorization:`.
    #[must_use]
    pub fn authorization(mut self, line: Secret<String>) -> Self {
        self.authorization = Some(line);
        self
    }
}

/// What came back: whole, within its limits, and not a redirect.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    pub(crate) headers: HeaderMap,
}

impl Answer {
    /// Returns a header that is text.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Tells whether the request was answered with what was asked for.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}
