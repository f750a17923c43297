//! What a token is.

use std::time::Duration;

use accounts::AccountFault;
use crypto::Secret;
use db::{Bare, DbFault, Row};
use identity::object;
use kernel::{Network, SubjectId, Timestamp, TokenId, UserId, Uuid};
use minicbor::{Decode, Encode};
use proofs::dpop::Thumbprint;
use vault::{Aad, KeyOf, Vault};

/// What a token is made from, as it was typed.
#[derive(Clone, Default)]
pub struct TokenForm {
    /// What it is called.
    pub label: String,
    /// What it is for, in its owner's words.
    pub purpose: String,
    /// How long it is good for, at most a year.
    pub lasts: Duration,
    /// The networks it may be used from, between blanks or commas; none means any.
    pub networks: String,
    /// What it may do, as `contact:read`; nothing means everything that its owner may do with records.
    pub scopes: Option<Vec<String>>,
    /// The only fields it sees of their objects, as `contact:email`; an object of which none is named has all that its owner sees.
    pub fields: Vec<String>,
    /// The only rows it may know of, as `contact:stage:is:lead`; an object of which no condition is named has all that its owner sees.
    pub rows: Vec<String>,
    /// The public key whose owner alone may use it, or its thumbprint; nothing means whoever holds the token.
    pub key: String,
}

/// A token just made. This is the only time it is seen.
pub struct NewToken {
    /// The id.
    pub id: TokenId,
    /// What goes behind `Authorization: Bearer`.
    pub token: Secret<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// How a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    Good,
    /// It was withdrawn.
    Revoked,
    /// Its time is over.
    Expired,
    /// Nobody used it for so long that it ended.
    Unused,
}

/// A token, for lists.
#[derive(Clone)]
pub struct TokenView {
    /// The id.
    pub id: TokenId,
    /// Whom it acts for.
    pub owner: UserId,
    /// What it is called.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// Its last four characters, to tell it from others.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
    /// From which address that was.
    pub used_from: Option<String>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
    /// The networks it may be used from; none means any.
    pub networks: Vec<Network>,
    /// What it may do, as `contact:read`; nothing means everything that its owner may do with records.
    pub scopes: Option<Vec<String>>,
    /// The only fields it sees of their objects, as `contact:email`; an object of which none is named has all that its owner sees.
    pub fields: Vec<String>,
    /// The only rows it may know of, as `contact:stage:is:lead`.
    pub rows: Vec<String>,
    /// The key it is bound to, if it is.
    pub key: Option<Thumbprint>,
    /// How it stands.
    pub standing: Standing,
    /// The app that holds it, if one does.
    pub app: Option<Uuid>,
}

/// What is sealed about a token's use.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub(crate) struct Terms {
    #[n(0)]
    pub(crate) purpose: String,
    #[n(1)]
    networks: Vec<String>,
    #[n(2)]
    pub(crate) scopes: Option<Vec<String>>,
    #[n(3)]
    fields: Option<Vec<String>>,
    #[n(4)]
    rows: Option<Vec<String>>,
}

impl Terms {
    pub(crate) fn new(purpose: String, networks: &[Network], scopes: Option<Vec<String>>) -> Self {
        Self { purpose, scopes, networks: networks.iter().map(ToString::to_string).collect(), fields: None, rows: None }
    }

    /// Narrows what is seen of some objects to fields of theirs.
    pub(crate) fn seeing(self, fields: Vec<String>) -> Self {
        Self { fields: (!fields.is_empty()).then_some(fields), ..self }
    }

    /// Keeps it to rows.
    pub(crate) fn among(self, rows: Vec<String>) -> Self {
        Self { rows: (!rows.is_empty()).then_some(rows), ..self }
    }

    /// Returns the rows it is kept to.
    pub(crate) fn rows(&self) -> &[String] {
        self.rows.as_deref().unwrap_or_default()
    }

    /// Returns the fields it is narrowed to.
    pub(crate) fn fields(&self) -> &[String] {
        self.fields.as_deref().unwrap_or_default()
    }

    /// Tells whether something is named among what it is for. One that is for everything names nothing.
    pub(crate) fn names(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_some_and(|scopes| scopes.iter().any(|known| known == scope))
    }

    /// Tells whether an AI assistant asks with it.
    pub(crate) fn is_for_assistants(&self) -> bool {
        self.names(crate::rules::ASSISTANT)
    }

    /// Tells whether that assistant may propose changes.
    pub(crate) fn proposes(&self) -> bool {
        self.is_for_assistants() && self.scopes.iter().flatten().any(|scope| scope == crate::rules::PROPOSES)
    }

    /// Returns the networks. One that cannot be read any more is an error: left out, it would let everybody in.
    pub(crate) fn networks(&self) -> Result<Vec<Network>, DbFault> {
        self.networks.iter().map(|text| text.parse().map_err(|_| DbFault::Mismatch)).collect()
    }
}

/// A row of `api_token`.
pub(crate) struct Token {
    pub(crate) id: TokenId,
    pub(crate) user: UserId,
    pub(crate) hint: String,
    pub(crate) label: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) terms: Option<Vec<u8>>,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) used_from: Option<Vec<u8>>,
    pub(crate) app: Option<Uuid>,
    /// Until when its present secret is good; an app renews it.
    pub(crate) fresh_until: Option<Timestamp>,
    /// Until when the app that holds it is new here.
    pub(crate) watched_until: Option<Timestamp>,
}

// Compared with what a program presents, or shown to the token's owner and to whoever may see all accounts; the words in it that
// are about anybody are sealed.
impl Bare for Token {}

impl Token {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            hint: row.get(2)?,
            label: row.get(3)?,
            created_at: row.get(4)?,
            expires_at: row.get(5)?,
            used_at: row.get(6)?,
            revoked_at: row.get(7)?,
            terms: row.get(8)?,
            key: row.get(9)?,
            used_from: row.get(10)?,
            app: row.get(11)?,
            fresh_until: row.get(12)?,
            watched_until: row.get(13)?,
        })
    }

    /// Returns the key it is bound to.
    pub(crate) fn bound(&self) -> Result<Option<Thumbprint>, DbFault> {
        self.key.as_deref().map(|bytes| Thumbprint::from_bytes(bytes).ok_or(DbFault::Mismatch)).transpose()
    }

    /// Opens the terms. Without any it is a token of before, which may not be used.
    pub(crate) fn terms(&self, vault: &Vault, subject: SubjectId) -> Result<Option<Terms>, AccountFault> {
        let Some(sealed) = &self.terms else { return Ok(None) };
        let bytes = open(vault, (subject, self.id), TERMS, sealed)?;
        Ok(Some(minicbor::decode(&bytes).map_err(|_| DbFault::Mismatch)?))
    }

    /// Opens the row.
    pub(crate) fn view(self, vault: &Vault, subject: SubjectId, now: Timestamp) -> Result<TokenView, AccountFault> {
        let whose = (subject, self.id);
        let word = |purpose, sealed: &[u8]| open(vault, whose, purpose, sealed).map(|bytes| spelled(&bytes));
        let terms = self.terms(vault, subject)?.unwrap_or_default();
        Ok(TokenView {
            id: self.id,
            owner: self.user,
            label: word(LABEL, &self.label)?,
            networks: terms.networks()?,
            fields: terms.fields().to_vec(),
            rows: terms.rows().to_vec(),
            scopes: terms.scopes,
            purpose: terms.purpose,
            key: self.bound()?,
            used_from: self.used_from.as_deref().map(|sealed| word(FROM, sealed)).transpose()?,
            standing: crate::rules::standing(&self, now),
            hint: self.hint,
            created_at: self.created_at,
            expires_at: self.expires_at,
            used_at: self.used_at,
            revoked_at: self.revoked_at,
            app: self.app,
        })
    }
}

/// What a token is called.
pub(crate) const LABEL: &str = "label";
/// What it may be used for.
pub(crate) const TERMS: &str = "terms";
/// Where it was used last.
pub(crate) const FROM: &str = "from";

fn spelled(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn open(
    vault: &Vault,
    (subject, token): (SubjectId, TokenId),
    purpose: &'static str,
    sealed: &[u8],
) -> Result<Vec<u8>, AccountFault> {
    let (object, record) = (object::token(), token.uuid());
    let opened = vault.open_seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose }, sealed)?;
    Ok(opened.to_vec())
}

/// Seals something about a token for its place, under its owner's key.
pub(crate) fn seal(
    vault: &Vault,
    (subject, token): (SubjectId, TokenId),
    purpose: &'static str,
    bytes: &[u8],
) -> Result<Vec<u8>, AccountFault> {
    let (object, record) = (object::token(), token.uuid());
    Ok(vault.seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose }, bytes)?)
}
