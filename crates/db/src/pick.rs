//! Reading candidates of which only some are shown.

use authz::{Read, Resource, Scope};
use ledger::Line;
use sea_query::SelectStatement;

use crate::door::within;
use crate::row::Row;
use crate::{DbFault, Permitted, ReadTx};

impl ReadTx<'_> {
    /// Reads rows of a scope, lets `choose` pick among them, and leaves one line with the ids of what was picked. The rest
    /// were looked at by the program, but nobody was shown them.
    ///
    /// # Errors
    /// What `choose` says; [`DbFault`] of the engine, or of `map`.
    pub fn pick<T: Resource, U: Resource, E: From<DbFault>>(
        &self,
        mut query: SelectStatement,
        scope: &Scope<Read>,
        verb: &'static str,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
        choose: impl FnOnce(Vec<Permitted<T, Read>>) -> Result<Vec<Permitted<U, Read>>, E>,
    ) -> Result<Vec<Permitted<U, Read>>, E> {
        within(&mut query, scope);
        let rows = self.link.gather_built(&query, |row| {
            let row = map(row)?;
            if row.object() != scope.object() {
                return Err(DbFault::Mismatch);
            }
            let allowed = authz::decide_on::<Read>(self.cx(), &row).map_err(|_| DbFault::Mismatch)?;
            Ok(Permitted::new(row, allowed))
        })?;
        let picked = choose(rows)?;
        for row in &picked {
            self.pending.saw(row.subject(), scope.object());
        }
        if !picked.is_empty() {
            self.note(Line::done(verb, scope.object().clone()).about_each(picked.iter().map(|row| row.id())));
        }
        Ok(picked)
    }
}
