//! Names of people.

use std::sync::LazyLock;

use kernel::text;

use crate::culture::Culture;
use crate::dice::Dice;
use crate::table::{PEOPLE_ZH, Said};

/// A name in all the forms that other columns need.
pub(crate) struct Person {
    /// As it is written in full.
    pub(crate) full: String,
    /// The given name.
    pub(crate) given: String,
    /// The family name.
    pub(crate) family: String,
    /// The given name in the letters of an e-mail address.
    pub(crate) plain_given: String,
    /// The family name in the letters of an e-mail address.
    pub(crate) plain_family: String,
}

/// Makes a name: a Chinese one without a culture.
pub(crate) fn person(dice: &mut Dice, culture: Option<&Culture>) -> Person {
    match culture {
        None => chinese(dice),
        Some(culture) => western(dice, culture),
    }
}

struct Chinese {
    family: Vec<Said>,
    men: Vec<Said>,
    women: Vec<Said>,
    either: Vec<Said>,
}

static CHINESE: LazyLock<Chinese> = LazyLock::new(|| Chinese {
    family: PEOPLE_ZH.said("family"),
    men: PEOPLE_ZH.said("men"),
    women: PEOPLE_ZH.said("women"),
    either: PEOPLE_ZH.said("either"),
});

fn chinese(dice: &mut Dice) -> Person {
    let (family, plain_family) = dice.pick_common(&CHINESE.family);
    let own = if dice.percent(50) { &CHINESE.women } else { &CHINESE.men };
    let last = dice.pick(own);
    let first = match dice.below(10) {
        0 => ("", ""),
        1..=5 => dice.pick(&CHINESE.either),
        _ => dice.pick(own),
    };
    let given = format!("{}{}", first.0, last.0);
    Person {
        full: format!("{family}{given}"),
        given,
        family: family.to_owned(),
        plain_given: format!("{}{}", first.1, last.1),
        plain_family: plain_family.to_owned(),
    }
}

fn western(dice: &mut Dice, culture: &Culture) -> Person {
    let woman = dice.percent(50);
    let names = if woman { &culture.women } else { &culture.men };
    let given = dice.pick(names);
    let family = family(dice, culture, woman);
    let middle = match dice.below(10) {
        // A second given name written out, or only its letter.
        0..=1 => format!(" {}", dice.pick(names)),
        2..=4 => dice.pick(names).chars().next().map(|letter| format!(" {letter}.")).unwrap_or_default(),
        _ => String::new(),
    };
    Person {
        full: format!("{given}{middle} {family}"),
        given: given.to_owned(),
        plain_given: plain(given),
        plain_family: plain(&family),
        family,
    }
}

fn family(dice: &mut Dice, culture: &Culture, woman: bool) -> String {
    let one = single_family(dice, culture, woman);
    // Two family names are the rule on the Iberian peninsula and a choice elsewhere.
    let double = match culture.code {
        "es" => Some((70, ' ')),
        "pt" => Some((50, ' ')),
        "gb" | "fr" | "de" | "pl" => Some((8, '-')),
        _ => None,
    };
    match double {
        Some((chance, between)) if dice.percent(chance) => {
            format!("{one}{between}{}", single_family(dice, culture, woman))
        }
        _ => one,
    }
}

fn single_family(dice: &mut Dice, culture: &Culture, woman: bool) -> String {
    let (stem, ending) = if dice.percent(35) {
        ("", dice.pick(&culture.family))
    } else {
        (dice.pick(&culture.stems), dice.pick(&culture.endings))
    };
    let (his, hers) = ending.split_once('/').unwrap_or((ending, ending));
    let ending = if woman { hers } else { his };
    match stem.strip_suffix('-') {
        // `Saint-Champ`: what follows a hyphen is a word of its own.
        Some(_) => format!("{stem}{}", capital(ending)),
        None => format!("{stem}{ending}"),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Writes a name in the letters a to z, as people do in their addresses.
pub(crate) fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in text::fold(name).chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture::CULTURES;
    use crate::dice::Kind;

    #[test]
    fn names_become_addresses_in_plain_letters() {
        for (name, expected) in [
            ("Świętosława", "swietoslawa"),
            ("Jürgen", "jurgen"),
            ("Voß", "voss"),
            ("O'Brien-Smith", "obriensmith"),
            ("Yıldız", "yildiz"),
        ] {
            assert_eq!(plain(name), expected);
        }
    }

    #[test]
    fn every_culture_makes_names_with_both_parts() {
        let cultures = CULTURES.iter().map(Some).chain([None]);
        for (index, culture) in cultures.enumerate() {
            for throw in 0..200 {
                let made = person(&mut Dice::of(throw, Kind::Contact, index), culture);
                assert!(!made.plain_given.is_empty() && !made.plain_family.is_empty(), "{}", made.full);
                assert!(made.full.contains(&made.family) && made.full.contains(&made.given), "{}", made.full);
                assert!(!made.full.contains('/'), "{}", made.full);
            }
        }
    }
}
