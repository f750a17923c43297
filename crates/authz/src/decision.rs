//! Decisions and their proofs.

use std::marker::PhantomData;
use std::sync::Arc;

use kernel::{Class, Fault, ObjectName, RequestId, SubjectId, TeamId, UserId, Uuid};

use crate::{Action, Condition, Cx, Level, Reach, Read, Rule, Verb};

/// Something the policy decides about.
pub trait Resource {
    /// Returns the object it is one of.
    fn object(&self) -> &ObjectName;
    /// Returns its id.
    fn id(&self) -> Uuid;
    /// Returns the person it belongs to.
    fn owner(&self) -> Option<UserId> {
        None
    }
    /// Returns the team it belongs to.
    fn team(&self) -> Option<TeamId> {
        None
    }
    /// Returns the person outside the company whose data it holds: whoever sees it has seen them.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
    /// Tells whether it meets a condition on rows. What cannot tell meets none.
    fn meets(&self, _condition: &Condition) -> bool {
        false
    }
}

/// What the policy may know about a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The object it is one of.
    pub object: ObjectName,
    /// Its id.
    pub id: Uuid,
    /// The person it belongs to.
    pub owner: Option<UserId>,
    /// The team it belongs to.
    pub team: Option<TeamId>,
}

impl Facts {
    /// Takes the facts of a resource.
    pub fn of(resource: &impl Resource) -> Self {
        Self { object: resource.object().clone(), id: resource.id(), owner: resource.owner(), team: resource.team() }
    }
}

/// Why the actor may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor may not know that it exists.
    #[error("not found")]
    Hidden,
    /// The actor may see it, but not do this.
    #[error("not allowed to {}", .0.name())]
    Forbidden(Verb),
    /// The actor may, once their browser has signed that the session is its own.
    #[error("needs a signature of the browser")]
    SignDevice,
    /// The actor may, once they have proved this strongly and just now who they are.
    #[error("needs a fresh proof: {}", .0.name())]
    StepUp(Level),
    /// The actor may, once a second person has agreed to exactly this.
    #[error("needs a second person: {}", .0.name())]
    NeedsApproval(Rule),
}

impl Denied {
    /// The code of every step-up begins so; the level follows.
    const STEP_UP: &'static str = "step-up-";

    /// Returns what a code asks for, if it is that of a step-up.
    #[must_use]
    pub fn step_up_of(code: &str) -> Option<Level> {
        let name = code.strip_prefix(Self::STEP_UP)?;
        Level::ALL.iter().copied().find(|level| level.name() == name)
    }
}

impl Fault for Denied {
    fn class(&self) -> Class {
        match self {
            Self::Hidden => Class::NotFound,
            Self::Forbidden(_) => Class::Forbidden,
            Self::SignDevice | Self::StepUp(_) => Class::StepUp,
            Self::NeedsApproval(_) => Class::NeedsApproval,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Hidden => "not-found",
            Self::Forbidden(_) => "forbidden",
            Self::SignDevice => "sign-device",
            Self::StepUp(Level::Single) => "step-up-single",
            Self::StepUp(Level::Multi) => "step-up-multi",
            Self::StepUp(Level::Resistant) => "step-up-resistant",
            Self::NeedsApproval(_) => "needs-approval",
        }
    }
}

/// The proof that an actor may do `A` to one resource. Made only by a decision; used up by a write.
#[must_use]
#[derive(Debug)]
pub struct Allowed<A> {
    facts: Facts,
    request: RequestId,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Allowed<A> {
    /// Returns what the proof is about.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns the request the decision was made in.
    #[must_use]
    pub fn request(&self) -> RequestId {
        self.request
    }

    /// Gives the proof up for the lesser one it includes.
    pub fn lower<B: Action>(self) -> Allowed<B>
    where
        A: crate::Lowers<B>,
    {
        Allowed { facts: self.facts, request: self.request, action: PhantomData }
    }
}

fn covers(cx: &Cx, reach: Reach, facts: &Facts) -> bool {
    cx.rights().covers(cx.person(), reach, facts)
}

/// Tells whether a colleague opened the record for the action. Only where a role gives the right to it at some reach: a share
/// gives a row, and never a right.
fn shared(cx: &Cx, verb: Verb, facts: &Facts) -> bool {
    cx.rights().share(facts.object.as_str(), facts.id).is_some_and(|share| share.opens(verb))
}

/// Passes the gate if `A` is dangerous. Only after the right itself is there, so that it tells nothing about what is hidden.
fn dare<A: Action>(cx: &Cx) -> Result<(), Denied> {
    if A::VERB.is_dangerous() { cx.dare() } else { Ok(()) }
}

/// Tells whether a resource is among the rows that the actor is kept to; most are kept to none.
#[must_use]
pub fn within(cx: &Cx, resource: &impl Resource) -> bool {
    let kept = cx.rights().rows(resource.object().as_str());
    kept.is_none_or(|rows| rows.iter().all(|condition| resource.meets(condition)))
}

/// Decides whether the actor may do `A` to a resource that is at hand.
///
/// # Errors
/// [`Denied::Hidden`] if the actor may not even read it; [`Denied::Forbidden`] if it may be read but not this;
/// [`Denied::StepUp`] if they may, and have to prove first who they are.
pub fn decide_on<A: Action>(cx: &Cx, resource: &impl Resource) -> Result<Allowed<A>, Denied> {
    if within(cx, resource) { among::<A>(cx, Facts::of(resource)) } else { Err(Denied::Hidden) }
}

/// Decides about a resource of which no more than the facts is known. Whoever is kept to some rows of its object gets no further:
/// the facts do not say whether it is one of them.
///
/// # Errors
/// As [`decide_on`].
pub fn decide<A: Action>(cx: &Cx, facts: Facts) -> Result<Allowed<A>, Denied> {
    if cx.rights().rows(facts.object.as_str()).is_some() { Err(Denied::Hidden) } else { among::<A>(cx, facts) }
}

/// Decides about one of the rows that the actor is kept to.
fn among<A: Action>(cx: &Cx, facts: Facts) -> Result<Allowed<A>, Denied> {
    let object = facts.object.as_str();
    let may = |verb| cx.reach(object, verb).is_some_and(|reach| covers(cx, reach, &facts) || shared(cx, verb, &facts));
    if may(A::VERB) {
        dare::<A>(cx)?;
        return Ok(Allowed { facts, request: cx.request(), action: PhantomData });
    }
    if may(Verb::Read) { Err(Denied::Forbidden(A::VERB)) } else { Err(Denied::Hidden) }
}

/// Decides about an act on an object as a whole (create, import, configure), where there is no row to look at yet.
/// A grant that reaches only own things covers it if `facts` names the actor as owner.
///
/// # Errors
/// [`Denied::Forbidden`]: that the object exists is no secret; [`Denied::StepUp`] as [`decide`].
pub fn permit<A: Action>(cx: &Cx, facts: Facts) -> Result<Allowed<A>, Denied> {
    let reach = cx.reach(facts.object.as_str(), A::VERB);
    if reach.is_some_and(|reach| covers(cx, reach, &facts)) {
        dare::<A>(cx)?;
        Ok(Allowed { facts, request: cx.request(), action: PhantomData })
    } else {
        Err(Denied::Forbidden(A::VERB))
    }
}

/// Which rows of an object an actor may do `A` to: it becomes part of the WHERE clause.
#[must_use]
#[derive(Clone, Debug)]
pub struct Scope<A = Read> {
    span: Span,
    rows: Option<Arc<[Condition]>>,
    object: ObjectName,
    action: PhantomData<fn() -> A>,
}

/// The rows a scope spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Every row.
    All,
    /// Rows of this person or of these teams, and these rows.
    Of {
        /// The person.
        person: Option<UserId>,
        /// The teams.
        teams: Vec<TeamId>,
        /// What colleagues opened, whoever it belongs to.
        shared: Vec<Uuid>,
    },
}

impl<A: Action> Scope<A> {
    /// Returns the rows it spans.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Returns the conditions that all of the rows meet, too.
    #[must_use]
    pub fn rows(&self) -> &[Condition] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// Tells whether it leaves no row out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.span == Span::All && self.rows().is_empty()
    }

    /// Returns the object it is about.
    #[must_use]
    pub fn object(&self) -> &ObjectName {
        &self.object
    }
}

/// Returns the rows of an object the actor may do `A` to.
///
/// # Errors
/// [`Denied::Forbidden`] if there are none: the actor has no such right at any reach; [`Denied::StepUp`] as [`decide`].
pub fn scope<A: Action>(cx: &Cx, object: &ObjectName) -> Result<Scope<A>, Denied> {
    let span = match cx.reach(object.as_str(), A::VERB) {
        None => return Err(Denied::Forbidden(A::VERB)),
        Some(Reach::All) => Span::All,
        Some(reach) => Span::Of {
            person: cx.person(),
            teams: cx.rights().spanned(reach),
            shared: cx.rights().shared(object.as_str(), A::VERB),
        },
    };
    dare::<A>(cx)?;
    let rows = cx.rights().rows(object.as_str()).cloned();
    Ok(Scope { span, rows, object: object.clone(), action: PhantomData })
}

#[cfg(test)]
mod tests;
