//! Numbers of payment cards: ISO/IEC 7812-1, whose last digit is Luhn's.

use crate::span::{Grouped, before, grouped};
use crate::{Finding, Kind};

pub(crate) fn find(text: &str) -> Vec<Finding> {
    grouped(text, |c| c.is_ascii_digit()).into_iter().filter_map(|run| one(text, &run)).collect()
}

fn one(text: &str, run: &Grouped) -> Option<Finding> {
    let apart = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '#'));
    let around = before(text, run.from);
    if !apart(around) || !apart(text.get(run.to..)?.chars().next()) {
        return None;
    }
    let digits: Vec<u32> = run.signs.iter().filter_map(|(_, c)| c.to_digit(10)).collect();
    (is_issued(&digits) && luhn(&digits)).then_some(Finding { kind: Kind::Card, from: run.from, to: run.to })
}

/// Tells whether a scheme gives out numbers that begin so and are so long.
fn is_issued(digits: &[u32]) -> bool {
    let head = |count: usize| digits.iter().take(count).fold(0, |number, digit| number * 10 + digit);
    let (two, four, length) = (head(2), head(4), digits.len());
    match two {
        // American Express
        34 | 37 => length == 15,
        // Diners Club
        30 | 36 | 38 | 39 => length == 14 || length == 16,
        // JCB
        35 => (16..=19).contains(&length) && (3528..=3589).contains(&four),
        // Visa
        40..=49 => matches!(length, 13 | 16 | 19),
        // Mastercard
        51..=55 => length == 16,
        22..=27 => length == 16 && (2221..=2720).contains(&four),
        // UnionPay
        62 | 81 => (16..=19).contains(&length),
        // Discover
        60 => length == 16 && four == 6011,
        64 | 65 => length == 16,
        _ => false,
    }
}

/// Luhn's sum (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10)
}
