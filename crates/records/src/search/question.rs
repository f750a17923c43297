//! What somebody types into a search field.

use kernel::text::{fold, is_han, words};

use super::term::{LONGEST, Term, last_digits, normals, pairs, sounds};
use crate::object::{Kind, Object, Search};
use crate::value::{Value, Values};

/// Words beyond this many are not asked for.
const MOST_WORDS: usize = 8;

/// A search, understood.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    words: Vec<String>,
    whole: String,
    digits: String,
}

impl Question {
    /// Understands a text; nothing when it holds nothing to search for.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().take(200).collect();
        let whole = fold(text.trim());
        let mut words = words(&text);
        words.truncate(MOST_WORDS);
        let number = whole.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '.' | '-' | '/'));
        let digits: String = if number { whole.chars().filter(char::is_ascii_digit).collect() } else { String::new() };
        (!words.is_empty() || !whole.is_empty()).then_some(Self { words, whole, digits })
    }

    /// Returns the ways to ask the index: a match has all terms of one of them.
    pub(crate) fn ways(&self) -> Vec<Vec<Term>> {
        let mut ways = Vec::new();
        let by_word: Vec<Term> = self.words.iter().flat_map(|word| asked(word)).collect();
        if !by_word.is_empty() {
            ways.push(by_word);
        }
        if self.digits.len() >= 4 {
            let lengths = if self.digits.len() >= 7 { vec![4, 7] } else { vec![4] };
            ways.push(lengths.into_iter().filter_map(|n| last_digits(&self.digits, n)).map(Term::Exact).collect());
        }
        if self.whole.chars().count() >= 2 {
            ways.push(vec![Term::Exact(self.whole.clone())]);
            let joined = self.words.join(" ");
            if joined != self.whole && !joined.is_empty() {
                ways.push(vec![Term::Exact(joined)]);
            }
        }
        ways
    }

    /// Tells how well a record matches, the best being 0; nothing when it does not.
    pub(crate) fn rank(&self, object: &Object, values: &Values) -> Option<u8> {
        let title = values.get(object.title.as_str()).and_then(Value::as_text).map(fold).unwrap_or_default();
        if !self.words.is_empty() && self.in_words(object, values) {
            let first = self.words.first().map_or("", String::as_str);
            return Some(match () {
                () if title == self.whole => 0,
                () if title.starts_with(&self.whole) => 1,
                () if words(&title).iter().any(|word| word.starts_with(first)) => 2,
                () => 3,
            });
        }
        self.in_exact(object, values).then_some(1)
    }

    /// Every word begins a word of the record, or sounds like the beginning of one.
    fn in_words(&self, object: &Object, values: &Values) -> bool {
        let texts = object.fields.iter().filter(|field| field.search == Search::Words);
        let held: Vec<String> =
            texts.filter_map(|field| values.get(field.name.as_str())?.as_text()).flat_map(words).collect();
        self.words.iter().all(|word| held.iter().any(|held| begins(held, word)))
    }

    fn in_exact(&self, object: &Object, values: &Values) -> bool {
        object.fields.iter().filter(|field| field.search == Search::Exact).any(|field| {
            let Some(value) = values.get(field.name.as_str()) else { return false };
            normals(field, value).iter().any(|normal| match field.kind {
                Kind::Phone => {
                    let digits: String =
                        normal.chars().take_while(|c| *c != 'x').filter(char::is_ascii_digit).collect();
                    self.digits.len() >= 4 && digits.ends_with(&self.digits) || *normal == self.whole
                }
                Kind::Email => *normal == self.whole || normal.split('@').any(|part| part == self.whole),
                _ => *normal == self.whole || *normal == self.words.join(" "),
            })
        })
    }
}

/// The terms that a record holding a word must have.
fn asked(word: &str) -> Vec<Term> {
    if !word.chars().next().is_some_and(is_han) {
        // One letter begins too many words to be worth asking.
        return if word.chars().count() < 2 {
            Vec::new()
        } else {
            vec![Term::Word(word.chars().take(LONGEST).collect())]
        };
    }
    match word.chars().count() {
        1 => vec![Term::Word(word.to_owned())],
        _ => pairs(word).map(Term::Word).collect(),
    }
}

fn begins(held: &str, word: &str) -> bool {
    if !held.chars().next().is_some_and(is_han) {
        return held.starts_with(word);
    }
    held.contains(word) || sounds(held).iter().any(|sound| sound.starts_with(word))
}
