//! Which passwords are refused (NIST SP 800-63B-4 §3.1.1): short ones, ones made of what is known about the person, and
//! ones a guesser reaches soon. There are no rules of composition and no forced change.

use crypto::Secret;
use kernel::text;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::Score;

/// The fewest characters of a password that stands alone.
pub const SHORTEST: usize = 15;
/// The most characters.
pub const LONGEST: usize = 256;
/// So many letters and digits must be left when everything known about the person is taken out.
const OWN: usize = 6;

/// What is known about the person.
#[derive(Clone, Default)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) workspace: String,
}

impl About {
    /// Returns the words a guesser would start with, folded, the longest first.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            [&self.name, &self.email, &self.workspace].into_iter().flat_map(|t| text::words(t)).collect();
        words.retain(|word| word.chars().count() >= 3 || word.chars().any(text::is_han));
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        words
    }
}

/// Returns the password in the one form that is hashed: NFC, so that two keyboards type the same.
pub(crate) fn normal(typed: &Secret<String>) -> Secret<String> {
    Secret::new(typed.expose().nfc().collect())
}

/// Looks at a password in its normal form; the code says why it is refused.
pub(crate) fn check(password: &Secret<String>, about: &About) -> Result<(), &'static str> {
    let password = password.expose();
    let length = password.chars().count();
    if length < SHORTEST {
        return Err("password-short");
    }
    if length > LONGEST {
        return Err("password-long");
    }
    let words = about.words();
    if own_characters(password, &words) < OWN {
        return Err("password-personal");
    }
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    match zxcvbn::zxcvbn(password, &known).score() {
        Score::Three | Score::Four => Ok(()),
        _ => Err("password-guessable"),
    }
}

/// Counts the different letters and digits that are left when the known words are taken out.
fn own_characters(password: &str, words: &[String]) -> usize {
    let folded = Secret::new(text::fold(password));
    let mut rest = Secret::new(folded.expose().clone());
    for word in words {
        rest = Secret::new(rest.expose().replace(word.as_str(), " "));
    }
    let mut left: Vec<char> = rest.expose().chars().filter(|c| c.is_alphanumeric()).collect();
    left.sort_unstable();
    left.dedup();
    left.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<(), &'static str> {
        let about = About {
            name: "Mei-Ling Chen 陈美玲".to_owned(),
            email: "mei.chen@brightloom.example".to_owned(),
            workspace: "Brightloom Analytics".to_owned(),
        };
        check(&normal(&Secret::new(password.to_owned())), &about)
    }

    #[test]
    fn passwords_are_taken_or_refused_with_a_reason() {
        for (password, verdict) in [
            ("", Err("password-short")),
            ("Tr0ub4dor&3xyz", Err("password-short")),
            ("wrasse-topaz-inkwell-41", Ok(())),
            ("心诚则灵石破天惊海阔天空云淡风轻", Ok(())),
            ("Brightloom Analytics", Err("password-personal")),
            ("mei.chen@brightloom.example", Err("password-personal")),
            ("Chen.Mei.Brightloom.1", Err("password-personal")),
            ("陈美玲陈美玲陈美玲陈美玲陈美玲", Err("password-personal")),
            ("passwordpassword", Err("password-guessable")),
            ("qwertyuiopasdfghjkl", Err("password-guessable")),
            ("123456789012345678", Err("password-guessable")),
        ] {
            assert_eq!(judged(password), verdict, "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_of_the_normal_form() {
        // Fifteen when composed, thirty as typed by a keyboard that sends the accents apart.
        let apart = "a\u{301}".repeat(14);
        assert_eq!(judged(&apart), Err("password-short"));
        let pattern = "wrasse-topaz-inkwell-41 ";
        assert_eq!(judged(&pattern.repeat(10)), Ok(()));
        assert_eq!(judged(&pattern.repeat(11)), Err("password-long"));
        assert_eq!(judged(&"x".repeat(1_000_000)), Err("password-long"));
    }

    #[test]
    fn two_keyboards_type_the_same_password() {
        let [one, two] = ["caf\u{e9} au lait", "cafe\u{301} au lait"].map(|t| normal(&Secret::new(t.to_owned())));
        assert_eq!(one.expose(), two.expose());
    }
}
