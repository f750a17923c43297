//! The second step of a sign-in.

use authz::{Cx, Level};
use crypto::Zeroizing;
use db::{DbFault, WriteTx};
use kernel::{Email, SessionId, Timestamp};
use ledger::{Line, verbs};
use minicbor::{Decode, Encode};
use proofs::passkey::ASKED_FOR;
use vault::Vault;

use super::act::{Outcome, check, key};
use super::model::CodeSignIn;
use crate::factor::{self, Kind, challenge};
use crate::person::{Account, State, store as people};
use crate::session::NewSession;
use crate::{AccountFault, Accounts, Step, object, sign_in};

/// What the question is for.
const PURPOSE: &str = "sign-in";

/// What is kept between the steps: the hash that the password fitted, and when.
#[derive(Encode, Decode)]
struct Between {
    #[n(0)]
    hash: String,
    #[n(1)]
    since: i64,
}

/// Asks somebody whose password was right for a second factor.
pub(crate) fn ask(tx: &mut WriteTx<'_>, vault: &Vault, account: &Account) -> Result<Step, AccountFault> {
    let between = Between { hash: account.password.clone().unwrap_or_default(), since: tx.now().micros() };
    wait(tx, vault, account, &between, false)
}

fn wait(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    account: &Account,
    between: &Between,
    wrong: bool,
) -> Result<Step, AccountFault> {
    let state = Zeroizing::new(minicbor::to_vec(between).map_err(|_| DbFault::Shape(0))?);
    let passkey = factor::store::list(tx, account.id)?.iter().any(|factor| factor.kind == Kind::Passkey);
    Ok(Step { id: challenge::ask(tx, vault, (PURPOSE, Some(account.id)), &state)?, passkey, wrong })
}

/// What became of an answer.
enum Answered {
    /// There was no such question any more, or the account has changed since.
    Spent,
    /// The code was wrong, or was not looked at.
    Refused(AccountFault),
    /// The code was right.
    Entered((NewSession, Option<SessionId>)),
}

/// Takes the question out and judges the answer. Everything but a failure of the machine is a value: a fault would put the
/// question back, and the count.
fn answer(tx: &mut WriteTx<'_>, vault: &Vault, attempt: &CodeSignIn) -> Result<Answered, AccountFault> {
    let Some((account, between)) = taken(tx, vault, &attempt.step)? else { return Ok(Answered::Spent) };
    let own = sign_in::device::window(tx, vault, (attempt.device.as_deref(), account.id))?;
    match check(tx, vault, &account, (key(vault, account.id, own), &attempt.code))? {
        Outcome::Wait(wait) => Ok(Answered::Refused(AccountFault::TooManyTries(wait))),
        Outcome::Wrong => {
            tx.note(Line::failed(verbs::SIGN_IN_FAILED, object::user(), "wrong-code").about(account.id));
            notices::missed(tx, Some(account.id))?;
            Ok(Answered::Refused(AccountFault::SecondStep(wait(tx, vault, &account, &between, true)?)))
        }
        Outcome::Right(kind) => {
            let by = if kind == Kind::Recovery { "password, recovery code" } else { "password, app" };
            if let Ok(email) = Email::parse(&account.profile(vault)?.email) {
                sign_in::forget_tries(tx, vault, &email, own)?;
            }
            let held = (attempt.previous.as_deref(), attempt.device.as_deref());
            sign_in::enter(tx, vault, account.id, (by, Level::Multi), held).map(Answered::Entered)
        }
    }
}

/// Takes a question out, if it still waits and the account is as it was when the password was checked.
fn taken(tx: &mut WriteTx<'_>, vault: &Vault, step: &str) -> Result<Option<(Account, Between)>, AccountFault> {
    let Ok(id) = step.parse() else { return Ok(None) };
    let Some(asked) = challenge::take(tx, vault, PURPOSE, id)? else { return Ok(None) };
    let between: Between = minicbor::decode(&asked.state).map_err(|_| DbFault::Shape(0))?;
    let Some(user) = asked.user else { return Ok(None) };
    let account = people::known(tx, user)?.filter(|account| {
        let since = Timestamp::from_micros(between.since);
        account.state == State::Active
            && account.password.as_deref() == Some(between.hash.as_str())
            && tx.now() < since.plus(ASKED_FOR)
    });
    Ok(account.map(|account| (account, between)))
}

impl Accounts {
    /// Ends a sign-in by its second step.
    ///
    /// # Errors
    /// [`AccountFault::SecondStep`] with the next question if the code was wrong; [`AccountFault::StepSpent`] if the question
    /// is too old, was answered, or was asked of nobody; [`AccountFault::TooManyTries`].
    pub async fn sign_in_by_code(&self, cx: &Cx, attempt: CodeSignIn) -> Result<NewSession, AccountFault> {
        let vault = self.vault();
        match self.db().write(cx, move |tx| answer(tx, &vault, &attempt)).await? {
            Answered::Spent => Err(AccountFault::StepSpent),
            Answered::Refused(fault) => Err(fault),
            Answered::Entered(entered) => Ok(self.entered(entered)),
        }
    }
}
