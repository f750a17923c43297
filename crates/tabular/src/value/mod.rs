//! Cells as values. Every function is pure and answers for any text.
//!
//! What one cell cannot tell (is `01/02/2024` in January? is `1.234` more than a thousand?) a column often can:
//! [`DateOrder::infer`] and [`DecimalMark::infer`] look at its samples, and the parsers take what they found.
//!
//! # How to add one more
//! A module with a `parse_…` that returns a value or a [`ValueFault`], and a table of spellings as its test.

mod clock;
mod currency;
mod date;
mod decimal;
mod number;
mod word;

pub use date::{DateOrder, Moment, parse_moment};
pub use decimal::Decimal;
pub use number::{Amount, DecimalMark, parse_amount, parse_number};
pub use word::{is_blank, parse_bool, parse_list};

/// Why a cell is not the value it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ValueFault {
    /// Nothing is there, or a sign for nothing (`-`, `n/a`, `null`, `0/0/00`).
    #[error("nothing is there")]
    Blank,
    /// It is not a day the calendar has, nor a moment in one.
    #[error("not a date")]
    Date,
    /// It is a date only in the other order of day and month than its column has.
    #[error("day and month are in another order than in the rest of the column")]
    DateOrder,
    /// It is a year without a day.
    #[error("a year alone")]
    YearAlone,
    /// It is not a number.
    #[error("not a number")]
    Number,
    /// It is larger than is taken.
    #[error("too large")]
    Range,
    /// It has more decimals than are taken.
    #[error("more decimals than are taken")]
    Decimals,
    /// It is neither yes nor no.
    #[error("neither yes nor no")]
    Bool,
}

impl kernel::Fault for ValueFault {
    fn class(&self) -> kernel::Class {
        kernel::Class::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Blank => "value-blank",
            Self::Date => "value-date",
            Self::DateOrder => "value-date-order",
            Self::YearAlone => "value-year-alone",
            Self::Number => "value-number",
            Self::Range => "value-range",
            Self::Decimals => "value-decimals",
            Self::Bool => "value-bool",
        }
    }
}
