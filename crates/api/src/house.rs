//! What the API works with.

use std::ops::Deref;
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
pub struct House(Arc<Handles>);

/// The handles themselves. They stand behind one pointer, because the router clones its state for every request.
#[derive(Clone)]
pub struct Handles {
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

impl Deref for House {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl House {
    /// Takes the handles.
    #[must_use]
    pub fn new(db: Db, tokens: Tokens, (records, attachments): (Records, Attachments), repeats: Repeats) -> Self {
        Self(Arc::new(Handles { db, tokens, records, repeats, attachments, proposals: None }))
    }

    /// Lets assistants propose changes, where their token was made for it.
    #[must_use]
    pub fn with_proposals(mut self, proposals: Proposals) -> Self {
        Arc::make_mut(&mut self.0).proposals = Some(proposals);
        self
    }

    /// Returns a definition by the object's name in URLs, as whoever asks sees it.
    ///
    /// # Errors
    /// [`Refusal`] as not found.
    pub(crate) fn object(&self, cx: &Cx, plural: &str) -> Result<Arc<Object>, Refusal> {
        self.records.seen_by_plural(cx, plural).map_err(|_| Refusal::not_found())
    }
}
