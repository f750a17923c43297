//! What can go wrong on the way out.

use std::io;
use std::path::PathBuf;

use kernel::{Class, Fault};

/// A failure of an outbound request. None of its texts holds what was sent or received.
#[derive(Debug, thiserror::Error)]
pub enum OutboundFault {
    /// Text is not an address that is connected to.
    #[error("not an address: {0}")]
    Url(&'static str),
    /// The host's name has no address.
    #[error("the name of the server has no address")]
    Unresolved(#[source] io::Error),
    /// The host is, or leads to, an address that is not on the internet.
    #[error("the server's address is not public, and the configuration does not allow it")]
    Private,
    /// The address is in the clear, and not this machine's own.
    #[error("only this machine is spoken to without TLS, and only where the configuration says so")]
    Clear,
    /// Nobody answers at the address.
    #[error("the server does not answer")]
    Connect(#[source] io::Error),
    /// The server does not prove that it is the one.
    #[error("the server's certificate is not trusted, or TLS fails")]
    Tls(#[source] io::Error),
    /// It took longer than it may.
    #[error("the server takes too long")]
    Slow,
    /// The answer is larger than it may be.
    #[error("the answer is too large")]
    Large,
    /// The server sends elsewhere; nothing is followed.
    #[error("the server answers with a redirect")]
    Redirect,
    /// What was sent or came back is not HTTP.
    #[error("not HTTP")]
    Protocol(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Certificates to check servers by cannot be read.
    #[error("cannot read certificates from {0}")]
    Roots(PathBuf),
    /// There are no certificates to check servers by.
    #[error("this machine has no list of certificate authorities: install it, or name a file with one")]
    NoRoots,
    /// The TLS library refuses its settings.
    #[error("TLS settings")]
    Settings(#[source] rustls::Error),
}

impl Fault for OutboundFault {
    fn class(&self) -> Class {
        match self {
            Self::Url(_) | Self::Private | Self::Clear => Class::Invalid,
            Self::Unresolved(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Slow
            | Self::Large
            | Self::Redirect
            | Self::Protocol(_) => Class::Unavailable,
            Self::Roots(_) | Self::NoRoots | Self::Settings(_) => Class::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "outbound-url",
            Self::Unresolved(_) => "outbound-unresolved",
            Self::Private => "outbound-private",
            Self::Clear => "outbound-clear",
            Self::Connect(_) => "outbound-connect",
            Self::Tls(_) => "outbound-tls",
            Self::Slow => "outbound-slow",
            Self::Large => "outbound-large",
            Self::Redirect => "outbound-redirect",
            Self::Protocol(_) => "outbound-protocol",
            Self::Roots(_) | Self::NoRoots | Self::Settings(_) => "outbound-settings",
        }
    }
}
