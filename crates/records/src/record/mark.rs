//! What the mark of a row is taken over: everything in it that somebody with the database file could change.
//!
//! The list is explicit. Search tokens and places in an order lie beside the row, and move by themselves.

use kernel::{FieldName, ObjectName, Timestamp, Uuid};
use vault::Marker;

use super::model::Head;
use crate::value::Value;

/// Names the spelling; another one marks under another word, so that no two are taken for each other.
const FORMAT: &[u8] = b"custos-row-1";

/// What stands in a row.
pub(crate) struct Standing<'r> {
    pub(crate) object: &'r ObjectName,
    pub(crate) head: &'r Head,
    pub(crate) sealed: &'r [u8],
    pub(crate) masked: Option<&'r [u8]>,
}

impl Standing<'_> {
    /// Spells the row out: every part of varying length after its length, so no two rows spell alike. Of the open fields only
    /// those that hold something, by name: a field that an object gets later changes no row that is there.
    fn spell<'v>(&self, open: impl Iterator<Item = (&'v FieldName, &'v Value)>) -> Vec<u8> {
        let head = self.head;
        let mut out = Vec::with_capacity(256 + self.sealed.len() + self.masked.map_or(0, <[u8]>::len));
        out.extend_from_slice(FORMAT);
        part(&mut out, self.object.as_str().as_bytes());
        out.extend_from_slice(head.id.uuid().as_bytes());
        for number in [head.version, head.created_at.micros(), head.updated_at.micros()] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        maybe(&mut out, head.deleted_at.map(Timestamp::micros).map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        let ids =
            [head.owner.map(kernel::Id::uuid), head.team.map(kernel::Id::uuid), head.subject.map(kernel::Id::uuid)];
        for id in &ids {
            maybe(&mut out, id.as_ref().map(Uuid::as_bytes).map(<[u8; 16]>::as_slice));
        }
        part(&mut out, self.sealed);
        maybe(&mut out, self.masked);
        for (name, value) in open {
            part(&mut out, name.as_str().as_bytes());
            part(&mut out, &value.encode());
        }
        out
    }

    /// Returns the mark of the row. `open` comes in the order of the names.
    pub(crate) fn mark<'v>(&self, marker: &Marker, open: impl Iterator<Item = (&'v FieldName, &'v Value)>) -> [u8; 16] {
        marker.mark(&self.spell(open))
    }

    /// Tells whether a mark is the row's. `open` comes in the order of the names.
    pub(crate) fn bears<'v>(
        &self,
        marker: &Marker,
        open: impl Iterator<Item = (&'v FieldName, &'v Value)>,
        mark: &[u8],
    ) -> bool {
        marker.fits(&self.spell(open), mark)
    }
}

fn part(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn maybe(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            out.push(1);
            part(out, bytes);
        }
        None => out.push(0),
    }
}
