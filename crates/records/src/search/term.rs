//! What the index knows a value by.

use kernel::text::{fold, is_han, words};
use kernel::{Email, Phone};
use pinyin::ToPinyin as _;

use crate::object::{Field, Kind, Search};
use crate::value::Value;

/// The longest beginning of a word that is in the index; longer words are found by it and checked.
pub(crate) const LONGEST: usize = 10;
/// At most this many terms of one value; a long text is found by its beginning.
const MOST: usize = 400;

/// A word as it goes into the index, before it is keyed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Term {
    /// A word, its beginning, or Han characters.
    Word(String),
    /// A whole value, or a telling part of one.
    Exact(String),
}

impl Term {
    /// Returns the scope and the word that are keyed.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Word(word) => ("word", word),
            Self::Exact(text) => ("exact", text),
        }
    }
}

/// Returns the forms in which two spellings of a value are one: what blind tokens are made of.
pub(crate) fn normals(field: &Field, value: &Value) -> Vec<String> {
    match (field.kind, value) {
        (Kind::Email, Value::Text(text)) => vec![text.to_lowercase()],
        (Kind::Phone, Value::Text(text)) => Phone::parse(text).map(|phone| phone.normal()).into_iter().collect(),
        (Kind::Url, Value::Text(text)) => vec![host(text)],
        (_, Value::Text(text)) => vec![words(text).join(" ")].into_iter().filter(|normal| !normal.is_empty()).collect(),
        (_, Value::Tags(tags)) => tags.iter().map(|tag| fold(tag)).collect(),
        (_, other) => vec![other.to_input()],
    }
}

/// Adds the terms of a field's value.
pub(crate) fn terms(field: &Field, value: &Value, into: &mut Vec<Term>) {
    match (field.search, field.kind, value) {
        (Search::None, _, _) => {}
        (Search::Words, kind, Value::Text(text)) => by_words(text, kind != Kind::LongText, into),
        (_, Kind::Email, Value::Text(text)) => by_email(text, into),
        (_, Kind::Phone, Value::Text(text)) => by_phone(text, into),
        (_, _, value) => into.extend(normals(field, value).into_iter().map(Term::Exact)),
    }
}

/// Returns the host name of an address without its `www.`.
fn host(url: &str) -> String {
    let lower = url.to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

fn by_email(text: &str, into: &mut Vec<Term>) {
    let Ok(email) = Email::parse(text) else { return };
    let whole = email.folded();
    if let Some((local, domain)) = whole.rsplit_once('@') {
        into.push(Term::Exact(local.to_owned()));
        into.push(Term::Exact(domain.to_owned()));
    }
    into.push(Term::Exact(whole));
}

fn by_phone(text: &str, into: &mut Vec<Term>) {
    let Ok(phone) = Phone::parse(text) else { return };
    let normal = phone.normal();
    let number = normal.split('x').next().unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    into.extend([4, 7].into_iter().filter_map(|length| last_digits(&digits, length)).map(Term::Exact));
    into.push(Term::Exact(normal));
}

/// Returns the term of a number's last digits.
pub(crate) fn last_digits(digits: &str, length: usize) -> Option<String> {
    let from = digits.len().checked_sub(length)?;
    digits.get(from..).map(|last| format!("#{last}"))
}

fn by_words(text: &str, beginnings: bool, into: &mut Vec<Term>) {
    let before = into.len();
    for word in words(text) {
        if word.chars().next().is_some_and(is_han) {
            by_han(&word, beginnings, into);
        } else if beginnings {
            prefixes(&word, into);
        } else {
            into.push(Term::Word(word.chars().take(LONGEST).collect()));
        }
        if into.len() - before > MOST {
            into.truncate(before + MOST);
            return;
        }
    }
}

/// Every beginning of a word from two letters on; a word of one letter as it is.
fn prefixes(word: &str, into: &mut Vec<Term>) {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST);
    let single = word.chars().nth(1).is_none();
    let from = usize::from(!single);
    into.extend(ends.skip(from).filter_map(|end| word.get(..end)).map(|part| Term::Word(part.to_owned())));
}

/// Characters, pairs of them, and how they sound: whole, without the first (a surname), and by initials.
fn by_han(run: &str, sound: bool, into: &mut Vec<Term>) {
    into.extend(run.chars().map(|c| Term::Word(c.to_string())));
    into.extend(pairs(run).map(Term::Word));
    if !sound {
        return;
    }
    let [whole, given, initials] = sounds(run);
    prefixes(&whole, into);
    prefixes(&given, into);
    prefixes(&initials, into);
}

/// Returns the pairs of neighbouring characters.
pub(crate) fn pairs(run: &str) -> impl Iterator<Item = String> {
    run.chars().zip(run.chars().skip(1)).map(|(one, other)| String::from_iter([one, other]))
}

/// Returns how a run of Han characters sounds: whole, without the first character, by initials.
pub(crate) fn sounds(run: &str) -> [String; 3] {
    let syllables: Vec<&str> = run.chars().filter_map(|c| c.to_pinyin()).map(pinyin::Pinyin::plain).collect();
    let plain = |syllables: &[&str]| syllables.concat().replace('ü', "v");
    let initials = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
    [plain(&syllables), plain(syllables.get(1..).unwrap_or_default()), initials]
}
