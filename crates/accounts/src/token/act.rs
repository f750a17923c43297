//! What is done with tokens.

use authz::{Cx, Denied, Grant};
use crypto::{BearerToken, Secret};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, TokenId, UserId};
use ledger::{ActorRef, Line, verbs};
use vault::Vault;

use super::model::{NewToken, Token, TokenForm, TokenView, seal_label};
use super::{rules, store};
use crate::person::{State, store as people};
use crate::{AccountFault, Accounts, object};

/// Makes a token that acts as `owner`.
fn create(tx: &mut WriteTx<'_>, vault: &Vault, owner: UserId, form: TokenForm) -> Result<NewToken, AccountFault> {
    if !rules::may_make(tx.cx().actor(), owner) {
        let denied = Denied::Hidden;
        tx.note_denial(Line::denied(verbs::TOKEN_CREATE, object::user(), denied.code()).about(owner));
        return Err(denied.into());
    }
    tx.cx().dare().inspect_err(|denied| {
        tx.note_denial(Line::denied(verbs::TOKEN_CREATE, object::user(), denied.code()).about(owner));
    })?;
    let TokenForm { label, lasts } = rules::check(form)?;
    let account = people::known(tx, owner)?.filter(|a| a.state == State::Active).ok_or(AccountFault::NobodyThere)?;
    let bearer = BearerToken::generate(tx.chance());
    let (id, expires_at) = (tx.new_id(), tx.now().plus(lasts));
    let text = Secret::new(bearer.reveal().to_string());
    let token = Token {
        id,
        user: owner,
        hint: rules::hint(text.expose()),
        label: seal_label(vault, account.subject, id, &label)?,
        created_at: tx.now(),
        expires_at,
        used_at: None,
        revoked_at: None,
    };
    store::insert(tx, token, vault.token_hash(bearer.expose_bytes()))?;
    let line = Line::done(verbs::TOKEN_CREATE, object::token()).about(id).about(owner);
    tx.note(line.fact("expires", expires_at.to_rfc3339()));
    Ok(NewToken { id, token: text, expires_at })
}

fn list(tx: &ReadTx<'_>, vault: &Vault) -> Result<Vec<TokenView>, AccountFault> {
    let own = tx.cx().person().ok_or(AccountFault::SignedOut)?;
    let account = people::known(tx, own)?.ok_or(AccountFault::SignedOut)?;
    let tokens = store::list(tx, own)?;
    tx.note(Line::done(verbs::LIST, object::token()).about_each(tokens.iter().map(|token| token.id.uuid())));
    tokens.into_iter().map(|token| token.view(vault, account.subject)).collect()
}

/// Withdraws a token: its owner may, and whoever may take its owner's rights.
fn revoke(tx: &mut WriteTx<'_>, id: TokenId) -> Result<(), AccountFault> {
    let owner = store::owner(tx, id)?.ok_or(Denied::Hidden)?;
    if tx.cx().actor() != ActorRef::User(owner) {
        let _ = people::find(tx, owner)?.ok_or(Denied::Hidden)?.open::<Grant>(tx)?;
    }
    if !store::revoke(tx, id)? {
        return Err(Denied::Hidden.into());
    }
    tx.note(Line::done(verbs::TOKEN_REVOKE, object::token()).about(id).about(owner));
    Ok(())
}

/// Withdraws all tokens of a person.
pub(crate) fn revoke_all(tx: &mut WriteTx<'_>, user: UserId, why: &'static str) -> Result<(), AccountFault> {
    let revoked = store::revoke_all(tx, user)?;
    if revoked > 0 {
        let line = Line::done(verbs::TOKEN_REVOKE, object::user()).about(user).fact("why", why);
        tx.note(line.fact("tokens", revoked.to_string()));
    }
    Ok(())
}

impl Accounts {
    /// Makes a token that acts as `owner` and returns it, this once.
    ///
    /// # Errors
    /// `Invalid` for label or span; [`AccountFault::Denied`] unless the owner or the operator asks, and (a step-up) if the
    /// owner has not just proved strongly enough who they are.
    pub async fn create_token(&self, cx: &Cx, owner: UserId, form: TokenForm) -> Result<NewToken, AccountFault> {
        let vault = self.vault();
        self.db().write(cx, move |tx| create(tx, &vault, owner, form)).await
    }

    /// Lists the tokens of the person who acts, the newest first, those withdrawn too.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts.
    pub async fn list_tokens(&self, cx: &Cx) -> Result<Vec<TokenView>, AccountFault> {
        let vault = self.vault();
        self.db().read(cx, move |tx| list(tx, &vault)).await
    }

    /// Withdraws a token.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] (hidden) if it is somebody else's, or was withdrawn.
    pub async fn revoke_token(&self, cx: &Cx, id: TokenId) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| revoke(tx, id)).await?;
        self.inner().recognised.tokens.forget(|_, _| true);
        Ok(())
    }
}
