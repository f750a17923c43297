//! What the API works with.

use std::sync::Arc;

use attachments::Attachments;
use authz::Cx;
use axum::extract::FromRef;
use db::Db;
use httpkit::Refusal;
use proposals::Proposals;
use records::{Object, Records};
use repeats::Repeats;
use tokens::Tokens;

/// The handles of the features. Cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) db: Db,
    pub(crate) tokens: Tokens,
    pub(crate) records: Records,
    pub(crate) repeats: Repeats,
    pub(crate) attachments: Attachments,
    pub(crate) proposals: Option<Proposals>,
}

impl FromRef<House> for Tokens {
    fn from_ref(house: &House) -> Self {
        house.tokens.clone()
    }
}

impl House {
    /// Takes the handles.
    #[must_use]
    pub fn new(db: Db, tokens: Tokens, (records, attachments): (Records, Attachments), repeats: Repeats) -> Self {
        Self { db, tokens, records, repeats, attachments, proposals: None }
    }

    /// Lets assistants propose changes, where their token was made for it.
    #[must_use]
    pub fn with_proposals(self, proposals: Proposals) -> Self {
        Self { proposals: Some(proposals), ..self }
    }

    /// Returns a definition by the object's name in URLs, as whoever asks sees it.
    ///
    /// # Errors
    /// [`Refusal`] as not found.
    pub(crate) fn object(&self, cx: &Cx, plural: &str) -> Result<Arc<Object>, Refusal> {
        self.records.seen_by_plural(cx, plural).map_err(|_| Refusal::not_found())
    }
}
