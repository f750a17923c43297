//! What is called the same. `synonyms.txt` holds it; its words are folded as [`super::fold::Name`] folds headers.

/// Names of one thing on a line each.
const GROUPS: &str = include_str!("synonyms.txt");

/// Names that only a table of people has.
const PERSONAL: [&str; 7] = ["first name", "last name", "job title", "gender", "birthday", "full name", "middle name"];
/// Names of places that may be a city or a country.
const PLACES: [&str; 6] = ["location", "office location", "headquarters", "headquarters location", "place", "所在地"];
/// Names of things that have a name.
const THINGS: [&str; 4] = ["company", "deal", "product", "task"];
/// Ends of longer headers that say what it is whatever stands before.
const TAILS: [&str; 16] = [
    "email",
    "e mail",
    "email address",
    "phone",
    "phone number",
    "telephone",
    "mobile",
    "city",
    "postal code",
    "zip code",
    "country",
    "website",
    "邮箱",
    "电话",
    "手机号码",
    "邮编",
];

fn groups() -> impl Iterator<Item = impl Iterator<Item = &'static str> + Clone> {
    GROUPS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(" | "))
}

fn groups_of(name: &str) -> impl Iterator<Item = impl Iterator<Item = &'static str> + Clone> {
    groups().filter(move |group| group.clone().any(|word| word == name))
}

/// Tells whether two names are used for one thing.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other || groups_of(one).any(|mut group| group.any(|word| word == other))
}

/// Tells whether a name is known at all.
pub(super) fn knows(name: &str) -> bool {
    groups_of(name).next().is_some() || PLACES.contains(&name)
}

pub(super) fn is_personal(name: &str) -> bool {
    PERSONAL.iter().any(|personal| same(personal, name) && name != "name")
}

pub(super) fn is_place(name: &str) -> bool {
    PLACES.contains(&name)
}

pub(super) fn is_thing(name: &str) -> bool {
    THINGS.iter().any(|thing| same(thing, name))
}

/// Returns the telling end of a longer name.
pub(super) fn tail(name: &str) -> Option<&'static str> {
    TAILS.into_iter().filter(|tail| name.ends_with(tail)).max_by_key(|tail| tail.len())
}

#[cfg(test)]
mod tests {
    use super::super::fold::Name;
    use super::*;

    #[test]
    fn every_word_is_written_as_headers_are_folded() {
        let others = PERSONAL.iter().chain(&PLACES).chain(&THINGS).chain(&TAILS).copied();
        for word in groups().flatten().chain(others) {
            assert_eq!(Name::of(word).as_str(), word);
        }
    }

    #[test]
    fn no_group_holds_a_word_twice() {
        for group in groups() {
            for (at, word) in group.clone().enumerate() {
                assert!(!group.clone().skip(at + 1).any(|other| other == word), "{word}");
            }
        }
    }

    #[test]
    fn every_name_that_has_a_role_is_known() {
        for word in PERSONAL.iter().chain(&THINGS).chain(&TAILS) {
            assert!(knows(word), "{word}");
        }
    }
}
