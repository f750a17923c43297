//! People leave, and what they owned goes to a successor.
//!
//! [`leave`] closes the account: its sessions, tokens and links end in that transaction, and a job is put into the queue. The job
//! moves records in small batches, each a transaction of its own with a line that names them, and goes on where it stood
//! if the program is killed. [`HandOver`] is what it works on and how far it came.
//!
//! # How to add one more
//! Something else that people leave behind: a step of the job, in the crate `jobs`.

use std::sync::LazyLock;

use authz::{Cx, Grant};
use db::{Bare, DbFault, ReadTx, WriteTx, queue};
use kernel::{Id, ObjectName, Timestamp, UserId, Uuid};
use ledger::Line;

use accounts::{AccountFault, Accounts, State, Wrong};

/// The kind of job that hands over.
pub const HAND_OVER: &str = "hand-over";

/// What is handed over from whom to whom.
#[derive(Clone, Copy, Debug)]
pub struct HandOver {
    id: Id<HandOver>,
    /// Who left.
    pub from: UserId,
    /// Who takes it on.
    pub to: UserId,
    /// How many records have been moved.
    pub moved: i64,
    /// When the last of them was.
    pub finished_at: Option<Timestamp>,
}

// Ids, a count and a time.
impl Bare for HandOver {}

/// Returns the name under which the ledger knows a person.
fn user() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a hand-over reads it")]
    static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse("user").expect("a name"));
    NAME.clone()
}

const SELECT: &str = "select id, from_user, to_user, moved, finished_at from hand_over where id = ?1";
const UNDER_WAY: &str = "select id, from_user, to_user, moved, finished_at from hand_over where from_user = ?1 and finished_at is null limit 1";
const LIST: &str = "select id, from_user, to_user, moved, finished_at from hand_over order by began_at";

impl HandOver {
    fn from_row(row: &db::Row<'_>) -> Result<Self, DbFault> {
        let (id, from, to) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Self { id, from, to, moved: row.get(3)?, finished_at: row.get(4)? })
    }

    /// Finds what a job is to hand over.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn find(tx: &ReadTx<'_>, payload: &[u8]) -> Result<Option<Self>, DbFault> {
        let Ok(id) = Uuid::from_slice(payload) else { return Ok(None) };
        tx.bare_one(SELECT, &[id.into()], Self::from_row)
    }

    /// Writes down how far it came. The transaction has left lines of what it moved.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn came(&self, tx: &mut WriteTx<'_>, more: usize) -> Result<(), DbFault> {
        let (now, n) = (tx.now(), i64::try_from(more).unwrap_or(i64::MAX));
        if more > 0 {
            return tx
                .keep("update hand_over set moved = moved + ?2 where id = ?1", &[self.id.into(), n.into()])
                .map(|_| ());
        }
        tx.note(Line::done(HAND_OVER, user()).about(self.from).about(self.to).fact("moved", self.moved.to_string()));
        tx.run("update hand_over set finished_at = ?2 where id = ?1", &[self.id.into(), now.into()]).map(|_| ())
    }
}

/// Closes an account, if it is not closed yet, and puts what it owned on its way to a successor, in one transaction. What is on
/// its way goes where it was sent.
fn begin(accounts: &Accounts, tx: &mut WriteTx<'_>, from: UserId, to: UserId) -> Result<(), AccountFault> {
    if accounts.read_person::<Grant>(tx, from)?.state == State::Disabled {
        if tx.bare_one(UNDER_WAY, &[from.into()], HandOver::from_row)?.is_some() {
            return Err(AccountFault::WrongState);
        }
    } else {
        accounts.disable_in(tx, from)?;
    }
    if to == from || !accounts.is_active(tx, to)? {
        return Err(AccountFault::Invalid(vec![Wrong { field: "successor", code: "unknown" }]));
    }
    let (id, now): (Id<HandOver>, Timestamp) = (tx.new_id(), tx.now());
    tx.run(
        "insert into hand_over (id, from_user, to_user, moved, began_at) values (?1, ?2, ?3, 0, ?4)",
        &[id.into(), from.into(), to.into(), now.into()],
    )?;
    tx.note(Line::done(HAND_OVER, user()).about(from).about(to).fact("state", "began"));
    queue::enqueue(tx, HAND_OVER, &id.to_bytes(), now)?;
    Ok(())
}

/// Closes an account like [`Accounts::disable_person`], if it is not closed yet, and hands what it owned to somebody else. Opening
/// the account again hands nothing back.
///
/// # Errors
/// `Invalid` on `successor` if that is nobody who may sign in, or the person; [`AccountFault::WrongState`] if its records are on
/// their way already; as `disable_person`.
pub async fn leave(accounts: &Accounts, cx: &Cx, from: UserId, to: UserId) -> Result<(), AccountFault> {
    let its = accounts.clone();
    accounts.db().write(cx, move |tx| begin(&its, tx, from, to)).await?;
    accounts.forget(from);
    Ok(())
}

/// Lists what was handed over, for whoever may see people.
///
/// # Errors
/// [`AccountFault::Denied`].
pub async fn list(accounts: &Accounts, cx: &Cx) -> Result<Vec<HandOver>, AccountFault> {
    let listing = accounts.db().read(cx, |tx| -> Result<_, AccountFault> {
        let _ = authz::scope::<authz::Read>(tx.cx(), &user())?;
        Ok(tx.bare(LIST, &[], HandOver::from_row)?)
    });
    listing.await
}
