//! What leaves about links: which records belong together, and what they are called.

use kernel::FieldName;
use records::list::Related;
use records::{Record, RecordRef};
use serde::Serialize;

/// Both ways.
#[derive(Serialize)]
pub(crate) struct LinksView {
    pub(crate) to: Vec<LinkView>,
    pub(crate) from: Vec<LinkedView>,
}

/// One that a record links to.
#[derive(Serialize)]
pub(crate) struct LinkView {
    field: String,
    object: String,
    #[serde(flatten)]
    one: OneView,
}

/// Which one, and what it is called; nothing where the token does not see the field that says so.
#[derive(Serialize)]
struct OneView {
    id: String,
    title: Option<String>,
}

impl OneView {
    fn of(record: &Record) -> Self {
        let object = record.definition();
        let field = object.field(object.title.as_str()).filter(|field| !field.is_masked());
        let title = field.and_then(|field| record.value(field.name.as_str())?.as_text().map(str::to_owned));
        Self { id: record.record_id().to_string(), title }
    }
}

impl LinkView {
    pub(crate) fn of(field: &FieldName, record: &Record) -> Self {
        let object = record.definition().name.to_string();
        Self { field: field.to_string(), object, one: OneView::of(record) }
    }
}

/// Those that link to it by one field.
#[derive(Serialize)]
pub(crate) struct LinkedView {
    field: String,
    object: String,
    data: Vec<OneView>,
    /// Where the list of them goes on, if there are more.
    next: Option<String>,
}

impl LinkedView {
    pub(crate) fn of(related: &Related, at: &RecordRef, most: u32) -> Self {
        let (field, plural) = (&related.field, &related.object.plural);
        let there = related.page.rows.iter().filter(|record| !record.is_damaged());
        let next = related.page.next.as_ref().map(|cursor| {
            let after = httpkit::segment_url(&cursor.to_string());
            format!("/api/v1/{plural}?f={field}:is:{}&sort=-created_at&limit={most}&after={after}", at.id)
        });
        let data = there.map(|record| OneView::of(record)).collect();
        Self { field: field.to_string(), object: related.object.name.to_string(), data, next }
    }
}
