//! The lines of one actor in one request.

use std::net::IpAddr;

use kernel::{JobId, RequestId, SessionId, Timestamp, TokenId, UserId};
use minicbor::{Decode, Encode};

use crate::{Line, wire};

/// What one actor did in one request: who, when, from where, and the lines.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Act {
    /// When it happened.
    #[cbor(n(0), with = "wire")]
    pub at: Timestamp,
    /// Who did it.
    #[n(1)]
    pub actor: ActorRef,
    /// The request it happened in.
    #[cbor(n(2), with = "wire")]
    pub request: RequestId,
    /// Where it came from.
    #[n(3)]
    pub origin: Origin,
    /// What happened, in order.
    #[n(4)]
    pub lines: Vec<Line>,
    /// The sign-in session, if there was one.
    #[cbor(n(5), with = "wire", has_nil)]
    pub session: Option<SessionId>,
}

impl Act {
    /// Starts an act without lines and without a session.
    #[must_use]
    pub const fn new(at: Timestamp, actor: ActorRef, request: RequestId, origin: Origin) -> Self {
        Self { at, actor, request, origin, lines: Vec::new(), session: None }
    }

    /// Sets the sign-in session.
    #[must_use]
    pub const fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// Adds a line.
    #[must_use]
    pub fn with(mut self, line: Line) -> Self {
        self.lines.push(line);
        self
    }

    /// Returns about how many bytes the act takes.
    pub(crate) fn size_hint(&self) -> usize {
        let agent = self.origin.agent.as_ref().map_or(0, String::len);
        120 + agent + self.lines.iter().map(Line::size_hint).sum::<usize>()
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum ActorRef {
    /// A person who signed in.
    #[n(0)]
    User(#[cbor(n(0), with = "wire")] UserId),
    /// A program with an API token.
    #[n(1)]
    Token {
        /// The token.
        #[cbor(n(0), with = "wire")]
        token: TokenId,
        /// The person the token acts for.
        #[cbor(n(1), with = "wire")]
        user: UserId,
    },
    /// A job from the queue.
    #[n(2)]
    Job {
        /// The job.
        #[cbor(n(0), with = "wire")]
        job: JobId,
        /// The person who started it, if one did.
        #[cbor(n(1), with = "wire")]
        user: Option<UserId>,
    },
    /// Whoever may run commands on the machine.
    #[n(3)]
    Operator,
    /// Somebody who has not signed in.
    #[n(4)]
    Nobody,
    /// The program itself.
    #[n(5)]
    System,
}

impl ActorRef {
    /// Returns the person behind it, if there is one.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User(user) | Self::Token { user, .. } => Some(*user),
            Self::Job { user, .. } => *user,
            Self::Operator | Self::Nobody | Self::System => None,
        }
    }
}

/// Where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Origin {
    /// The door.
    #[n(0)]
    pub via: Via,
    /// The network address, as far as it can be trusted.
    #[cbor(n(1), with = "wire", has_nil)]
    pub ip: Option<IpAddr>,
    /// The family of the browser or client, not its whole header.
    #[n(2)]
    pub agent: Option<String>,
}

impl Origin {
    /// Starts an origin with a door and neither address nor client.
    #[must_use]
    pub const fn via(via: Via) -> Self {
        Self { via, ip: None, agent: None }
    }
}

/// The door through which an actor came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Via {
    /// A page.
    #[n(0)]
    Web,
    /// The API.
    #[n(1)]
    Api,
    /// The job queue.
    #[n(2)]
    Job,
    /// A command on the machine.
    #[n(3)]
    Command,
}
