//! One row of the ledger.

use kernel::EntryId;
use minicbor::{Decoder, Encoder};

use crate::{Act, Hash, LedgerFault, tree};

const FORMAT: u8 = 1;

/// One row: the packed acts of one transaction, or of one batch of reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of the row.
    pub id: EntryId,
    /// The packed acts: CBOR, format version first.
    pub body: Vec<u8>,
}

impl Entry {
    /// Packs `acts` into the row `id`.
    ///
    /// # Errors
    /// [`LedgerFault::Unwritable`]; then what the acts tell of must not happen.
    pub fn pack(id: EntryId, acts: &[Act]) -> Result<Self, LedgerFault> {
        let size = 8 + acts.iter().map(Act::size_hint).sum::<usize>();
        let mut body = Encoder::new(Vec::with_capacity(size));
        body.array(2)
            .and_then(|body| body.u8(FORMAT))
            .and_then(|body| body.encode(acts))
            .map_err(|_| LedgerFault::Unwritable)?;
        Ok(Self { id, body: body.into_writer() })
    }

    /// Returns the acts, in the order in which they were packed.
    ///
    /// # Errors
    /// [`LedgerFault::FormatUnknown`] if a newer version wrote it, [`LedgerFault::Unreadable`] if it is damaged.
    pub fn unpack(&self) -> Result<Vec<Act>, LedgerFault> {
        read_versioned(&self.body, FORMAT)
    }

    /// Returns the leaf: the RFC 6962 leaf hash over the id's 16 bytes and the body.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        Self::leaf_of(self.id.uuid().as_bytes(), &self.body)
    }

    /// Returns the leaf of a row from its stored columns, whatever they hold.
    pub(crate) fn leaf_of(id: &[u8], body: &[u8]) -> Hash {
        tree::leaf_hash_of(&[id, body])
    }
}

/// Reads `[format, value, ..]` and refuses bytes after it; elements of a later minor version are passed over.
pub(crate) fn read_versioned<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8], format: u8) -> Result<T, LedgerFault> {
    let unreadable = |_| LedgerFault::Unreadable;
    let mut reader = Decoder::new(bytes);
    let elements = reader.array().map_err(unreadable)?.filter(|n| *n >= 2).ok_or(LedgerFault::Unreadable)?;
    let found = reader.u8().map_err(unreadable)?;
    if found != format {
        return Err(LedgerFault::FormatUnknown(found));
    }
    let value = reader.decode().map_err(unreadable)?;
    for _ in 2..elements {
        reader.skip().map_err(unreadable)?;
    }
    if reader.position() == bytes.len() { Ok(value) } else { Err(LedgerFault::Unreadable) }
}

#[cfg(test)]
mod tests;
