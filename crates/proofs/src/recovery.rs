//! How a code is spelled: sixty random bits in Crockford's base32, in three groups, so that it can be read aloud.

use crypto::Secret;
use kernel::Chance;

/// So many codes there are in a set.
pub const CODES: usize = 10;
/// The characters of a code.
const LENGTH: usize = 12;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes a code in its normal form.
pub fn generate(chance: &dyn Chance) -> Secret<String> {
    let bytes: [u8; LENGTH] = kernel::chance::array(chance);
    Secret::new(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31))).map(|c| char::from(*c)).collect())
}

/// Spells a code to be shown.
pub fn spell(code: &Secret<String>) -> Secret<String> {
    let groups: Vec<&str> = [0..4, 4..8, 8..12].into_iter().filter_map(|group| code.expose().get(group)).collect();
    Secret::new(groups.join("-"))
}

/// Takes a code as somebody types it: with or without groups, in any case, with the letters that look like digits.
pub fn normal(typed: &str) -> Option<Secret<String>> {
    let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    });
    let code: String = letters.take(LENGTH + 1).collect();
    let whole = code.len() == LENGTH && code.bytes().all(|letter| ALPHABET.contains(&letter));
    whole.then(|| Secret::new(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_as_people_type_it() {
        let chance = kernel::SeededChance::new(2);
        for _ in 0..200 {
            let code = generate(&chance);
            let shown = spell(&code);
            assert_eq!((code.expose().len(), shown.expose().len()), (12, 14));
            let looks_alike = shown.expose().replace('0', "O").replace('1', "l").to_uppercase();
            for typed in [shown.expose().as_str(), code.expose(), &looks_alike, &format!(" {} ", shown.expose())] {
                assert_eq!(normal(typed).unwrap().expose(), code.expose(), "{typed}");
            }
        }
        for wrong in ["", "123456", "0000-0000-000", "0000-0000-00000", "0000-0000-000u", "０000-0000-0000"] {
            assert!(normal(wrong).is_none(), "{wrong}");
        }
    }
}
