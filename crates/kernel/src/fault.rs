//! What a failure means to whoever asked, so that one table turns it into an answer.

/// The kinds of failure an actor can meet. Each has exactly one HTTP status (in `httpkit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// What was sent cannot be accepted as it is.
    Invalid,
    /// Nobody is signed in.
    Unauthenticated,
    /// The act needs a stronger or fresher sign-in.
    StepUp,
    /// The actor may know of the thing but not do this to it.
    Forbidden,
    /// It is not there, or the actor may not know that it is.
    NotFound,
    /// It contradicts what is already there.
    Conflict,
    /// Somebody else was faster.
    Stale,
    /// A second person has to agree.
    NeedsApproval,
    /// More bytes than are taken.
    TooLarge,
    /// More often than is allowed.
    TooMany,
    /// A form of input that is not understood.
    Unsupported,
    /// It would work at another time (disk full, database away, shutting down).
    Unavailable,
    /// A defect or a broken invariant; the log has the cause, the client does not.
    Internal,
}

/// An error that knows what it means to the actor.
pub trait Fault: std::error::Error + Send + Sync + 'static {
    /// Returns the kind of failure.
    fn class(&self) -> Class;

    /// Returns a stable kebab-case code: the key of the message in the catalogue and of the API's problem type.
    fn code(&self) -> &'static str;
}
