//! The statements about what waits, who is linked, and which sessions the provider began.

use db::{Bare, DbFault, IDENTITY, ReadTx, Val, WriteTx};
use kernel::{Id, SessionId, Timestamp, UserId};

/// The kind of a waiting flow's id.
pub(crate) enum FlowKind {}
/// The id of a flow.
pub(crate) type FlowId = Id<FlowKind>;
/// The kind of a linked account's id.
pub enum LinkedKind {}
/// The id of a linked account.
pub type LinkedId = Id<LinkedKind>;

/// What waits for somebody to come back.
pub(crate) struct Waiting {
    pub(crate) session: Option<SessionId>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

// Ciphertext and an id; taken out only to judge what comes back.
impl Bare for Waiting {}

/// An account of the provider that belongs to somebody here.
#[derive(Clone)]
pub(crate) struct Linked {
    pub(crate) id: LinkedId,
    pub(crate) user: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

// Ids and times; shown to its own person only.
impl Bare for Linked {}

/// A session here that one at the provider began.
pub(crate) struct Begun {
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) sealed: Vec<u8>,
}

// Ciphertext and ids; opened only to sign its own person out.
impl Bare for Begun {}

/// Keeps what waits.
pub(crate) fn wait(tx: &mut WriteTx<'_>, id: FlowId, sealed: Vec<u8>, until: Timestamp) -> Result<(), DbFault> {
    let session = tx.cx().session();
    tx.keep(
        "insert into external_flow (id, session_id, sealed, expires_at) values (?1, ?2, ?3, ?4)",
        &[id.into(), session.into(), sealed.into(), until.into()],
    )?;
    Ok(())
}

/// Takes out what waits, so that it is taken once.
pub(crate) fn take(tx: &mut WriteTx<'_>, id: FlowId) -> Result<Option<Waiting>, DbFault> {
    tx.bare_one(
        "delete from external_flow where id = ?1 returning session_id, sealed, expires_at",
        &[id.into()],
        |row| Ok(Waiting { session: row.get(0)?, sealed: row.get(1)?, expires_at: row.get(2)? }),
    )
}

/// Removes what nobody came back to, and what stands for sessions that have ended.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let now = tx.now();
    Ok(tx.keep("delete from external_flow where expires_at < ?1", &[now.into()])?
        + tx.keep("delete from external_logout where expires_at < ?1", &[now.into()])?)
}

/// Removes what stands for sessions that have ended.
pub(crate) fn remove_ended(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    tx.keep(
        "delete from external_session where not exists \
         (select 1 from session where session.id = external_session.session_id and session.ended_at is null)",
        &[],
    )
}

/// Finds whom an account of the provider belongs to.
pub(crate) fn find(tx: &ReadTx<'_>, lookup: [u8; 16]) -> Result<Option<Linked>, DbFault> {
    let sql = "select id, user_id, created_at, used_at from external_identity where lookup = ?1";
    tx.believe_found(&IDENTITY, tx.bare_one(sql, &[lookup.into()], linked)?, |linked| linked.id)
}

/// Lists the accounts of the provider that belong to a person.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Linked>, DbFault> {
    let sql = "select id, user_id, created_at, used_at from external_identity where user_id = ?1 order by id";
    tx.bare(sql, &[user.into()], linked)
}

fn linked(row: &db::Row<'_>) -> Result<Linked, DbFault> {
    Ok(Linked { id: row.get(0)?, user: row.get(1)?, created_at: row.get(2)?, used_at: row.get(3)? })
}

/// Stores that an account of the provider belongs to somebody. The caller leaves the line.
pub(crate) fn link(tx: &mut WriteTx<'_>, id: LinkedId, user: UserId, lookup: [u8; 16]) -> Result<(), DbFault> {
    let values: [Val; 4] = [id.into(), user.into(), lookup.into(), tx.now().into()];
    tx.run("insert into external_identity (id, user_id, lookup, created_at) values (?1, ?2, ?3, ?4)", &values)?;
    tx.mark(&IDENTITY, id)
}

/// Writes down that it was signed in with.
pub(crate) fn used(tx: &mut WriteTx<'_>, id: LinkedId) -> Result<(), DbFault> {
    let now = tx.now();
    tx.keep("update external_identity set used_at = ?2 where id = ?1", &[id.into(), now.into()]).map(|_| ())
}

/// Takes an account of the provider away from a person; tells whether it was theirs.
pub(crate) fn unlink(tx: &mut WriteTx<'_>, user: UserId, id: LinkedId) -> Result<bool, DbFault> {
    Ok(tx.run("delete from external_identity where id = ?1 and user_id = ?2", &[id.into(), user.into()])? == 1)
}

/// Keeps which session at the provider began one here.
pub(crate) fn begin_session(
    tx: &mut WriteTx<'_>,
    begun: &Begun,
    (lookup, sid): ([u8; 16], Option<[u8; 16]>),
) -> Result<(), DbFault> {
    let values: [Val; 5] =
        [begun.session.into(), begun.user.into(), lookup.into(), sid.into(), begun.sealed.as_slice().into()];
    tx.keep(
        "insert into external_session (session_id, user_id, lookup, sid, sealed) values (?1, ?2, ?3, ?4, ?5)",
        &values,
    )
    .map(|_| ())
}

/// Finds what began a session here.
pub(crate) fn begun(tx: &ReadTx<'_>, session: SessionId) -> Result<Option<Begun>, DbFault> {
    let sql = "select session_id, user_id, sealed from external_session where session_id = ?1";
    tx.bare_one(sql, &[session.into()], begun_row)
}

/// Lists the sessions here that a session at the provider began.
pub(crate) fn begun_by_session(tx: &ReadTx<'_>, sid: [u8; 16]) -> Result<Vec<Begun>, DbFault> {
    tx.bare("select session_id, user_id, sealed from external_session where sid = ?1", &[sid.into()], begun_row)
}

/// Lists the sessions here that somebody at the provider began.
pub(crate) fn begun_by(tx: &ReadTx<'_>, lookup: [u8; 16]) -> Result<Vec<Begun>, DbFault> {
    tx.bare("select session_id, user_id, sealed from external_session where lookup = ?1", &[lookup.into()], begun_row)
}

fn begun_row(row: &db::Row<'_>) -> Result<Begun, DbFault> {
    Ok(Begun { session: row.get(0)?, user: row.get(1)?, sealed: row.get(2)? })
}

/// Takes a logout token on; tells whether it is the first time.
pub(crate) fn spend(tx: &mut WriteTx<'_>, id: [u8; 16], until: Timestamp) -> Result<bool, DbFault> {
    let sql = "insert into external_logout (id, expires_at) values (?1, ?2) on conflict (id) do nothing";
    Ok(tx.keep(sql, &[id.into(), until.into()])? == 1)
}
