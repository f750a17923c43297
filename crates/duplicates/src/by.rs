//! What records are recognised by.

use records::object::Kind;
use records::{Field, Object};

/// The object that people work for.
pub(crate) const COMPANY: &str = "company";

/// Tells whether two records with the same value here are the same for certain: an address, a number, or what there is only one of.
#[must_use]
pub fn recognised(field: &Field) -> bool {
    field.is_blind() && !field.is_masked() && (field.unique || matches!(field.kind, Kind::Email | Kind::Phone))
}

/// Returns the field of the name, where equal names say something: together with the company.
#[must_use]
pub fn known_by(object: &Object) -> Option<&Field> {
    object.field(object.title.as_str()).filter(|field| field.is_blind() && !field.is_masked())
}

/// Returns the field that says whom somebody works for. A company is known by its name alone, whatever it belongs to.
#[must_use]
pub fn employer(object: &Object) -> Option<&Field> {
    let employs = |field: &&Field| field.link.as_ref().is_some_and(|link| link.as_str() == COMPANY);
    object.fields.iter().filter(|field| object.name.as_str() != COMPANY && !field.is_masked()).find(employs)
}
