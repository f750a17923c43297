//! What the index knows a value by.

use kernel::text::{fold, words};
use kernel::{Email, Phone};
use objects::object::{Field, Kind, Search};
use objects::value::Value;

use crate::word::{Sounds, held, is_run, pairs};

/// The longest beginning of a word that is in the index; longer words are found by it and checked.
pub(crate) const LONGEST: usize = 10;
/// At most this many terms of one value; a long text is found by its beginning.
const MOST: usize = 400;

/// A word as it goes into the index, before it is keyed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// What a longer word begins with, or Han characters.
    Begins(String),
    /// A whole word, or how a whole word sounds.
    Whole(String),
    /// A whole value, or a telling part of one.
    Exact(String),
}

impl Term {
    /// Returns the scope and the word that are keyed.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Begins(word) => ("word", word),
            Self::Whole(word) => ("whole", word),
            Self::Exact(text) => ("exact", text),
        }
    }
}

/// Returns the forms in which two spellings of a value are one: what blind tokens are made of.
#[must_use]
pub fn normals(field: &Field, value: &Value) -> Vec<String> {
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
pub fn terms(field: &Field, value: &Value, into: &mut Vec<Term>) {
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

/// Returns the part of an address before the `@`, and the names of hosts it is found by: its own, and without what stands
/// before the last two names.
pub(crate) fn email_parts(whole: &str) -> Option<(&str, Vec<&str>)> {
    let (local, domain) = whole.rsplit_once('@')?;
    let mut hosts = vec![domain];
    if let Some((at, _)) = domain.rmatch_indices('.').nth(1) {
        hosts.extend(domain.get(at + 1..));
    }
    Some((local, hosts))
}

/// An address is found whole, by its host, and by the words before the `@`: mostly those of the name, which the index knows
/// anyhow.
fn by_email(text: &str, into: &mut Vec<Term>) {
    let Ok(email) = Email::parse(text) else { return };
    let whole = email.folded();
    if let Some((local, hosts)) = email_parts(&whole) {
        into.push(Term::Exact(local.to_owned()));
        into.extend(hosts.into_iter().map(|host| Term::Exact(host.to_owned())));
        by_words(local, true, into);
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
    for word in held(text) {
        if is_run(&word) {
            by_han(&word, beginnings, into);
        } else if beginnings {
            prefixes(&word, into);
        } else {
            into.push(Term::Whole(word));
        }
        if into.len() - before > MOST {
            into.truncate(before + MOST);
            return;
        }
    }
}

/// Scripts in which one letter begins too many words to be worth asking.
pub(crate) fn is_alphabetic(c: char) -> bool {
    c < '\u{0600}'
}

/// Returns the least number of letters by which words that begin so are found.
pub(crate) fn least(word: &str) -> usize {
    if word.chars().next().is_none_or(is_alphabetic) { 2 } else { 1 }
}

/// A whole word, and every beginning of it that is long enough.
fn prefixes(word: &str, into: &mut Vec<Term>) {
    let least = least(word);
    if word.chars().count() < least {
        return;
    }
    let ends = word.char_indices().map(|(at, _)| at).take(LONGEST + 1).skip(least);
    into.extend(ends.filter_map(|end| word.get(..end)).map(|part| Term::Begins(part.to_owned())));
    into.push(Term::Whole(word.to_owned()));
}

/// Characters, pairs of them, the whole run, and how it sounds: whole, its first character (a family name), the others, and by
/// initials.
fn by_han(run: &str, sound: bool, into: &mut Vec<Term>) {
    into.extend(run.chars().map(|c| Term::Begins(c.to_string())));
    into.extend(pairs(run).map(Term::Begins));
    if !sound {
        return;
    }
    into.push(Term::Whole(run.to_owned()));
    let sounds = Sounds::of(run);
    for sound in &sounds.rest {
        prefixes(sound, into);
    }
    into.extend(sounds.family.into_iter().map(Term::Whole));
}
