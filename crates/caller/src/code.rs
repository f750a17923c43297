//! How codes are made and spelled.

use vault::Vault;

use crate::model::{CheckId, Side};

/// Letters and digits that nobody takes for one another, read or heard in a bad line: never two of B 8, G 6, I L 1, M N, O 0 Q, S 5,
/// U V W, Z 2.
const LETTERS: &[u8; 20] = b"ACEFHJKMPRTWXY34679Z";
/// Six of twenty: 64 million, for three tries within two minutes between two people.
const BETWEEN: usize = 6;
/// Eight of twenty: 25 thousand million, for a page that anybody may ask.
const PUBLIC: usize = 8;

/// Makes the code that one side of a check reads out.
pub(crate) fn of(vault: &Vault, check: CheckId, side: Side) -> String {
    let length = if side == Side::Customer { PUBLIC } else { BETWEEN };
    let hash = vault.token_hash(&[b"call ".as_slice(), side.word().as_bytes(), &check.to_bytes()].concat());
    // Two bytes a letter: the remainder of 65,536 by 20 favours some letters by one in three thousand.
    let letters = hash.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>());
    let letters = letters.map(|pair| usize::from(u16::from_be_bytes(*pair)) % LETTERS.len());
    letters.take(length).filter_map(|at| LETTERS.get(at)).map(|letter| char::from(*letter)).collect()
}

/// Spells a code for reading it out: in groups.
pub(crate) fn spell(code: &str) -> String {
    let half = code.len() / 2;
    match code.split_at_checked(half) {
        Some((one, other)) => format!("{one} {other}"),
        None => code.to_owned(),
    }
}

/// Takes a code as it was typed: spaces, hyphens and small letters do not matter.
pub(crate) fn typed(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(40);
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_as_it_is_heard() {
        for (text, code) in [("k7m 4px", "K7M4PX"), (" K7M-4PX ", "K7M4PX"), ("K7M\u{3000}4PX", "K7M4PX"), ("", "")] {
            assert_eq!(typed(text), code);
        }
        assert_eq!(typed(&"x".repeat(5_000)).len(), 40);
        assert_eq!((spell("K7M4PX").as_str(), spell("ABCDEFGH").as_str()), ("K7M 4PX", "ABCD EFGH"));
    }

    #[test]
    fn no_letter_looks_like_another() {
        for pair in ["0O", "1I", "1L", "IL", "5S", "8B", "2Z", "UV", "VW", "QO", "MN", "G6", "S5"] {
            let both = pair.bytes().filter(|letter| LETTERS.contains(letter)).count();
            assert!(both < 2, "{pair}");
        }
        let mut sorted = LETTERS.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), LETTERS.len());
    }
}
