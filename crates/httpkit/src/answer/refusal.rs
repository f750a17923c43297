//! How a handler fails.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use accounts::AccountFault;
use authz::{Denied, Level};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use kernel::{Class, Fault};

/// Returns the status of a class of failure: the one table.
#[must_use]
pub const fn status(class: Class) -> StatusCode {
    match class {
        Class::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::StepUp | Class::Forbidden | Class::NeedsApproval => StatusCode::FORBIDDEN,
        Class::NotFound => StatusCode::NOT_FOUND,
        Class::Conflict | Class::Stale => StatusCode::CONFLICT,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Class::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Something wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Wrong {
    /// The field.
    pub field: String,
    /// What is wrong with it; keys the message catalogue.
    pub code: String,
}

/// A failure on its way to the client. Any [`Fault`] becomes one by `?`.
///
/// It has no body yet: [`protect`](crate::protect) gives it one, as a page or as a problem, and writes the cause to the
/// log.
#[derive(Clone, Debug)]
pub struct Refusal(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    wrongs: Vec<Wrong>,
    retry_after: Option<Duration>,
    step_up: Option<Level>,
    headers: HeaderMap,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// Tells a script that its browser has to sign, and what for; then it may ask again.
pub const PROVE: HeaderName = HeaderName::from_static("x-prove");

/// How long to wait when the server does not know better.
const SOON: Duration = Duration::from_secs(5);

impl<F: Fault> From<F> for Refusal {
    fn from(fault: F) -> Self {
        let step_up = Denied::step_up_of(fault.code());
        let mut refusal = Self::new(status(fault.class()), step_up.map_or(fault.code(), |_| "step-up"));
        refusal.0.step_up = step_up;
        let account = (&fault as &(dyn Error + 'static)).downcast_ref::<AccountFault>();
        if let Some(after) = account.and_then(AccountFault::retry_after) {
            refusal = refusal.retry_after(after);
        }
        if let Some(purpose) = refusal.signs() {
            refusal = refusal.header(PROVE, HeaderValue::from_static(purpose));
        }
        if let Some(AccountFault::Invalid(wrongs)) = account {
            refusal = wrongs.iter().fold(refusal, |refusal, wrong| refusal.wrong(wrong.field, wrong.code));
        }
        refusal.0.cause = Some(Arc::new(fault));
        refusal
    }
}

impl Refusal {
    /// Starts a refusal.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        let waits = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        Self(Box::new(Inner {
            status,
            code,
            detail: None,
            wrongs: Vec::new(),
            retry_after: waits.then_some(SOON),
            step_up: None,
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    /// Refuses what is absent, or hidden from who asks.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found")
    }

    /// Refuses what can be read and not be accepted.
    #[must_use]
    pub fn invalid(code: &'static str) -> Self {
        Self::new(status(Class::Invalid), code)
    }

    /// Refuses what cannot be read: a wrong query, form, body or host.
    #[must_use]
    pub fn malformed(what: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed").detail(format!("the {what} of the request cannot be read"))
    }

    /// Refuses who is not signed in.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed-out")
    }

    /// Refuses a change that another site may have made the browser send.
    #[must_use]
    pub fn cross_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "csrf")
    }

    pub(crate) fn misdirected() -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host")
    }

    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow")
    }

    pub(crate) fn unsupported_media() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type")
    }

    pub(crate) fn panicked() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").detail("panicked")
    }

    pub(crate) fn unprotected() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").detail("the router is not protected")
    }

    /// Takes a bare answer of the router or of a library's extractor.
    pub(crate) fn of_bare(status: StatusCode, headers: &HeaderMap) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
            StatusCode::REQUEST_TIMEOUT => "too-slow",
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-media-type",
            StatusCode::UNPROCESSABLE_ENTITY => "invalid",
            StatusCode::UNAUTHORIZED => "signed-out",
            StatusCode::FORBIDDEN => "forbidden",
            _ => "malformed",
        };
        let mut refusal = Self::new(status, code);
        if let Some(allow) = headers.get(http::header::ALLOW) {
            refusal.0.headers.insert(http::header::ALLOW, allow.clone());
        }
        refusal
    }

    /// Adds a sentence for programs, in English. People get the message of the code instead.
    #[must_use]
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.0.detail = Some(text.into());
        self
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn wrong(mut self, field: impl Into<String>, code: impl Into<String>) -> Self {
        self.0.wrongs.push(Wrong { field: field.into(), code: code.into() });
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, span: Duration) -> Self {
        self.0.retry_after = Some(span);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Returns the status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.0.code
    }

    /// Returns how strongly the actor has to prove first who they are, if that is all that is missing.
    #[must_use]
    pub const fn step_up(&self) -> Option<Level> {
        self.0.step_up
    }

    /// Returns what the browser has to sign for first, if that is all that is missing.
    #[must_use]
    pub fn signs(&self) -> Option<&'static str> {
        match self.0.code {
            "prove-device" => Some("refresh"),
            "sign-device" => Some("act"),
            _ => None,
        }
    }

    /// Returns what is wrong, field by field.
    #[must_use]
    pub fn wrongs(&self) -> &[Wrong] {
        &self.0.wrongs
    }

    /// Returns the sentence for programs; none about a failure inside, whose cause is for the log alone.
    pub(crate) fn said_detail(&self) -> Option<&str> {
        self.0.detail.as_deref().filter(|_| !self.is_inside())
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns whole seconds to wait, at least one.
    pub(crate) fn wait(&self) -> Option<u64> {
        self.0.retry_after.map(|span| span.as_secs() + u64::from(span.subsec_nanos() > 0)).map(|s| s.max(1))
    }

    /// Tells whether the fault lies with the server, so that the log has a cause.
    pub(crate) fn is_inside(&self) -> bool {
        self.0.status.is_server_error()
    }

    /// Returns the whole chain of causes, for the log.
    pub(crate) fn cause(&self) -> String {
        let mut chain = self.0.detail.clone().filter(|_| self.0.cause.is_none()).unwrap_or_default();
        let mut cause = self.0.cause.as_deref().map(|cause| cause as &(dyn Error + 'static));
        while let Some(error) = cause {
            if !chain.is_empty() {
                chain.push_str(": ");
            }
            chain.push_str(&error.to_string());
            cause = error.source();
        }
        chain
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    impl Fault for Outer {
        fn class(&self) -> Class {
            Class::Unavailable
        }
        fn code(&self) -> &'static str {
            "disk-full"
        }
    }

    #[test]
    fn a_fault_becomes_its_status_and_keeps_its_cause_for_the_log() {
        let refusal = Refusal::from(Outer(std::io::Error::other("inner")));
        assert_eq!((refusal.status().as_u16(), refusal.code(), refusal.wait()), (503, "disk-full", Some(5)));
        assert_eq!(refusal.cause(), "outer: inner");
        assert_eq!(refusal.said_detail(), None);
    }

    #[test]
    fn a_step_up_says_how_strong_and_has_one_code() {
        let refusal = Refusal::from(Denied::StepUp(Level::Multi));
        assert_eq!(
            (refusal.status().as_u16(), refusal.code(), refusal.step_up()),
            (403, "step-up", Some(Level::Multi))
        );
        assert_eq!(Refusal::from(Denied::Hidden).step_up(), None);
    }

    #[test]
    fn a_throttled_sign_in_says_when_to_come_back() {
        let refusal = Refusal::from(AccountFault::TooManyTries(Duration::from_millis(61_500)));
        assert_eq!((refusal.status().as_u16(), refusal.wait()), (429, Some(62)));
        let wrong = accounts::Wrong { field: "email", code: "missing" };
        let refusal = Refusal::from(AccountFault::Invalid(vec![wrong]));
        assert_eq!(refusal.wrongs(), [Wrong { field: "email".to_owned(), code: "missing".to_owned() }]);
    }
}
