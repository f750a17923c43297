//! Where to listen, and serving there.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::connection::{self, Shared};
use super::fault::ServeFault;
use super::gate::Gate;
use super::limits::Limits;
use super::tls;
use crate::request::peer::Peer;

/// An address that may be listened on: this machine's own, or any with TLS.
pub struct Listen {
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Listen {
    /// Takes an address and, for TLS, the files of certificate chain and key.
    ///
    /// # Errors
    /// [`ServeFault`]: other machines could reach it in the clear; certificate or key are unreadable, exposed or wrong.
    pub fn new(address: SocketAddr, tls: Option<(&Path, &Path)>) -> Result<Self, ServeFault> {
        let tls = match tls {
            Some((certificate, key)) => Some(tls::acceptor(certificate, key)?),
            None if address.ip().to_canonical().is_loopback() => None,
            None => return Err(ServeFault::InTheClear(address)),
        };
        Ok(Self { address, tls })
    }

    /// Takes the address.
    ///
    /// # Errors
    /// [`ServeFault`]: it is taken, not allowed, or not here.
    pub async fn bind(self) -> Result<Bound, ServeFault> {
        let wrong = |error| ServeFault::bind(self.address, error);
        let listener = TcpListener::bind(self.address).await.map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        Ok(Bound { listener, address, tls: self.tls })
    }
}

/// An address that is ours now. Clients wait until [`serve`](Self::serve) runs.
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Bound {
    /// Returns the address, with the port that the system chose if none was named.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the start of every link to it, for a host name or for whichever name fits.
    #[must_use]
    pub fn url(&self, host: Option<&str>) -> String {
        base_url(self.address, self.tls.is_some(), host)
    }

    /// Serves `router` until `stop` is done; then lets requests in flight finish for [`Limits::farewell`].
    pub async fn serve(self, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
        let gate = Arc::new(Gate::new(&limits));
        let (halt, halted) = watch::channel(false);
        let is_tls = self.tls.is_some();
        let shared = Shared { router, tls: self.tls, limits, stop: halted };
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            let (stream, address) = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = connections.join_next() => continue,
                accepted = accept(&self.listener) => accepted,
            };
            let Some(place) = gate.admit(address.ip()) else { continue };
            let peer = Peer { ip: address.ip().to_canonical(), tls: is_tls };
            connections.spawn(connection::serve(stream, peer, place, shared.clone()));
        }
        drop((self.listener, shared));
        let _ = halt.send(true);
        let finished = timeout(limits.farewell, async { while connections.join_next().await.is_some() {} });
        if finished.await.is_err() {
            tracing::warn!(connections = connections.len(), "requests cut off at the end");
            connections.shutdown().await;
        }
    }
}

/// Returns the start of every link to an address, `http://localhost:8080`, for a host name or for whichever name fits.
#[must_use]
pub fn base_url(address: SocketAddr, is_tls: bool, host: Option<&str>) -> String {
    let (scheme, usual) = if is_tls { ("https", 443) } else { ("http", 80) };
    let ip = address.ip();
    let host = match host {
        Some(host) => host.to_owned(),
        None if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        None if ip.is_ipv6() => format!("[{ip}]"),
        None => ip.to_string(),
    };
    let port = address.port();
    if port == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") }
}

/// Waits for the next connection. Neither a client that is gone already nor a lack of file handles ends the server.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
