//! Values before and after: what a line's sealed payload holds.

use std::fmt;

use kernel::FieldName;
use minicbor::{Decode, Encode, Encoder};

use crate::entry::read_versioned;
use crate::{LedgerFault, wire};

const FORMAT: u8 = 1;

/// One field's value before and after, in the encoding of `records`.
///
/// It is personal data in clear: it is written only after sealing, and its `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Change {
    /// The field.
    #[cbor(n(0), with = "wire")]
    pub field: FieldName,
    /// The value before; none if there was none.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub before: Option<Vec<u8>>,
    /// The value after; none if there is none.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub after: Option<Vec<u8>>,
}

impl Change {
    /// Returns the plaintext of a payload that holds `changes`; the caller seals it and wipes it.
    ///
    /// # Errors
    /// [`LedgerFault::Unwritable`]; then the change must not happen.
    pub fn write_all(changes: &[Self]) -> Result<Vec<u8>, LedgerFault> {
        // Reserved in full: growing would leave copies of the plaintext in freed memory that nobody wipes.
        let size = 16 + changes.iter().map(Self::size_bound).sum::<usize>();
        let mut payload = Encoder::new(Vec::with_capacity(size));
        payload
            .array(2)
            .and_then(|payload| payload.u8(FORMAT))
            .and_then(|payload| payload.encode(changes))
            .map_err(|_| LedgerFault::Unwritable)?;
        Ok(payload.into_writer())
    }

    /// Returns the changes in the plaintext of a payload.
    ///
    /// # Errors
    /// [`LedgerFault::FormatUnknown`] if a newer version wrote it, [`LedgerFault::Unreadable`] if it is no such payload.
    pub fn read_all(payload: &[u8]) -> Result<Vec<Self>, LedgerFault> {
        read_versioned(payload, FORMAT)
    }

    fn size_bound(&self) -> usize {
        let value = |value: &Option<Vec<u8>>| 9 + value.as_ref().map_or(0, Vec::len);
        3 + self.field.as_str().len() + value(&self.before) + value(&self.after)
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = |value: &Option<Vec<u8>>| value.as_ref().map(Vec::len);
        f.debug_struct("Change")
            .field("field", &self.field)
            .field("before_len", &len(&self.before))
            .field("after_len", &len(&self.after))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change(name: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Change {
        let value = |value: Option<&[u8]>| value.map(<[u8]>::to_vec);
        Change { field: FieldName::parse(name).unwrap(), before: value(before), after: value(after) }
    }

    #[test]
    fn an_empty_value_is_not_the_same_as_none() {
        let changes = [change("a", None, Some(b"")), change("b", Some(b""), None), change("c", None, None)];
        assert_eq!(Change::read_all(&Change::write_all(&changes).unwrap()).unwrap(), changes);
    }

    #[test]
    fn debug_does_not_tell_a_value() {
        let text = format!("{:?}", change("name", Some(b"Ann"), Some(b"Anne")));
        assert_eq!(text, "Change { field: name, before_len: Some(3), after_len: Some(4) }");
    }

    proptest! {
        #[test]
        fn changes_survive_a_round_trip_in_the_space_reserved(
            changes in prop::collection::vec(("[a-z]{1,40}", any::<Option<Vec<u8>>>(), any::<Option<Vec<u8>>>()), 0..9),
        ) {
            let changes: Vec<Change> =
                changes.iter().map(|(n, b, a)| change(n, b.as_deref(), a.as_deref())).collect();
            let payload = Change::write_all(&changes).unwrap();
            prop_assert!(payload.len() <= 16 + changes.iter().map(Change::size_bound).sum::<usize>());
            prop_assert_eq!(Change::read_all(&payload), Ok(changes));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Change::read_all(&bytes);
        }
    }
}
