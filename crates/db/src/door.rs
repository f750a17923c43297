//! The filter door: statements from the query builder, with the scope of the actor inside.

use authz::{Read, Resource, Scope, Span, decide_on};
use dialect::Engine;
use ledger::Line;
use sea_query::{Alias, Cond, Expr, ExprTrait as _, PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder};

use crate::row::Row;
use crate::{Bare, DbFault, Guarded, Permitted, ReadTx, Val};

/// A statement of the query builder, rendered once for both engines and run many times with other values.
#[derive(Clone, Debug)]
pub struct Prepared {
    lite: String,
    postgres: String,
    values: usize,
}

impl Prepared {
    /// Renders a statement. The values in it hold the places of those that are given when it is run.
    #[must_use]
    pub fn of(query: &SelectStatement) -> Self {
        let (lite, values) = query.build(SqliteQueryBuilder);
        let (postgres, _) = query.build(PostgresQueryBuilder);
        Self { lite, postgres, values: values.0.len() }
    }

    pub(crate) fn sql(&self, engine: Engine) -> &str {
        match engine {
            Engine::Sqlite => &self.lite,
            Engine::Postgres => &self.postgres,
        }
    }
}

impl ReadTx<'_> {
    /// Reads rows under guard with a statement that was rendered before.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`; [`DbFault::Mismatch`] for more or fewer values than it has places.
    pub fn select_prepared<T: Resource>(
        &self,
        query: &Prepared,
        values: &[Val],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Guarded<T>>, DbFault> {
        if values.len() != query.values {
            return Err(DbFault::Mismatch);
        }
        self.link.gather_rendered(query.sql(self.link.engine()), values, |row| map(row).map(Guarded::new))
    }

    /// Reads rows under guard with a statement that was rendered before, once for each set of whole numbers, in one round trip.
    ///
    /// # Errors
    /// As [`select_prepared`](Self::select_prepared).
    pub fn select_each<T: Resource>(
        &self,
        query: &Prepared,
        sets: &[Vec<Val>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Vec<Guarded<T>>>, DbFault> {
        if sets.iter().any(|values| values.len() != query.values) {
            return Err(DbFault::Mismatch);
        }
        self.link.gather_each(query.sql(self.link.engine()), sets, |row| map(row).map(Guarded::new))
    }

    /// Reads rows under guard with a built statement.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn select<T: Resource>(
        &self,
        query: &SelectStatement,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Guarded<T>>, DbFault> {
        self.link.gather_built(query, |row| map(row).map(Guarded::new))
    }

    /// Reads the rows of a list that the actor may see, and leaves one line with all their ids, and counts the people
    /// they are about as seen. The scope becomes part of the WHERE clause; each row's proof is made by the same policy.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`; [`DbFault::Mismatch`] if the query reads another object than the scope's.
    pub fn list<T: Resource>(
        &self,
        query: SelectStatement,
        scope: &Scope<Read>,
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<Permitted<T, Read>>, DbFault> {
        self.list_until(query, scope, usize::MAX, map).map(|(rows, _)| rows)
    }

    /// Reads the first rows of a list, like [`list`](Self::list), and tells whether more follow. The one that says so is not read.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn page<T: Resource>(
        &self,
        mut query: SelectStatement,
        scope: &Scope<Read>,
        most: usize,
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<(Vec<Permitted<T, Read>>, bool), DbFault> {
        query.limit(most as u64 + 1);
        self.list_until(query, scope, most, map)
    }

    fn list_until<T: Resource>(
        &self,
        mut query: SelectStatement,
        scope: &Scope<Read>,
        most: usize,
        mut map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<(Vec<Permitted<T, Read>>, bool), DbFault> {
        within(&mut query, scope);
        let (mut rows, mut more) = (Vec::new(), false);
        self.link.build_and_query(&query, &mut |row| {
            if rows.len() == most {
                more = true;
                return Ok(());
            }
            let row = map(row)?;
            if row.object() != scope.object() {
                return Err(DbFault::Mismatch);
            }
            let allowed = decide_on::<Read>(self.cx(), &row).map_err(|_| DbFault::Mismatch)?;
            rows.push(Permitted::new(row, allowed));
            Ok(())
        })?;
        for row in &rows {
            self.pending.saw(row.subject(), scope.object());
        }
        if !rows.is_empty() {
            self.note(
                Line::done(ledger::verbs::LIST, scope.object().clone()).about_each(rows.iter().map(|row| row.id())),
            );
        }
        Ok((rows, more))
    }

    /// Reads counts, sums and the like over the rows of a scope.
    ///
    /// # Errors
    /// [`DbFault`] of the engine, or of `map`.
    pub fn tally<T: Bare>(
        &self,
        mut query: SelectStatement,
        scope: &Scope<Read>,
        map: impl FnMut(&Row<'_>) -> Result<T, DbFault>,
    ) -> Result<Vec<T>, DbFault> {
        within(&mut query, scope);
        self.link.gather_built(&query, map)
    }
}

/// Narrows a query to the rows of a scope.
pub(crate) fn within(query: &mut SelectStatement, scope: &Scope<Read>) {
    if let Some(span) = spanned(scope) {
        query.cond_where(span);
    }
}

/// Returns the condition of a scope that does not span every row: every record table has `id`, `owner_id` and `team_id`. The
/// doors add it by themselves; a query inside another one, which they do not see, asks for it.
#[must_use]
pub fn spanned(scope: &Scope<Read>) -> Option<Cond> {
    let kept = scope.rows().iter().map(crate::condition);
    match reached(scope) {
        None if scope.rows().is_empty() => None,
        reached => Some(reached.into_iter().chain(kept).fold(Cond::all(), Cond::add)),
    }
}

/// Returns the columns that [`spanned`] looks at: what a query inside another one has to hand out.
#[must_use]
pub fn looked_at(scope: &Scope<Read>) -> Vec<String> {
    let mut columns: Vec<String> = ["id", "owner_id", "team_id"].map(str::to_owned).to_vec();
    columns.extend(scope.rows().iter().flat_map(crate::rows::columns));
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// Returns the condition that rows are within the reach of the actor; nothing if every row is.
fn reached(scope: &Scope<Read>) -> Option<Cond> {
    if matches!(scope.span(), Span::All) {
        return None;
    }
    let col = |name: &'static str| Expr::col(Alias::new(name));
    let mut any = branches(scope).into_iter().fold(Cond::any(), Cond::add);
    if any.is_empty() {
        // Nobody and no team: nothing. (Two bound numbers compared would have no type in PostgreSQL.)
        any = any.add(col("owner_id").is_null().and(col("owner_id").is_not_null()));
    }
    Some(any)
}

/// Returns the conditions of which a row of a scope meets at least one; none of a scope whose reach is every row. Each is an
/// equality that an index holds in order, so that a page can be taken from each and put together: asked for all at once, the
/// engines would look through rows of everybody.
#[must_use]
pub fn branches(scope: &Scope<Read>) -> Vec<Expr> {
    let Span::Of { person, teams, shared } = scope.span() else { return Vec::new() };
    let col = |name: &'static str| Expr::col(Alias::new(name));
    let own = person.iter().map(|person| col("owner_id").eq(person.uuid()));
    let of_teams = teams.iter().map(|team| col("team_id").eq(team.uuid()));
    let opened = (!shared.is_empty()).then(|| col("id").is_in(shared.iter().copied()));
    own.chain(of_teams).chain(opened).collect()
}
