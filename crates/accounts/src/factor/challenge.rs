//! Questions that wait for an answer.
//!
//! A challenge is taken out when it is answered, whatever the answer: it cannot be answered twice, not by two at once and not
//! after it has expired. So a wrong answer must go through the transaction as a value: a fault would put the question back. Who asks and in which session is kept beside it, so that one person's challenge is no other's.

use db::{Bare, DbFault, WriteTx};
use kernel::{ChallengeId, ObjectName, SessionId, Timestamp, UserId};
use proofs::passkey::ASKED_FOR;
use vault::{Aad, KeyOf, Vault};

use crate::{AccountFault, object};

/// A question, taken out to judge its answer.
pub(crate) struct Challenge {
    /// The person it was asked of, where that is known.
    pub(crate) user: Option<UserId>,
    /// The session it was asked in, where there is one.
    pub(crate) session: Option<SessionId>,
    /// What is needed to judge the answer.
    pub(crate) state: crypto::Zeroizing<Vec<u8>>,
}

struct Row {
    user: Option<UserId>,
    session: Option<SessionId>,
    sealed: Vec<u8>,
    expires_at: Timestamp,
}

// Ciphertext and ids; taken out only to judge an answer.
impl Bare for Row {}

fn keeper() -> ObjectName {
    object::user()
}

/// Keeps a question for whoever acts and returns its id.
pub(crate) fn ask(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (purpose, user): (&'static str, Option<UserId>),
    state: &[u8],
) -> Result<ChallengeId, AccountFault> {
    let id: ChallengeId = tx.new_id();
    let aad = Aad { object: &keeper(), record: id.uuid(), purpose };
    let sealed = vault.seal(KeyOf::Object(&keeper()), &aad, state)?;
    let session = tx.cx().session();
    tx.keep(
        "insert into challenge (id, purpose, user_id, session_id, sealed, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[id.into(), purpose.into(), user.into(), session.into(), sealed.into(), tx.now().plus(ASKED_FOR).into()],
    )?;
    Ok(id)
}

/// Takes a question out. Nothing if it is not there, was for something else, was asked in another session, or has expired.
pub(crate) fn take(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    purpose: &'static str,
    id: ChallengeId,
) -> Result<Option<Challenge>, AccountFault> {
    let taken = tx.bare_one(
        "delete from challenge where id = ?1 and purpose = ?2 returning user_id, session_id, sealed, expires_at",
        &[id.into(), purpose.into()],
        |row| Ok(Row { user: row.get(0)?, session: row.get(1)?, sealed: row.get(2)?, expires_at: row.get(3)? }),
    )?;
    let now = tx.now();
    let Some(row) = taken.filter(|row| now < row.expires_at && row.session == tx.cx().session()) else {
        return Ok(None);
    };
    let aad = Aad { object: &keeper(), record: id.uuid(), purpose };
    let state = vault.open_seal(KeyOf::Object(&keeper()), &aad, &row.sealed)?;
    Ok(Some(Challenge { user: row.user, session: row.session, state }))
}

/// Removes questions that nobody answered, and returns how many.
pub(crate) fn remove_old(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    let now = tx.now();
    tx.keep("delete from challenge where expires_at < ?1", &[now.into()])
}
