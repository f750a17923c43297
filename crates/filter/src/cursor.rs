//! Where a page ends, so that the next one begins behind it whatever was inserted meanwhile.

use crypto::{base64url, unbase64url};
use kernel::{FieldName, RecordId, Uuid};

use crate::{Column, Sort};
use objects::object::{Kind, Object};

/// The sort key of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A number, amount, day, moment or yes-or-no.
    Int(i64),
    /// Text.
    Text(String),
    /// The place of the row in a ranked order. Ranks tell how much lies between two rows, whoever may see it, so that none leaves the
    /// house: the row is asked for its own when the list goes on.
    Place,
    /// No value: these rows come last.
    None,
}

/// A place in a sorted list. Its text form is opaque to everybody outside; a forged one shows nothing that the list would
/// not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What the row is sorted by.
    pub key: Key,
    /// The row.
    pub id: RecordId,
    sort: String,
}

impl Cursor {
    /// Makes a place behind a row.
    #[must_use]
    pub fn new(sort: &Sort, key: Key, id: RecordId) -> Self {
        Self { key, id, sort: sort.spelled() }
    }

    /// Takes the text form, if it belongs to a list of this object in this order.
    #[must_use]
    pub fn parse(text: &str, object: &Object, sort: &Sort) -> Option<Self> {
        let bytes = Some(text).filter(|text| text.len() <= 8_000).and_then(unbase64url)?;
        let (id, rest) = bytes.split_at_checked(16)?;
        let (tag, rest) = rest.split_first()?;
        let (length, rest) = rest.split_first()?;
        let (name, key) = rest.split_at_checked(usize::from(*length))?;
        let key = match tag {
            0 if key.is_empty() => Key::None,
            1 => Key::Int(i64::from_be_bytes(key.try_into().ok()?)),
            // No stored text holds a NUL, and PostgreSQL takes none.
            2 => Key::Text(std::str::from_utf8(key).ok().filter(|text| !text.contains('\0'))?.to_owned()),
            3 if key.is_empty() => Key::Place,
            _ => return None,
        };
        let cursor = Self { key, id: RecordId::from_uuid(Uuid::from_slice(id).ok()?), sort: sort.spelled() };
        let fits = match cursor.key {
            Key::None => true,
            Key::Place => rank_column(object, sort).is_some(),
            Key::Int(_) => rank_column(object, sort).is_none() && !is_text(object, sort),
            Key::Text(_) => rank_column(object, sort).is_none() && is_text(object, sort),
        };
        (fits && name == cursor.sort.as_bytes()).then_some(cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (tag, key) = match &self.key {
            Key::None => (0_u8, Vec::new()),
            Key::Int(n) => (1, n.to_be_bytes().to_vec()),
            Key::Text(text) => (2, text.as_bytes().to_vec()),
            Key::Place => (3, Vec::new()),
        };
        let length = u8::try_from(self.sort.len()).unwrap_or(u8::MAX);
        let bytes = [&self.id.to_bytes()[..], &[tag, length], self.sort.as_bytes(), &key].concat();
        f.write_str(&base64url(&bytes))
    }
}

/// Returns the column of ranks that a list is sorted by, if its field is sealed.
#[must_use]
pub fn rank_column(object: &Object, sort: &Sort) -> Option<FieldName> {
    let Column::Field(name) = &sort.column else { return None };
    object.field(name.as_str())?.rank_column()
}

/// Tells whether the key of a sort is text.
pub(crate) fn is_text(object: &Object, sort: &Sort) -> bool {
    let Column::Field(name) = &sort.column else { return false };
    object.field(name.as_str()).is_some_and(|field| {
        matches!(
            field.kind,
            Kind::Text | Kind::Choice | Kind::PersonName | Kind::LongText | Kind::Email | Kind::Phone | Kind::Url
        )
    })
}
