//! Numbers of Chinese resident identity cards: GB 11643, six digits of a place, eight of a birthday, three of an order, and
//! a check character of ISO 7064 (MOD 11-2).

use kernel::Date;

use crate::span::runs;
use crate::{Finding, Kind};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

pub(crate) fn find(text: &str) -> Vec<Finding> {
    let whole = runs(text, |c| c.is_ascii_alphanumeric());
    let found = whole.filter(|(_, run)| is_one(run));
    found.map(|(from, run)| Finding { kind: Kind::ResidentId, from, to: from + run.len() }).collect()
}

fn is_one(run: &str) -> bool {
    let Some((body, check)) = run.split_at_checked(17) else { return false };
    let digits: Vec<u32> = body.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 17 || check.len() != 1 {
        return false;
    }
    let place = digits.iter().take(2).fold(0, |number, digit| number * 10 + digit);
    let born = |from: usize, to: usize| run.get(from..to).unwrap_or_default();
    let date = Date::parse_iso(&format!("{}-{}-{}", born(6, 10), born(10, 12), born(12, 14)));
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = CHECKS.get((sum % 11) as usize);
    (11..=91).contains(&place)
        && date.is_some_and(|date| (1900..=2099).contains(&date.year()))
        && expected.copied() == check.chars().next().map(|c| c.to_ascii_uppercase())
}
