//! Bodies of failures: a page for people, a problem (RFC 9457) for programs.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::page::{ErrorPage, Said};
use super::refusal::{Refusal, Wrong};
use crate::request::asked::{Asked, Surface};
use crate::route::segment_url;

/// Where people sign in.
const SIGN_IN: &str = "/sign-in";

/// What is asked, as far as the body of a failure depends on it.
pub(crate) struct Question {
    /// The path with its query.
    pub(crate) target: String,
    /// Whether a person waits for a page, and nothing is lost by sending them elsewhere.
    pub(crate) is_page: bool,
    /// Whether a token was presented.
    pub(crate) has_token: bool,
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Tells whether whoever asks takes a page, or a part of one.
#[must_use]
pub fn takes_html(headers: &HeaderMap) -> bool {
    text(headers, header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// Tells whether a browser waits for a whole page to show (Fetch Metadata), and no script for a part of one.
#[must_use]
pub fn waits_for_page(headers: &HeaderMap) -> bool {
    let whole = text(headers, HeaderName::from_static("sec-fetch-dest")).is_none_or(|dest| dest == "document");
    whole && takes_html(headers)
}

impl Question {
    pub(crate) fn of(request: &axum::extract::Request) -> Self {
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        let target = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        Self {
            target: target.to_owned(),
            is_page: read && waits_for_page(request.headers()),
            has_token: request.headers().contains_key(header::AUTHORIZATION),
        }
    }
}

/// Gives a refusal its body.
pub(crate) fn answer(refusal: &Refusal, asked: &Asked, question: &Question, pages: &dyn ErrorPage) -> Response {
    // Not signed out: the page lets its script sign, and comes back.
    let proves = refusal.code() == "prove-device";
    let mut response = match asked.surface {
        Surface::Api => problem(refusal, asked, question, pages),
        Surface::Pages if refusal.status() == StatusCode::UNAUTHORIZED && question.is_page && !proves => {
            to_sign_in(&question.target)
        }
        Surface::Pages => {
            let said = Said {
                status: refusal.status(),
                code: refusal.code(),
                lang: asked.lang,
                request: refusal.is_inside().then_some(asked.request),
                back: (proves && question.is_page).then(|| question.target.clone()),
            };
            bodied(refusal.status(), "text/html; charset=utf-8", pages.page(&said))
        }
    };
    response.headers_mut().extend(refusal.headers().clone());
    if let Some(seconds) = refusal.wait() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn bodied(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Leads to the sign-in and, after it, back.
fn to_sign_in(target: &str) -> Response {
    let place = if target == "/" { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?next={}", segment_url(target)) };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// The members of a problem, with two of our own: `code` and `errors`.
#[derive(serde::Serialize)]
struct Problem<'r> {
    r#type: String,
    title: String,
    status: u16,
    code: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    #[serde(skip_serializing_if = "<[Wrong]>::is_empty")]
    errors: &'r [Wrong],
}

fn problem(refusal: &Refusal, asked: &Asked, question: &Question, pages: &dyn ErrorPage) -> Response {
    let code = refusal.code();
    let problem = Problem {
        r#type: format!("urn:custos:problem:{code}"),
        title: pages.title(asked.lang, code).map_or_else(|| code.replace('-', " "), str::to_owned),
        status: refusal.status().as_u16(),
        code,
        detail: refusal.said_detail(),
        instance: refusal.is_inside().then(|| format!("urn:uuid:{}", asked.request)),
        errors: refusal.wrongs(),
    };
    let text = serde_json::to_string(&problem).unwrap_or_else(|_| "{}".to_owned());
    let mut response = bodied(refusal.status(), "application/problem+json", text);
    // RFC 9457 §3.1.3: the title does not change, but for its language.
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(asked.lang.code()));
    if refusal.status() == StatusCode::UNAUTHORIZED {
        // RFC 6750 §3.1: who brings no token is not told about errors in it.
        let wrong = "Bearer realm=\"custos\", error=\"invalid_token\"";
        let scheme = if question.has_token { wrong } else { "Bearer realm=\"custos\"" };
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        if !question.has_token {
            // RFC 9449 §7.1: both ways to send one are said.
            let other = HeaderValue::from_static("DPoP realm=\"custos\", algs=\"ES256 EdDSA\"");
            response.headers_mut().append(header::WWW_AUTHENTICATE, other);
        }
    }
    response
}
