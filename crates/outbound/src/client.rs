//! The client.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Body as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::url::Host;
use crate::{Answer, Ask, OutboundFault, Resolve, SystemResolver, Url, range, tls};

/// What the operator says about the way out.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Hosts that may lie in a private network, or on this machine, in lower case.
    pub allow_private: Vec<String>,
    /// Certificates (PEM) of authorities that are believed besides those of the machine.
    pub ca_file: Option<PathBuf>,
    /// How long is waited and how much is read.
    pub limits: Limits,
}

/// How long is waited and how much is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// For all of it.
    pub total: Duration,
    /// Bytes of a body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10), body: 512 * 1024 }
    }
}

/// Bytes of all headers of an answer.
const HEADERS: usize = 32 * 1024;

/// The one that asks others. Cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    settings: Settings,
    tls: TlsConnector,
    resolver: Arc<dyn Resolve>,
}

/// A connection that bytes go over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Outbound {
    /// Sets up the way out.
    ///
    /// # Errors
    /// [`OutboundFault::Roots`] or [`OutboundFault::NoRoots`]: without authorities nobody can be believed.
    pub fn new(settings: Settings) -> Result<Self, OutboundFault> {
        Self::resolving(settings, Arc::new(SystemResolver))
    }

    /// Does the same with another way from names to addresses.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn resolving(settings: Settings, resolver: Arc<dyn Resolve>) -> Result<Self, OutboundFault> {
        let tls = tls::connector(settings.ca_file.as_deref())?;
        Ok(Self(Arc::new(Inner { settings, tls, resolver })))
    }

    /// Sends a request and returns the whole answer.
    ///
    /// # Errors
    /// [`OutboundFault`]. A status that is not a redirect is no fault.
    pub async fn send(&self, ask: Ask) -> Result<Answer, OutboundFault> {
        let limits = self.0.settings.limits;
        timeout(limits.total, self.exchange(ask, limits)).await.map_err(|_| OutboundFault::Slow)?
    }

    async fn exchange(&self, ask: Ask, limits: Limits) -> Result<Answer, OutboundFault> {
        let stream = timeout(limits.connect, self.connect(&ask.url)).await.map_err(|_| OutboundFault::Slow)??;
        let request = request(ask)?;
        let (mut sender, connection) =
            http1::Builder::new().max_buf_size(HEADERS).handshake(TokioIo::new(stream)).await.map_err(protocol)?;
        let mut connection = pin!(connection);
        let mut answering = pin!(async {
            let response = sender.send_request(request).await.map_err(protocol)?;
            read(response, limits.body).await
        });
        // The connection is driven here and nowhere else, so it ends with the request.
        tokio::select! {
            biased;
            answer = &mut answering => answer,
            _ = &mut connection => answering.await,
        }
    }

    /// Connects to one of the addresses that were looked at.
    async fn connect(&self, url: &Url) -> Result<Box<dyn Stream>, OutboundFault> {
        let addresses = self.addresses(url).await?;
        let tcp = first(&addresses, url.port()).await?;
        if !url.is_secure() {
            return Ok(Box::new(tcp));
        }
        let name = match url.host() {
            Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| OutboundFault::Url("not a host"))?,
            Host::Ip(ip) => ServerName::from(*ip),
        };
        let stream = self.0.tls.connect(name, tcp).await.map_err(OutboundFault::Tls)?;
        Ok(Box::new(stream))
    }

    /// Resolves a host, once, and refuses it if any of its addresses is not to be connected to: a name that is here and there
    /// is not trusted at all.
    async fn addresses(&self, url: &Url) -> Result<Vec<IpAddr>, OutboundFault> {
        let (host, found) = match url.host() {
            Host::Ip(ip) => (ip.to_string(), vec![*ip]),
            Host::Name(name) => {
                let found = self.0.resolver.resolve(name).await.map_err(OutboundFault::Unresolved)?;
                (name.clone(), found)
            }
        };
        if found.is_empty() {
            return Err(OutboundFault::Unresolved(io::ErrorKind::NotFound.into()));
        }
        let allowed = self.0.settings.allow_private.iter().any(|name| name.eq_ignore_ascii_case(&host));
        let may = |ip: &IpAddr| if allowed { !range::is_never(*ip) } else { range::is_public(*ip) };
        if !found.iter().all(may) {
            return Err(OutboundFault::Private);
        }
        let own = allowed && found.iter().all(|ip| range::is_loopback(*ip));
        if !url.is_secure() && !own {
            return Err(OutboundFault::Clear);
        }
        Ok(found)
    }
}

/// Connects to the first address that answers.
async fn first(addresses: &[IpAddr], port: u16) -> Result<TcpStream, OutboundFault> {
    let mut last = io::ErrorKind::NotFound.into();
    for ip in addresses {
        match TcpStream::connect(SocketAddr::new(*ip, port)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(OutboundFault::Connect(last))
}

fn request(ask: Ask) -> Result<Request<Full<Bytes>>, OutboundFault> {
    let mut builder = Request::builder()
        .method(ask.method)
        .uri(ask.url.target())
        .header(header::HOST, ask.url.authority())
        .header(header::USER_AGENT, "Custos")
        .header(header::ACCEPT, ask.accept)
        .header(header::CONNECTION, "close");
    if let Some(kind) = ask.kind {
        builder = builder.header(header::CONTENT_TYPE, kind);
    }
    if let Some(line) = &ask.authorization {
        let mut value = HeaderValue::try_from(line.expose().as_str()).map_err(protocol)?;
        value.set_sensitive(true);
        builder = builder.header(header::AUTHORIZATION, value);
    }
    for (name, value) in ask.more {
        builder = builder.header(name, HeaderValue::try_from(value).map_err(protocol)?);
    }
    builder.body(Full::new(ask.body)).map_err(protocol)
}

async fn read(response: http::Response<hyper::body::Incoming>, most: usize) -> Result<Answer, OutboundFault> {
    let (parts, body) = response.into_parts();
    if parts.status.is_redirection() && parts.status != StatusCode::NOT_MODIFIED {
        return Err(OutboundFault::Redirect);
    }
    // Said to be too large: not a byte of it is read.
    if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(OutboundFault::Large);
    }
    let body = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { OutboundFault::Large } else { OutboundFault::Protocol(error) }
    })?;
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_bytes().to_vec() })
}

fn protocol(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OutboundFault {
    OutboundFault::Protocol(error.into())
}
