//! What the mark of a file's row is taken over: everything in it that somebody with the database file could change.
//!
//! The preview and the parts lie under the file's own key and never change: of them the row says no more than that they are there.

use kernel::{Id, Timestamp, Uuid};
use vault::Spelling;

use crate::model::Kept;

/// Names the spelling; another one marks under another word, so that no two are taken for each other.
const FORMAT: &[u8] = b"custos-file-1";

/// Spells the row of a file out.
pub(crate) fn spell(kept: &Kept) -> Spelling {
    let mut out = Spelling::new(FORMAT, kept.sealed.len());
    out.id(kept.place.id.uuid());
    out.part(kept.place.at.object.as_str().as_bytes());
    out.id(kept.place.at.id.uuid());
    out.maybe(kept.place.subject.map(Id::uuid).as_ref().map(Uuid::as_bytes).map(<[u8; 16]>::as_slice));
    out.id(kept.user.uuid());
    out.part(kept.state.code().as_bytes());
    for number in [kept.version, kept.size, kept.parts, i64::from(kept.previewed), kept.created_at.micros()] {
        out.number(number);
    }
    out.maybe(kept.removed_at.map(Timestamp::micros).map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    out.part(&kept.sealed);
    out
}
