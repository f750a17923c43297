//! Which records a list shows, in which order, from where on: parsed from the URL, compiled onto a query.
//!
//! `f=stage:is:customer` filters, `sort=-amount` sorts, `after=` goes on behind a row, `limit=` says how many. Everything
//! is checked against the definition of the object, so nothing from outside reaches the query but bound values.
//!
//! # How to add one more
//! An operation is a word in [`Op`], which kinds take it in `parse.rs`, and its condition in `query.rs`.

mod cursor;
mod parse;
mod query;
mod rows;
#[cfg(test)]
mod tests;

use kernel::{FieldName, UserId};

use objects::object::{FieldClass, Object};
use objects::value::Value;

pub use ::order::Letter;
pub use cursor::Cursor;
pub use cursor::{Key, rank_column};
pub use parse::FilterFault;
pub use query::{Sealed, among_ids, cell, conditions, ordered, table};
pub use rows::kept;

/// Rows of a page where the URL does not say.
pub const USUAL_LIMIT: u32 = 50;
/// Rows of a page at most.
pub const MOST_LIMIT: u32 = 200;
/// Filters in one query at most.
pub const MOST_FILTERS: usize = 20;

/// A column of a list: a field, or what every record has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A field of the object.
    Field(FieldName),
    /// Who owns it.
    Owner,
    /// When it was made.
    Created,
    /// When it was changed last.
    Updated,
}

impl Column {
    /// Returns its name in URLs.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(name) => name.as_str(),
            Self::Owner => "owner",
            Self::Created => "created_at",
            Self::Updated => "updated_at",
        }
    }

    /// Returns its name in the table.
    pub fn column(&self) -> &str {
        match self {
            Self::Owner => "owner_id",
            other => other.name(),
        }
    }
}

/// What is asked of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// It equals a value.
    Is(Operand),
    /// It differs from a value, or is empty.
    Not(Operand),
    /// It equals one of several values.
    Any(Vec<Operand>),
    /// It has no value.
    Empty,
    /// It has a value.
    Filled,
    /// It holds words or a tag.
    Has(String),
    /// It lies before a day or moment.
    Before(Operand),
    /// It lies after a day or moment.
    After(Operand),
    /// It is more than a number or amount.
    More(Operand),
    /// It is less than a number or amount.
    Less(Operand),
}

/// What a column is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A value of the field's kind.
    Value(Value),
    /// A person.
    Person(UserId),
    /// Whoever looks.
    Me,
}

/// One condition of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: Column,
    /// What is asked of it.
    pub op: Op,
    /// How the URL spelled it, so that links can be made of it again.
    pub spelled: String,
}

/// The order of a list. Rows without a value come last in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// Returns how the URL spells it.
    #[must_use]
    pub fn spelled(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.name())
    }
}

/// A list as a URL asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// All of these hold.
    pub filters: Vec<Filter>,
    /// The order.
    pub sort: Sort,
    /// How many rows.
    pub limit: u32,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// The letter at which the list begins, if it is sorted by a name and does not go on behind a row. It is no part of the list
    /// itself.
    pub letter: Option<Letter>,
    /// Whether it shows what lies in the bin instead.
    pub bin: bool,
}

impl ListQuery {
    /// Tells whether it asks what sealed fields hold: its answer says of each record whether a guess is right.
    #[must_use]
    pub fn guesses(&self, object: &Object) -> bool {
        let sealed = |filter: &Filter| object.field(filter.column.name()).is_some_and(|f| f.class != FieldClass::Open);
        self.filters.iter().any(sealed)
    }
}

impl Default for ListQuery {
    fn default() -> Self {
        let sort = Sort { column: Column::Updated, descending: true };
        Self { filters: Vec::new(), sort, limit: USUAL_LIMIT, after: None, letter: None, bin: false }
    }
}
