//! The door for another authority: a company's own identity provider vouches for people, and the crate that checked its word
//! lets them in here. What it may do is the same that a right password may, and no more.
//!
//! **Invariant:** only `sso` knocks here, and it names a person of ours: nobody is looked up by what the authority calls them.

use authz::{Assurance, Cx, Role};
use db::{ReadTx, WriteTx};
use identity::Event;
use kernel::{Email, SessionId, SubjectId, UserId};
use ledger::{Line, verbs};
use notices::{Kind, Notice};
use vault::Vault;

use crate::link::{self, Purpose};
use crate::person::rules;
use crate::person::{Account, Preferences, Profile, State, act::blind, spell_roles, store as people};
use crate::session::{self, NewSession};
use crate::{AccountFault, Accounts, FactorKind, factor, object, sign_in};

/// What another authority says about somebody who wants in.
pub struct Vouched {
    /// Who says it; a word for the ledger.
    pub by: &'static str,
    /// What they proved there, and when.
    pub assurance: Assurance,
    /// The roles they have by its word; nothing where roles are given here.
    pub roles: Option<Vec<Role>>,
    /// The session cookie the browser holds already, if it does: it is replaced.
    pub previous: Option<String>,
    /// The cookie of a browser that somebody has signed in with before, if it holds one.
    pub device: Option<String>,
}

/// A session just started and the one it replaced.
pub type Entered = (NewSession, Option<SessionId>);

/// Gives somebody the roles that the authority says, and ends their sessions if that changes anything. The last administrator
/// stays one: a directory must not lock a company out of its own house.
fn follow(tx: &mut WriteTx<'_>, vault: &Vault, account: &Account, roles: Vec<Role>) -> Result<(), AccountFault> {
    let mut roles = rules::role_set(roles)?;
    if account.roles.contains(&Role::Administrator) && !people::another_administrator(tx, account.id)? {
        roles = rules::role_set([roles, vec![Role::Administrator]].concat())?;
    }
    let (given, taken) = rules::difference(&account.roles, &roles);
    if given.is_empty() && taken.is_empty() {
        return Ok(());
    }
    people::update_roles(tx, account, &roles)?;
    for (verb, roles) in [(verbs::ROLE_GRANT, given), (verbs::ROLE_REVOKE, taken)] {
        if !roles.is_empty() {
            let line = Line::done(verb, object::user()).about(account.id).fact("roles", spell_roles(&roles));
            tx.note(line.fact("by", "provider"));
        }
    }
    let notice = Notice::new(Kind::RolesChanged).what(spell_roles(&roles));
    notices::tell(tx, vault, account.id, account.subject, &notice)?;
    session::act::end_all(tx, account.id, "roles-changed")?;
    Ok(())
}

impl Accounts {
    /// Starts the session of somebody who is vouched for.
    ///
    /// # Errors
    /// [`AccountFault::NobodyThere`] if the account is not open.
    pub fn enter_vouched(&self, tx: &mut WriteTx<'_>, user: UserId, vouched: Vouched) -> Result<Entered, AccountFault> {
        let vault = self.vault();
        if vouched.roles.is_some() {
            tx.take_turns()?;
        }
        let account = people::known(tx, user)?.filter(|account| account.state == State::Active);
        let account = account.ok_or(AccountFault::NobodyThere)?;
        if let Some(roles) = vouched.roles {
            follow(tx, &vault, &account, roles)?;
        }
        let proof = (vouched.by, vouched.assurance);
        let held = (vouched.previous.as_deref(), vouched.device.as_deref());
        sign_in::enter_proven(tx, &vault, user, proof, held)
    }

    /// Forgets what was remembered of before, once the transaction has been committed.
    #[must_use]
    pub fn entered_vouched(&self, entered: Entered) -> NewSession {
        self.forget(entered.0.user);
        self.entered(entered)
    }

    /// Lets an invited person in without a password: their link is used up and their account is open.
    ///
    /// # Errors
    /// [`AccountFault::LinkSpent`].
    pub fn join_vouched(&self, tx: &mut WriteTx<'_>, token: &str) -> Result<UserId, AccountFault> {
        let link = link::act::spend(tx, &self.vault(), token, Purpose::Join)?;
        let user = link.user.ok_or(AccountFault::LinkSpent)?;
        let mut account = people::known(tx, user)?.ok_or(AccountFault::LinkSpent)?;
        account.state = account.state.next(Event::Join).ok_or(AccountFault::LinkSpent)?;
        people::update_own(tx, &account)?;
        tx.note(Line::done(verbs::INVITE_ACCEPT, object::user()).about(user).fact("by", "provider"));
        Ok(user)
    }

    /// Makes an account for somebody who may sign up by the operator's word.
    ///
    /// # Errors
    /// [`AccountFault::EmailTaken`]: an address is proof of nothing, so an account that is there is never taken over.
    pub fn create_vouched(
        &self,
        tx: &mut WriteTx<'_>,
        name: String,
        email: &Email,
        roles: Vec<Role>,
    ) -> Result<UserId, AccountFault> {
        let (vault, roles) = (self.vault(), rules::role_set(roles)?);
        let blind = blind(&vault, email);
        if people::known_by_email(tx, blind)?.is_some() {
            return Err(AccountFault::EmailTaken);
        }
        let profile = Profile::new(name, email, Preferences::default());
        let mut account = Account::new(tx, &vault, &profile, blind, roles)?;
        account.state = State::Active;
        people::insert_unasked(tx, &account).map_err(|fault| match fault {
            db::DbFault::Exists => AccountFault::EmailTaken,
            other => other.into(),
        })?;
        let line = Line::done(verbs::USER_CREATE, object::user()).about(account.id);
        tx.note(line.fact("roles", spell_roles(&account.roles)).fact("by", "provider"));
        Ok(account.id)
    }

    /// Ends a session because it has ended where it was begun; tells whether it was there.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub fn end_vouched(&self, tx: &mut WriteTx<'_>, id: SessionId, user: UserId) -> Result<bool, AccountFault> {
        let ended = session::store::end(tx, id, user)?;
        if ended {
            tx.note(Line::done(verbs::SESSION_END, object::session()).about(id).about(user).fact("why", "provider"));
        }
        Ok(ended)
    }

    /// Refuses to take the authority's word away from somebody whom nothing else lets in.
    ///
    /// # Errors
    /// [`AccountFault::LastFactor`].
    pub fn may_lose_vouching(&self, tx: &ReadTx<'_>, user: UserId) -> Result<(), AccountFault> {
        let account = people::known(tx, user)?.ok_or(AccountFault::SignedOut)?;
        let passkey = factor::store::list(tx, user)?.iter().any(|factor| factor.kind == FactorKind::Passkey);
        let left = account.password.is_some() || passkey || people::is_vouched_for(tx, user)?;
        if left { Ok(()) } else { Err(AccountFault::LastFactor) }
    }

    /// Returns the key under which what is kept about a person is sealed.
    ///
    /// # Errors
    /// [`AccountFault::NobodyThere`].
    pub fn subject_of(&self, tx: &ReadTx<'_>, user: UserId) -> Result<SubjectId, AccountFault> {
        Ok(people::known(tx, user)?.ok_or(AccountFault::NobodyThere)?.subject)
    }

    /// Refuses whoever has not proved the strongest they have, and lately: who is vouched for gets in, so letting somebody else
    /// vouch is as dangerous as a new password. Leaves a line that names what was tried.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] with what has to be proved; [`AccountFault::SignedOut`].
    pub async fn prove_before_vouching(&self, cx: &Cx, verb: &'static str) -> Result<(), AccountFault> {
        let user = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let this = self.clone();
        let proving = self.db().read(cx, move |tx| {
            this.before_taking(tx, &people::known(tx, user)?.ok_or(AccountFault::SignedOut)?, verb)
        });
        proving.await
    }
}
