//! What is done at first run.

use authz::{Cx, Denied, Level};
use crypto::Secret;
use db::{DbFault, ReadTx, WriteTx};
use kernel::UserId;
use ledger::{ActorRef, Line, verbs};
use vault::Vault;

use super::model::{FIRST_ROLES, Founder, Founding, Workspace, about};
use super::store;
use crate::link::{self, NewLink, Purpose};
use crate::person::{Account, Preferences, Profile, State, act::blind, spell_roles, store as people};
use crate::session::NewSession;
use crate::{AccountFault, Accounts, object, sign_in};

fn refuse_second(tx: &ReadTx<'_>) -> Result<(), AccountFault> {
    if people::anybody(tx)? { Err(AccountFault::AlreadySetUp) } else { Ok(()) }
}

/// Makes the workspace and its first person.
fn found(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    founding: &Founding,
    hash: String,
) -> Result<(Workspace, UserId), AccountFault> {
    refuse_second(tx)?;
    let workspace = Workspace { id: tx.new_id(), name: founding.workspace.clone(), created_at: tx.now() };
    // Of two first runs at the same moment, the table lets one through.
    store::insert(tx, &workspace).map_err(|fault| match fault {
        DbFault::Exists => AccountFault::AlreadySetUp,
        other => other.into(),
    })?;
    let profile = Profile::new(founding.name.clone(), &founding.email, Preferences::default());
    let mut account = Account::new(tx, vault, &profile, blind(vault, &founding.email), FIRST_ROLES.to_vec())?;
    account.state = State::Active;
    account.password = Some(hash);
    people::insert_unasked(tx, &account)?;
    tx.note(Line::done(verbs::CREATE, object::workspace()).about(workspace.id));
    tx.note(Line::done(verbs::USER_CREATE, object::user()).about(account.id).fact("roles", spell_roles(&FIRST_ROLES)));
    Ok((workspace, account.id))
}

/// Only whoever has the machine is told a link, or sets up without one.
fn operator_only(cx: &Cx) -> Result<(), AccountFault> {
    match cx.actor() {
        ActorRef::Operator | ActorRef::System => Ok(()),
        ActorRef::User(_) | ActorRef::Token { .. } | ActorRef::Job { .. } | ActorRef::Nobody => {
            Err(Denied::Hidden.into())
        }
    }
}

impl Accounts {
    /// Returns the workspace; nothing before the first run.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub async fn workspace(&self, cx: &Cx) -> Result<Option<Workspace>, AccountFault> {
        if let Some(known) = self.inner().workspace.get() {
            return Ok(Some(known.clone()));
        }
        let found = self.db().read(cx, store::find).await?;
        if let Some(found) = &found {
            let _ = self.inner().workspace.set(found.clone());
        }
        Ok(found)
    }

    /// Returns the name of the workspace; empty before the first run.
    pub(crate) async fn workspace_name(&self, cx: &Cx) -> Result<String, AccountFault> {
        Ok(self.workspace(cx).await?.map(|workspace| workspace.name).unwrap_or_default())
    }

    /// Makes the link of the first run, for the operator to print. An earlier one is good no longer.
    ///
    /// # Errors
    /// [`AccountFault::AlreadySetUp`] once somebody can sign in; [`AccountFault::Denied`] for anybody but the operator.
    pub async fn first_run_link(&self, cx: &Cx) -> Result<NewLink, AccountFault> {
        operator_only(cx)?;
        let vault = self.vault();
        let making = self.db().write(cx, move |tx| {
            refuse_second(tx)?;
            link::act::issue(tx, &vault, Purpose::Setup, None)
        });
        making.await
    }

    /// Uses the link of the first run: makes the workspace and its first person, and signs them in.
    ///
    /// # Errors
    /// [`AccountFault::LinkSpent`]; [`AccountFault::AlreadySetUp`]; `Invalid` with every bad field, and then the link is
    /// still good.
    pub async fn set_up(&self, cx: &Cx, token: Secret<String>, founder: Founder) -> Result<NewSession, AccountFault> {
        let (vault, looked_at) = (self.vault(), Secret::new(token.expose().clone()));
        let looking = self.db().read(cx, move |tx| {
            refuse_second(tx)?;
            link::act::look(tx, &vault, looked_at.expose(), Some(Purpose::Setup))
        });
        looking.await?;
        let (founding, hash) = self.judge(founder).await?;
        let vault = self.vault();
        let founded = self.db().write(cx, move |tx| -> Result<_, AccountFault> {
            link::act::spend(tx, &vault, token.expose(), Purpose::Setup)?;
            let (workspace, user) = found(tx, &vault, &founding, hash)?;
            let (session, _) = sign_in::enter(tx, &vault, user, ("setup", Level::Single), (None, None))?;
            Ok((workspace, session))
        });
        let (workspace, session) = founded.await?;
        let _ = self.inner().workspace.set(workspace);
        Ok(session)
    }

    /// Sets up without a link, for scripted installs, and returns the first person.
    ///
    /// # Errors
    /// [`AccountFault::AlreadySetUp`]; `Invalid` with every bad field; [`AccountFault::Denied`] for anybody but the operator.
    pub async fn init(&self, cx: &Cx, founder: Founder) -> Result<UserId, AccountFault> {
        operator_only(cx)?;
        self.db().read(cx, refuse_second).await?;
        let (founding, hash) = self.judge(founder).await?;
        let vault = self.vault();
        let (workspace, user) = self.db().write(cx, move |tx| found(tx, &vault, &founding, hash)).await?;
        let _ = self.inner().workspace.set(workspace);
        Ok(user)
    }

    /// Makes a link that signs a person in, once, without a password: for the demo, whose person nobody knows a password of.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] for anybody but the operator; [`AccountFault::NobodyThere`].
    pub async fn sign_in_link(&self, cx: &Cx, user: UserId) -> Result<NewLink, AccountFault> {
        operator_only(cx)?;
        let vault = self.vault();
        let making = self.db().write(cx, move |tx| {
            people::known(tx, user)?.filter(|a| a.state == State::Active).ok_or(AccountFault::NobodyThere)?;
            link::act::issue(tx, &vault, Purpose::SignIn, Some(user))
        });
        making.await
    }

    /// Looks at everything the founder typed and says all that is wrong at once; hashes the password.
    async fn judge(&self, founder: Founder) -> Result<(Founding, String), AccountFault> {
        let (fields, about) = (Founding::parse(&founder), about(&founder));
        let password = self.take_password(founder.password, about).await;
        AccountFault::both(fields, password)
    }
}
