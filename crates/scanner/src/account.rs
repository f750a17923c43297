//! Numbers of bank accounts: IBAN (ISO 13616), with the check digits of ISO 7064 (MOD 97-10).

use crate::span::{before, grouped};
use crate::{Finding, Kind};

/// How long the numbers of a country are: the IBAN registry.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("XK", 20),
];

pub(crate) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for run in grouped(text, |c| c.is_ascii_alphanumeric()) {
        let signs = &run.signs;
        let mut at = 0;
        while let Some(rest) = signs.get(at..).filter(|rest| rest.len() >= 15) {
            let head: String = rest.iter().take(2).map(|(_, c)| c.to_ascii_uppercase()).collect();
            let begins =
                rest.first().is_some_and(|(byte, _)| !before(text, *byte).is_some_and(|c| c.is_ascii_alphanumeric()));
            let length = LENGTHS.iter().find(|(country, _)| *country == head).map(|(_, length)| *length);
            let whole = length.and_then(|length| rest.get(..length)).filter(|_| begins);
            match whole.filter(|whole| checks(whole) && ends(text, whole)) {
                Some(whole) => {
                    let from = whole.first().map_or(0, |(byte, _)| *byte);
                    let to = whole.last().map_or(0, |(byte, _)| byte + 1);
                    found.push(Finding { kind: Kind::Iban, from, to });
                    at += whole.len();
                }
                None => at += 1,
            }
        }
    }
    found
}

fn ends(text: &str, whole: &[(usize, char)]) -> bool {
    let behind = whole.last().and_then(|(byte, _)| text.get(byte + 1..)?.chars().next());
    !behind.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// The first four signs behind the others, letters as 10 to 35, leave 1 when divided by 97.
fn checks(whole: &[(usize, char)]) -> bool {
    let turned = whole.iter().skip(4).chain(whole.iter().take(4));
    let rest = turned.fold(0_u32, |rest, (_, c)| match c.to_digit(36) {
        Some(value) if value > 9 => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    whole.iter().skip(2).take(2).all(|(_, c)| c.is_ascii_digit()) && rest == 1
}
