//! What the mark of a row is taken over: everything in it that somebody with the database file could change.
//!
//! The list is explicit. Search tokens and places in an order lie beside the row, and move by themselves.

use kernel::{FieldName, ObjectName, Timestamp, Uuid};
use vault::{Marker, Spelling};

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
    fn spell<'v>(&self, open: impl Iterator<Item = (&'v FieldName, &'v Value)>) -> Spelling {
        let head = self.head;
        let mut out = Spelling::new(FORMAT, self.sealed.len() + self.masked.map_or(0, <[u8]>::len));
        out.part(self.object.as_str().as_bytes());
        out.id(head.id.uuid());
        for number in [head.version, head.created_at.micros(), head.updated_at.micros()] {
            out.number(number);
        }
        out.maybe(head.deleted_at.map(Timestamp::micros).map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        let ids =
            [head.owner.map(kernel::Id::uuid), head.team.map(kernel::Id::uuid), head.subject.map(kernel::Id::uuid)];
        for id in &ids {
            out.maybe(id.as_ref().map(Uuid::as_bytes).map(<[u8; 16]>::as_slice));
        }
        out.part(self.sealed);
        out.maybe(self.masked);
        for (name, value) in open {
            out.part(name.as_str().as_bytes());
            out.part(&value.encode());
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
