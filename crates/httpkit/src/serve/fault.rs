//! Why nothing is served.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why nothing is served. Each text says what, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// Other machines could reach it in the clear.
    #[error(
        "{0} can be reached from other machines, and without TLS passwords and customer data would cross the network in the \
         clear. Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that does TLS"
    )]
    InTheClear(SocketAddr),
    /// Another program listens there.
    #[error("{0} is in use by another program: stop it, or choose another address with --listen")]
    Taken(SocketAddr),
    /// The system does not allow it.
    #[error(
        "this user may not listen on {0}: ports below 1024 need CAP_NET_BIND_SERVICE; choose another with --listen"
    )]
    NotAllowed(SocketAddr),
    /// This machine has no such address.
    #[error("{0} is not an address of this machine: choose another with --listen")]
    NotHere(SocketAddr),
    /// The system refuses for another reason.
    #[error("cannot listen on {0}")]
    Socket(SocketAddr, #[source] io::Error),
    /// A file cannot be read.
    #[error("cannot read {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// Others may read the key.
    #[error("the private key in {} may be read or changed by others: take their rights away with chmod 600", .0.display())]
    KeyExposed(PathBuf),
    /// There is no certificate in the file.
    #[error("{} holds no certificate in PEM form", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the file.
    #[error("{} holds no private key in PEM form without a passphrase", .0.display())]
    NoKey(PathBuf),
    /// Certificate and key are of two pairs.
    #[error("the key in {key} does not belong to the certificate in {certificate}")]
    Mismatched {
        /// The certificate's file.
        certificate: String,
        /// The key's file.
        key: String,
    },
    /// TLS does not take them for another reason.
    #[error("certificate or key cannot be used for TLS")]
    Tls(#[source] rustls::Error),
}

impl ServeFault {
    pub(crate) fn bind(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::Taken(address),
            io::ErrorKind::PermissionDenied => Self::NotAllowed(address),
            io::ErrorKind::AddrNotAvailable => Self::NotHere(address),
            _ => Self::Socket(address, error),
        }
    }
}
