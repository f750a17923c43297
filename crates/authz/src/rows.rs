//! Conditions on rows: what one must hold so that somebody may know of it.
//!
//! A condition is about one open column and is plain data, so that it can be asked of one row here and of a whole table in the
//! database (`db`), and both answer alike.

use kernel::Uuid;

/// What a column holds, as conditions compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A number, a day or a moment.
    Int(i64),
    /// A word.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A link, a person.
    Id(Uuid),
    /// An amount in a currency.
    Money(i64, String),
}

impl Cell {
    /// Tells which of two that can be put in order comes first; amounts of two currencies cannot.
    fn order(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Int(one), Self::Int(two)) => Some(one.cmp(two)),
            (Self::Money(one, of), Self::Money(two, in_)) if of == in_ => Some(one.cmp(two)),
            _ => None,
        }
    }
}

/// What is asked of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It holds one of these; of none at all, nothing does.
    Any(Vec<Cell>),
    /// It holds something else, or nothing.
    Not(Cell),
    /// It holds nothing.
    Empty,
    /// It holds something.
    Filled,
    /// It holds less.
    Less(Cell),
    /// It holds more.
    More(Cell),
}

/// A condition on rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// What is asked of it.
    pub test: Test,
}

impl Condition {
    /// Returns the condition that no row meets.
    #[must_use]
    pub fn nothing() -> Self {
        Self { column: "id".to_owned(), test: Test::Any(Vec::new()) }
    }

    /// Tells whether a row that holds `cell` in the column meets it.
    #[must_use]
    pub fn holds(&self, cell: Option<&Cell>) -> bool {
        match (&self.test, cell) {
            (Test::Empty, cell) => cell.is_none(),
            (Test::Filled, cell) => cell.is_some(),
            (Test::Not(other), cell) => cell != Some(other),
            (_, None) => false,
            (Test::Any(cells), Some(cell)) => cells.contains(cell),
            (Test::Less(bound), Some(cell)) => cell.order(bound).is_some_and(std::cmp::Ordering::is_lt),
            (Test::More(bound), Some(cell)) => cell.order(bound).is_some_and(std::cmp::Ordering::is_gt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_met_or_not() {
        let euro = |minor| Cell::Money(minor, "EUR".to_owned());
        let on = |test| Condition { column: "amount".to_owned(), test };
        let (less, more) = (on(Test::Less(euro(5))), on(Test::More(euro(5))));
        assert!(less.holds(Some(&euro(4))) && !less.holds(Some(&euro(5))) && !less.holds(None));
        assert!(more.holds(Some(&euro(6))) && !more.holds(Some(&Cell::Money(6, "CHF".to_owned()))));
        assert!(on(Test::Not(euro(5))).holds(None) && !on(Test::Not(euro(5))).holds(Some(&euro(5))));
        assert!(on(Test::Any(vec![euro(1), euro(5)])).holds(Some(&euro(5))));
        assert!(on(Test::Empty).holds(None) && !on(Test::Filled).holds(None) && on(Test::Filled).holds(Some(&euro(1))));
        assert!(!Condition::nothing().holds(Some(&Cell::Id(Uuid::nil()))) && !Condition::nothing().holds(None));
    }
}
