//! What a change makes of a record: pure, no clock, no database.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{Currency, FieldName, Timestamp, UserId};

use scanner::Kind as Secret;

use super::input::{Change, Input};
use crate::object::{Default, Field, Kind, Object};
use crate::value::{FieldFault, Value, Values, Why, parse_json, parse_text};

/// What a decision needs to know of the world.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The definition as whoever acts sees it: what it does not have cannot be written.
    pub seen: Arc<Object>,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// The moment of the change.
    pub now: Timestamp,
}

/// One field that becomes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Altering {
    /// The field.
    pub field: FieldName,
    /// Its value before.
    pub before: Option<Value>,
    /// Its value after.
    pub after: Option<Value>,
}

/// What a record becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Altered {
    /// Its open and personal values.
    pub values: Values,
    /// What differs from before, in the order of the definition.
    pub changed: Vec<Altering>,
    /// Masked fields that are written; what they held before is not known here.
    pub masked: Vec<(FieldName, Option<Value>)>,
    /// Who owns it from now on, if that is said.
    pub owner: Option<UserId>,
    /// What looks like a secret and is kept.
    pub kept: BTreeSet<Secret>,
}

impl Altered {
    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.changed.is_empty() && self.masked.is_empty() && self.owner.is_none()
    }

    /// Tells whether a field changes.
    #[must_use]
    pub fn touches(&self, field: &FieldName) -> bool {
        self.changed.iter().any(|altering| altering.field == *field)
    }
}

/// Returns what a record becomes by a change. Every wrong field is named, not only the first.
///
/// # Errors
/// One [`FieldFault`] for each field that is unknown, wrong, or required and empty.
pub fn alter(object: &Object, current: &Values, change: Change, terms: &Terms) -> Result<Altered, Vec<FieldFault>> {
    altered(object, current, change, terms, false)
}

fn altered(
    object: &Object,
    current: &Values,
    change: Change,
    terms: &Terms,
    new: bool,
) -> Result<Altered, Vec<FieldFault>> {
    let mut altered = Altered { values: current.clone(), owner: change.owner, ..Altered::default() };
    let mut faults = Vec::new();
    for (name, input) in change.inputs {
        match taken(terms, &name, input, new) {
            Ok((field, value)) if object.field(name.as_str()).is_some_and(Field::is_masked) => {
                altered.masked.push((field.name.clone(), value))
            }
            Ok((field, value)) => altered.values.set(field.name.clone(), value),
            Err(why) => faults.push(FieldFault { field: name, why }),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    stamp(object, &mut altered.values, terms.now);
    altered.changed = differences(object, current, &altered.values);
    Ok(altered)
}

/// Returns what a new record holds: the change over the defaults.
///
/// # Errors
/// As [`alter`]; a required field must have a value.
pub fn make(object: &Object, change: Change, terms: &Terms) -> Result<Altered, Vec<FieldFault>> {
    let mut made = altered(object, &defaults(object, terms.now), change, terms, true)?;
    let missing =
        |field: &&Field| field.required && !field.is_masked() && made.values.get(field.name.as_str()).is_none();
    let faults: Vec<FieldFault> = object
        .fields
        .iter()
        .filter(missing)
        .map(|f| FieldFault { field: f.name.to_string(), why: Why::Required })
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    made.changed = differences(object, &Values::default(), &made.values);
    Ok(made)
}

/// Returns what a new record holds where nothing is given.
#[must_use]
pub fn defaults(object: &Object, now: Timestamp) -> Values {
    let value = |field: &Field| match (field.default.as_ref()?, field.kind) {
        (Default::Value(value), _) => Some(value.clone()),
        (Default::Now, Kind::Date) => Some(Value::Date(now.date())),
        (Default::Now, _) => Some(Value::Time(now)),
    };
    object.fields.iter().filter_map(|field| Some((field.name.clone(), value(field)?))).collect()
}

fn taken<'t>(terms: &'t Terms, name: &str, input: Input, new: bool) -> Result<(&'t Field, Option<Value>), Why> {
    let currency = terms.currency;
    let field = terms.seen.field(name).filter(|field| field.stamps.is_none()).ok_or(Why::Unknown)?;
    // Without a required field there would be no record.
    if field.locked && !(new && field.required) {
        return Err(Why::Locked);
    }
    let value = match input {
        Input::Text(text) => parse_text(field, &text, currency)?,
        Input::Json(json) => parse_json(field, &json, currency)?,
        Input::Set(value) => value,
    };
    if value.is_none() && field.required {
        return Err(Why::Required);
    }
    if !value.as_ref().is_none_or(|value| fits(field, value)) {
        return Err(Why::Type);
    }
    Ok((field, value))
}

/// Tells whether a value is of a field's kind.
pub fn fits(field: &Field, value: &Value) -> bool {
    match field.kind {
        Kind::PersonName | Kind::Text | Kind::LongText | Kind::Email | Kind::Phone | Kind::Url => {
            matches!(value, Value::Text(_))
        }
        Kind::Number => matches!(value, Value::Number(_)),
        Kind::Money => matches!(value, Value::Money(_)),
        Kind::Date => matches!(value, Value::Date(_)),
        Kind::Time => matches!(value, Value::Time(_)),
        Kind::Choice => matches!(value, Value::Choice(word) if field.choice(word).is_some()),
        Kind::Tags => matches!(value, Value::Tags(_)),
        Kind::Boolean => matches!(value, Value::Bool(_)),
        Kind::Link => matches!(value, Value::Link(_)),
        Kind::User => matches!(value, Value::User(_)),
    }
}

/// Dates the yes of a yes-or-no field, and forgets the date with a no.
pub fn stamp(object: &Object, values: &mut Values, now: Timestamp) {
    for field in &object.fields {
        let Some(stamped) = &field.stamps else { continue };
        let yes = values.get(stamped.as_str()) == Some(&Value::Bool(true));
        let dated = values.get(field.name.as_str()).is_some();
        match (yes, dated) {
            (true, false) => values.set(field.name.clone(), Some(Value::Time(now))),
            (false, true) => values.set(field.name.clone(), None),
            (true, true) | (false, false) => {}
        }
    }
}

/// Returns what differs between the values before and after, in the order of the definition.
pub fn differences(object: &Object, before: &Values, after: &Values) -> Vec<Altering> {
    let differing = |field: &Field| {
        let (old, new) = (before.get(field.name.as_str()), after.get(field.name.as_str()));
        (old != new).then(|| Altering { field: field.name.clone(), before: old.cloned(), after: new.cloned() })
    };
    object.fields.iter().filter_map(differing).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
