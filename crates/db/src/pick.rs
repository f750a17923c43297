//! Reading candidates of which only some are shown.

use authz::{Read, Resource, Scope};
use kernel::ObjectName;
use ledger::Line;
use sea_query::SelectStatement;

use crate::door::within;
use crate::row::Row;
use crate::{DbFault, Permitted, ReadTx};

/// A row within the reach of whoever asks, that nobody was shown: it is compared with others, and handed out or forgotten.
#[must_use]
pub struct Candidate<T>(Permitted<T, Read>);

impl<T: Resource> Candidate<T> {
    /// Looks at what is compared.
    #[must_use]
    pub fn peek(&self) -> &T {
        &self.0
    }

    /// Turns the row into another form of itself.
    ///
    /// # Errors
    /// What `turn` says, or [`DbFault::Mismatch`] if it returned something that is not the same resource.
    pub fn turn<U: Resource, E: From<DbFault>>(self, turn: impl FnOnce(T) -> Result<U, E>) -> Result<Candidate<U>, E> {
        self.0.turn(turn).map(Candidate)
    }
}

impl ReadTx<'_> {
    /// Reads rows of a scope, lets `choose` pick among them, and leaves one line with the ids of what was picked. The rest
    /// were looked at by the program, but nobody was shown them.
    ///
    /// # Errors
    /// What `choose` says; [`DbFault`] of the engine, or of `map`.
    pub fn pick<T: Resource, U: Resource, E: From<DbFault>>(
        &self,
        query: SelectStatement,
        scope: &Scope<Read>,
        verb: &'static str,
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
        choose: impl FnOnce(Vec<Permitted<T, Read>>) -> Result<Vec<Permitted<U, Read>>, E>,
    ) -> Result<Vec<Permitted<U, Read>>, E> {
        let rows = self.candidates(query, scope, map)?;
        let picked = choose(rows.into_iter().map(|row| row.0).collect())?;
        self.tell(verb, scope.object(), &picked);
        Ok(picked)
    }

    /// Reads rows of a scope as candidates. Nobody is shown them, so no line is left.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn candidates<T: Resource>(
        &self,
        mut query: SelectStatement,
        scope: &Scope<Read>,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Candidate<T>>, DbFault> {
        within(&mut query, scope);
        self.link.gather_built(&query, |row| {
            let row = map(row)?;
            if row.object() != scope.object() {
                return Err(DbFault::Mismatch);
            }
            let allowed = authz::decide_on::<Read>(self.cx(), &row).map_err(|_| DbFault::Mismatch)?;
            Ok(Candidate(Permitted::new(row, allowed)))
        })
    }

    /// Hands out what was chosen of the candidates, and leaves a line for each object with the ids of what is shown.
    pub fn hand_out<T: Resource>(&self, verb: &'static str, chosen: Vec<Candidate<T>>) -> Vec<Permitted<T, Read>> {
        let chosen: Vec<Permitted<T, Read>> = chosen.into_iter().map(|row| row.0).collect();
        let mut objects: Vec<&ObjectName> = chosen.iter().map(|row| row.object()).collect();
        objects.sort_unstable();
        objects.dedup();
        for object in objects {
            self.tell(verb, object, chosen.iter().filter(|row| row.object() == object));
        }
        chosen
    }

    fn tell<'r, T: Resource + 'r>(
        &self,
        verb: &'static str,
        object: &ObjectName,
        shown: impl IntoIterator<Item = &'r Permitted<T, Read>>,
    ) {
        let shown: Vec<&Permitted<T, Read>> = shown.into_iter().collect();
        for row in &shown {
            self.pending.saw(row.subject(), object);
        }
        if !shown.is_empty() {
            self.note(Line::done(verb, object.clone()).about_each(shown.iter().map(|row| row.id())));
        }
    }
}
