//! The gate before somebody changes what they sign in with.

use authz::Level;
use db::ReadTx;
use kernel::{Fault as _, UserId};
use ledger::Line;
use vault::Vault;

use super::rules::Has;
use crate::factor::{Kind, store};
use crate::person::Account;
use crate::{AccountFault, object, passkey};

/// Says what a person has to prove with.
pub(crate) fn has(tx: &ReadTx<'_>, vault: &Vault, account: &Account) -> Result<Has, AccountFault> {
    let app = store::list(tx, account.id)?.iter().any(|factor| factor.kind == Kind::Totp);
    // A passkey that waits is nobody's yet: it must not keep its owner from taking it away.
    Ok(Has { passkey: passkey::counts(tx, vault, account)?, app })
}

/// Refuses to add a passkey, or to take one away that waits, before the person has proved what they can prove without one:
/// who lost the only one adds another, and who hears of one that is not theirs is rid of it. That it counts as one only after
/// a while is said in `passkey::rules`.
pub(crate) fn before_adding(tx: &ReadTx<'_>, user: UserId, verb: &'static str) -> Result<(), AccountFault> {
    let app = store::list(tx, user)?.iter().any(|factor| factor.kind == Kind::Totp);
    ask(tx, Has { passkey: false, app }.strongest(), verb)
}

/// Refuses to take something away, or to change the password, before the person has proved the strongest they have: who
/// relays less takes nothing from its owner.
pub(crate) fn before_taking(
    tx: &ReadTx<'_>,
    vault: &Vault,
    account: &Account,
    verb: &'static str,
) -> Result<(), AccountFault> {
    ask(tx, has(tx, vault, account)?.strongest(), verb)
}

/// Never asks for more than other dangerous acts do.
fn ask(tx: &ReadTx<'_>, level: Level, verb: &'static str) -> Result<(), AccountFault> {
    let most = tx.cx().demand().map_or(level, |demand| demand.danger);
    tx.cx().proved(level.min(most)).map_err(|denied| {
        tx.note_denial(Line::denied(verb, object::user(), denied.code()));
        denied.into()
    })
}
