//! Changing one's own password.

use authz::Cx;
use crypto::{Secret, Turn};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use notices::{Kind, Notice};
use passwords::About;
use vault::Vault;

use super::act::Fit;
use crate::person::store as people;
use crate::session::{self, NewSession};
use crate::sign_in::store as tries;
use crate::{AccountFault, Accounts, factor, object};

/// What is needed to judge the change: the present hash, and what the new password must not be made of.
struct Present {
    hash: Option<String>,
    about: About,
}

/// Counts the try, so that a stolen session cannot guess the password; then looks at the account. The count stands even
/// when the answer is a fault, so that goes through the transaction as a value.
fn begin(tx: &mut WriteTx<'_>, vault: &Vault, own: UserId) -> Result<Result<Present, AccountFault>, AccountFault> {
    let window = tries::count(tx, key(vault, own))?;
    if let Some(wait) = window.wait(tx.now()) {
        if window.worth_a_line() {
            tx.note(Line::denied(verbs::LOCK_OUT, object::user(), "too-many-tries").about(own));
        }
        return Ok(Err(AccountFault::TooManyTries(wait)));
    }
    Ok(present(tx, vault, own))
}

fn present(tx: &ReadTx<'_>, vault: &Vault, own: UserId) -> Result<Present, AccountFault> {
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let profile = account.profile(vault)?;
    let one_of_two = factor::is_asked_for(&factor::store::list(tx, own)?);
    let about = About { name: profile.name, email: profile.email, workspace: String::new(), one_of_two };
    Ok(Present { hash: account.password, about })
}

fn key(vault: &Vault, own: UserId) -> [u8; 16] {
    vault.blind("throttle.password", &own.to_string())
}

/// Writes the new hash; every session ends and the one that acts goes on under a new id.
fn finish(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    own: UserId,
    old: Option<&str>,
    (new, leans): (String, bool),
) -> Result<NewSession, AccountFault> {
    let account = people::known(tx, own)?.filter(|account| account.password.as_deref() == old);
    let mut account = account.ok_or(AccountFault::SignedOut)?;
    if leans && !factor::is_asked_for(&factor::store::list(tx, own)?) {
        return Err(AccountFault::wrong("password", "password-short"));
    }
    account.password = Some(new);
    let mut profile = account.profile(vault)?;
    profile.leans = Some(leans);
    account.sealed = profile.seal(vault, own, account.subject)?;
    people::update_own(tx, &account)?;
    tx.note(Line::done(verbs::PASSWORD_CHANGE, object::user()).about(own));
    notices::tell(tx, vault, own, account.subject, &Notice::new(Kind::PasswordChanged))?;
    session::act::renew_alone(tx, vault, "password-changed")
}

impl Accounts {
    /// Changes the password of the person who acts, or gives them one if they have none: then the proof before it stands for the
    /// present one. All their sessions end; the one that acts is replaced by the one
    /// returned. Tokens go on: they are withdrawn one by one, in sight of what they are for.
    ///
    /// # Errors
    /// `Invalid` on `current` if that is wrong, on `password` if the rules refuse the new one;
    /// [`AccountFault::TooManyTries`]; [`AccountFault::Denied`] (a step-up) if they have proved less lately than they can.
    pub async fn change_password(
        &self,
        cx: &Cx,
        current: Secret<String>,
        new: Secret<String>,
    ) -> Result<NewSession, AccountFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        self.prove_before_vouching(cx, verbs::PASSWORD_CHANGE).await?;
        let vault = self.vault();
        let present = self.db().read(cx, move |tx| present(tx, &vault, own)).await?;
        let (old, mut about) = match present.hash {
            Some(_) => {
                self.prove(cx, own, current, verbs::PASSWORD_CHANGE).await.map(|(old, about)| (Some(old), about))?
            }
            None => (None, present.about),
        };
        about.workspace = self.workspace_name(cx).await?;
        let leans = passwords::leans(&passwords::normal(&new));
        let (new, vault) = (self.take_password(new, about).await?, self.vault());
        let session = self.db().write(cx, move |tx| finish(tx, &vault, own, old.as_deref(), (new, leans))).await?;
        self.forget(own);
        Ok(session)
    }

    /// Compares the present password, and returns its hash and what a new one must not be made of. `verb` says in the ledger
    /// what a wrong one was given for.
    pub(crate) async fn prove(
        &self,
        cx: &Cx,
        own: UserId,
        current: Secret<String>,
        verb: &'static str,
    ) -> Result<(String, About), AccountFault> {
        let vault = self.vault();
        let Present { hash, about } = self.db().write(cx, move |tx| begin(tx, &vault, own)).await??;
        let fits = matches!(self.fits(current, hash.clone(), Turn::Known).await?, Fit::Yes { .. });
        let proved = hash.filter(|_| fits);
        let (vault, right) = (self.vault(), proved.is_some());
        let noting = self.db().write(cx, move |tx| -> Result<(), AccountFault> {
            if right {
                tries::forget(tx, key(&vault, own))?;
            } else {
                let code = AccountFault::WrongCredentials.code();
                tx.note(Line::failed(verb, object::user(), code).about(own));
            }
            Ok(())
        });
        noting.await?;
        proved.map(|hash| (hash, about)).ok_or_else(|| AccountFault::wrong("current", "wrong"))
    }
}
