//! Who acts, from where, in which request. Nothing happens without one.

use std::sync::Arc;

use kernel::{Lang, RequestId, SessionId, TeamId, UserId};
use ledger::{ActorRef, Origin};

use crate::role::Area;
use crate::{Action, Assurance, Reach, Role, Verb};

/// Who somebody is, as authentication found out.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The actor as the ledger names it.
    pub actor: ActorRef,
    /// The person behind the actor, if there is one.
    pub person: Option<UserId>,
    /// The sign-in session, if there is one.
    pub session: Option<SessionId>,
    /// The roles the person holds.
    pub roles: Vec<Role>,
    /// The teams the person works in.
    pub teams: Vec<TeamId>,
}

/// The context of an operation. Cheap to clone.
///
/// It is minted only where a session, token, job or operator command is authenticated; everything else receives it.
#[derive(Clone, Debug)]
pub struct Cx(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    identity: Identity,
    origin: Origin,
    request: RequestId,
    lang: Lang,
    assurance: Option<Assurance>,
}

impl Cx {
    /// Makes the context of somebody who was authenticated.
    ///
    /// `clippy.toml` refuses this call everywhere but in the homes that authenticate.
    #[must_use]
    pub fn mint(identity: Identity, origin: Origin, request: RequestId, lang: Lang) -> Self {
        Self(Arc::new(Inner { identity, origin, request, lang, assurance: None }))
    }

    /// Makes the context of somebody who signed in, with what they proved and when. The same homes call it, and no others.
    #[must_use]
    pub fn mint_proven(
        identity: Identity,
        assurance: Assurance,
        origin: Origin,
        request: RequestId,
        lang: Lang,
    ) -> Self {
        Self(Arc::new(Inner { identity, origin, request, lang, assurance: Some(assurance) }))
    }

    /// Makes the context of a caller nobody knows yet: it may do nothing, and gives failed attempts a place in the ledger.
    #[must_use]
    pub fn nobody(origin: Origin, request: RequestId, lang: Lang) -> Self {
        let identity =
            Identity { actor: ActorRef::Nobody, person: None, session: None, roles: Vec::new(), teams: Vec::new() };
        Self(Arc::new(Inner { identity, origin, request, lang, assurance: None }))
    }

    /// Returns the actor as the ledger names it.
    #[must_use]
    pub fn actor(&self) -> ActorRef {
        self.0.identity.actor
    }

    /// Returns the person who acts, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<UserId> {
        self.0.identity.person
    }

    /// Returns the sign-in session.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.0.identity.session
    }

    /// Returns what the person proved at sign-in or since, and when; nothing for programs, which prove nothing anew.
    #[must_use]
    pub fn assurance(&self) -> Option<Assurance> {
        self.0.assurance
    }

    /// Returns the roles held.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.0.identity.roles
    }

    /// Returns the teams worked in.
    #[must_use]
    pub fn teams(&self) -> &[TeamId] {
        &self.0.identity.teams
    }

    /// Returns where the request came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Returns the id of the request.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.0.request
    }

    /// Returns the language the actor reads.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.0.lang
    }

    /// Tells whether the actor may do `A` to at least some of an object's records: for showing or hiding a button.
    #[must_use]
    pub fn may<A: Action>(&self, object: &str) -> bool {
        self.reach(object, A::VERB).is_some()
    }

    /// Returns how far the right to `verb` goes: the widest of all roles.
    pub(crate) fn reach(&self, object: &str, verb: Verb) -> Option<Reach> {
        let area = Area::of(object);
        self.roles().iter().filter_map(|role| role.reach(area, verb)).max()
    }
}
