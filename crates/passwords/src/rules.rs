//! Which passwords are refused (NIST SP 800-63B-4 §3.1.1): short ones, ones that others use too, ones made of what is known
//! about the person, and ones a guesser reaches soon. There are no rules of composition and no forced change.

use crypto::Secret;
use kernel::text;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Match, Score};

/// The fewest characters of a password that stands alone.
pub const SHORTEST: usize = 15;
/// The fewest characters of a password that never opens anything without a second factor.
pub const SHORTEST_OF_TWO: usize = 8;
/// The most characters.
pub const LONGEST: usize = 256;
/// So many characters around a common password do not make it another one: `password` and `Password2026!`.
const AROUND: usize = 6;
/// So many letters and digits must be left when everything known about the person is taken out.
const OWN: usize = 6;

/// What is known about the person.
#[derive(Clone, Default)]
pub struct About {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The name of the company.
    pub workspace: String,
    /// Whether the password is only ever one of two factors.
    pub one_of_two: bool,
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
#[must_use]
pub fn normal(typed: &Secret<String>) -> Secret<String> {
    Secret::new(typed.expose().nfc().collect())
}

/// Tells whether a password in its normal form is too short to stand alone.
#[must_use]
pub fn leans(password: &Secret<String>) -> bool {
    password.expose().chars().count() < SHORTEST
}

/// Looks at a password in its normal form.
///
/// # Errors
/// The code of why it is refused.
pub fn check(password: &Secret<String>, about: &About) -> Result<(), &'static str> {
    let password = password.expose();
    let length = password.chars().count();
    if length < SHORTEST_OF_TWO || (length < SHORTEST && !about.one_of_two) {
        return Err(if about.one_of_two { "password-short-of-two" } else { "password-short" });
    }
    if length > LONGEST {
        return Err("password-long");
    }
    let words = about.words();
    if own_characters(password, &words).is_some_and(|left| left < OWN) {
        return Err("password-personal");
    }
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let guessed = zxcvbn::zxcvbn(password, &known);
    match guessed.score() {
        Score::Three | Score::Four => Ok(()),
        _ if is_common(&guessed, length) => Err("password-common"),
        _ => Err("password-guessable"),
    }
}

/// Tells whether a password is one of the 30,000 most common, or one of them with letters swapped for digits, in other
/// cases, backwards, or with something before or behind it.
fn is_common(guessed: &Entropy, length: usize) -> bool {
    guessed.sequence().iter().any(|part| known_to_all(part) && part.token.chars().count() + AROUND >= length)
}

fn known_to_all(part: &Match) -> bool {
    // The type of the dictionary's name is not public; what it is called is.
    matches!(&part.pattern, MatchPattern::Dictionary(word) if format!("{:?}", word.dictionary_name) == "Passwords")
}

/// Counts the different letters and digits that are left when the known words are taken out; nothing if none is in it.
fn own_characters(password: &str, words: &[String]) -> Option<usize> {
    let folded = Secret::new(text::fold(password));
    let mut rest = Secret::new(folded.expose().clone());
    for word in words {
        rest = Secret::new(rest.expose().replace(word.as_str(), " "));
    }
    if rest.expose() == folded.expose() {
        return None;
    }
    let mut left: Vec<char> = rest.expose().chars().filter(|c| c.is_alphanumeric()).collect();
    left.sort_unstable();
    left.dedup();
    Some(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(password: &str) -> Result<(), &'static str> {
        let about = About {
            name: "Mei-Ling Chen 陈美玲".to_owned(),
            email: "mei.chen@brightloom.example".to_owned(),
            workspace: "Brightloom Analytics".to_owned(),
            one_of_two: false,
        };
        check(&normal(&Secret::new(password.to_owned())), &about)
    }

    /// With a second factor, of somebody about whom nothing is known.
    fn judged_of_two(password: &str) -> Result<(), &'static str> {
        check(&normal(&Secret::new(password.to_owned())), &About { one_of_two: true, ..About::default() })
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
            ("Pr1ncess!!!!!!!!", Err("password-guessable")),
            ("mypassword12345", Err("password-common")),
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
    fn with_a_second_factor_eight_characters_do() {
        for (password, verdict) in [
            ("x7#Kq9w", Err("password-short-of-two")),
            ("x7#Kq9wLz", Ok(())),
            ("password", Err("password-common")),
            ("P4ssw0rd", Err("password-common")),
            ("drowssap", Err("password-common")),
            ("iloveyou1!", Err("password-common")),
            ("abcdefgh", Err("password-guessable")),
            ("aaaaaaaa", Err("password-guessable")),
        ] {
            assert_eq!(judged_of_two(password), verdict, "{password}");
        }
        assert!(
            leans(&Secret::new("x7#Kq9wLz".to_owned())) && !leans(&Secret::new("wrasse-topaz-inkwell-41".to_owned()))
        );
    }

    /// The cases beside the project, at both lengths: what is weak is refused with a reason, what is strong is taken as soon
    /// as it is long enough.
    #[test]
    fn a_list_of_passwords_that_people_take_is_refused_and_strong_ones_are_not() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/security/password_cases.csv");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        println!(
            "password_cases.csv {}",
            if text.is_empty() { "is not there: made-up ones instead" } else { "is there" }
        );
        let cases = if text.is_empty() { made_up() } else { listed(&text) };
        assert!(cases.len() > 300);
        for (password, strong) in cases {
            let length = password.nfc().count();
            for (verdict, least) in [(judged(&password), SHORTEST), (judged_of_two(&password), SHORTEST_OF_TWO)] {
                match verdict {
                    Ok(()) => assert!(strong && length >= least, "{password} was taken"),
                    Err("password-short" | "password-short-of-two") => assert!(length < least, "{password}"),
                    Err(why) => assert!(!strong, "{password} was refused: {why}"),
                }
            }
        }
    }

    /// Reads `password,class,length,zxcvbn_score,guesses_log10,expected`; only the first may hold commas, and then it is
    /// quoted. Where the list takes either verdict there is nothing to check.
    fn listed(text: &str) -> Vec<(String, bool)> {
        let cases = text.lines().skip(1).filter_map(|line| {
            let mut fields = line.rsplitn(6, ',');
            let expected = fields.next()?;
            let password = fields.nth(4)?;
            let bare = password.strip_prefix('"').and_then(|p| p.strip_suffix('"')).map(|p| p.replace("\"\"", "\""));
            (expected != "either").then(|| (bare.unwrap_or_else(|| password.to_owned()), expected == "accept"))
        });
        cases.collect()
    }

    fn made_up() -> Vec<(String, bool)> {
        let chance = kernel::SeededChance::new(5);
        let common = ["password", "iloveyou", "princess", "sunshine", "football", "baseball", "superman", "trustno1"];
        let swapped = |word: &str| word.replace('a', "@").replace('o', "0").replace('i', "1").replace('s', "$");
        let suffixed = (0..20).flat_map(|n| common.map(|word| (format!("{word}{n}"), false)));
        let leet = common.map(|word| (swapped(word), false));
        let strong = (0..200).map(|_| (crypto::base64url(&kernel::chance::array::<15>(&chance)), true));
        suffixed.chain(leet).chain(strong).collect()
    }

    #[test]
    fn two_keyboards_type_the_same_password() {
        let [one, two] = ["caf\u{e9} au lait", "cafe\u{301} au lait"].map(|t| normal(&Secret::new(t.to_owned())));
        assert_eq!(one.expose(), two.expose());
    }
}
