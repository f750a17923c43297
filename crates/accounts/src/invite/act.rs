//! What is done to invite and to join.

use authz::{Create, Cx, Denied, Facts, Grant, Level, Role, permit};
use crypto::Secret;
use db::{DbFault, ReadTx, WriteTx};
use identity::Event;
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use passwords::About;
use vault::Vault;

use super::model::{Invitation, Invited, Joining};
use crate::input::Findings;
use crate::link::{self, NewLink, Purpose};
use crate::person::{Account, Preferences, Profile, State, act::blind, spell_roles, store as people};
use crate::session::NewSession;
use crate::{AccountFault, Accounts, object, sign_in};

/// Invites somebody. Whoever was invited before and has not joined gets a new link, and the old one is good no longer.
fn invite(tx: &mut WriteTx<'_>, vault: &Vault, invitation: Invitation) -> Result<(UserId, NewLink), AccountFault> {
    // First of all, so that who may not invite learns nothing about who is here.
    may_invite(tx)?;
    let mut invited = Invited::parse(invitation)?;
    if !roles::exist(tx, &invited.roles)? {
        return Err(AccountFault::wrong("roles", "unknown"));
    }
    let blind = blind(vault, &invited.email);
    let user = match people::find_by_email(tx, blind)? {
        None => {
            invited.roles.retain(|role| may_give(tx, *role));
            let profile = Profile::new(invited.name, &invited.email, Preferences::default());
            let account = Account::new(tx, vault, &profile, blind, invited.roles)?;
            insert(tx, account)?
        }
        Some(found) => {
            let account = found.open::<Grant>(tx)?;
            if account.state != State::Invited {
                return Err(AccountFault::EmailTaken);
            }
            invited.roles.retain(|role| may_give(tx, *role) || account.roles.contains(role));
            let profile = Profile::new(invited.name, &invited.email, account.profile(vault)?.preferences());
            let sealed = profile.seal(vault, account.id, account.subject)?;
            let altered = Account { sealed, roles: invited.roles, ..(*account).clone() };
            let line = line(&altered);
            tx.update(account, altered, line)?.id
        }
    };
    Ok((user, link::act::issue(tx, vault, Purpose::Join, Some(user))?))
}

/// A role that watches over others takes a second person, and so it does not come with an invitation; see `person::act`.
fn may_give(tx: &ReadTx<'_>, role: Role) -> bool {
    tx.cx().person().is_none() || !role.watches()
}

fn may_invite(tx: &ReadTx<'_>) -> Result<(), AccountFault> {
    let anybody = Facts { object: object::user(), id: tx.new_id::<()>().uuid(), owner: None, team: None };
    let both = permit::<Grant>(tx.cx(), anybody.clone()).and_then(|_| permit::<Create>(tx.cx(), anybody));
    match both {
        Ok(_) => Ok(()),
        Err(denied) => {
            tx.note_denial(Line::denied(verbs::INVITE, object::user(), denied.code()));
            Err(denied.into())
        }
    }
}

fn insert(tx: &mut WriteTx<'_>, account: Account) -> Result<UserId, AccountFault> {
    let proof = permit::<Create>(tx.cx(), Facts::of(&account))?;
    let line = line(&account);
    let inserted = tx.insert(proof, account, line).map_err(|fault| match fault {
        DbFault::Exists => AccountFault::EmailTaken,
        other => other.into(),
    })?;
    Ok(inserted.id)
}

fn line(account: &Account) -> Line {
    Line::done(verbs::INVITE, object::user()).about(account.id).fact("roles", spell_roles(&account.roles))
}

/// Returns what the password of whoever joins must not be made of.
fn about(tx: &ReadTx<'_>, vault: &Vault, token: &str, name: &str) -> Result<About, AccountFault> {
    let link = link::act::look(tx, vault, token, Some(Purpose::Join))?;
    let account = people::known(tx, link.user.ok_or(AccountFault::LinkSpent)?)?.ok_or(AccountFault::LinkSpent)?;
    Ok(About { name: name.to_owned(), email: account.profile(vault)?.email, ..About::default() })
}

/// Uses the link up, takes name and password, and starts the first session.
fn join(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    token: &str,
    name: String,
    hash: String,
) -> Result<NewSession, AccountFault> {
    let link = link::act::spend(tx, vault, token, Purpose::Join)?;
    let user = link.user.ok_or(AccountFault::LinkSpent)?;
    let mut account = people::known(tx, user)?.ok_or(AccountFault::LinkSpent)?;
    account.state = account.state.next(Event::Join).ok_or(AccountFault::LinkSpent)?;
    let mut profile = account.profile(vault)?;
    profile.name = name;
    account.sealed = profile.seal(vault, user, account.subject)?;
    account.password = Some(hash);
    people::update_own(tx, &account)?;
    tx.note(Line::done(verbs::INVITE_ACCEPT, object::user()).about(user).fields(object::fields(&["name", "password"])));
    Ok(sign_in::enter(tx, vault, user, ("invitation", Level::Single), (None, None))?.0)
}

/// Takes back an invitation that was not accepted, by closing its account.
fn withdraw(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), AccountFault> {
    let account = people::find(tx, user)?.ok_or(Denied::Hidden)?.open::<Grant>(tx)?;
    if account.state != State::Invited {
        return Err(AccountFault::WrongState);
    }
    crate::person::act::disable(tx, user)
}

impl Accounts {
    /// Invites somebody, with those of the roles that take no second person, and returns the link they join by: good for 72 hours, once.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] without the right to give rights; [`AccountFault::EmailTaken`]; `Invalid`.
    pub async fn invite(&self, cx: &Cx, invitation: Invitation) -> Result<(UserId, NewLink), AccountFault> {
        let vault = self.vault();
        self.db().write(cx, move |tx| invite(tx, &vault, invitation)).await
    }

    /// Takes an invitation back: the link is good no longer and the account is closed.
    ///
    /// # Errors
    /// [`AccountFault::WrongState`] if the person has joined; [`AccountFault::Denied`].
    pub async fn withdraw_invitation(&self, cx: &Cx, user: UserId) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| withdraw(tx, user)).await
    }

    /// Joins by a link, and signs in.
    ///
    /// # Errors
    /// [`AccountFault::LinkSpent`]; `Invalid` with every bad field, and then the link is still good.
    pub async fn join(&self, cx: &Cx, token: Secret<String>, joining: Joining) -> Result<NewSession, AccountFault> {
        let Joining { name, password } = joining;
        let (vault, looked_at, typed) = (self.vault(), Secret::new(token.expose().clone()), name.clone());
        let mut about = self.db().read(cx, move |tx| about(tx, &vault, looked_at.expose(), &typed)).await?;
        about.workspace = self.workspace_name(cx).await?;
        let mut findings = Findings::default();
        let name = findings.name(&name).ok_or_else(|| findings.fault());
        let (name, hash) = AccountFault::both(name, self.take_password(password, about).await)?;
        let vault = self.vault();
        self.db().write(cx, move |tx| join(tx, &vault, token.expose(), name, hash)).await
    }
}
