//! Who acts, from where, in which request. Nothing happens without one.

use std::sync::Arc;

use kernel::{Lang, RequestId, SessionId, TeamId, UserId};
use ledger::{ActorRef, Origin};

use crate::{Action, Assurance, Demand, Denied, Device, Level, Proof, Reach, Rights, Role, Verb};

/// Who somebody is, as authentication found out.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The actor as the ledger names it.
    pub actor: ActorRef,
    /// The person behind the actor, if there is one.
    pub person: Option<UserId>,
    /// The sign-in session, if there is one.
    pub session: Option<SessionId>,
    /// What they may do.
    pub rights: Arc<Rights>,
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
    proof: Option<Proof>,
}

impl Cx {
    /// Makes the context of somebody who was authenticated.
    ///
    /// `clippy.toml` refuses this call everywhere but in the homes that authenticate.
    #[must_use]
    pub fn mint(identity: Identity, origin: Origin, request: RequestId, lang: Lang) -> Self {
        Self(Arc::new(Inner { identity, origin, request, lang, proof: None }))
    }

    /// Makes the context of somebody who signed in, with what they proved and what is asked of them. Whoever has proved less
    /// than a sign-in asks for has no rights yet. The same homes call it, and no others.
    #[must_use]
    pub fn mint_proven(mut identity: Identity, proof: Proof, origin: Origin, request: RequestId, lang: Lang) -> Self {
        if proof.assurance.level < proof.demand.sign_in {
            identity.rights = Arc::default();
        }
        Self(Arc::new(Inner { identity, origin, request, lang, proof: Some(proof) }))
    }

    /// Makes the context of a caller nobody knows yet: it may do nothing, and gives failed attempts a place in the ledger.
    #[must_use]
    pub fn nobody(origin: Origin, request: RequestId, lang: Lang) -> Self {
        let identity = Identity { actor: ActorRef::Nobody, person: None, session: None, rights: Arc::default() };
        Self(Arc::new(Inner { identity, origin, request, lang, proof: None }))
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

    /// Tells whether whoever has the machine acts, by a command.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.actor() == ActorRef::Operator
    }

    /// Returns the person who acts in a session of theirs, at a browser; nothing for a program, whoever it acts for.
    #[must_use]
    pub fn at_browser(&self) -> Option<UserId> {
        self.session().and(self.person())
    }

    /// Returns what the person proved at sign-in or since, and when; nothing for programs, which prove nothing anew.
    #[must_use]
    pub fn assurance(&self) -> Option<Assurance> {
        self.0.proof.map(|proof| proof.assurance)
    }

    /// Returns what is asked of the person; nothing of programs.
    #[must_use]
    pub fn demand(&self) -> Option<Demand> {
        self.0.proof.map(|proof| proof.demand)
    }

    /// Returns what a sign-in asks for, if the person has proved less: until then they have no roles.
    #[must_use]
    pub fn owes(&self) -> Option<Level> {
        self.0.proof.filter(|proof| proof.assurance.level < proof.demand.sign_in).map(|proof| proof.demand.sign_in)
    }

    /// Asks for a proof at least as strong as `level`, and no older than proofs last for dangerous acts. Programs are not
    /// asked: what stands behind them was proved when they were set up.
    ///
    /// # Errors
    /// [`Denied::SignDevice`] if the browser can show first that the session is its own; [`Denied::StepUp`].
    pub fn proved(&self, level: Level) -> Result<(), Denied> {
        if self.0.proof.is_some_and(|proof| proof.device == Device::Silent) {
            return Err(Denied::SignDevice);
        }
        if self.0.proof.is_none_or(|proof| proof.covers(level)) { Ok(()) } else { Err(Denied::StepUp(level)) }
    }

    /// The one gate before a dangerous act. Decisions pass it by themselves; whatever is dangerous and is no decision about a
    /// resource (a token, what somebody signs in with) calls it.
    ///
    /// # Errors
    /// As [`proved`](Self::proved).
    pub fn dare(&self) -> Result<(), Denied> {
        self.demand().map_or(Ok(()), |demand| self.proved(demand.danger))
    }

    /// Returns the roles held.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        self.0.identity.rights.roles()
    }

    /// Returns the teams worked in.
    #[must_use]
    pub fn teams(&self) -> &[TeamId] {
        self.0.identity.rights.teams()
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

    /// Returns what the actor may do.
    #[must_use]
    pub fn rights(&self) -> &Arc<Rights> {
        &self.0.identity.rights
    }

    /// Returns how far the right to `verb` goes: the widest of all roles.
    pub(crate) fn reach(&self, object: &str, verb: Verb) -> Option<Reach> {
        self.rights().reach(object, verb)
    }
}
