//! How well a record answers a question.

use kernel::Email;
use kernel::text::words;
use objects::object::{Kind, Object, Search};
use objects::value::{Value, Values};

use crate::Question;
use crate::near::{near, near_beginning};
use crate::term::email_parts;
use crate::word::{Sounds, held, is_run};

/// With fewer found than this, what was typed may be a slip.
const FEW: usize = 3;
/// The last rank of those whose name answers what was typed.
const NAMED: u8 = 6;

/// Tells whether what was typed is answered by what was found, so that nobody needs to ask what else may have been meant: by a
/// name, or by several records.
#[must_use]
pub fn is_answered(mut ranks: impl ExactSizeIterator<Item = u8>) -> bool {
    ranks.len() >= FEW || ranks.any(|rank| rank <= NAMED)
}

/// A word that a record holds, with its sounds.
pub(crate) struct Held {
    word: String,
    sounds: Option<Sounds>,
}

impl Held {
    pub(crate) fn all(text: &str) -> Vec<Self> {
        let sounded = |word: String| {
            let sounds = is_run(&word).then(|| Sounds::of(&word));
            Self { word, sounds }
        };
        held(text).into_iter().map(sounded).collect()
    }

    fn sounds(&self) -> impl Iterator<Item = &String> {
        self.sounds.iter().flat_map(|sounds| sounds.rest.iter().chain(&sounds.family))
    }

    fn is(&self, word: &str) -> bool {
        self.word == word || self.sounds().any(|sound| sound == word)
    }

    fn begins(&self, word: &str) -> bool {
        if self.sounds.is_none() {
            return self.word.starts_with(word);
        }
        self.word.contains(word) || self.sounds().any(|sound| sound.starts_with(word))
    }

    fn is_near(&self, word: &str) -> bool {
        self.begins(word) || near(&self.word, word) || self.sounds().any(|sound| near(sound, word))
    }

    fn begins_near(&self, word: &str) -> bool {
        self.is_near(word) || near_beginning(&self.word, word) || self.sounds().any(|sound| near_beginning(sound, word))
    }
}

impl Question {
    /// Tells how well a record matches, the best being 0; nothing when it does not. A slip is forgiven only where the question is
    /// `loose`.
    #[must_use]
    pub fn rank(&self, object: &Object, values: &Values, loose: bool) -> Option<u8> {
        let title = values.get(object.title.as_str()).and_then(Value::as_text).unwrap_or_default();
        let named = Held::all(title);
        let (typed, spelled) = (self.words.join(" "), words(title).join(" "));
        let exact = self.in_exact(object, values);
        let beside = self.is_beside(&named, Held::begins, if loose { Held::begins_near } else { Held::begins });
        let all = |fits: &dyn Fn(&Held, &str) -> bool, held: &[Held]| {
            beside && !self.words.is_empty() && self.words.iter().all(|word| held.iter().any(|held| fits(held, word)))
        };
        let as_one = self.joined();
        let sounds = |fits: &dyn Fn(&String, &str) -> bool| {
            let one =
                as_one.as_deref().or_else(|| self.words.first().filter(|_| self.words.len() == 1).map(String::as_str));
            one.is_some_and(|one| named.iter().flat_map(Held::sounds).any(|sound| fits(sound, one)))
        };
        if !typed.is_empty() && typed == spelled || sounds(&|sound, one| sound == one && !self.is_family(&named, one)) {
            return Some(0);
        }
        if exact == Some(true) {
            return Some(1);
        }
        if all(&Held::is, &named) && self.is_beside(&named, Held::is, Held::is) {
            return Some(if self.in_order(&named, Held::is) { 2 } else { 3 });
        }
        if all(&Held::begins, &named) {
            let first = !typed.is_empty() && spelled.starts_with(&typed);
            return Some(if first {
                4
            } else if self.in_order(&named, Held::begins) {
                5
            } else {
                6
            });
        }
        if let Some(one) = &as_one
            && named.iter().any(|held| held.begins(one))
        {
            return Some(6);
        }
        let other = others(object, values);
        let either = |fits: &dyn Fn(&Held, &str) -> bool| {
            beside
                && !self.words.is_empty()
                && self.words.iter().all(|word| named.iter().chain(&other).any(|held| fits(held, word)))
        };
        if either(&Held::begins) || as_one.is_some_and(|one| other.iter().any(|held| held.begins(&one))) {
            return Some(7);
        }
        if exact.is_some() {
            return Some(8);
        }
        if !loose {
            return None;
        }
        match () {
            () if all(&Held::is_near, &named) => Some(9),
            () if either(&Held::is_near) => Some(10),
            () => either(&Held::begins_near).then_some(11),
        }
    }

    /// Tells whether a field's own value holds what was typed: every word begins one of its words, or the whole value agrees.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let held = Held::all(text);
        !self.words.is_empty() && self.words.iter().all(|word| held.iter().any(|held| held.begins(word)))
    }

    /// Tells whether single letters begin words of the title beside one that was typed: of everything that is known of somebody, some
    /// word begins with any letter.
    fn is_beside(&self, named: &[Held], begun: fn(&Held, &str) -> bool, fits: fn(&Held, &str) -> bool) -> bool {
        if self.short().next().is_none() {
            return true;
        }
        let anchors = self.anchors();
        let is_anchor = |held: &Held| anchors.iter().any(|anchor| fits(held, anchor));
        let beside = |at: usize| named.iter().enumerate().any(|(other, held)| other != at && is_anchor(held));
        let stands = |letter: &String| named.iter().enumerate().any(|(at, held)| begun(held, letter) && beside(at));
        anchors.is_empty() || self.short().all(stands)
    }

    /// A family name is no whole name.
    fn is_family(&self, named: &[Held], one: &str) -> bool {
        self.words.len() == 1
            && named.iter().filter_map(|held| held.sounds.as_ref()).any(|sounds| sounds.family.iter().any(|f| f == one))
    }

    /// Tells whether the words stand in the order in which they were typed, the first one at the beginning.
    fn in_order(&self, named: &[Held], fits: fn(&Held, &str) -> bool) -> bool {
        let mut rest = named.iter();
        let first = self.words.first().zip(named.first()).is_some_and(|(word, held)| fits(held, word));
        first && self.words.iter().all(|word| rest.any(|held| fits(held, word)))
    }
}

/// The words of a record that do not name it.
fn others(object: &Object, values: &Values) -> Vec<Held> {
    let mut other = Vec::new();
    for field in object.fields.iter().filter(|field| field.name != object.title) {
        let Some(text) = values.get(field.name.as_str()).and_then(Value::as_text) else { continue };
        match (field.search, field.kind) {
            (Search::Words, _) => other.extend(Held::all(text)),
            // What is no address is not in the index either.
            (Search::Exact, Kind::Email) => {
                let whole = Email::parse(text).map(|email| email.folded()).unwrap_or_default();
                other.extend(email_parts(&whole).into_iter().flat_map(|(local, _)| Held::all(local)));
            }
            _ => {}
        }
    }
    other
}
