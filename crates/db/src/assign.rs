//! Giving the rows of one owner to another, whatever is sealed in them: nothing of it is looked at.

use kernel::{ObjectName, TeamId, UserId, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::{DbFault, WriteTx};

impl WriteTx<'_> {
    /// Moves the rows of one owner in a record table to a team, leaves a line, and returns how many there were. Whether that may
    /// be done was decided where the owner was placed.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn regroup(
        &mut self,
        (object, table): (&ObjectName, &ObjectName),
        owner: UserId,
        team: Option<TeamId>,
    ) -> Result<u64, DbFault> {
        let mut update = Query::update();
        update.table(Alias::new(table.as_str())).value(Alias::new("team_id"), team.map(TeamId::uuid));
        update.and_where(Expr::col(Alias::new("owner_id")).eq(owner.uuid()));
        self.pending.wrote();
        let moved = self.link.build_and_execute(&update)?;
        let line = Line::done(verbs::TEAM_CHANGE, object.clone()).fact("owner", owner.to_string());
        self.note(line.fact("moved", moved.to_string()));
        Ok(moved)
    }

    /// Gives at most so many rows of a record table from one owner to another, leaves one line that names each of them, and
    /// returns how many there were. Whether that may be done was decided where the owner's account was closed.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn reassign(
        &mut self,
        (object, table): (&ObjectName, &ObjectName),
        (from, to, team): (UserId, UserId, Option<TeamId>),
        most: u64,
    ) -> Result<usize, DbFault> {
        let (id, owner, version) = (Alias::new("id"), Alias::new("owner_id"), Alias::new("version"));
        let mut select = Query::select();
        select.column(id.clone()).from(Alias::new(table.as_str()));
        select
            .and_where(Expr::col(owner.clone()).eq(from.uuid()))
            .order_by(id.clone(), sea_query::Order::Asc)
            .limit(most);
        let ids: Vec<Uuid> = self.link.gather_built(&select, |row| row.get(0))?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut update = Query::update();
        update.table(Alias::new(table.as_str()));
        update.value(Alias::new("team_id"), team.map(TeamId::uuid));
        update.value(owner.clone(), to.uuid()).value(version.clone(), Expr::col(version).add(1));
        update.value(Alias::new("updated_at"), self.now().micros());
        update.and_where(Expr::col(id).is_in(ids.iter().copied())).and_where(Expr::col(owner).eq(from.uuid()));
        self.pending.wrote();
        let moved = self.link.build_and_execute(&update)?;
        let line = Line::done(verbs::ASSIGN, object.clone()).fact("why", "left").about_each(ids);
        self.note(line.fact("owner-before", from.to_string()).fact("owner", to.to_string()));
        usize::try_from(moved).map_err(|_| DbFault::Mismatch)
    }
}
