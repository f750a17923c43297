//! What somebody types into a search field.

use kernel::text::{fold, words};
use objects::object::{Field, Kind, Object, Search};
use objects::value::{Value, Values};

use crate::near::meant;
use crate::term::{LONGEST, Term, UNPAIRED, email_parts, is_alphabetic, last_digits, least, normals};
use crate::word::{is_run, pairs};

/// Words beyond this many are not asked for.
const MOST_WORDS: usize = 8;
/// Words of one question that are forgiven a slip.
const MOST_LOOSE: usize = 3;

/// Of each group a record has at least one term.
pub type Groups = Vec<Vec<Term>>;

/// A way to ask the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What a record that it finds has: all groups of one of them.
    pub any: Vec<Groups>,
    /// The best rank of what it finds and a way before it does not.
    pub best: u8,
}

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

    /// Returns ways to ask that together find all that the others find.
    #[must_use]
    pub fn widest(&self) -> Vec<Groups> {
        let begun = [self.beginnings()].into_iter().filter(|groups| !groups.is_empty());
        let joined = self.joined().map(|joined| beginning(&joined));
        begun.chain(joined).chain(self.exactly().into_iter().flat_map(|way| way.any)).collect()
    }

    /// Returns the ways to ask for what was typed, the best first: those who are called so and whole values, names that lead with
    /// it, whole words, names that begin so, beginnings. Words of one letter beside others are asked for only where the index knows
    /// them, which is `paired`.
    #[must_use]
    pub fn ways(&self, paired: bool) -> Vec<Way> {
        let (exact, others): (Vec<Way>, Vec<Way>) = self.exactly().into_iter().partition(|way| way.best <= 1);
        let mut rare: Vec<Groups> = exact.into_iter().flat_map(|way| way.any).collect();
        let named = |one: &String| vec![vec![Term::Called(one.clone())]];
        let joined = self.joined();
        let alone = self.long().next().filter(|_| self.words.len() == 1);
        rare.extend(joined.as_ref().or(alone).map(named));
        let mut ways = others;
        let beside = if paired { self.beside() } else { None };
        match &beside {
            Some((initial, _)) => rare.push(initial.clone()),
            None => ways.extend(self.spelled()),
        }
        ways.extend(beside.map(|(_, ways)| ways).into_iter().flatten());
        // Of words too short to be asked for one by one, nothing but this finds those who are called so.
        let best = if self.long().next().is_none() { 0 } else { 6 };
        ways.extend(joined.map(|joined| Way { any: vec![beginning(&joined)], best }));
        ways.sort_by_key(|way| way.best);
        // Hardly anybody is found by these: they are asked for at once.
        let rare = Some(rare).filter(|any| !any.is_empty()).map(|any| Way { any, best: 0 });
        rare.into_iter().chain(ways).collect()
    }

    /// The ways to ask for words by themselves.
    fn spelled(&self) -> Vec<Way> {
        let several = self.words.len() > 1;
        let long: Vec<&String> = self.long().collect();
        let first = long.first().filter(|long| self.words.first() == Some(**long));
        let mut ways = Vec::new();
        let mut push = |groups, best| ways.push(Way { any: vec![groups], best });
        if long.is_empty() {
            return ways;
        }
        if let Some(first) = first {
            let rest = long.iter().skip(1).map(whole);
            push([vec![Term::Leads((*first).clone())]].into_iter().chain(rest).collect(), if several { 0 } else { 2 });
            let mut groups = leading(first);
            groups.extend(long.iter().skip(1).flat_map(|word| beginning(word)));
            push(groups, 4);
        }
        let (whole_best, begun_best) = match first {
            Some(_) if several => (2, 6),
            Some(_) => (3, 6),
            None => (0, 4),
        };
        push(long.iter().map(whole).collect(), whole_best);
        push(self.beginnings(), begun_best);
        ways
    }

    /// What is asked where letters stand beside words: whole words and initials of a title, and then beginnings with what stands
    /// beside them. Where no word is whole, one of them begins a longer one.
    fn beside(&self) -> Option<(Groups, Vec<Way>)> {
        let anchors = self.anchors();
        let short: Vec<&String> = self.short().collect();
        if anchors.is_empty() || short.is_empty() {
            return None;
        }
        let with = |dot: &str| {
            let group = |letter: &&String| {
                anchors.iter().map(|anchor| Term::With(format!("{anchor} {letter}{dot}"))).collect::<Vec<Term>>()
            };
            short.iter().map(group).collect::<Groups>()
        };
        let long: Vec<&String> = self.long().collect();
        let mut initial = with(".");
        initial.extend(long.iter().map(whole));
        let mut begun = with("");
        begun.extend(self.beginnings());
        // Texts, not names: many hold any word, so that they are asked for by themselves.
        let mut unpaired = vec![vec![Term::With(UNPAIRED.to_owned())]];
        unpaired.extend(self.beginnings());
        let longer = |anchor: &&String| {
            let others = long.iter().filter(|word| *word != anchor).flat_map(|word| beginning(word));
            [cut(anchor).to_vec()].into_iter().chain(others).collect()
        };
        let begun =
            [begun].into_iter().chain(anchors.iter().map(longer)).map(|groups| Way { any: vec![groups], best: 4 });
        Some((initial, begun.chain([Way { any: vec![unpaired], best: 0 }]).collect()))
    }

    /// Returns the ways to ask for whole values and for parts of them.
    fn exactly(&self) -> Vec<Way> {
        let exact = |text: String, best| Way { any: vec![vec![vec![Term::Exact(text)]]], best };
        let mut ways = Vec::new();
        if self.whole.chars().count() >= 2 {
            ways.push(exact(self.whole.clone(), 1));
            let spaced = self.words.join(" ");
            if spaced != self.whole && !spaced.is_empty() {
                ways.push(exact(spaced, 1));
            }
        }
        let (length, best) = if self.digits.len() >= 7 { (7, 1) } else { (4, 8) };
        ways.extend(last_digits(&self.digits, length).map(|part| exact(part, best)));
        ways
    }

    /// The words that are long enough to be asked for.
    fn long(&self) -> impl Iterator<Item = &String> {
        self.words.iter().filter(|word| word.chars().count() >= least(word))
    }

    /// Single letters: too many words begin so.
    pub(crate) fn short(&self) -> impl Iterator<Item = &String> {
        self.words.iter().filter(|word| word.chars().count() < least(word))
    }

    /// Words that single letters may stand beside.
    pub(crate) fn anchors(&self) -> Vec<&String> {
        self.long().filter(|word| word.chars().all(is_alphabetic)).collect()
    }

    /// Returns what a record has that holds all words, or beginnings of them.
    #[must_use]
    pub fn beginnings(&self) -> Groups {
        self.long().flat_map(|word| beginning(word)).collect()
    }

    /// Returns the ways to ask for what may have been meant, each long word being one slip away: by whole words, and by
    /// beginnings. Asked when what was typed finds too little, see [`is_answered`](crate::is_answered).
    #[must_use]
    pub fn loose_ways(&self) -> Vec<Groups> {
        let mut left = MOST_LOOSE;
        let (mut whole, mut begun) = (Vec::new(), Vec::new());
        for word in self.long() {
            let (near, first) = if is_run(word) || left == 0 { (Vec::new(), None) } else { meant(word) };
            if near.is_empty() {
                whole.extend(beginning(word));
                begun.extend(beginning(word));
                continue;
            }
            left -= 1;
            let first: Vec<Term> = first.into_iter().flat_map(|first| beginning(&first)).flatten().collect();
            let own: Vec<Term> = beginning(word).into_iter().flatten().collect();
            begun.push(near.iter().flat_map(|near| cut(near)).chain(first.clone()).chain(own.clone()).collect());
            whole.push(near.into_iter().map(Term::Whole).chain(first).chain(own).collect());
        }
        if left == MOST_LOOSE { Vec::new() } else { vec![whole, begun] }
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

/// A whole word.
fn whole(word: &&String) -> Vec<Term> {
    vec![Term::Whole((*word).clone())]
}

/// What is known of a word that begins so.
fn cut(word: &str) -> [Term; 2] {
    let begun: String = word.chars().take(LONGEST).collect();
    [Term::Begins(begun.clone()), Term::First(begun)]
}

/// The groups of terms of which a record that holds a word beginning so has one each.
fn beginning(word: &str) -> Groups {
    let begins = |begun: String| vec![Term::Begins(begun.clone()), Term::First(begun)];
    if is_run(word) {
        return match word.chars().count() {
            1 => vec![begins(word.to_owned())],
            _ => pairs(word).map(begins).collect(),
        };
    }
    vec![cut(word).into_iter().chain([Term::Whole(word.to_owned())]).collect()]
}

/// The groups of terms of which a record whose title begins with such a word has one each.
fn leading(word: &str) -> Groups {
    let mut groups = beginning(word);
    for group in &mut groups {
        group.retain(|term| !matches!(term, Term::Begins(_)));
        for term in group {
            if let Term::Whole(word) = term {
                *term = Term::Leads(std::mem::take(word));
            }
        }
    }
    groups
}
