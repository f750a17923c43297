//! One connection, from the handshake to the good-bye.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::body::{Heard, InFlight, Spoken};
use super::gate::Place;
use super::limits::Limits;
use super::pulse::{Pulse, Verdict};
use super::stream::Watched;
use crate::request::peer::Peer;

/// The most bytes of the head of a request: a browser's cookies and a long filter fit well.
const MOST_HEAD: usize = 32 * 1024;

/// What every connection of a listener shares.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) limits: Limits,
    pub(crate) stop: watch::Receiver<bool>,
}

/// Serves a connection until it ends, one way or another.
pub(crate) async fn serve(stream: TcpStream, peer: Peer, place: Place, shared: Shared) {
    let pulse = Arc::clone(&place.pulse);
    let stream = Watched::new(stream, Arc::clone(&pulse), shared.limits.patience);
    match shared.tls.clone() {
        None => converse(stream, peer, pulse, shared).await,
        Some(tls) => {
            let shaken = tokio::select! {
                shaken = timeout(shared.limits.handshake, tls.accept(stream)) => shaken,
                () = pulse.evicted() => return,
            };
            if let Ok(Ok(stream)) = shaken {
                converse(stream, peer, pulse, shared).await;
            }
        }
    }
}

/// Sets the limits of both versions of HTTP. What is not set here has hyper's defaults, which guard against floods of
/// resets (CVE-2023-44487), continuations and pings.
fn protocol(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_headers(100).max_buf_size(MOST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
        .max_send_buf_size(128 * 1024)
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.handshake);
    builder
}

async fn converse<S>(stream: S, peer: Peer, pulse: Arc<Pulse>, shared: Shared)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Shared { router, limits, mut stop, .. } = shared;
    let heart = Arc::clone(&pulse);
    let service = service_fn(move |request| answer(router.clone(), request, peer, Arc::clone(&heart), limits));
    let builder = protocol(&limits);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let tick = limits.idle.div_f32(16.0);
    let mut gone = None;
    loop {
        tokio::select! {
            // What a client does wrong on the wire concerns nobody else.
            _ = connection.as_mut() => return,
            () = pulse.evicted() => return,
            _ = stop.changed(), if gone.is_none() => {
                connection.as_mut().graceful_shutdown();
                gone = Some(Instant::now() + limits.farewell);
            }
            () = sleep_until(Instant::now() + tick) => match pulse.verdict(&limits) {
                Verdict::Stalled => return,
                _ if gone.is_some_and(|by| by <= Instant::now()) => return,
                Verdict::Idle if gone.is_none() => {
                    connection.as_mut().graceful_shutdown();
                    gone = Some(Instant::now() + limits.farewell / 2);
                }
                Verdict::Idle | Verdict::Well => {}
            },
        }
    }
}

/// Tells the gate while the server is the one who is waited for; a request that is given up is told too.
struct Working(Arc<Pulse>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.work(-1);
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: Peer,
    pulse: Arc<Pulse>,
    limits: Limits,
) -> Result<http::Response<Spoken>, Infallible> {
    pulse.work(1);
    let _working = Working(Arc::clone(&pulse));
    let flight = InFlight::new(Arc::clone(&pulse), limits.patience);
    let mut request = request.map(|body| Body::new(Heard::new(body, pulse, limits.patience)));
    request.extensions_mut().insert(peer);
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    Ok(response.map(|body| Spoken::new(body, flight)))
}
