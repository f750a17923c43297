//! Values of fields: parsed once at the border, stored compactly, shown by whoever shows them.

mod code;
mod fault;
mod json;
mod parse;
#[cfg(test)]
mod tests;

use kernel::{Date, FieldName, Money, RecordId, Timestamp, UserId};

pub use code::CodeFault;
pub use fault::{FieldFault, Why};
pub use json::parse_json;
pub use parse::{MOST_TAGS, parse_text, parse_url, tags as parse_tags, time as parse_time, within};

/// The value of a field. It is personal data more often than not: no `Display`, and nothing logs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text: names, addresses, numbers of phones, as typed.
    Text(String),
    /// The stored word of a choice.
    Choice(String),
    /// A whole number.
    Number(i64),
    /// An amount of money.
    Money(Money),
    /// A day.
    Date(Date),
    /// A moment.
    Time(Timestamp),
    /// Words that group.
    Tags(Vec<String>),
    /// Yes or no.
    Bool(bool),
    /// Another record.
    Link(RecordId),
    /// Somebody who may sign in.
    User(UserId),
}

impl Value {
    /// Returns the text of a textual value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Choice(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the record a link leads to.
    #[must_use]
    pub fn as_link(&self) -> Option<RecordId> {
        match self {
            Self::Link(id) => Some(*id),
            _ => None,
        }
    }

    /// Returns the amount of money.
    #[must_use]
    pub fn as_money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }

    /// Returns the form that a form's control holds and [`parse_text`] takes back.
    #[must_use]
    pub fn to_input(&self) -> String {
        match self {
            Self::Text(text) | Self::Choice(text) => text.clone(),
            Self::Number(n) => n.to_string(),
            Self::Money(money) => format!("{} {}", money.amount(), money.currency),
            Self::Date(date) => date.to_string(),
            Self::Time(at) => at.to_rfc3339(),
            Self::Tags(tags) => tags.join("; "),
            Self::Bool(yes) => yes.to_string(),
            Self::Link(id) => id.to_string(),
            Self::User(id) => id.to_string(),
        }
    }
}

/// The values of a record by field. A field without a value is not in it.
///
/// In the order of the names: a record has a few dozen fields at most, and a page opens fifty records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<(FieldName, Value)>);

impl Values {
    /// Starts without values, with room for as many as a record of this size has.
    #[must_use]
    pub fn with_room(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Finds a field. Names mostly come from the definition, so that equal ones lie at the same place in memory and few
    /// bytes are compared.
    fn find(&self, field: &str) -> Option<usize> {
        let same = |name: &str| name.len() == field.len() && (std::ptr::eq(name, field) || name == field);
        self.0.iter().position(|(name, _)| same(name.as_str()))
    }

    /// Returns the value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(self.find(field)?).map(|(_, value)| value)
    }

    /// Sets the value of a field, or takes it away.
    pub fn set(&mut self, field: FieldName, value: Option<Value>) {
        match (self.find(field.as_str()), value) {
            (Some(at), Some(value)) => {
                if let Some(known) = self.0.get_mut(at) {
                    known.1 = value;
                }
            }
            (Some(at), None) => drop(self.0.remove(at)),
            (None, Some(value)) => {
                let at = self.0.partition_point(|(name, _)| *name < field);
                self.0.insert(at, (field, value));
            }
            (None, None) => {}
        }
    }

    /// Returns every field that has a value.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldName, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Tells whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(FieldName, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (FieldName, Value)>>(iter: I) -> Self {
        let mut values = Self::default();
        for (field, value) in iter {
            values.set(field, Some(value));
        }
        values
    }
}

impl IntoIterator for Values {
    type Item = (FieldName, Value);
    type IntoIter = std::vec::IntoIter<(FieldName, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
