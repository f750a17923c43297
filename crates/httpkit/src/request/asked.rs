//! What is known of every request before anybody is signed in.

use std::net::IpAddr;
use std::sync::Arc;

use authz::Cx;
use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::{Lang, RequestId};
use ledger::{Origin, Via};

use super::agent::Agent;
use super::host;
use crate::Refusal;

/// Which kind of surface a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Pages and their assets: signed in by cookie, failures are pages.
    Pages,
    /// The API, and the door for assistants: signed in by token, failures are problems (RFC 9457).
    Api,
}

impl Surface {
    /// Tells it by the path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path == "/api" || path.starts_with("/api/") || path == "/mcp" { Self::Api } else { Self::Pages }
    }
}

/// What is known of a request before anybody is signed in. Any handler may take it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its id, as it stands in the answer's `X-Request-Id`, in the log and in the ledger.
    pub request: RequestId,
    /// The client's address, as far as it can be trusted.
    pub ip: Option<IpAddr>,
    /// Whether the client came over TLS.
    pub secure: bool,
    /// The host with its port, one of ours; empty only on a request that is being refused for it.
    pub host: Arc<str>,
    /// The family of the client.
    pub agent: Agent,
    /// The language the client asks for.
    pub lang: Lang,
    /// Which kind of surface is asked.
    pub surface: Surface,
}

impl Asked {
    /// Returns where the request comes from, as the ledger keeps it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let via = match self.surface {
            Surface::Pages => Via::Web,
            Surface::Api => Via::Api,
        };
        Origin { via, ip: self.ip, agent: Some(self.agent.name().to_owned()) }
    }

    /// Returns the address of a path of ours as others name it.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.secure { "https" } else { "http" }, self.host)
    }

    /// Returns the context of whoever asks without having signed in.
    #[must_use]
    pub fn nobody(&self) -> Cx {
        Cx::nobody(self.origin(), self.request, self.lang)
    }

    /// Tells whether the page was asked for on this machine and in the clear.
    pub(crate) fn is_plain_loopback(&self) -> bool {
        !self.secure && host::name(&self.host).is_some_and(host::is_loopback)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        // Missing only where a router was not wrapped by `protect`: then nothing may be answered.
        parts.extensions.get::<Self>().cloned().ok_or_else(Refusal::unprotected)
    }
}
