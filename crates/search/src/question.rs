//! What somebody types into a search field.

use kernel::text::{fold, words};
use objects::object::{Field, Kind, Object, Search};
use objects::value::{Value, Values};

use crate::near::meant;
use crate::term::{LONGEST, Term, email_parts, last_digits, least, normals};
use crate::word::{is_run, pairs};

/// Words beyond this many are not asked for.
const MOST_WORDS: usize = 8;
/// Words of one question that are forgiven a slip.
const MOST_LOOSE: usize = 3;

/// Ways to ask the index. A record that one of them finds has of each of its groups at least one term.
pub type Ways = Vec<Vec<Vec<Term>>>;

/// A search, understood.
#[derive(Clone, Debug)]
pub struct Question {
    pub(crate) words: Vec<String>,
    pub(crate) whole: String,
    digits: String,
}

impl Question {
    /// Understands a text; nothing when it holds nothing to search for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().take(200).collect();
        let whole = fold(text.trim().trim_start_matches('@'));
        let mut words = words(&text);
        words.truncate(MOST_WORDS);
        let number = whole.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '.' | '-' | '/'));
        let digits: String = if number { whole.chars().filter(char::is_ascii_digit).collect() } else { String::new() };
        (!words.is_empty() || !whole.is_empty()).then_some(Self { words, whole, digits })
    }

    /// Returns the ways to ask for what was typed, the best first: by whole words, by their beginnings, written as one, by whole
    /// values and parts of them.
    #[must_use]
    pub fn ways(&self) -> Ways {
        let mut ways = Vec::new();
        let long: Vec<&String> = self.words.iter().filter(|word| word.chars().count() >= least(word)).collect();
        if !long.is_empty() {
            ways.push(long.iter().map(|word| vec![Term::Whole((*word).clone())]).collect());
            ways.push(long.iter().flat_map(|word| beginning(word)).collect());
        }
        if let Some(joined) = self.joined() {
            ways.push(beginning(&joined));
        }
        if self.digits.len() >= 4 {
            let lengths = if self.digits.len() >= 7 { vec![4, 7] } else { vec![4] };
            let parts = lengths.into_iter().filter_map(|n| last_digits(&self.digits, n)).map(Term::Exact);
            ways.push(parts.map(|part| vec![part]).collect());
        }
        if self.whole.chars().count() >= 2 {
            ways.push(vec![vec![Term::Exact(self.whole.clone())]]);
            let spaced = self.words.join(" ");
            if spaced != self.whole && !spaced.is_empty() {
                ways.push(vec![vec![Term::Exact(spaced)]]);
            }
        }
        ways
    }

    /// Returns what a record has that holds all words, or beginnings of them.
    #[must_use]
    pub fn beginnings(&self) -> Vec<Vec<Term>> {
        let long = self.words.iter().filter(|word| word.chars().count() >= least(word));
        long.flat_map(|word| beginning(word)).collect()
    }

    /// Returns the ways to ask for what may have been meant, each long word being one slip away: by whole words, and by
    /// beginnings. Asked when what was typed finds too little.
    #[must_use]
    pub fn loose_ways(&self) -> [Ways; 2] {
        let mut left = MOST_LOOSE;
        let (mut whole, mut begun) = (Vec::new(), Vec::new());
        for word in self.words.iter().filter(|word| word.chars().count() >= least(word)) {
            let (near, first) = if is_run(word) || left == 0 { (Vec::new(), None) } else { meant(word) };
            if near.is_empty() {
                whole.extend(beginning(word));
                begun.extend(beginning(word));
                continue;
            }
            left -= 1;
            let cut = |near: &String| Term::Begins(near.chars().take(LONGEST).collect());
            let first: Vec<Term> = first.into_iter().flat_map(|first| beginning(&first)).flatten().collect();
            let own = [cut(word), Term::Whole(word.clone())];
            begun.push(near.iter().map(cut).chain(first.clone()).chain(own.clone()).collect());
            whole.push(near.into_iter().map(Term::Whole).chain(first).chain(own).collect());
        }
        if left == MOST_LOOSE { [Vec::new(), Vec::new()] } else { [vec![whole], vec![begun]] }
    }

    /// Returns words of letters written as one: `wang xiao ming` is `wangxiaoming`.
    pub(crate) fn joined(&self) -> Option<String> {
        let letters = |word: &String| word.bytes().all(|byte| byte.is_ascii_lowercase());
        let several = self.words.len() > 1 && self.words.iter().all(letters);
        several.then(|| self.words.concat())
    }

    /// Tells how well one of the whole values of a record agrees: by a whole one (yes), or a part (no).
    pub(crate) fn in_exact(&self, object: &Object, values: &Values) -> Option<bool> {
        let exact = object.fields.iter().filter(|field| field.search == Search::Exact);
        exact.filter_map(|field| self.in_value(field, values.get(field.name.as_str())?)).max()
    }

    fn in_value(&self, field: &Field, value: &Value) -> Option<bool> {
        let agrees = |normal: String| match field.kind {
            _ if normal == self.whole => Some(true),
            Kind::Phone => {
                let digits: String = normal.chars().take_while(|c| *c != 'x').filter(char::is_ascii_digit).collect();
                (self.digits.len() >= 4 && digits.ends_with(&self.digits)).then_some(self.digits.len() >= 7)
            }
            Kind::Email => {
                let (local, hosts) = email_parts(&normal)?;
                (local == self.whole || hosts.contains(&self.whole.as_str())).then_some(false)
            }
            _ => (normal == self.words.join(" ")).then_some(true),
        };
        normals(field, value).into_iter().filter_map(agrees).max()
    }
}

/// The groups of terms of which a record that holds a word beginning so has one each.
fn beginning(word: &str) -> Vec<Vec<Term>> {
    if is_run(word) {
        return match word.chars().count() {
            1 => vec![vec![Term::Begins(word.to_owned())]],
            _ => pairs(word).map(|pair| vec![Term::Begins(pair)]).collect(),
        };
    }
    vec![vec![Term::Begins(word.chars().take(LONGEST).collect()), Term::Whole(word.to_owned())]]
}
