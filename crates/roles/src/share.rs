//! One record, opened to a colleague or a team until a day.

use std::time::Duration;

use authz::{Read, Share, Shared};
use db::{Bare, DbFault, Permitted, ReadTx, SHARE, WriteTx};
use kernel::{Fault as _, Id, ObjectName, TeamId, Timestamp, UserId, Uuid};
use ledger::{Line, verbs};

use crate::RoleFault;

/// At most this many records are shared with one person, or one team, at a time: each list they look at names them.
pub const MOST: u64 = 500;
/// A share lasts at most so long.
pub const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What names a share.
#[derive(Debug)]
pub enum ShareKind {}
/// The id of a share.
pub type ShareId = Id<ShareKind>;

/// With whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// A colleague.
    Person(UserId),
    /// A team.
    Team(TeamId),
}

impl With {
    /// Returns the colleague, if it is one.
    #[must_use]
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Team(_) => None,
        }
    }
}

/// A share of a record, as its page shows it.
#[derive(Clone, Debug)]
pub struct ShareRow {
    /// Which.
    pub id: ShareId,
    /// With whom.
    pub with: With,
    /// Whether the record may be changed too.
    pub change: bool,
    /// Until when.
    pub until: Timestamp,
    /// Who shared it.
    pub by: UserId,
}

struct Found(ObjectName, Shared);

// Ids of records and people; they are shown only beside a record that was opened, or turned into a scope.
impl Bare for ShareRow {}
impl Bare for Found {}

/// Returns what is shared with somebody at this moment.
pub(crate) fn with(tx: &ReadTx<'_>, user: UserId, team: Option<TeamId>) -> Result<Vec<(ObjectName, Shared)>, DbFault> {
    let read = |row: &db::Row<'_>| {
        let object = ObjectName::parse(&row.get::<String>(1)?).map_err(|_| DbFault::Shape(1))?;
        Ok(Found(object, Shared { id: row.get::<Uuid>(2)?, change: row.get(5)? }))
    };
    let now = tx.now();
    let sql = "select id, object, record_id, user_id, team_id, may_change, until, mark from record_share \
               where user_id = ?1 and until > ?2 limit 1000";
    let mut found = tx.believed(&SHARE, sql, &[user.into(), now.into()], read)?;
    if let Some(team) = team {
        let sql = "select id, object, record_id, user_id, team_id, may_change, until, mark from record_share \
                   where team_id = ?1 and until > ?2 limit 1000";
        found.extend(tx.believed(&SHARE, sql, &[team.into(), now.into()], read)?);
    }
    Ok(found.into_iter().map(|Found(object, shared)| (object, shared)).collect())
}

/// Lists with whom a record is shared, for whoever sees it.
///
/// # Errors
/// [`DbFault`].
pub fn of<T: authz::Resource>(tx: &ReadTx<'_>, record: &Permitted<T, Read>) -> Result<Vec<ShareRow>, DbFault> {
    let sql = "select id, user_id, team_id, may_change, until, by_user from record_share \
        where record_id = ?1 and object = ?2 and until > ?3 order by created_at, id limit 1000";
    let facts = record.facts();
    tx.bare(sql, &[facts.id.into(), (&facts.object).into(), tx.now().into()], |row| {
        let person = row.get::<Option<UserId>>(1)?.map(With::Person);
        let with = person.or(row.get::<Option<TeamId>>(2)?.map(With::Team)).ok_or(DbFault::Shape(1))?;
        Ok(ShareRow { id: row.get(0)?, with, change: row.get(3)?, until: row.get(4)?, by: row.get(5)? })
    })
}

/// Shares a record that the actor may share.
///
/// # Errors
/// [`RoleFault::Share`] for a day in the past or more than a year ahead, somebody who is not there, or one with whom too much is
/// shared already.
pub fn open<T: authz::Resource>(
    tx: &mut WriteTx<'_>,
    record: &Permitted<T, Share>,
    with: With,
    change: bool,
    until: Timestamp,
) -> Result<(), RoleFault> {
    let by = tx.cx().person().ok_or(authz::Denied::Hidden)?;
    let (known, held, id) = match with {
        With::Person(user) => (
            "select count(*) from app_user where id = ?1 and state = 'active'",
            "select count(*) from record_share where user_id = ?1 and until > ?2",
            user.uuid(),
        ),
        With::Team(team) => (
            "select count(*) from team where id = ?1",
            "select count(*) from record_share where team_id = ?1 and until > ?2",
            team.uuid(),
        ),
    };
    let count = |tx: &ReadTx<'_>, sql, values: &[db::Val]| {
        Ok::<_, DbFault>(tx.bare_one(sql, values, |row| row.get::<u64>(0))?.unwrap_or(0))
    };
    let now = tx.now();
    let good = until > now && until.since(now) <= LONGEST;
    if !good || count(tx, known, &[id.into()])? == 0 || count(tx, held, &[id.into(), now.into()])? >= MOST {
        return Err(RoleFault::Share);
    }
    let facts = record.facts().clone();
    let (person, team) = match with {
        With::Person(user) => (Some(user), None),
        With::Team(team) => (None, Some(team)),
    };
    // Sharing with the same once more says until when, and for what, anew.
    tx.run(
        "delete from record_share where record_id = ?1 and (user_id = ?2 or team_id = ?2)",
        &[facts.id.into(), id.into()],
    )?;
    let share: ShareId = tx.new_id();
    tx.run(
        "insert into record_share (id, object, record_id, user_id, team_id, may_change, until, by_user, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            share.into(),
            (&facts.object).into(),
            facts.id.into(),
            person.into(),
            team.into(),
            change.into(),
            until.into(),
            by.into(),
            now.into(),
        ],
    )?;
    tx.mark(&SHARE, share)?;
    let line = Line::done(verbs::SHARE, facts.object).about_each([facts.id]).fact("with", id.to_string());
    tx.note(line.fact("until", until.date().to_string()).fact("change", if change { "yes" } else { "no" }));
    Ok(())
}

/// Ends a share of a record that the actor may share.
///
/// # Errors
/// [`RoleFault::Denied`] if the record has no such share.
pub fn end<T: authz::Resource>(
    tx: &mut WriteTx<'_>,
    record: &Permitted<T, Share>,
    share: ShareId,
) -> Result<(), RoleFault> {
    let facts = record.facts().clone();
    let gone = tx.run("delete from record_share where id = ?1 and record_id = ?2", &[share.into(), facts.id.into()])?;
    if gone == 0 {
        let fault = authz::Denied::Hidden;
        tx.note_denial(Line::denied(verbs::SHARE, facts.object, fault.code()).about_each([facts.id]));
        return Err(fault.into());
    }
    tx.note(Line::done(verbs::SHARE, facts.object).about_each([facts.id]).fact("what", "ended"));
    Ok(())
}
