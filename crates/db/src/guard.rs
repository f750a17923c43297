//! A row and the right to touch it.

use std::ops::Deref;

use authz::{Action, Allowed, Denied, Facts, Lowers, Read, Resource, Verb, decide_on};
use kernel::{ObjectName, Uuid};
use ledger::Line;

use crate::{DbFault, Marked, ReadTx, Val};

/// A resource that is a row of one table.
pub trait Stored: Resource {
    /// Returns the table.
    fn table(&self) -> ObjectName;
    /// Returns the version the row had when it was read; 0 before it is stored.
    fn version(&self) -> i64;
    /// Takes the version the row has from now on: before its columns are asked for, and it is written.
    fn set_version(&mut self, version: i64);
    /// Returns the columns to write, without `id` and `version`.
    fn columns(&self) -> Vec<(kernel::FieldName, Val)>;
    /// Returns what the table is marked by, if its rows do not mark themselves.
    fn marked(&self) -> Option<&'static Marked> {
        None
    }
}

/// How a row stands; nothing of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// Whether it bears its mark.
    pub whole: bool,
}

/// A row that was read but not yet shown to anybody. There is nothing to do with it but [`open`](Self::open) it.
#[must_use]
pub struct Guarded<T> {
    row: T,
}

impl<T: Resource> Guarded<T> {
    /// Only the doors of this crate put a row under guard.
    pub(crate) fn new(row: T) -> Self {
        Self { row }
    }

    /// Takes the row for the doors of this crate.
    pub(crate) fn into_row(self) -> T {
        self.row
    }

    /// Asks the policy for the row, leaves a line saying that it was read or denied, and counts the person it is about as seen
    /// by the actor.
    ///
    /// # Errors
    /// [`Denied`] if the actor may not do `A` to it.
    pub fn open<A: Action>(self, tx: &ReadTx<'_>) -> Result<Permitted<T, A>, Denied> {
        let permitted = self.decide::<A>(tx)?;
        tx.pending.saw(permitted.row.subject(), permitted.row.object());
        Ok(permitted)
    }

    /// Opens a row to change it where nobody is shown what it holds: the rows of an import, of a bulk act. It does not count
    /// as seen.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_unseen<A: Action + authz::Write>(self, tx: &ReadTx<'_>) -> Result<Permitted<T, A>, Denied> {
        self.decide::<A>(tx)
    }

    /// Tells whether the actor may do `A` to the row, and shows nothing of it: for what is said of a row without being asked
    /// for, where a refusal is no denial of anything.
    #[must_use]
    pub fn is_open_for<A: Action>(&self, tx: &ReadTx<'_>) -> bool {
        decide_on::<A>(tx.cx(), &self.row).is_ok()
    }

    /// Looks at a row for what it weighs in an order, whoever may see it: only a key to compare with others comes out, nobody is
    /// shown anything, and nobody counts as seen.
    ///
    /// # Errors
    /// What `weigh` says.
    pub fn weigh<E>(
        self,
        weigh: impl FnOnce(T) -> Result<Option<order::SortKey>, E>,
    ) -> Result<Option<order::SortKey>, E> {
        weigh(self.row)
    }

    /// Looks at a row for keyed tokens of what it holds, whoever may see it: only what is nobody's data comes out, to be compared
    /// with others. Nobody is shown anything, and nobody counts as seen.
    ///
    /// # Errors
    /// What `sketch` says.
    pub fn sketch<B: crate::Bare, E>(self, sketch: impl FnOnce(T) -> Result<Vec<B>, E>) -> Result<Vec<B>, E> {
        sketch(self.row)
    }

    /// Looks at a row for how it stands, whoever may see it: only its id, its version and whether it is whole come out, nobody is
    /// shown anything, and nobody counts as seen.
    pub fn standing(self, whole: impl FnOnce(&T) -> bool) -> Standing
    where
        T: Stored,
    {
        Standing { id: self.row.id(), version: self.row.version(), whole: whole(&self.row) }
    }

    fn decide<A: Action>(self, tx: &ReadTx<'_>) -> Result<Permitted<T, A>, Denied> {
        match decide_on::<A>(tx.cx(), &self.row) {
            Ok(allowed) => {
                if A::VERB == Verb::Read {
                    tx.note(Line::done(Verb::Read.name(), self.row.object().clone()).about_each([self.row.id()]));
                }
                Ok(Permitted { row: self.row, allowed })
            }
            Err(denied) => {
                let code = kernel::Fault::code(&denied);
                tx.note_denial(
                    Line::denied(A::VERB.name(), self.row.object().clone(), code).about_each([self.row.id()]),
                );
                Err(denied)
            }
        }
    }
}

/// A row and the proof that this actor may do `A` to it.
#[must_use]
pub struct Permitted<T, A> {
    row: T,
    allowed: Allowed<A>,
}

impl<T, A> Deref for Permitted<T, A> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}

impl<T: Resource, A: Action> Permitted<T, A> {
    pub(crate) fn new(row: T, allowed: Allowed<A>) -> Self {
        Self { row, allowed }
    }

    pub(crate) fn into_parts(self) -> (T, Allowed<A>) {
        (self.row, self.allowed)
    }

    /// Returns what the proof is about.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.allowed.facts()
    }

    /// Gives the proof up for the one to see the row.
    pub fn lower(self) -> Permitted<T, Read>
    where
        A: Lowers<Read>,
    {
        Permitted { row: self.row, allowed: self.allowed.lower() }
    }

    /// Turns the row into another form of itself, its unsealed one for example; the proof stays with it.
    ///
    /// # Errors
    /// What `turn` says, or [`DbFault::Mismatch`] if it returned something that is not the same resource.
    pub fn turn<U: Resource, E: From<DbFault>>(
        self,
        turn: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Permitted<U, A>, E> {
        let row = turn(self.row)?;
        same(self.allowed.facts(), row.object(), row.id())?;
        Ok(Permitted { row, allowed: self.allowed })
    }
}

pub(crate) fn same(facts: &Facts, object: &ObjectName, id: Uuid) -> Result<(), DbFault> {
    if facts.id == id && facts.object == *object { Ok(()) } else { Err(DbFault::Mismatch) }
}

/// Refuses a row that lies outside of those its writer is kept to: nobody makes, or moves away, what they could not see then.
pub(crate) fn stays<A: Action>(tx: &ReadTx<'_>, row: &impl Resource) -> Result<(), DbFault> {
    if authz::within(tx.cx(), row) {
        return Ok(());
    }
    let denied = DbFault::Outside;
    let line = Line::denied(A::VERB.name(), row.object().clone(), kernel::Fault::code(&denied));
    tx.note_denial(line.about_each([row.id()]));
    Err(denied)
}
