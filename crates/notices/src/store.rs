//! The statements.

use std::sync::LazyLock;

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{NoticeId, ObjectName, SessionId, SubjectId, Timestamp, UserId};

use crate::Kind;
use crate::entry::EntryRow;
use crate::model::NoticeRow;

/// Returns the name under which the ledger knows a notice.
pub(crate) fn object() -> ObjectName {
    #[expect(
        clippy::expect_used,
        reason = "the word is a constant, and every test that tells anybody anything reads it"
    )]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("notice").expect("a name"));
    NAME.clone()
}

/// Stores a notice.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    id: NoticeId,
    (user, subject): (UserId, SubjectId),
    kind: Kind,
    sealed: Vec<u8>,
) -> Result<(), DbFault> {
    let session = tx.cx().session();
    let values: [Val; 7] =
        [id.into(), user.into(), subject.into(), session.into(), kind.code().into(), sealed.into(), tx.now().into()];
    tx.run(
        "insert into notice (id, user_id, subject_id, session_id, kind, sealed, created_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &values,
    )?;
    Ok(())
}

/// Says in which session a notice came about, where that began only with it.
pub(crate) fn set_session(tx: &mut WriteTx<'_>, id: NoticeId, session: SessionId) -> Result<(), DbFault> {
    tx.keep("update notice set session_id = ?2 where id = ?1", &[id.into(), session.into()]).map(|_| ())
}

/// Lists what a person has not seen in this browser, the newest first.
pub(crate) fn unseen(tx: &ReadTx<'_>, user: UserId, browser: [u8; 16]) -> Result<Vec<NoticeRow>, DbFault> {
    tx.bare(
        "select id, subject_id, session_id, kind, sealed, created_at, 0 from notice \
         where user_id = ?1 and seen_at is null \
         and not exists (select 1 from notice_seen where notice_id = notice.id and browser = ?2) \
         order by id desc limit 100",
        &[user.into(), browser.into()],
        NoticeRow::from_row,
    )
}

/// Lists what a person was told, the newest first.
pub(crate) fn list(tx: &ReadTx<'_>, user: UserId, browser: [u8; 16]) -> Result<Vec<NoticeRow>, DbFault> {
    tx.bare(
        "select id, subject_id, session_id, kind, sealed, created_at, \
         case when seen_at is not null \
         or exists (select 1 from notice_seen where notice_id = notice.id and browser = ?2) then 1 else 0 end \
         from notice where user_id = ?1 order by id desc limit 100",
        &[user.into(), browser.into()],
        NoticeRow::from_row,
    )
}

/// Finds one notice of a person.
pub(crate) fn find(
    tx: &ReadTx<'_>,
    (user, id): (UserId, NoticeId),
    browser: [u8; 16],
) -> Result<Option<NoticeRow>, DbFault> {
    tx.bare_one(
        "select id, subject_id, session_id, kind, sealed, created_at, \
         case when seen_at is not null \
         or exists (select 1 from notice_seen where notice_id = notice.id and browser = ?3) then 1 else 0 end \
         from notice where user_id = ?1 and id = ?2",
        &[user.into(), id.into(), browser.into()],
        NoticeRow::from_row,
    )
}

/// Puts a notice out of the way: in this browser only, or everywhere.
pub(crate) fn see(tx: &mut WriteTx<'_>, id: NoticeId, (browser, everywhere): ([u8; 16], bool)) -> Result<(), DbFault> {
    let now = tx.now();
    if everywhere {
        tx.run("update notice set seen_at = ?2 where id = ?1 and seen_at is null", &[id.into(), now.into()])?;
    } else {
        tx.run(
            "insert into notice_seen (notice_id, browser) values (?1, ?2) on conflict (notice_id, browser) do nothing",
            &[id.into(), browser.into()],
        )?;
    }
    Ok(())
}

/// Moves what is tied to a session to the one that takes its place.
pub(crate) fn follow(tx: &mut WriteTx<'_>, old: SessionId, new: SessionId) -> Result<(), DbFault> {
    let values = [old.into(), new.into()];
    tx.keep("update entry set session_id = ?2 where session_id = ?1", &values)?;
    tx.keep("update notice set session_id = ?2 where session_id = ?1 and seen_at is null", &values)?;
    Ok(())
}

/// Stores that somebody came in.
pub(crate) fn insert_entry(
    tx: &mut WriteTx<'_>,
    row: &EntryRow,
    (user, session, browser): (UserId, SessionId, [u8; 16]),
) -> Result<(), DbFault> {
    let values: [Val; 7] = [
        row.id.into(),
        user.into(),
        row.subject.into(),
        session.into(),
        browser.into(),
        row.sealed.as_slice().into(),
        row.created_at.into(),
    ];
    tx.run(
        "insert into entry (id, user_id, subject_id, session_id, browser, sealed, created_at, failed_after) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        &values,
    )?;
    Ok(())
}

/// Counts a try that failed after the last time a person came in.
pub(crate) fn miss(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), DbFault> {
    let sql = "update entry set failed_after = failed_after + 1 \
               where id = (select id from entry where user_id = ?1 order by id desc limit 1)";
    tx.keep(sql, &[user.into()]).map(|_| ())
}

/// Finds how the present session began, if nothing was said about it yet.
pub(crate) fn ungreeted(tx: &ReadTx<'_>, session: SessionId) -> Result<Option<EntryRow>, DbFault> {
    tx.bare_one(
        "select id, subject_id, sealed, created_at, failed_after from entry where session_id = ?1 and greeted_at is null",
        &[session.into()],
        EntryRow::from_row,
    )
}

/// Finds the sign-in before another.
pub(crate) fn before(tx: &ReadTx<'_>, user: UserId, entry: &EntryRow) -> Result<Option<EntryRow>, DbFault> {
    tx.bare_one(
        "select id, subject_id, sealed, created_at, failed_after from entry where user_id = ?1 and id < ?2 \
         order by id desc limit 1",
        &[user.into(), entry.id.into()],
        EntryRow::from_row,
    )
}

/// Lists how a person came in, the last time first.
pub(crate) fn entries(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<EntryRow>, DbFault> {
    tx.bare(
        "select id, subject_id, sealed, created_at, failed_after from entry where user_id = ?1 order by id desc limit 10",
        &[user.into()],
        EntryRow::from_row,
    )
}

/// Remembers that the greeting of a session was shown.
pub(crate) fn greeted(tx: &mut WriteTx<'_>, session: SessionId) -> Result<(), DbFault> {
    let now = tx.now();
    let sql = "update entry set greeted_at = ?2 where session_id = ?1 and greeted_at is null";
    tx.keep(sql, &[session.into(), now.into()]).map(|_| ())
}

/// Tells whether a person came in with a browser before a moment.
pub(crate) fn knew(tx: &ReadTx<'_>, user: UserId, (browser, before): ([u8; 16], Timestamp)) -> Result<bool, DbFault> {
    let sql = "select id from entry where user_id = ?1 and browser = ?2 and created_at < ?3 limit 1";
    let values = [user.into(), browser.into(), before.into()];
    Ok(tx.bare_one(sql, &values, |row| row.get::<kernel::Uuid>(0))?.is_some())
}

/// Removes what is older than `before`, and returns how much.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    let values = [before.into()];
    tx.keep("delete from notice_seen where notice_id in (select id from notice where created_at < ?1)", &values)?;
    Ok(tx.keep("delete from notice where created_at < ?1", &values)?
        + tx.keep("delete from entry where created_at < ?1", &values)?)
}
