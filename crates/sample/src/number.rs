//! Telephone and identity numbers that nobody has.

use kernel::Date;

use crate::culture::Culture;
use crate::dice::Dice;
use crate::table::PEOPLE_ZH;

/// Makes the telephone number that belongs to `slot`; two slots have two numbers.
///
/// The ranges that a country keeps for fiction come first. They are small, so the last pattern of each country has room
/// for everybody: there the subscriber's number begins with a digit that none begins with.
pub(crate) fn phone(culture: Option<&Culture>, slot: usize) -> String {
    let patterns = culture.map_or_else(|| PEOPLE_ZH.list("phones"), |culture| culture.phones.as_slice());
    let Some((roomy, fiction)) = patterns.split_last() else {
        return String::new();
    };
    // In China all patterns are alike.
    let shared = if culture.is_none() { patterns } else { fiction };
    let (turn, which) = (slot / shared.len().max(1), slot % shared.len().max(1));
    match shared.get(which) {
        // The same turn of two patterns should not end alike.
        Some(pattern) if turn < room(pattern) => write(pattern, turn + which * 1_237),
        _ => write(roomy, slot),
    }
}

fn room(pattern: &str) -> usize {
    pattern.chars().filter(|c| *c == '#').fold(1, |room, _| room * 10)
}

fn write(pattern: &str, number: usize) -> String {
    // No factor in common with ten, so this only shuffles the room's numbers: neighbours look nothing like each other.
    const STEP: usize = 7_368_787;
    let mut unit = room(pattern);
    let number = number % unit * STEP % unit;
    let digit = |c: char| {
        if c != '#' {
            return c;
        }
        unit /= 10;
        let digit = number / unit.max(1) % 10;
        u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or('0')
    };
    pattern.chars().map(digit).collect()
}

/// Makes a number in the form of the country's identity numbers that its office never gives out.
pub(crate) fn national_id(dice: &mut Dice, culture: Option<&Culture>, birthday: Date) -> String {
    let six = dice.below(1_000_000);
    match culture.map(|culture| culture.code) {
        None => chinese_id(birthday, six % 1_000),
        // National insurance numbers never begin with QQ.
        Some("gb") => format!("QQ {:02} {:02} {:02} A", six / 10_000, six / 100 % 100, six % 100),
        // Social security numbers have no area 000.
        Some("us") => format!("000-{:02}-{:04}", six / 10_000, six % 10_000),
        Some(code) => format!("{}-000-{six:06}", code.to_uppercase()),
    }
}

/// Follows GB 11643 with its check character (ISO 7064 MOD 11-2), in a division 990000 that does not exist.
fn chinese_id(birthday: Date, sequence: usize) -> String {
    let digits = format!("990000{:04}{:02}{:02}{sequence:03}", birthday.year(), birthday.month(), birthday.day());
    let sum = digits.bytes().fold(0, |sum, byte| (sum + u32::from(byte - b'0')) * 2 % 11);
    let check = match (12 - sum) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::culture::CULTURES;

    #[test]
    fn no_two_slots_share_a_number() {
        for culture in CULTURES.iter().map(Some).chain([None]) {
            let numbers: HashSet<String> = (0..50_000).map(|slot| phone(culture, slot)).collect();
            assert_eq!(numbers.len(), 50_000, "{}", culture.map_or("cn", |culture| culture.code));
        }
    }

    #[test]
    fn numbers_are_taken_as_telephone_numbers() {
        for culture in CULTURES.iter().map(Some).chain([None]) {
            for slot in [0, 1, 99, 12_345, 999_999] {
                let number = phone(culture, slot);
                assert!(kernel::Phone::parse(&number).is_ok(), "{number}");
            }
        }
    }

    #[test]
    fn the_first_numbers_lie_in_ranges_kept_for_fiction() {
        let gb = CULTURES.iter().find(|culture| culture.code == "gb");
        assert!((0..16_000).all(|slot| phone(gb, slot) != phone(gb, slot + 16_000)));
        assert!(phone(gb, 0).starts_with("+44 20 7946 0"));
        assert!(phone(gb, 15).starts_with("+44 7700 900"));
        let us = CULTURES.iter().find(|culture| culture.code == "us");
        assert!((0..2_000).all(|slot| phone(us, slot).contains(" 555 01")));
        assert!(!phone(us, 2_000).contains(" 555 "));
    }

    #[test]
    fn the_check_character_is_the_standards() {
        // The example of GB 11643-1999 is 11010519491231002X; only its division is real.
        let birthday = Date::new(1949, 12, 31).unwrap();
        assert!(chinese_id(birthday, 2).starts_with("99000019491231002"));
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        for sequence in 0..100 {
            let id = chinese_id(birthday, sequence);
            let sum: u32 = id.chars().zip(weights).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
            assert_eq!(id.chars().last(), "10X98765432".chars().nth(sum as usize % 11), "{id}");
        }
    }
}
