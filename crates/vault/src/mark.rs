//! Marks: what tells that a row stands as the program wrote it.

use std::sync::Arc;

use crypto::{Key, MacKey};

/// Marks rows under a key of their own, and tells whether a mark fits. Cheap to clone.
///
/// A seal says that one value is genuine and belongs to its record. A mark says so of everything that stands in a row at once,
/// the open columns and the version among them, and needs nobody's own key: it holds for people who were erased too.
#[derive(Clone)]
pub struct Marker(Arc<MacKey>);

impl Marker {
    pub(crate) fn new(key: &Key) -> Self {
        Self(Arc::new(MacKey::new(key)))
    }

    /// Returns the mark of a row: HMAC-SHA256 over its spelling, the first 128 bits.
    #[must_use]
    pub fn mark(&self, spelled: &[u8]) -> [u8; 16] {
        let [mark @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.0.mac(spelled);
        mark
    }

    /// Tells in constant time whether a mark is that of a row.
    #[must_use]
    pub fn fits(&self, spelled: &[u8], mark: &[u8]) -> bool {
        crypto::same(&self.mark(spelled), mark)
    }
}
