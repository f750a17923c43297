//! Making a set of codes, and using one.

use authz::Cx;
use crypto::Secret;
use db::WriteTx;
use kernel::{SubjectId, UserId};
use ledger::{Line, verbs};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use proofs::recovery as paper;
use vault::Vault;

use crate::factor::{self, Factor, Kind};
use crate::person::store as people;
use crate::{AccountFault, Accounts, object, second_step};

/// What is sealed about a set: the keyed hash of each code that is still good.
#[derive(Encode, Decode)]
struct Content {
    #[n(0)]
    hashes: Vec<ByteArray<32>>,
}

/// Returns how many codes of a set are still good.
pub(crate) fn left(vault: &Vault, subject: SubjectId, set: &Factor) -> Result<usize, AccountFault> {
    factor::open::<Content>(vault, subject, set).map(|content| content.hashes.len())
}

/// Returns what becomes of a set when a code is used up; nothing if the code is not in it.
pub(crate) fn spend(
    vault: &Vault,
    subject: SubjectId,
    set: &Factor,
    typed: &str,
) -> Result<Option<Vec<u8>>, AccountFault> {
    let Some(code) = paper::normal(typed) else { return Ok(None) };
    spend_hash(vault, subject, set, vault.token_hash(code.expose().as_bytes()))
}

/// Does the same by the keyed hash of a code.
pub(crate) fn spend_hash(
    vault: &Vault,
    subject: SubjectId,
    set: &Factor,
    hash: [u8; 32],
) -> Result<Option<Vec<u8>>, AccountFault> {
    let mut content = factor::open::<Content>(vault, subject, set)?;
    let before = content.hashes.len();
    content.hashes.retain(|known| !crypto::same(known.as_slice(), &hash));
    if content.hashes.len() == before { Ok(None) } else { factor::seal(vault, set.id, subject, &content).map(Some) }
}

/// Takes the codes away from somebody who has nothing left that they stand in for.
pub(crate) fn drop_unless_asked_for(tx: &mut WriteTx<'_>, own: UserId, rest: &[Factor]) -> Result<(), AccountFault> {
    for gone in rest.iter().filter(|factor| factor.kind == Kind::Recovery && !factor::is_asked_for(rest)) {
        factor::store::remove(tx, own, gone.id)?;
        let line = Line::done(verbs::FACTOR_REMOVE, object::user()).about(own).about(gone.id);
        tx.note(line.fact("kind", gone.kind.code()));
    }
    Ok(())
}

/// Makes a set for a person who has none.
pub(crate) fn issue_first(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    own: UserId,
) -> Result<Option<Vec<Secret<String>>>, AccountFault> {
    let known = factor::store::list(tx, own)?.iter().any(|factor| factor.kind == Kind::Recovery);
    if known { Ok(None) } else { issue(tx, vault, own).map(Some) }
}

/// Makes a set, in the place of one the person has, and returns the codes to show once.
fn issue(tx: &mut WriteTx<'_>, vault: &Vault, own: UserId) -> Result<Vec<Secret<String>>, AccountFault> {
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let factors = factor::store::list(tx, own)?;
    if !factor::is_asked_for(&factors) {
        return Err(AccountFault::WrongState);
    }
    for old in factors.into_iter().filter(|factor| factor.kind == Kind::Recovery) {
        factor::store::remove(tx, own, old.id)?;
    }
    let codes: Vec<Secret<String>> = (0..paper::CODES).map(|_| paper::generate(tx.chance())).collect();
    let hashes = codes.iter().map(|code| vault.token_hash(code.expose().as_bytes()).into()).collect();
    let (id, created_at) = (tx.new_id(), tx.now());
    let sealed = factor::seal(vault, id, account.subject, &Content { hashes })?;
    let set =
        Factor { id, user: own, kind: Kind::Recovery, lookup: None, sealed, created_at, used_at: None, version: 1 };
    factor::store::insert(tx, set)?;
    tx.note(Line::done(verbs::FACTOR_ADD, object::user()).about(own).about(id).fact("kind", Kind::Recovery.code()));
    factor::tell(tx, vault, &account, (notices::Kind::FactorAdded, Kind::Recovery))?;
    Ok(codes.iter().map(paper::spell).collect())
}

impl Accounts {
    /// Makes new recovery codes for the person who acts; the old ones are good no longer. Whoever has a passkey proves it; without
    /// one it needs a code of the app, or one of the old ones.
    ///
    /// # Errors
    /// `Invalid` on `code` if that is wrong; [`AccountFault::TooManyTries`]; [`AccountFault::Denied`] (a step-up);
    /// [`AccountFault::WrongState`] if there is nothing that codes could stand in for.
    pub async fn renew_recovery(&self, cx: &Cx, code: Secret<String>) -> Result<Vec<Secret<String>>, AccountFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        second_step::changed(self, cx, own, code, verbs::FACTOR_ADD, issue).await
    }
}
