//! What is done about people.

use authz::{Approved, Cx, Denied, Grant, Identity, Read, Role, Rule, Verb, scope};
use db::{Guarded, Permitted, ReadTx, WriteTx};
use identity::Event;
use kernel::{Email, Fault as _, UserId};
use ledger::{ActorRef, Line, verbs};
use notices::{Kind, Notice};
use vault::Vault;

use super::rules;
use super::store;
use super::{Account, Person, Preferences, Standing, State, spell_roles};
use crate::{AccountFault, Accounts, object, session, token};

/// The name under which e-mail addresses of people are found again.
pub(crate) const EMAIL: &str = "user.email";

/// Returns the blind token of an e-mail address.
pub(crate) fn blind(vault: &Vault, email: &Email) -> [u8; 16] {
    vault.blind(EMAIL, &email.folded())
}

fn list_people(
    tx: &ReadTx<'_>,
    vault: &Vault,
    page: Option<(Option<UserId>, u64)>,
) -> Result<Vec<Permitted<Person, Read>>, AccountFault> {
    let all = scope::<Read>(tx.cx(), &object::user()).inspect_err(|denied| {
        tx.note_denial(Line::denied(verbs::LIST, object::user(), denied.code()));
    })?;
    let rows = store::list(tx, &all, page)?;
    rows.into_iter().map(|row| row.turn(|account| Person::open(&account, vault))).collect()
}

/// Opens a person for a change of rights.
fn open_for_grant(tx: &ReadTx<'_>, found: Option<Guarded<Account>>) -> Result<Permitted<Account, Grant>, AccountFault> {
    Ok(found.ok_or(Denied::Hidden)?.open::<Grant>(tx)?)
}

/// What takes a second person: a role that watches over others.
pub const RULE: Rule = Rule::named("role-grant");

/// Refuses to let one person alone say who keeps watch. The operator of the machine is not asked.
fn watched(tx: &ReadTx<'_>, user: UserId, given: &[Role], approved: Option<&Approved>) -> Result<(), AccountFault> {
    let agreed = approved.is_some_and(|approved| approved.rule() == RULE);
    if agreed || tx.cx().person().is_none() || !given.iter().any(|role| role.watches()) {
        return Ok(());
    }
    let denied = Denied::NeedsApproval(RULE);
    tx.note_denial(Line::denied(verbs::ROLE_GRANT, object::user(), denied.code()).about(user));
    Err(denied.into())
}

/// Gives a person exactly these roles. Their sessions end: what was opened with other rights is not carried on.
pub(crate) fn change_roles(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    (user, roles): (UserId, Vec<Role>),
    approved: Option<&Approved>,
) -> Result<(), AccountFault> {
    // Two administrators must not each remove the other as the last.
    tx.take_turns()?;
    let account = open_for_grant(tx, store::find(tx, user)?)?;
    on_another(tx, user, Verb::Grant)?;
    let roles = rules::role_set(roles)?;
    if !roles::exist(tx, &roles)? {
        return Err(AccountFault::wrong("roles", "unknown"));
    }
    let (given, taken) = rules::difference(&account.roles, &roles);
    if given.is_empty() && taken.is_empty() {
        return Ok(());
    }
    watched(tx, user, &given, approved)?;
    if taken.contains(&Role::Administrator)
        && account.state == State::Active
        && !store::another_administrator(tx, user)?
    {
        return Err(AccountFault::LastAdministrator);
    }
    let line = |verb, roles: &[Role]| Line::done(verb, object::user()).about(user).fact("roles", spell_roles(roles));
    let mut lines = Vec::new();
    if !given.is_empty() {
        lines.push(line(verbs::ROLE_GRANT, &given));
    }
    if !taken.is_empty() {
        lines.push(line(verbs::ROLE_REVOKE, &taken));
    }
    let notice = Notice::new(Kind::RolesChanged).what(spell_roles(&roles));
    notices::tell(tx, vault, user, account.subject, &notice)?;
    let altered = Account { roles, ..(*account).clone() };
    let last = lines.pop().unwrap_or_else(|| line(verbs::ROLE_GRANT, &[]));
    lines.into_iter().for_each(|line| tx.note(line));
    let _ = tx.update(account, altered, last)?;
    session::act::end_all(tx, user, "roles-changed")?;
    Ok(())
}

/// Closes an account: its sessions and tokens end in the same transaction.
pub(crate) fn disable(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), AccountFault> {
    // Two administrators must not each remove the other as the last.
    tx.take_turns()?;
    let account = open_for_grant(tx, store::find(tx, user)?)?;
    on_another(tx, user, Verb::Grant)?;
    let state = account.state.next(Event::Disable).ok_or(AccountFault::WrongState)?;
    if account.roles.contains(&Role::Administrator) && !store::another_administrator(tx, user)? {
        return Err(AccountFault::LastAdministrator);
    }
    let altered = Account { state, ..(*account).clone() };
    let _ = tx.update(account, altered, Line::done(verbs::USER_SUSPEND, object::user()).about(user))?;
    session::act::end_all(tx, user, "user-disabled")?;
    token::revoke_all(tx, user, "user-disabled")?;
    crate::link::act::withdraw(tx, user)?;
    Ok(())
}

/// Opens a closed account again. What ended with it stays ended.
pub(crate) fn enable(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), AccountFault> {
    let account = open_for_grant(tx, store::find(tx, user)?)?;
    let joined = account.password.is_some() || store::is_vouched_for(tx, user)?;
    let state = account.state.next(Event::Enable { joined }).ok_or(AccountFault::WrongState)?;
    let altered = Account { state, ..(*account).clone() };
    let _ = tx.update(account, altered, Line::done(verbs::USER_RESUME, object::user()).about(user))?;
    Ok(())
}

fn on_another(tx: &ReadTx<'_>, user: UserId, verb: Verb) -> Result<(), AccountFault> {
    rules::on_another(tx.cx().person(), user).inspect_err(|fault| {
        tx.note_denial(Line::denied(verb.name(), object::user(), fault.code()).about(user));
    })
}

fn set_preferences(tx: &mut WriteTx<'_>, vault: &Vault, preferences: Preferences) -> Result<UserId, AccountFault> {
    let own = tx.cx().person().ok_or(AccountFault::SignedOut)?;
    let mut account = store::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let mut profile = account.profile(vault)?;
    profile.prefer(preferences);
    account.sealed = profile.seal(vault, own, account.subject)?;
    store::update_own(tx, &account)?;
    let fields = object::fields(&["lang", "theme", "single_keys"]);
    tx.note(Line::done(verbs::USER_UPDATE, object::user()).about(own).fields(fields));
    Ok(own)
}

/// Says what somebody may do now. Who may ask: the operator and the program's own jobs, which act in people's names.
fn standing(tx: &ReadTx<'_>, vault: &Vault, account: Option<Account>) -> Result<Standing, AccountFault> {
    if !matches!(tx.cx().actor(), ActorRef::Operator | ActorRef::System | ActorRef::Job { .. }) {
        return Err(Denied::Hidden.into());
    }
    let account = account.filter(|account| account.state == State::Active).ok_or(AccountFault::NobodyThere)?;
    let lang = account.profile(vault)?.preferences().lang;
    Ok(Standing { user: account.id, rights: account.rights(tx)?, lang })
}

fn own_name(tx: &ReadTx<'_>, vault: &Vault) -> Result<Option<(String, String, UserId)>, AccountFault> {
    let Some(own) = tx.cx().person() else { return Ok(None) };
    let Some(account) = store::known(tx, own)? else { return Ok(None) };
    let profile = account.profile(vault)?;
    Ok(Some((profile.name.clone(), profile.email.clone(), own)))
}

impl Accounts {
    /// Lists the people, the longest known first.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] without the right to read people.
    pub async fn list_people(&self, cx: &Cx) -> Result<Vec<Permitted<Person, Read>>, AccountFault> {
        let vault = self.vault();
        self.db().read(cx, move |tx| list_people(tx, &vault, None)).await
    }

    /// Lists so many people behind somebody, by id; only they are read.
    ///
    /// # Errors
    /// As [`list_people`](Self::list_people).
    pub fn people_after(
        &self,
        tx: &ReadTx<'_>,
        after: Option<UserId>,
        most: u64,
    ) -> Result<Vec<Permitted<Person, Read>>, AccountFault> {
        list_people(tx, &self.vault(), Some((after, most)))
    }

    /// Gives a person exactly these roles, and ends their sessions.
    ///
    /// # Errors
    /// [`AccountFault::OnOneself`]; [`AccountFault::LastAdministrator`]; [`AccountFault::Denied`]; `Invalid` without a role.
    pub async fn change_roles(&self, cx: &Cx, user: UserId, roles: Vec<Role>) -> Result<(), AccountFault> {
        let its = self.clone();
        self.db().write(cx, move |tx| its.change_roles_in(tx, user, roles, None)).await?;
        self.forget(user);
        Ok(())
    }

    /// Does what [`change_roles`](Self::change_roles) does inside a transaction that does more, with the agreement of a second
    /// person if one was asked. Whoever calls it [forgets](Self::forget) the person behind it.
    ///
    /// # Errors
    /// As [`change_roles`](Self::change_roles).
    pub fn change_roles_in(
        &self,
        tx: &mut WriteTx<'_>,
        user: UserId,
        roles: Vec<Role>,
        approved: Option<&Approved>,
    ) -> Result<(), AccountFault> {
        change_roles(tx, &self.vault(), (user, roles), approved)
    }

    /// Returns which roles somebody has, to whoever may give them.
    ///
    /// # Errors
    /// [`AccountFault::Denied`].
    pub fn roles_held(&self, tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Role>, AccountFault> {
        Ok(open_for_grant(tx, store::find(tx, user)?)?.roles.clone())
    }

    /// Closes an account. Its sessions and tokens end with it.
    ///
    /// # Errors
    /// As [`change_roles`](Self::change_roles); [`AccountFault::WrongState`] if it is closed.
    pub async fn disable_person(&self, cx: &Cx, user: UserId) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| disable(tx, user)).await?;
        self.forget(user);
        Ok(())
    }

    /// Opens a closed account again.
    ///
    /// # Errors
    /// [`AccountFault::WrongState`] if it is open; [`AccountFault::Denied`].
    pub async fn enable_person(&self, cx: &Cx, user: UserId) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| enable(tx, user)).await
    }

    /// Sets how the person who acts likes to work.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts; `Stale` if another page was faster.
    pub async fn set_preferences(&self, cx: &Cx, preferences: Preferences) -> Result<(), AccountFault> {
        let vault = self.vault();
        let own = self.db().write(cx, move |tx| set_preferences(tx, &vault, preferences)).await?;
        self.forget(own);
        Ok(())
    }

    /// Returns what the person with an e-mail address may do now: for the operator's commands.
    ///
    /// # Errors
    /// [`AccountFault::NobodyThere`] if there is none who may sign in.
    pub async fn standing_of(&self, cx: &Cx, email: &str) -> Result<Standing, AccountFault> {
        let email = Email::parse(email).map_err(|_| AccountFault::wrong("email", "not-an-email"))?;
        let vault = self.vault();
        self.db().read(cx, move |tx| standing(tx, &vault, store::known_by_email(tx, blind(&vault, &email))?)).await
    }

    /// Returns what a person may do now: for jobs, which ask again each time they go on.
    ///
    /// # Errors
    /// [`AccountFault::NobodyThere`] if the person may not sign in any more.
    pub async fn standing(&self, cx: &Cx, user: UserId) -> Result<Standing, AccountFault> {
        let vault = self.vault();
        self.db().read(cx, move |tx| standing(tx, &vault, store::known(tx, user)?)).await
    }

    /// Mints the context of a person in whose name the operator or the program itself acts: that person's own rights as
    /// they are now, and no others. Where it comes from stays what it was, so the ledger says that it was a command or a job.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    #[expect(
        clippy::disallowed_methods,
        reason = "a home of authentication: only the operator and the program get a standing"
    )]
    pub async fn acting(&self, cx: &Cx, user: UserId) -> Result<Cx, AccountFault> {
        let standing = self.standing(cx, user).await?;
        let identity =
            Identity { actor: ActorRef::User(user), person: Some(user), session: None, rights: standing.rights };
        Ok(Cx::mint(identity, cx.origin().clone(), cx.request(), standing.lang.unwrap_or(cx.lang())))
    }

    /// Returns names and e-mail addresses of the people the actor may know of, to find owners by: everybody, or only
    /// the actor without the right to read people.
    ///
    /// # Errors
    /// [`AccountFault::Db`].
    pub async fn known_people(&self, cx: &Cx) -> Result<Vec<(String, UserId)>, AccountFault> {
        let known = if cx.may::<Read>("user") {
            let people = self.list_people(cx).await?;
            people.iter().map(|person| (person.name.clone(), person.email.clone(), person.id)).collect()
        } else {
            let vault = self.vault();
            let own = self.db().read(cx, move |tx| own_name(tx, &vault)).await?;
            Vec::from_iter(own)
        };
        Ok(known.into_iter().flat_map(|(name, email, id)| [(name, id), (email, id)]).collect())
    }

    /// Lets go of what is remembered about a person: at once in this process, within a second in others.
    pub fn forget(&self, user: UserId) {
        self.inner().recognised.forget_user(user);
        self.inner().names.forget(user);
    }
}
