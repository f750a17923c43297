//! What a token is.

use std::time::Duration;

use crypto::Secret;
use db::{Bare, DbFault, Row};
use kernel::{SubjectId, Timestamp, TokenId, UserId};
use vault::{Aad, KeyOf, Vault};

use crate::{AccountFault, object};

/// What a token is made from.
#[derive(Clone)]
pub struct TokenForm {
    /// What it is for, in its owner's words.
    pub label: String,
    /// How long it is good for, at most a year.
    pub lasts: Duration,
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

/// One of a person's own tokens, for their list.
#[derive(Clone)]
pub struct TokenView {
    /// The id.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// Its last four characters, to tell it from others.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used last, to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
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
}

// Compared with what a program presents, or shown to the token's owner; the one word in it about anybody is sealed.
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
        })
    }

    /// Tells whether the token can be used.
    pub(crate) fn good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Opens the row for its owner.
    pub(crate) fn view(self, vault: &Vault, subject: SubjectId) -> Result<TokenView, AccountFault> {
        let (object, record) = (object::token(), self.id.uuid());
        let label =
            vault.open_seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose: LABEL }, &self.label)?;
        Ok(TokenView {
            id: self.id,
            label: String::from_utf8_lossy(&label).into_owned(),
            hint: self.hint,
            created_at: self.created_at,
            expires_at: self.expires_at,
            used_at: self.used_at,
            revoked_at: self.revoked_at,
        })
    }
}

const LABEL: &str = "label";

/// Seals the label of a token for its place.
pub(crate) fn seal_label(
    vault: &Vault,
    subject: SubjectId,
    token: TokenId,
    label: &str,
) -> Result<Vec<u8>, AccountFault> {
    let (object, record) = (object::token(), token.uuid());
    Ok(vault.seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose: LABEL }, label.as_bytes())?)
}
