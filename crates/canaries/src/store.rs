//! The statements.

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{RecordId, Timestamp, UserId};

use crate::model::{CanaryId, Kept, Touch};

/// How many touches of one are listed.
const SHOWN: u32 = 20;

/// Stores one.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    (id, by): (CanaryId, UserId),
    sealed: Vec<u8>,
    place: u64,
) -> Result<(), DbFault> {
    let place = i64::try_from(place).unwrap_or(i64::MAX);
    let values: [Val; 5] = [id.into(), sealed.into(), place.into(), by.into(), tx.now().into()];
    tx.run("insert into canary (id, sealed, place, created_by, created_at) values (?1, ?2, ?3, ?4, ?5)", &values)?;
    Ok(())
}

/// Lists all, the newest first.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<Kept>, DbFault> {
    tx.bare("select id, sealed, place, created_by, created_at from canary order by id desc", &[], Kept::from_row)
}

/// Lists who touched one, the newest first.
pub(crate) fn touches(tx: &ReadTx<'_>, id: CanaryId) -> Result<Vec<Touch>, DbFault> {
    let sql = "select user_id, verb, via, at from canary_touch where canary_id = ?1 order by at desc, id desc limit ?2";
    tx.bare(sql, &[id.into(), SHOWN.into()], |row| {
        Ok(Touch { user: row.get(0)?, verb: row.get(1)?, program: row.get::<String>(2)? == PROGRAM, at: row.get(3)? })
    })
}

/// How a touch by a program is stored.
pub(crate) const PROGRAM: &str = "program";
/// How one by a person is.
pub(crate) const PERSON: &str = "person";

/// Tells whether somebody was told of already: the same person in the same way since a moment.
pub(crate) fn is_told(tx: &ReadTx<'_>, id: CanaryId, touch: &Touch, since: Timestamp) -> Result<bool, DbFault> {
    let sql = "select count(*) from canary_touch where canary_id = ?1 and at > ?2 and verb = ?3 \
               and coalesce(user_id, canary_id) = ?4";
    let user = touch.user.map_or_else(|| Val::from(id), Val::from);
    let known: Option<i64> =
        tx.bare_one(sql, &[id.into(), since.into(), touch.verb.as_str().into(), user], |row| row.get(0))?;
    Ok(known.unwrap_or_default() > 0)
}

/// Stores a touch.
pub(crate) fn touch(tx: &mut WriteTx<'_>, id: CanaryId, touch: &Touch) -> Result<(), DbFault> {
    let via = if touch.program { PROGRAM } else { PERSON };
    let row: CanaryId = tx.new_id();
    let values: [Val; 6] =
        [row.into(), id.into(), touch.user.into(), touch.verb.as_str().into(), via.into(), touch.at.into()];
    let sql = "insert into canary_touch (id, canary_id, user_id, verb, via, at) values (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.run(sql, &values).map(|_| ())
}

/// Moves the place behind what was looked at; false if another node was faster.
pub(crate) fn advance(tx: &mut WriteTx<'_>, canary: &Kept, place: u64) -> Result<bool, DbFault> {
    let int = |n: u64| Val::from(i64::try_from(n).unwrap_or(i64::MAX));
    let values: [Val; 3] = [canary.id.into(), int(canary.place), int(place)];
    Ok(tx.keep("update canary set place = ?3 where id = ?1 and place = ?2", &values)? == 1)
}

/// Removes one, and what is known of it.
pub(crate) fn remove(tx: &mut WriteTx<'_>, id: CanaryId) -> Result<bool, DbFault> {
    tx.keep("delete from canary_touch where canary_id = ?1", &[id.into()])?;
    Ok(tx.run("delete from canary where id = ?1", &[id.into()])? == 1)
}

/// Tells whether there is such a contact, outside the bin.
pub(crate) fn is_contact(tx: &ReadTx<'_>, contact: RecordId) -> Result<bool, DbFault> {
    let sql = "select count(*) from r_contact where id = ?1 and deleted_at is null";
    Ok(tx.bare_one(sql, &[contact.into()], |row| row.get::<i64>(0))?.unwrap_or_default() == 1)
}
