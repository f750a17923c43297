//! What the index knows a value by.

use kernel::text::{fold, words};
use kernel::{Email, Phone};
use objects::object::{Field, Kind, Object, Search};
use objects::value::{Value, Values};

use crate::word::{Sounds, held, is_run, pairs};

/// Which terms are made of a record. It rises when others are: an index that was made with those of before is made anew.
pub const TERMS: i64 = 3;
/// The longest beginning of a word that is in the index; longer words are found by it and checked.
pub(crate) const LONGEST: usize = 10;
/// A title of more words than this is not known by what stands beside what.
const PAIRED: usize = 6;
/// What such a title, or a text in its place, is known by instead: it is opened.
pub(crate) const UNPAIRED: &str = "*";
/// At most this many terms of one value; a long text is found by its beginning.
const MOST: usize = 400;

/// A word as it goes into the index, before it is keyed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// What a longer word begins with, or Han characters.
    Begins(String),
    /// The same of the first word of the title. What is known by this is not known by [`Begins`](Self::Begins) too.
    First(String),
    /// A whole word, or how a whole word sounds.
    Whole(String),
    /// The first word of the title, beside [`Whole`](Self::Whole).
    Leads(String),
    /// A title of one word, or how the whole of a name in Han characters sounds, beside [`Whole`](Self::Whole).
    Called(String),
    /// A word of the title, or its sound, with the first letter of another one; with a dot behind the letter where that is all of it.
    With(String),
    /// A whole value, or a telling part of one.
    Exact(String),
}

impl Term {
    fn first(&self) -> Option<&str> {
        if let Self::First(word) = self { Some(word) } else { None }
    }

    /// Tells whether it stands for a whole value, or a telling part of one: hardly anybody shares it.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// Returns the scope and the word that are keyed.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Begins(word) => ("word", word),
            Self::First(word) => ("first", word),
            Self::Whole(word) => ("whole", word),
            Self::Leads(word) => ("leads", word),
            Self::Called(word) => ("called", word),
            Self::With(word) => ("with", word),
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

/// Returns the terms of a record, each once.
#[must_use]
pub fn terms(object: &Object, values: &Values) -> Vec<Term> {
    let mut found = Vec::with_capacity(48);
    for field in &object.fields {
        if let Some(value) = values.get(field.name.as_str()) {
            of_field(field, value, &mut found);
        }
    }
    let title = object.field(object.title.as_str()).filter(|field| field.search == Search::Words);
    if let Some(Value::Text(text)) = title.and_then(|field| values.get(field.name.as_str())) {
        by_title(text, &mut found);
        // A text is no name, however short.
        let name = title.is_some_and(|field| field.kind != Kind::LongText);
        by_initials(text, if name { PAIRED } else { 0 }, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    let first: Vec<String> = found.iter().filter_map(Term::first).map(str::to_owned).collect();
    found.retain(|term| !matches!(term, Term::Begins(word) if first.binary_search(word).is_ok()));
    found
}

/// Adds what tells by the index alone how well a record can match: its first word, and the whole of its name.
fn by_title(text: &str, into: &mut Vec<Term>) {
    let spelled = words(text);
    let Some(first) = spelled.first() else { return };
    let mut begun = Vec::new();
    if is_run(first) {
        by_han(first, true, &mut begun);
        let Sounds { family, rest } = Sounds::of(first);
        into.extend(family.into_iter().chain(rest).map(Term::Leads));
    } else {
        prefixes(first, &mut begun);
    }
    into.extend(begun.into_iter().filter_map(|term| match term {
        Term::Begins(word) => Some(Term::First(word)),
        _ => None,
    }));
    into.push(Term::Leads(first.clone()));
    if spelled.len() == 1 {
        into.push(Term::Called(first.clone()));
    }
    for run in spelled.iter().filter(|word| is_run(word)) {
        into.extend(Sounds::of(run).rest.into_iter().map(Term::Called));
    }
}

/// Adds which words of a title stand beside which letters: a single letter begins too many words to be asked for by itself.
fn by_initials(text: &str, most: usize, into: &mut Vec<Term>) {
    let spoken = |word: String| {
        if !is_run(&word) {
            return vec![word];
        }
        let Sounds { family, rest } = Sounds::of(&word);
        family.into_iter().chain(rest).collect()
    };
    let words: Vec<Vec<String>> = held(text).into_iter().map(spoken).collect();
    if words.len() > most {
        into.push(Term::With(UNPAIRED.to_owned()));
        return;
    }
    for (at, anchors) in words.iter().enumerate() {
        let anchors =
            || anchors.iter().filter(|word| word.chars().all(is_alphabetic) && word.chars().count() >= least(word));
        let others = words.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, forms)| forms);
        for other in others {
            let mut letters = other.chars();
            let Some(first) = letters.next().filter(|c| is_alphabetic(*c)) else { continue };
            into.extend(anchors().map(|anchor| Term::With(format!("{anchor} {first}"))));
            if letters.next().is_none() {
                into.extend(anchors().map(|anchor| Term::With(format!("{anchor} {first}."))));
            }
        }
    }
}

/// Adds the terms of a field's value.
fn of_field(field: &Field, value: &Value, into: &mut Vec<Term>) {
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
