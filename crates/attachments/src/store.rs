//! The statements.

use std::time::Duration;

use db::{Bare, DbFault, ReadTx, Val, WriteTx};
use kernel::{ObjectName, RecordId, SubjectId, Timestamp, UserId, Uuid};
use vault::Marker;

use crate::mark;
use crate::model::{AttachmentId, Kept, Place};

/// Rows of files as [`Kept`] reads them.
macro_rules! kept {
    ($which:literal) => {
        concat!(
            "select id, object, record_id, subject_id, user_id, size, parts, sealed, preview is not null, created_at, removed_at, \
             state, version, row_mark from attachment ",
            $which
        )
    };
}

/// A file that has not come to its end after so long has been given up.
pub(crate) const ON_ITS_WAY: Duration = Duration::from_secs(60 * 60);

/// Ciphertext of a file.
pub(crate) struct Part(pub(crate) Vec<u8>);

// Ciphertext, opened for whoever may read the record.
impl Bare for Part {}

/// Makes everybody who brings or takes back a file for somebody go one after the other.
pub(crate) fn one_at_a_time(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), DbFault> {
    tx.keep("update app_user set version = version where id = ?1", &[user.into()]).map(|_| ())
}

/// Stores that a file is on its way. It is no fact yet.
pub(crate) fn begin(tx: &mut WriteTx<'_>, place: &Place, user: UserId) -> Result<(), DbFault> {
    let now = tx.now();
    let values: [Val; 7] = [
        place.id.into(),
        (&place.at.object).into(),
        place.at.id.into(),
        place.subject.into(),
        user.into(),
        Vec::<u8>::new().into(),
        now.into(),
    ];
    let sql = "insert into attachment (id, object, record_id, subject_id, user_id, state, size, parts, sealed, created_at) \
               values (?1, ?2, ?3, ?4, ?5, 'arriving', 0, 0, ?6, ?7)";
    tx.keep(sql, &values).map(|_| ())
}

/// Stores what came of it; false if it was given up meanwhile.
pub(crate) fn part(tx: &mut WriteTx<'_>, (id, number): (AttachmentId, i64), sealed: Vec<u8>) -> Result<bool, DbFault> {
    let size = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
    let sql = "update attachment set parts = parts + 1, size = size + ?3 \
               where id = ?1 and parts = ?2 and state = 'arriving'";
    if tx.keep(sql, &[id.into(), number.into(), size.into()])? != 1 {
        return Ok(false);
    }
    let sql = "insert into attachment_part (attachment_id, number, sealed) values (?1, ?2, ?3)";
    tx.keep(sql, &[id.into(), number.into(), sealed.into()])?;
    Ok(true)
}

/// Stores the preview of a file that has come to its end.
pub(crate) fn picture(tx: &mut WriteTx<'_>, id: AttachmentId, preview: Vec<u8>) -> Result<(), DbFault> {
    let sql = "update attachment set preview = ?2 where id = ?1 and state = 'arriving'";
    tx.keep(sql, &[id.into(), preview.into()]).map(|_| ())
}

/// Writes what may change in the row of a file over the version that was read, with its mark; false if somebody was faster.
pub(crate) fn write(tx: &mut WriteTx<'_>, marker: &Marker, (kept, over): (&Kept, i64)) -> Result<bool, DbFault> {
    let mark = marker.mark(&mark::spell(kept)).to_vec();
    let values: [Val; 8] = [
        kept.place.id.into(),
        over.into(),
        kept.state.code().into(),
        kept.size.into(),
        kept.sealed.clone().into(),
        kept.removed_at.into(),
        kept.version.into(),
        mark.into(),
    ];
    let sql = "update attachment set state = ?3, size = ?4, sealed = ?5, removed_at = ?6, version = ?7, row_mark = ?8 \
               where id = ?1 and version = ?2";
    Ok(tx.run(sql, &values)? == 1)
}

/// Removes a file that did not come to its end.
pub(crate) fn give_up(tx: &mut WriteTx<'_>, id: AttachmentId) -> Result<(), DbFault> {
    let sql = "delete from attachment_part where attachment_id in \
               (select id from attachment where id = ?1 and state = 'arriving')";
    tx.keep(sql, &[id.into()])?;
    tx.keep("delete from attachment where id = ?1 and state = 'arriving'", &[id.into()]).map(|_| ())
}

/// Removes what somebody began and did not bring to its end.
pub(crate) fn give_up_old(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), DbFault> {
    let before = tx.now().minus(ON_ITS_WAY);
    let sql = "select id from attachment where user_id = ?1 and state = 'arriving' and created_at < ?2";
    let old: Vec<AttachmentId> = tx.bare(sql, &[user.into(), before.into()], |row| row.get(0))?;
    old.into_iter().try_for_each(|id| give_up(tx, id))
}

/// How much there is.
pub(crate) struct Held {
    /// Files on a record, and on their way to it.
    pub(crate) on_record: i64,
    /// Bytes by somebody's hand.
    pub(crate) bytes: i64,
    /// Files of theirs that are on their way.
    pub(crate) arriving: i64,
}

/// Counts.
pub(crate) fn held(tx: &ReadTx<'_>, record: RecordId, user: UserId) -> Result<Held, DbFault> {
    let one = |sql: &'static str, id: Val| -> Result<i64, DbFault> {
        Ok(tx.bare_one(sql, &[id], |row| row.get(0))?.unwrap_or_default())
    };
    Ok(Held {
        on_record: one("select count(*) from attachment where record_id = ?1 and state <> 'removed'", record.into())?,
        bytes: one("select cast(coalesce(sum(size), 0) as bigint) from attachment where user_id = ?1", user.into())?,
        arriving: one("select count(*) from attachment where user_id = ?1 and state = 'arriving'", user.into())?,
    })
}

/// Lists what is on a record, the newest first.
pub(crate) fn on(tx: &ReadTx<'_>, record: RecordId) -> Result<Vec<Kept>, DbFault> {
    tx.bare(
        kept!("where record_id = ?1 and state = 'kept' order by created_at desc, id desc"),
        &[record.into()],
        Kept::from_row,
    )
}

/// Finds one on a record, whatever its state.
pub(crate) fn find(tx: &ReadTx<'_>, record: RecordId, id: AttachmentId) -> Result<Option<Kept>, DbFault> {
    tx.bare_one(kept!("where id = ?1 and record_id = ?2"), &[id.into(), record.into()], Kept::from_row)
}

/// Finds one by its id alone, for the program itself.
pub(crate) fn seek(tx: &ReadTx<'_>, id: Uuid) -> Result<Option<Kept>, DbFault> {
    tx.bare_one(kept!("where id = ?1"), &[id.into()], Kept::from_row)
}

/// Lists the next files on records of an object that are about nobody, all of which came.
pub(crate) fn about_nobody(
    tx: &ReadTx<'_>,
    of: &ObjectName,
    (behind, most): (Option<Uuid>, u64),
) -> Result<Vec<Uuid>, DbFault> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = "select id from attachment where object = ?1 and subject_id is null and state <> 'arriving' and id > ?2 \
               order by id limit ?3";
    tx.bare(sql, &[of.into(), behind.unwrap_or(Uuid::nil()).into(), most.into()], |row| row.get(0))
}

/// Writes what is sealed beside a file, and the mark; it stays what it was, and its version with it.
pub(crate) fn seal_anew(tx: &mut WriteTx<'_>, marker: &Marker, kept: &Kept) -> Result<(), DbFault> {
    let mark = marker.mark(&mark::spell(kept)).to_vec();
    let values: [Val; 4] = [kept.place.id.into(), kept.version.into(), kept.sealed.clone().into(), mark.into()];
    tx.keep("update attachment set sealed = ?3, row_mark = ?4 where id = ?1 and version = ?2", &values).map(|_| ())
}

/// Lists the next of all, whatever their state.
pub(crate) fn behind(tx: &ReadTx<'_>, (behind, most): (Option<Uuid>, u64)) -> Result<Vec<Kept>, DbFault> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.bare(
        kept!("where id > ?1 order by id limit ?2"),
        &[behind.unwrap_or(Uuid::nil()).into(), most.into()],
        Kept::from_row,
    )
}

/// Returns ciphertext of a file.
pub(crate) fn part_of(tx: &ReadTx<'_>, id: AttachmentId, number: i64) -> Result<Option<Part>, DbFault> {
    let sql = "select sealed from attachment_part where attachment_id = ?1 and number = ?2";
    tx.bare_one(sql, &[id.into(), number.into()], |row| row.get(0).map(Part))
}

/// Returns the sealed preview of a file.
pub(crate) fn preview(tx: &ReadTx<'_>, id: AttachmentId) -> Result<Option<Part>, DbFault> {
    let sql = "select preview from attachment where id = ?1 and preview is not null";
    tx.bare_one(sql, &[id.into()], |row| row.get(0).map(Part))
}

/// Lists what is to go for good: what was removed before a moment, unless a legal hold stands over its record, and what never
/// came to its end.
pub(crate) fn due(tx: &ReadTx<'_>, removed: Timestamp) -> Result<Vec<AttachmentId>, DbFault> {
    let begun = tx.now().minus(ON_ITS_WAY);
    let sql = "select id from attachment where (state = 'removed' and removed_at < ?1 and not exists \
               (select 1 from legal_hold where legal_hold.record_id = attachment.record_id and lifted_at is null \
               and until > ?3)) or (state = 'arriving' and created_at < ?2) order by id limit 100";
    tx.bare(sql, &[removed.into(), begun.into(), tx.now().into()], |row| row.get(0))
}

/// Lists what is sealed for somebody, whatever its state.
pub(crate) fn about(tx: &ReadTx<'_>, subject: SubjectId) -> Result<Vec<AttachmentId>, DbFault> {
    tx.bare("select id from attachment where subject_id = ?1 order by id", &[subject.into()], |row| row.get(0))
}

/// Lists all on a record, whatever its state.
pub(crate) fn every(tx: &ReadTx<'_>, record: RecordId) -> Result<Vec<AttachmentId>, DbFault> {
    tx.bare("select id from attachment where record_id = ?1 order by id", &[record.into()], |row| row.get(0))
}

/// Destroys one.
pub(crate) fn destroy(tx: &mut WriteTx<'_>, id: AttachmentId) -> Result<(), DbFault> {
    tx.run("delete from attachment_part where attachment_id = ?1", &[id.into()])?;
    tx.run("delete from attachment where id = ?1", &[id.into()]).map(|_| ())
}
