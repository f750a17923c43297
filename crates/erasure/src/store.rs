//! The statements.

use db::{DbFault, ReadTx, Row, Val, WriteTx};
use kernel::{RecordId, Timestamp, UserId};

use crate::hold::Kept;
use crate::model::{Erasure, ErasureId, State};

/// The most erasings of a list.
const LISTED: u32 = 500;

/// Stores that somebody is to be erased.
pub(crate) fn insert(tx: &mut WriteTx<'_>, erasure: &Erasure) -> Result<(), DbFault> {
    let values: [Val; 10] = [
        erasure.id.into(),
        (&erasure.record.object).into(),
        erasure.record.id.into(),
        erasure.subject.into(),
        erasure.basis.as_str().into(),
        erasure.user.into(),
        erasure.agreed_by.into(),
        erasure.state.code().into(),
        erasure.gone.pack()?.into(),
        erasure.began_at.into(),
    ];
    let sql = "insert into erasure (id, object, record_id, subject_id, basis, user_id, agreed_by, state, gone, began_at) \
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    tx.run(sql, &values).map(|_| ())
}

/// Finds one.
pub(crate) fn find(tx: &ReadTx<'_>, id: ErasureId) -> Result<Option<Erasure>, DbFault> {
    tx.bare_one(
        "select id, object, record_id, subject_id, basis, user_id, agreed_by, state, gone, began_at, live_at, done_at, certificate \
         from erasure where id = ?1",
        &[id.into()],
        Erasure::from_row,
    )
}

/// Lists all, the newest first.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<Erasure>, DbFault> {
    tx.bare(
        "select id, object, record_id, subject_id, basis, user_id, agreed_by, state, gone, began_at, live_at, done_at, certificate \
         from erasure order by began_at desc, id desc limit ?1",
        &[LISTED.into()],
        Erasure::from_row,
    )
}

/// Lists those that are not done, the oldest first.
pub(crate) fn open(tx: &ReadTx<'_>) -> Result<Vec<Erasure>, DbFault> {
    tx.bare(
        "select id, object, record_id, subject_id, basis, user_id, agreed_by, state, gone, began_at, live_at, done_at, certificate \
         from erasure where done_at is null order by began_at, id limit ?1",
        &[LISTED.into()],
        Erasure::from_row,
    )
}

/// Writes down that the key is destroyed; false if another worker has.
pub(crate) fn keyless(tx: &mut WriteTx<'_>, id: ErasureId) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update erasure set state = 'keyless', live_at = ?2 where id = ?1 and state = 'begun'";
    Ok(tx.run(sql, &[id.into(), now.into()])? == 1)
}

/// Writes down that nothing is left under the key; false if another worker has.
pub(crate) fn swept(tx: &mut WriteTx<'_>, id: ErasureId) -> Result<bool, DbFault> {
    Ok(tx.run("update erasure set state = 'swept' where id = ?1 and state = 'keyless'", &[id.into()])? == 1)
}

/// Ends it with its certificate; false if another worker has.
pub(crate) fn end(tx: &mut WriteTx<'_>, id: ErasureId, certificate: &str) -> Result<bool, DbFault> {
    let now = tx.now();
    let sql = "update erasure set state = ?3, done_at = ?2, certificate = ?4 where id = ?1 and state = 'swept'";
    Ok(tx.run(sql, &[id.into(), now.into(), State::Done.code().into(), certificate.into()])? == 1)
}

fn kept(row: &Row<'_>) -> Result<Kept, DbFault> {
    Ok(Kept {
        id: row.get(0)?,
        reason: row.get(1)?,
        by: row.get(2)?,
        placed_at: row.get(3)?,
        until: row.get(4)?,
        subject: row.get(5)?,
    })
}

/// Finds the hold that stands over a record.
pub(crate) fn hold_of(tx: &ReadTx<'_>, record: RecordId) -> Result<Option<Kept>, DbFault> {
    let sql = "select id, reason, user_id, placed_at, until, subject_id from legal_hold \
               where record_id = ?1 and lifted_at is null and until > ?2";
    tx.bare_one(sql, &[record.into(), tx.now().into()], kept)
}

/// Stores a hold. One whose time is up makes room.
pub(crate) fn hold(tx: &mut WriteTx<'_>, (hold, at): (&Kept, &records::RecordRef)) -> Result<(), DbFault> {
    let now = tx.now();
    let over = "update legal_hold set lifted_at = until where record_id = ?1 and lifted_at is null and until <= ?2";
    tx.run(over, &[at.id.into(), now.into()])?;
    let values: [Val; 8] = [
        hold.id.into(),
        (&at.object).into(),
        at.id.into(),
        hold.subject.into(),
        hold.reason.as_slice().into(),
        hold.by.into(),
        hold.placed_at.into(),
        hold.until.into(),
    ];
    let sql = "insert into legal_hold (id, object, record_id, subject_id, reason, user_id, placed_at, until) \
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    tx.run(sql, &values).map(|_| ())
}

/// Lifts the hold that stands over a record; false if none does.
pub(crate) fn lift(tx: &mut WriteTx<'_>, record: RecordId, by: UserId) -> Result<bool, DbFault> {
    let now: Timestamp = tx.now();
    let sql = "update legal_hold set lifted_by = ?2, lifted_at = ?3 \
               where record_id = ?1 and lifted_at is null and until > ?3";
    Ok(tx.run(sql, &[record.into(), by.into(), now.into()])? == 1)
}

/// Removes what was written about the holds of somebody who is erased.
pub(crate) fn clear_holds(tx: &mut WriteTx<'_>, record: RecordId) -> Result<u64, DbFault> {
    tx.run("update legal_hold set reason = ?2 where record_id = ?1", &[record.into(), Val::Bytes(Vec::new())])
}
