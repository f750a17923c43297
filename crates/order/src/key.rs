//! What a name or text weighs against others.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale_core::locale;
use kernel::text::is_han;
use pinyin::ToPinyin as _;
use zeroize::Zeroizing;

use crate::surname;

/// Goes up when keys come out differently: by another rule here, or by another edition of the collation. Ranks made under another
/// one are made anew.
pub const VERSION: i64 = 1;

/// Longer texts that begin alike weigh the same.
const LONGEST: usize = 64;
/// What begins with a letter of the alphabet, by itself or by its pinyin.
const LETTERS: u8 = 1;
/// Everything else comes behind.
const OTHERS: u8 = 2;
/// Ends a part of a key. No weight holds it (UTS #10 §9), and it lies below all of them.
const END: u8 = 1;
/// Ends what is compared first.
const LEVEL: u8 = 0;

/// What kind of text is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's name: a Chinese family name is read as family names are.
    Name,
    /// Any other text.
    Text,
}

/// What a text weighs. It can be compared, and nothing else: it is never shown, logged or stored, and is wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct SortKey(Zeroizing<Box<[u8]>>);

impl std::fmt::Debug for SortKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SortKey")
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

struct Collators {
    /// Letters alone.
    letters: CollatorBorrowed<'static>,
    /// Letters, then marks, then case.
    all: CollatorBorrowed<'static>,
    /// Characters by pinyin, tone, strokes.
    han: CollatorBorrowed<'static>,
    /// The weights of `a` and of what follows the Latin letters.
    latin: (Vec<u8>, Vec<u8>),
}

/// The data is part of the program. Without it, texts would go by their folded spelling.
static COLLATORS: LazyLock<Option<Collators>> = LazyLock::new(|| {
    let by = |strength| {
        let mut options = CollatorOptions::default();
        options.strength = Some(strength);
        options
    };
    let root = CollatorPreferences::default;
    let letters = CollatorBorrowed::try_new(root(), by(Strength::Primary)).ok()?;
    let all = CollatorBorrowed::try_new(root(), by(Strength::Tertiary)).ok()?;
    let han = CollatorBorrowed::try_new(locale!("zh-u-co-pinyin").into(), by(Strength::Primary)).ok()?;
    let latin = (weigh(&letters, "a"), weigh(&letters, "α"));
    Some(Collators { letters, all, han, latin })
});

fn weigh(collator: &CollatorBorrowed<'_>, text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 8);
    // Writing into memory does not fail.
    let _ = collator.write_sort_key_to(text, &mut bytes);
    bytes
}

impl SortKey {
    /// Weighs a text. Signs before its first letter or digit do not count.
    #[must_use]
    pub fn of(kind: Kind, text: &str) -> Self {
        let narrow = Zeroizing::new(kernel::text::narrow(text));
        let bare = narrow.trim_start_matches(|c: char| !c.is_alphanumeric());
        let text = if bare.is_empty() { narrow.trim() } else { bare };
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST * 2));
        match &*COLLATORS {
            Some(collators) => collators.spell(kind, text, &mut bytes),
            None => bytes.extend_from_slice(kernel::text::fold(text).as_bytes()),
        }
        bytes.truncate(LONGEST);
        Self(Zeroizing::new(bytes.as_slice().into()))
    }
}

impl Collators {
    fn spell(&self, kind: Kind, text: &str, bytes: &mut Vec<u8>) {
        bytes.push(OTHERS);
        let mut rest = text;
        let mut first = true;
        while let Some(c) = rest.chars().next() {
            let until = match reading(kind, rest, first) {
                Some(syllable) => {
                    bytes.extend_from_slice(&weigh(&self.letters, syllable));
                    bytes.push(END);
                    bytes.extend_from_slice(&weigh(&self.han, rest.get(..c.len_utf8()).unwrap_or_default()));
                    bytes.push(END);
                    c.len_utf8()
                }
                None => {
                    let run = rest.char_indices().skip(1).find(|(_, c)| is_han(*c)).map_or(rest.len(), |(at, _)| at);
                    bytes.extend_from_slice(&weigh(&self.letters, rest.get(..run).unwrap_or_default()));
                    run
                }
            };
            if first {
                let (from, to) = &self.latin;
                let weight = bytes.get(1..).unwrap_or_default();
                if weight >= from.as_slice()
                    && weight < to.as_slice()
                    && let Some(group) = bytes.first_mut()
                {
                    *group = LETTERS;
                }
            }
            first = false;
            rest = rest.get(until..).unwrap_or_default();
        }
        bytes.push(LEVEL);
        let whole = Zeroizing::new(weigh(&self.all, text));
        let finer = whole.iter().position(|byte| *byte == END).and_then(|at| whole.get(at + 1..));
        bytes.extend_from_slice(finer.unwrap_or_default());
    }
}

/// Returns how the first character of a text is read, if it is a Han character with a reading.
fn reading(kind: Kind, text: &str, first: bool) -> Option<&'static str> {
    let c = text.chars().next().filter(|c| is_han(*c))?;
    let family = (first && kind == Kind::Name).then(|| surname::reading(text)).flatten();
    family.or_else(|| c.to_pinyin().map(pinyin::Pinyin::plain))
}

/// A letter under which names are looked up; `#` is what begins with none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter(u8);

impl Letter {
    /// Every letter, in the order of the list.
    pub fn all() -> impl Iterator<Item = Self> {
        (b'a'..=b'z').chain([b'#']).map(Self)
    }

    /// Takes a letter of either case, or `#`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [byte @ (b'a'..=b'z' | b'A'..=b'Z' | b'#')] => Some(Self(byte.to_ascii_lowercase())),
            _ => None,
        }
    }

    /// Returns it as it is shown.
    #[must_use]
    pub fn shown(self) -> char {
        char::from(self.0.to_ascii_uppercase())
    }

    /// Returns it as an address spells it.
    #[must_use]
    pub fn spelled(self) -> char {
        char::from(self.0)
    }

    /// Returns the letter behind it; nothing of the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self.0 {
            b'#' => None,
            b'z' => Some(Self(b'#')),
            byte => Some(Self(byte + 1)),
        }
    }

    /// Returns a key that nothing under the letter lies below, and nothing under the letters before reaches.
    #[must_use]
    pub fn floor(self) -> SortKey {
        if self.0 == b'#' {
            return SortKey(Zeroizing::new([OTHERS].into()));
        }
        let letter = self.spelled().to_string();
        let weight = COLLATORS.as_ref().map_or_else(|| letter.clone().into_bytes(), |all| weigh(&all.letters, &letter));
        SortKey(Zeroizing::new([&[LETTERS], weight.as_slice()].concat().into()))
    }
}
