//! A program that asks.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use http::{HeaderMap, Request};
use httpkit::{ErrorPage, Guard, GuardSettings, Hosts, Proxies, Rates, Refusal, Said, protect};
use serde_json::{Value, json};
use testkit::{Actor, App};
use tower::ServiceExt as _;

/// Pages about failures; the API never shows one.
struct NoPages;

impl ErrorPage for NoPages {
    fn page(&self, _: &Said) -> String {
        "a page".to_owned()
    }
}

/// Bodies beyond this are too large.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// Returns the API under guard, beside pages whose patterns overlap with its own.
pub(crate) fn router(app: &App) -> Router {
    router_at(app, Rates::new(1_000_000))
}

/// The same where so many requests are heard.
pub(crate) fn router_at(app: &App, rates: Rates) -> Router {
    let page = || any(|| async { "a page of the pages" });
    let pages = Router::new()
        .route("/{plural}", page())
        .route("/{plural}/{id}", page())
        .route("/{plural}/{id}/edit", page())
        .route("/{plural}/{id}/reveal/{field}", page())
        .fallback(|| async { Refusal::not_found() });
    let files = attachments::Attachments::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let house = api::House::new(
        app.db.clone(),
        app.tokens.clone(),
        (app.records.clone(), files),
        repeats::Repeats::new(app.vault.clone()),
    );
    let settings = GuardSettings {
        hosts: Hosts::default(),
        proxies: Proxies::default(),
        rates,
        clock: app.clock.clone(),
        chance: app.chance.clone(),
        pages: Arc::new(NoPages),
        body_limit: BODY_LIMIT,
    };
    protect(pages.merge(api::router(house)), Guard::new(settings))
}

/// A program with a token.
pub(crate) struct Client {
    router: Router,
    token: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Returns field and code of everything that is wrong, after checking that it is a problem (RFC 9457).
    pub(crate) fn wrongs(&self) -> Vec<(String, String)> {
        let problem = self.problem();
        let text = |wrong: &Value, key: &str| wrong[key].as_str().unwrap().to_owned();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|wrong| (text(wrong, "field"), text(wrong, "code"))).collect()
    }

    pub(crate) fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], json!(self.status), "{self:?}");
        problem
    }

    /// Returns all of it but the id of the request and the count of requests, which no two answers share.
    pub(crate) fn seen(mut self) -> String {
        assert!(self.headers.remove("x-request-id").is_some());
        assert!(self.headers.remove("ratelimit").is_some());
        format!("{self:?}")
    }
}

impl Client {
    pub(crate) async fn of(app: &App, actor: &Actor) -> Self {
        Self { router: router(app), token: app.token(actor).await }
    }

    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send("GET", url, &[], None).await
    }

    pub(crate) async fn post(&self, url: &str, fields: Value) -> Answer {
        self.send("POST", url, &[], Some(json!({ "fields": fields }))).await
    }

    pub(crate) async fn patch(&self, url: &str, fields: Value) -> Answer {
        self.send("PATCH", url, &[], Some(json!({ "fields": fields }))).await
    }

    pub(crate) async fn delete(&self, url: &str) -> Answer {
        self.send("DELETE", url, &[], None).await
    }

    /// Makes a record and returns its address.
    pub(crate) async fn make(&self, plural: &str, fields: Value) -> String {
        let made = self.post(&format!("/api/v1/{plural}"), fields).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.header("location").unwrap().to_owned()
    }

    /// Sends a request with the token, and a body in JSON if there is one.
    pub(crate) async fn send(&self, method: &str, url: &str, lines: &[(&str, &str)], body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(lines);
        if body.is_some() && lines.iter().all(|(name, _)| *name != "content-type") {
            all.push(("content-type", "application/json"));
        }
        raw(&self.router, method, url, &all, body.map_or_else(String::new, |body| body.to_string())).await
    }

    /// Posts JSON as it is spelled.
    pub(crate) async fn send_text_with(&self, url: &str, lines: &[(&str, &str)], text: String) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let own = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        raw(&self.router, "POST", url, &[&own, lines].concat(), text).await
    }

    /// Sends a body that need not be JSON.
    pub(crate) async fn send_text(&self, method: &str, url: &str, kind: &str, text: String) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        raw(&self.router, method, url, &[("authorization", &bearer), ("content-type", kind)], text).await
    }
}

/// Sends a request as it is.
pub(crate) async fn raw(router: &Router, method: &str, url: &str, lines: &[(&str, &str)], text: String) -> Answer {
    let mut request = Request::builder().method(method).uri(url).header("host", "localhost");
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(Body::from(text)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}
