//! The statements.

use std::time::Duration;

use authz::Role;
use kernel::{Id, SubjectId, Timestamp, UserId, Uuid};

use sights::{Counted, DAY, Limits, Pass, Reader};

use super::Sights;
use crate::engine::Link;
use crate::tx::Tools;
use crate::{Bare, DbFault, ReadTx, Row, Val, WriteTx};

/// Rows are of no use after this long.
const KEPT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// One person saw another, at a moment.
type Sight = (Reader, SubjectId, Timestamp);

/// Writes what transactions add to the count, in their commit: one row for all of them.
pub(crate) fn write(link: &Link<'_>, tools: &Tools, sights: &[Sights]) -> Result<(), DbFault> {
    let now = tools.clock.now();
    let (mut seen, mut probation) = (Vec::new(), Vec::new());
    for (by, people) in sights.iter().flat_map(|sights| &sights.people) {
        let (packed, by) = match by {
            Reader::Person(user) => (&mut seen, user.uuid()),
            Reader::Probation(of) => (&mut probation, *of),
        };
        for person in people {
            packed.extend_from_slice(by.as_bytes());
            packed.extend_from_slice(person.uuid().as_bytes());
        }
    }
    if !(seen.is_empty() && probation.is_empty()) {
        let id: Id<Sights> = Id::new(now, &*tools.chance);
        let probation = (!probation.is_empty()).then_some(probation);
        let sql = "insert into sight (id, at, seen, probation) values (?1, ?2, ?3, ?4)";
        link.execute_later(sql, vec![id.into(), now.into(), seen.into(), probation.into()])?;
    }
    for by in sights.iter().filter_map(|sights| sights.struck) {
        link.execute(
            "insert into budget_struck (user_id, at) values (?1, ?2) on conflict (user_id) do update set at = excluded.at",
            &[by.into(), now.into()],
        )?;
    }
    Ok(())
}

/// Reads who saw whom since a moment.
pub(super) fn since(link: &Link<'_>, since: Timestamp) -> Result<Vec<Sight>, DbFault> {
    let rows = link.gather("select at, seen, probation from sight where at > ?1", &[since.into()], |row| {
        Ok((row.get::<Timestamp>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Option<Vec<u8>>>(2)?))
    })?;
    let mut sights = Vec::new();
    for (at, seen, probation) in rows {
        unpack(&seen, |by, person| sights.push((Reader::Person(UserId::from_uuid(by)), person, at)))?;
        unpack(&probation.unwrap_or_default(), |by, person| sights.push((Reader::Probation(by), person, at)))?;
    }
    Ok(sights)
}

/// Takes ids of who saw and who was seen, by turns.
fn unpack(packed: &[u8], mut each: impl FnMut(Uuid, SubjectId)) -> Result<(), DbFault> {
    let (pairs, rest) = packed.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(DbFault::Shape(1));
    }
    for pair in pairs {
        let (by, person) = pair.split_at(16);
        let id = |bytes| Uuid::from_slice(bytes).map_err(|_| DbFault::Shape(1));
        each(id(by)?, SubjectId::from_uuid(id(person)?));
    }
    Ok(())
}

/// Reads what lets people go on.
pub(super) fn passes(link: &Link<'_>, now: Timestamp) -> Result<Vec<(UserId, Pass)>, DbFault> {
    link.gather("select user_id, hard, until from budget_pass where until > ?1", &[now.into()], |row| {
        Ok((row.get(0)?, Pass { hard: row.get(1)?, until: row.get(2)? }))
    })
}

const LIMITS: &str = "select role, soft_hour, soft_day, hard_hour, hard_day from role_budget";

/// A row of `role_budget`.
struct Set {
    role: String,
    limits: Limits,
}

// What a role allows is nobody's data.
impl Bare for Set {}

impl Set {
    fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        let soft = Counted { hour: row.get(1)?, day: row.get(2)? };
        let hard = Counted { hour: row.get(3)?, day: row.get(4)? };
        Ok(Self { role: row.get(0)?, limits: Limits { soft, hard } })
    }
}

/// Reads the limits that are not the usual ones.
pub(super) fn all_limits(link: &Link<'_>) -> Result<Vec<(String, Limits)>, DbFault> {
    link.gather(LIMITS, &[], |row| Set::from_row(row).map(|set| (set.role, set.limits)))
}

/// Returns the limits of a role.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn limits(tx: &ReadTx<'_>, role: Role) -> Result<Limits, DbFault> {
    let known = tx.bare(LIMITS, &[], Set::from_row)?;
    Ok(known.into_iter().find(|set| set.role == role.code()).map_or_else(Limits::default, |set| set.limits))
}

/// Sets the limits of a role. The caller has asked the policy and leaves the line.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn set_limits(tx: &mut WriteTx<'_>, role: Role, limits: Limits) -> Result<(), DbFault> {
    tx.pending.allow();
    let int = |n: u64| Val::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let Limits { soft, hard } = limits;
    tx.run(
        "insert into role_budget (role, soft_hour, soft_day, hard_hour, hard_day) values (?1, ?2, ?3, ?4, ?5) \
         on conflict (role) do update set soft_hour = excluded.soft_hour, soft_day = excluded.soft_day, \
         hard_hour = excluded.hard_hour, hard_day = excluded.hard_day",
        &[(&*role.code()).into(), int(soft.hour), int(soft.day), int(hard.hour), int(hard.day)],
    )
    .map(|_| ())
}

/// Lets somebody past the soft limit for a while. The caller leaves the line, with the reason.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn pass_soft(tx: &mut WriteTx<'_>, user: UserId, span: Duration) -> Result<(), DbFault> {
    pass(tx, user, false, span)
}

/// Gives somebody the hard limit once more for a day. The caller has asked the policy and leaves the line.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn pass_hard(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), DbFault> {
    pass(tx, user, true, DAY)
}

fn pass(tx: &mut WriteTx<'_>, user: UserId, hard: bool, span: Duration) -> Result<(), DbFault> {
    tx.pending.allow();
    let id: Id<Pass> = tx.new_id();
    let until = tx.now().plus(span);
    tx.run(
        "insert into budget_pass (id, user_id, hard, until) values (?1, ?2, ?3, ?4)",
        &[id.into(), user.into(), hard.into(), until.into()],
    )
    .map(|_| ())
}

/// Whoever tries on is stopped each time; told of once an hour.
fn told_before(now: Timestamp) -> Val {
    now.minus(Duration::from_secs(60 * 60)).into()
}

/// Tells whether somebody was stopped at the hard limit whom nobody was told of.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn has_struck(tx: &ReadTx<'_>) -> Result<bool, DbFault> {
    let struck = tx.bare_one(
        "select user_id from budget_struck where told_at is null or (told_at < ?1 and at > told_at) limit 1",
        &[told_before(tx.now())],
        |row| row.get::<UserId>(0),
    )?;
    Ok(struck.is_some())
}

/// Takes those people.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn take_struck(tx: &mut WriteTx<'_>) -> Result<Vec<UserId>, DbFault> {
    tx.bare(
        "update budget_struck set told_at = ?2 where told_at is null or (told_at < ?1 and at > told_at) returning user_id",
        &[told_before(tx.now()), tx.now().into()],
        |row| row.get::<UserId>(0),
    )
}

/// Removes what is too old to count, and returns how much. For a daily job.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn forget_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let before = [Val::from(tx.now().minus(KEPT))];
    let sights = tx.keep("delete from sight where at < ?1", &before)?;
    let passes = tx.keep("delete from budget_pass where until < ?1", &before)?;
    Ok(sights + passes + tx.keep("delete from budget_struck where at < ?1", &before)?)
}
