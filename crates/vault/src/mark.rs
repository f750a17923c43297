//! Marks: what tells that a row stands as the program wrote it.

use std::ops::Deref;
use std::sync::Arc;

use crypto::{Key, MacKey};
use db::{DbFault, Marking};
use kernel::Uuid;

use crate::{Vault, keys};

impl Marking for Vault {
    fn key(&self) -> Arc<MacKey> {
        Arc::clone(&self.0.rights)
    }

    fn is_done(&self) -> Result<bool, DbFault> {
        keys::rights_known(&self.0.keyring)
    }

    fn done(&self) -> Result<(), DbFault> {
        keys::know_rights(&self.0.keyring)
    }
}

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
        self.0.mark(spelled)
    }

    /// Tells in constant time whether a mark is that of a row.
    #[must_use]
    pub fn fits(&self, spelled: &[u8], mark: &[u8]) -> bool {
        self.0.fits(spelled, mark)
    }
}

/// A row, spelled out for its mark: every part of varying length after its length, so that no two rows spell alike.
pub struct Spelling(Vec<u8>);

impl Spelling {
    /// Begins with the name of the format, which marks other rows under other words; `room` says how many bytes are sure to come.
    #[must_use]
    pub fn new(format: &[u8], room: usize) -> Self {
        let mut bytes = Vec::with_capacity(256 + room);
        bytes.extend_from_slice(format);
        Self(bytes)
    }

    /// Adds an id.
    pub fn id(&mut self, id: Uuid) {
        self.0.extend_from_slice(id.as_bytes());
    }

    /// Adds a number.
    pub fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    /// Adds what may be of any length.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    /// Adds what may be missing.
    pub fn maybe(&mut self, bytes: Option<&[u8]>) {
        self.0.push(u8::from(bytes.is_some()));
        bytes.into_iter().for_each(|bytes| self.part(bytes));
    }
}

impl Deref for Spelling {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
