//! What the API works with.

use std::sync::Arc;

use axum::extract::FromRef;
use db::Db;
use httpkit::Refusal;
use records::{Object, Records};
use tokens::Tokens;

/// The handles of the features. Cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) db: Db,
    pub(crate) tokens: Tokens,
    pub(crate) records: Records,
}

impl FromRef<House> for Tokens {
    fn from_ref(house: &House) -> Self {
        house.tokens.clone()
    }
}

impl House {
    /// Takes the handles.
    #[must_use]
    pub fn new(db: Db, tokens: Tokens, records: Records) -> Self {
        Self { db, tokens, records }
    }

    /// Returns a definition by the object's name in URLs.
    ///
    /// # Errors
    /// [`Refusal`] as not found.
    pub(crate) fn object(&self, plural: &str) -> Result<Arc<Object>, Refusal> {
        self.records.objects().by_plural(plural).cloned().ok_or_else(Refusal::not_found)
    }
}
