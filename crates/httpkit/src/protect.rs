//! The one layer around a router: the rules every request passes, in one place and in one order.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::{HeaderMap, Method};
use kernel::{Chance, Clock, Lang, RequestId};
use tokio::time::Instant;

use crate::answer::header;
use crate::answer::page::ErrorPage;
use crate::answer::problem::{Question, answer};
use crate::answer::refusal::Refusal;
use crate::answer::squeeze;
use crate::rate::{Meter, Rates};
use crate::request::agent::Agent;
use crate::request::asked::{Asked, Surface};
use crate::request::body;
use crate::request::cross_site::{self, Proof, Provenance};
use crate::request::form::Pairs;
use crate::request::host::Hosts;
use crate::request::peer::{Peer, Proxies};

/// What [`protect`] needs to know. Cheap to clone.
#[derive(Clone)]
pub struct Guard(Arc<GuardSettings>);

/// How a router is protected.
pub struct GuardSettings {
    /// The names under which the server answers.
    pub hosts: Hosts,
    /// Proxies in front whose word is taken.
    pub proxies: Proxies,
    /// How many requests are heard.
    pub rates: Rates,
    /// Tells the time, for request ids.
    pub clock: Arc<dyn Clock>,
    /// Gives the randomness of request ids.
    pub chance: Arc<dyn Chance>,
    /// Makes the pages about failures.
    pub pages: Arc<dyn ErrorPage>,
    /// The most bytes of a body, where a route does not say otherwise (axum's `DefaultBodyLimit`).
    pub body_limit: usize,
}

impl Guard {
    /// Takes the settings.
    #[must_use]
    pub fn new(settings: GuardSettings) -> Self {
        Self(Arc::new(settings))
    }

    /// Finds out what is known of a request, and whether its host is ours.
    fn ask(&self, request: &Request) -> (Asked, Result<(), Refusal>) {
        let settings = &*self.0;
        let headers = request.headers();
        let peer = request.extensions().get::<Peer>().copied();
        let secure = peer.is_some_and(|peer| settings.proxies.secure(peer, headers));
        let (host, checked) = match settings.hosts.check(request.uri(), headers, secure) {
            Ok(host) => (host, Ok(())),
            Err(refusal) => (String::new(), Err(refusal)),
        };
        let lang = headers.get(ACCEPT_LANGUAGE).and_then(|line| line.to_str().ok());
        let asked = Asked {
            request: RequestId::new(settings.clock.now(), &*settings.chance),
            ip: peer.map(|peer| settings.proxies.client(peer.ip, headers)),
            secure,
            host: host.into(),
            agent: Agent::of(headers),
            lang: lang.map_or_else(Lang::default, Lang::accepted),
            surface: Surface::of(request.uri().path()),
        };
        (asked, checked)
    }

    /// Lets a request through, or says why not.
    async fn admit(&self, request: Request, asked: &Asked, checked: Result<(), Refusal>) -> Result<Request, Refusal> {
        checked?;
        self.0.rates.of_network(asked.ip, self.0.clock.now())?;
        if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
            return Err(Refusal::method());
        }
        let mut request = request;
        if asked.surface == Surface::Pages {
            request = self.prove(request, asked).await?;
        }
        request.extensions_mut().insert(asked.clone());
        Ok(request)
    }

    /// Finds out whether a change comes from our own pages, as far as that can be known without knowing the session.
    async fn prove(&self, mut request: Request, asked: &Asked) -> Result<Request, Refusal> {
        let proof = match cross_site::judge(request.method(), request.headers(), &asked.host, asked.secure) {
            Provenance::Foreign => return Err(Refusal::cross_site()),
            Provenance::Own => Proof::Headers,
            Provenance::Unsaid => {
                let (token, rest) = self.token(request).await?;
                request = rest;
                Proof::Token(token)
            }
        };
        request.extensions_mut().insert(proof);
        Ok(request)
    }

    /// Takes the token out of a header or a form, and gives the request back whole.
    async fn token(&self, request: Request) -> Result<(Option<String>, Request), Refusal> {
        let header = request.headers().get(cross_site::HEADER);
        if let Some(token) = header.and_then(|value| value.to_str().ok()).map(str::to_owned) {
            return Ok((Some(token), request));
        }
        if body::media_type(request.headers()) != body::FORM {
            return Ok((None, request));
        }
        let (parts, body) = request.into_parts();
        let bytes = body::up_to(body, self.0.body_limit).await?;
        let token = Pairs::parse(&bytes).ok().and_then(|pairs| pairs.token().map(str::to_owned));
        Ok((token, Request::from_parts(parts, Body::from(bytes))))
    }
}

/// Puts the rules around a router, whose routes and fallback are complete.
pub fn protect(router: Router, guard: Guard) -> Router {
    let limit = DefaultBodyLimit::max(guard.0.body_limit);
    router.layer((from_fn_with_state(guard, pass), limit))
}

async fn pass(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let asset = header::is_asset(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let question = Question::of(&request);
    let (asked, checked) = guard.ask(&request);
    let meter = Arc::new(Meter::new(guard.0.rates.clone(), Arc::clone(&guard.0.clock)));
    request.extensions_mut().insert(Arc::clone(&meter));
    let compressed = method == Method::GET && squeeze::may(request.headers());
    let mut response = match guard.admit(request, &asked, checked).await {
        Ok(request) => caught(next.run(request)).await.unwrap_or_else(|_| Refusal::panicked().into_response()),
        Err(refusal) => refusal.into_response(),
    };
    if let Some(refusal) = refused(&response) {
        record(&refusal, &asked);
        response = answer(&refusal, &asked, &question, &*guard.0.pages);
    }
    if asked.surface == Surface::Api {
        meter.tell(&mut response);
    }
    if compressed {
        response = squeeze::squeeze(response).await;
    }
    header::add(&mut response, &asked, asset);
    // The ledger says who saw what; the log is for whoever looks for a fault.
    let (status, micros) = (response.status(), u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
    // Never the path: it names records.
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let (method, request) = (known(&method), asked.request);
    if status.is_client_error() || status.is_server_error() {
        tracing::info!(target: "access", method, route, status = status.as_u16(), micros, %request);
    } else {
        tracing::debug!(target: "access", method, route, status = status.as_u16(), micros, %request);
    }
    response
}

/// Returns a method's name if it is one; a client may send any word for it.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}

/// Returns the refusal in an answer. A bare text from the router or a library's extractor is one too.
fn refused(response: &Response) -> Option<Refusal> {
    if let Some(refusal) = response.extensions().get::<Refusal>() {
        return Some(refusal.clone());
    }
    let bare = response.status().is_client_error() && is_bare(response.headers());
    bare.then(|| Refusal::of_bare(response.status(), response.headers()))
}

fn is_bare(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// Writes the cause of a failure where the operator finds it, and nobody else.
fn record(refusal: &Refusal, asked: &Asked) {
    let (code, request, status) = (refusal.code(), asked.request, refusal.status().as_u16());
    if refusal.is_inside() {
        tracing::error!(code, status, %request, cause = refusal.cause(), "request failed");
    } else {
        tracing::debug!(code, status, %request, "request refused");
    }
}

/// Runs a handler; one that panics ends its request and nothing else.
async fn caught<T>(handler: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut handler = pin!(handler);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
