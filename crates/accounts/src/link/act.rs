//! What is done with links.

use authz::Cx;
use crypto::{LinkToken, Secret};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use vault::Vault;

use super::model::{Link, LinkView, NewLink, Purpose};
use super::store;
use crate::person::store as people;
use crate::{AccountFault, Accounts, object};

/// A link was made; the verb of its line.
const LINK_CREATE: &str = "link-create";

/// Makes a link. Earlier ones of the same purpose for the same person, or for nobody, are good no longer.
pub(crate) fn issue(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    purpose: Purpose,
    user: Option<UserId>,
) -> Result<NewLink, AccountFault> {
    match user {
        Some(user) => store::remove_of(tx, user)?,
        None => store::remove_open(tx, purpose)?,
    };
    let token = LinkToken::generate(tx.chance());
    let link = Link { id: tx.new_id(), purpose, user, expires_at: tx.now().plus(purpose.lasts()), used_at: None };
    store::insert(tx, &link, vault.token_hash(token.expose_bytes()))?;
    let line = Line::done(LINK_CREATE, object::link()).about(link.id).fact("purpose", purpose.code());
    tx.note(line.about_each(user.map(|user| user.uuid())));
    Ok(NewLink { token: Secret::new(token.reveal().to_string()), purpose, expires_at: link.expires_at })
}

/// Finds a link that is good. That an old one was tried leaves a line; that a word was made up does not.
pub(crate) fn look(
    tx: &ReadTx<'_>,
    vault: &Vault,
    token: &str,
    purpose: Option<Purpose>,
) -> Result<Link, AccountFault> {
    let token = LinkToken::parse(token).map_err(|_| AccountFault::LinkSpent)?;
    let link = store::find(tx, vault.token_hash(token.expose_bytes()))?.ok_or(AccountFault::LinkSpent)?;
    if purpose.is_none_or(|purpose| purpose == link.purpose) && link.good(tx.now()) {
        return Ok(link);
    }
    let line = Line::failed(verbs::SIGN_IN_FAILED, object::link(), AccountFault::LinkSpent.code()).about(link.id);
    tx.note_denial(line.about_each(link.user.map(|user| user.uuid())));
    Err(AccountFault::LinkSpent)
}

/// Uses a link up.
pub(crate) fn spend(tx: &mut WriteTx<'_>, vault: &Vault, token: &str, purpose: Purpose) -> Result<Link, AccountFault> {
    let link = look(tx, vault, token, Some(purpose))?;
    if store::spend(tx, &link)? { Ok(link) } else { Err(AccountFault::LinkSpent) }
}

/// Takes back the unused links of a person.
pub(crate) fn withdraw(tx: &mut WriteTx<'_>, user: UserId) -> Result<(), AccountFault> {
    if store::remove_of(tx, user)? > 0 {
        tx.note(Line::done(verbs::INVITE_REVOKE, object::user()).about(user));
    }
    Ok(())
}

fn view(tx: &ReadTx<'_>, vault: &Vault, token: &str) -> Result<LinkView, AccountFault> {
    let link = look(tx, vault, token, None)?;
    let person = match link.user {
        Some(user) => {
            let account = people::known(tx, user)?.ok_or(AccountFault::LinkSpent)?;
            let profile = account.profile(vault)?;
            tx.note(Line::done(verbs::READ, object::user()).about(user));
            Some((profile.name, profile.email))
        }
        None => None,
    };
    Ok(LinkView { purpose: link.purpose, person, expires_at: link.expires_at })
}

impl Accounts {
    /// Shows what a link is for, without using it: fetching a page never uses a link, so that a mail scanner cannot.
    ///
    /// # Errors
    /// [`AccountFault::LinkSpent`] if it was used, has expired, or never was one.
    pub async fn look_at_link(&self, cx: &Cx, token: &Secret<String>) -> Result<LinkView, AccountFault> {
        let (vault, token) = (self.vault(), Secret::new(token.expose().clone()));
        self.db().read(cx, move |tx| view(tx, &vault, token.expose())).await
    }
}
