//! What the crates above need to let somebody in afresh, and to find out who that is. Everything is done inside their
//! transactions; what they decide is theirs.

use std::time::Duration;

use authz::{Action, Cx, Denied, Identity, Level, Role};
use crypto::Secret;
use db::{DbFault, Permitted, ReadTx, WriteTx};
use kernel::{SubjectId, UserId};
use ledger::{ActorRef, Line, Origin, Via, verbs};
use passwords::About;
use proofs::recovery as paper;

use crate::factor::{self, Kind};
use crate::person::{Person, State, act::EMAIL, store as people};
use crate::session::NewSession;
use crate::sign_in::{self, device};
use crate::{AccountFault, Accounts, link, object, recovery, session, token};

/// By what somebody comes in, in the ledger's words.
pub(crate) const RESCUE: &str = "rescue";

impl Accounts {
    /// Counts a try of somebody, in the window of their network and in that of what they name; returns how long to wait if it
    /// is not heard.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn unheard(&self, tx: &mut WriteTx<'_>, what: &str, named: &str) -> Result<Option<Duration>, DbFault> {
        sign_in::turned_away(tx, &self.inner().vault, what, named)
    }

    /// Returns what finds an e-mail address in its folded form.
    #[must_use]
    pub fn blind_email(&self, folded: &str) -> [u8; 16] {
        self.inner().vault.blind(EMAIL, folded)
    }

    /// Finds somebody who may sign in by what their address is found by.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn active_by_email(&self, tx: &ReadTx<'_>, blind: [u8; 16]) -> Result<Option<UserId>, DbFault> {
        let account = people::known_by_email(tx, blind)?.filter(|account| account.state == State::Active);
        Ok(account.map(|account| account.id))
    }

    /// Lists the administrators who may sign in, with the keys that what they are told is sealed with.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn administrators(&self, tx: &ReadTx<'_>) -> Result<Vec<(UserId, SubjectId)>, DbFault> {
        self.holders(tx, &[Role::Administrator])
    }

    /// Does the same for whoever holds one of these roles.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn holders(&self, tx: &ReadTx<'_>, roles: &[Role]) -> Result<Vec<(UserId, SubjectId)>, DbFault> {
        let mut active = people::active_accounts(tx)?;
        active.retain(|account| account.roles.iter().any(|role| roles.contains(role)));
        Ok(active.iter().map(|account| (account.id, account.subject)).collect())
    }

    /// Lists who is told of an alarm: administrators and security officers who may sign in, with the keys for what they are told.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn guardians(&self, tx: &ReadTx<'_>) -> Result<Vec<(UserId, SubjectId)>, DbFault> {
        let guards = |role: &Role| matches!(role, Role::Administrator | Role::SecurityOfficer);
        let active = people::active_accounts(tx)?.into_iter().filter(|account| account.roles.iter().any(guards));
        Ok(active.map(|account| (account.id, account.subject)).collect())
    }

    /// Mints the context of somebody as they are at this moment, for what a second person agreed to that they do; nothing if
    /// they may not sign in any more.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    #[expect(
        clippy::disallowed_methods,
        reason = "a home of authentication: the person asked in a session, with a proof"
    )]
    pub fn as_of_now(&self, tx: &ReadTx<'_>, user: UserId) -> Result<Option<Cx>, DbFault> {
        let account = people::known(tx, user)?.filter(|account| account.state == State::Active);
        let Some(account) = account else { return Ok(None) };
        let (actor, rights) = (ActorRef::User(user), account.rights(tx)?);
        let identity = Identity { actor, person: Some(user), session: None, rights };
        Ok(Some(Cx::mint(identity, Origin::via(Via::Job), tx.cx().request(), tx.cx().lang())))
    }

    /// Closes an account inside a transaction that does more. Call [`forget`](Self::forget) when it has committed.
    ///
    /// # Errors
    /// As [`disable_person`](Self::disable_person).
    pub fn disable_in(&self, tx: &mut WriteTx<'_>, user: UserId) -> Result<(), AccountFault> {
        crate::person::act::disable(tx, user)
    }

    /// Tells whether somebody may sign in.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn is_active(&self, tx: &ReadTx<'_>, user: UserId) -> Result<bool, DbFault> {
        Ok(people::known(tx, user)?.is_some_and(|account| account.state == State::Active))
    }

    /// Opens a person for an act.
    ///
    /// # Errors
    /// [`AccountFault::Denied`].
    pub fn read_person<A: Action>(&self, tx: &ReadTx<'_>, user: UserId) -> Result<Permitted<Person, A>, AccountFault> {
        let account = people::find(tx, user)?.ok_or(Denied::Hidden)?.open::<A>(tx)?;
        account.turn(|account| Person::open(&account, &self.inner().vault))
    }

    /// Returns the keyed hash of a recovery code as typed; nothing if it is none.
    #[must_use]
    pub fn recovery_hash(&self, typed: &Secret<String>) -> Option<[u8; 32]> {
        paper::normal(typed.expose()).map(|code| self.inner().vault.token_hash(code.expose().as_bytes()))
    }

    /// Uses up a recovery code of somebody; tells whether it was one of theirs.
    ///
    /// # Errors
    /// [`AccountFault`] of the machine.
    pub fn spend_recovery(&self, tx: &mut WriteTx<'_>, user: UserId, hash: [u8; 32]) -> Result<bool, AccountFault> {
        let Some(account) = people::known(tx, user)? else { return Ok(false) };
        for set in factor::store::list(tx, user)?.into_iter().filter(|factor| factor.kind == Kind::Recovery) {
            if let Some(sealed) = recovery::spend_hash(&self.inner().vault, account.subject, &set, hash)? {
                let now = tx.now();
                factor::store::update(tx, factor::Factor { sealed, ..set }, Some(now))?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets somebody in afresh: with a new password, and with nothing of what was there before. `proof` says in the same
    /// transaction that they may; what it leaves undone, nothing of it happens.
    ///
    /// # Errors
    /// What `proof` says; `Invalid` on `password`; [`AccountFault::LinkSpent`] if the person may not sign in any more.
    pub async fn start_afresh(
        &self,
        cx: &Cx,
        user: UserId,
        password: Secret<String>,
        proof: impl FnOnce(&mut WriteTx<'_>) -> Result<(), AccountFault> + Send + 'static,
    ) -> Result<NewSession, AccountFault> {
        let vault = self.vault();
        let asking =
            self.db().read(cx, move |tx| people::known(tx, user)?.ok_or(AccountFault::LinkSpent)?.profile(&vault));
        let profile = asking.await?;
        let workspace = self.workspace_name(cx).await?;
        let about = About { name: profile.name, email: profile.email, workspace, one_of_two: false };
        let hash = self.take_password(password, about).await?;
        let this = self.clone();
        let session = self.db().write(cx, move |tx| proof(tx).and_then(|()| this.replace(tx, user, hash))).await?;
        self.forget(user);
        Ok(session)
    }

    fn replace(&self, tx: &mut WriteTx<'_>, user: UserId, hash: String) -> Result<NewSession, AccountFault> {
        let vault = &self.inner().vault;
        let account = people::known(tx, user)?.filter(|account| account.state == State::Active);
        let mut account = account.ok_or(AccountFault::LinkSpent)?;
        let mut profile = account.profile(vault)?;
        profile.leans = Some(false);
        account.sealed = profile.seal(vault, user, account.subject)?;
        account.password = Some(hash);
        people::update_own(tx, &account)?;
        tx.note(Line::done(verbs::PASSWORD_CHANGE, object::user()).about(user).fact("why", RESCUE));
        for gone in factor::store::list(tx, user)? {
            factor::store::remove(tx, user, gone.id)?;
            let line = Line::done(verbs::FACTOR_REMOVE, object::user()).about(user).about(gone.id);
            tx.note(line.fact("kind", gone.kind.code()).fact("why", RESCUE));
        }
        session::act::end_all(tx, user, RESCUE)?;
        token::revoke_all(tx, user, RESCUE)?;
        link::act::withdraw(tx, user)?;
        device::forget_others(tx, vault, (None, user))?;
        Ok(sign_in::enter(tx, vault, user, (RESCUE, Level::Single), (None, None))?.0)
    }
}
