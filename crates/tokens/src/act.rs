//! What is done with tokens.

use std::time::Duration;

use accounts::{AccountFault, Accounts};
use authz::{Cx, Denied, Grant, Read};
use crypto::{BearerToken, Secret};
use db::{ReadTx, WriteTx};
use identity::object;
use kernel::{Fault as _, TokenId, UserId};
use ledger::{ActorRef, Line, verbs};
use notices::{Kind, Notice};
use objects::object::Objects;

use crate::model::{LABEL, NewToken, TERMS, Terms, Token, TokenForm, TokenView, seal};
use crate::{Tokens, rows, rules, store};

/// How long those that ended stand in the list of all.
const SHOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Makes a token that acts as `owner`.
fn create(
    tx: &mut WriteTx<'_>,
    (accounts, objects): (&Accounts, Option<&Objects>),
    owner: UserId,
    form: &TokenForm,
) -> Result<NewToken, AccountFault> {
    if !rules::may_make(tx.cx().actor(), owner) {
        let denied = Denied::Hidden;
        tx.note_denial(Line::denied(verbs::TOKEN_CREATE, object::user(), denied.code()).about(owner));
        return Err(denied.into());
    }
    tx.cx().dare().inspect_err(|denied| {
        tx.note_denial(Line::denied(verbs::TOKEN_CREATE, object::user(), denied.code()).about(owner));
    })?;
    let wanted = rules::check(form)?;
    let (account, vault) = (accounts.owner(tx, owner)?.ok_or(AccountFault::NobodyThere)?, accounts.vault());
    rows::known(&wanted.rows, objects, account.rights.charter(), owner)?;
    let bearer = BearerToken::generate(tx.chance());
    let (id, expires_at): (TokenId, _) = (tx.new_id(), tx.now().plus(wanted.lasts));
    let (text, whose) = (Secret::new(bearer.reveal().to_string()), (account.subject, id));
    let seen = if wanted.fields.is_empty() { "all".to_owned() } else { wanted.fields.join(" ") };
    let terms = Terms::new(wanted.purpose, &wanted.networks, wanted.scopes.clone()).seeing(wanted.fields);
    let (kept, terms) = (wanted.rows.len().to_string(), terms.among(wanted.rows));
    let terms = minicbor::to_vec(terms).map_err(|_| db::DbFault::Mismatch)?;
    let token = Token {
        id,
        user: owner,
        hint: rules::hint(text.expose()),
        label: seal(&vault, whose, LABEL, wanted.label.as_bytes())?,
        created_at: tx.now(),
        expires_at,
        used_at: None,
        revoked_at: None,
        terms: Some(seal(&vault, whose, TERMS, &terms)?),
        key: wanted.key.map(|key| key.as_bytes().to_vec()),
        used_from: None,
        app: None,
        fresh_until: None,
        watched_until: None,
    };
    let notice = Notice::new(Kind::TokenMade).what(token.hint.clone());
    store::insert(tx, token, vault.token_hash(bearer.expose_bytes()))?;
    let line = Line::done(verbs::TOKEN_CREATE, object::token()).about(id).about(owner);
    let bound = if wanted.key.is_some() { "key" } else { "nothing" };
    let line = line.fact("expires", expires_at.to_rfc3339()).fact("bound-to", bound);
    let scopes = wanted.scopes.map_or_else(|| "everything".to_owned(), |scopes| scopes.join(" "));
    let line = line.fact("scopes", scopes).fact("fields", seen).fact("row-conditions", kept);
    tx.note(line.fact("networks", wanted.networks.len().to_string()));
    notices::tell(tx, &vault, owner, account.subject, &notice)?;
    Ok(NewToken { id, token: text, expires_at })
}

fn list(tx: &ReadTx<'_>, accounts: &Accounts) -> Result<Vec<TokenView>, AccountFault> {
    let own = tx.cx().person().ok_or(AccountFault::SignedOut)?;
    let (subject, vault, now) = (accounts.subject_of(tx, own)?, accounts.vault(), tx.now());
    let tokens = store::list(tx, own)?;
    tx.note(Line::done(verbs::LIST, object::token()).about_each(tokens.iter().map(|token| token.id.uuid())));
    tokens.into_iter().map(|token| token.view(&vault, subject, now)).collect()
}

fn list_all(tx: &ReadTx<'_>, accounts: &Accounts) -> Result<Vec<TokenView>, AccountFault> {
    // Whoever may see all accounts may see what acts for them.
    let all = authz::scope::<Read>(tx.cx(), &object::user()).inspect_err(|denied| {
        tx.note_denial(Line::denied(verbs::LIST, object::token(), denied.code()));
    })?;
    if !all.is_everything() {
        return Err(Denied::Forbidden(authz::Verb::Read).into());
    }
    let (vault, now) = (accounts.vault(), tx.now());
    let tokens = store::all(tx, now.minus(SHOWN))?;
    tx.note(Line::done(verbs::LIST, object::token()).about_each(tokens.iter().map(|token| token.id.uuid())));
    tokens
        .into_iter()
        .map(|token| {
            let subject = accounts.subject_of(tx, token.user)?;
            token.view(&vault, subject, now)
        })
        .collect()
}

/// Withdraws a token: its owner may, a program in its owner's name, and whoever may take its owner's rights. To a program the tokens of
/// others are not there, whatever its owner may do in a browser.
fn revoke(tx: &mut WriteTx<'_>, accounts: &Accounts, id: TokenId) -> Result<(), AccountFault> {
    let owner = store::owner(tx, id)?.ok_or(Denied::Hidden)?;
    match tx.cx().actor() {
        ActorRef::User(user) | ActorRef::Token { user, .. } if user == owner => {}
        ActorRef::Token { .. } => {
            tx.note_denial(Line::denied(verbs::TOKEN_REVOKE, object::token(), Denied::Hidden.code()).about(id));
            return Err(Denied::Hidden.into());
        }
        _ => {
            let _ = accounts.read_person::<Grant>(tx, owner)?;
        }
    }
    if !store::revoke(tx, id)? {
        return Err(Denied::Hidden.into());
    }
    tx.note(Line::done(verbs::TOKEN_REVOKE, object::token()).about(id).about(owner));
    Ok(())
}

impl Tokens {
    /// Makes a token that acts as `owner` and returns it, this once. The owner is told.
    ///
    /// # Errors
    /// `Invalid` for what is wrong in the form; [`AccountFault::Denied`] unless the owner or the operator asks, and (a step-up) if
    /// the owner has not just proved strongly enough who they are.
    pub async fn create(&self, cx: &Cx, owner: UserId, form: TokenForm) -> Result<NewToken, AccountFault> {
        let (accounts, objects) = (self.accounts().clone(), self.objects().cloned());
        self.db().write(cx, move |tx| create(tx, (&accounts, objects.as_deref()), owner, &form)).await
    }

    /// Lists the tokens of the person who acts, the newest first, those that ended too.
    ///
    /// # Errors
    /// [`AccountFault::SignedOut`] if nobody acts.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<TokenView>, AccountFault> {
        let accounts = self.accounts().clone();
        self.db().read(cx, move |tx| list(tx, &accounts)).await
    }

    /// Lists the tokens of everybody, the newest first, and those that ended within the last month.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] unless the actor may see everybody's account.
    pub async fn list_all(&self, cx: &Cx) -> Result<Vec<TokenView>, AccountFault> {
        let accounts = self.accounts().clone();
        self.db().read(cx, move |tx| list_all(tx, &accounts)).await
    }

    /// Withdraws a token.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] (hidden) if it is somebody else's, or was withdrawn.
    pub async fn revoke(&self, cx: &Cx, id: TokenId) -> Result<(), AccountFault> {
        let accounts = self.accounts().clone();
        self.db().write(cx, move |tx| revoke(tx, &accounts, id)).await?;
        self.recognised().forget(|_, _| true);
        Ok(())
    }
}
