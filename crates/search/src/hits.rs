//! Which letters of a shown text were meant.

use std::ops::Range;

use kernel::text::{fold, is_han};

use crate::Question;
use crate::near::{near, near_beginning};
use crate::word::{is_run, syllables, typed};

impl Question {
    /// Returns the parts of a text that answer the question, in order and apart from each other, in bytes.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Range<usize>> {
        let mut asked: Vec<String> = self.words.clone();
        asked.extend(self.joined());
        let mut hits: Vec<Range<usize>> = Vec::new();
        for (at, run) in runs(text) {
            let best = asked.iter().filter_map(|word| hit(run, word)).max_by_key(ExactSizeIterator::len);
            hits.extend(best.map(|part| at + part.start..at + part.end));
        }
        hits
    }
}

/// Returns the runs of letters of a text with where they begin; Han characters in runs of their own.
fn runs(text: &str) -> Vec<(usize, &str)> {
    let mut runs = Vec::new();
    let mut begun: Option<(usize, bool)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let keeps = c.is_alphanumeric();
        if let Some((from, han)) = begun
            && (!keeps || han != is_han(c))
        {
            runs.extend(text.get(from..at).map(|run| (from, run)));
            begun = None;
        }
        if keeps && begun.is_none() {
            begun = Some((at, is_han(c)));
        }
    }
    runs
}

fn hit(run: &str, word: &str) -> Option<Range<usize>> {
    if is_run(run) {
        return match run.find(word) {
            Some(at) => Some(at..at + word.len()),
            None => sounding(run, word),
        };
    }
    let folded = fold(run);
    if folded.starts_with(word) {
        let mut ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.find(|end| run.get(..*end).is_some_and(|part| fold(part).len() >= word.len()));
        return Some(0..end.unwrap_or(run.len()));
    }
    (near(&folded, word) || near_beginning(&folded, word)).then_some(0..run.len())
}

/// Finds the characters that sound like a word: from the first on or without it, whole or by their initials.
fn sounding(run: &str, word: &str) -> Option<Range<usize>> {
    let ends: Vec<usize> = run.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    for named in [true, false] {
        let said = syllables(run, named);
        for from in 0..2_usize.min(said.len()) {
            let begin = from.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or_default();
            let mut sound = String::new();
            for (syllable, end) in said.iter().zip(&ends).skip(from) {
                sound.push_str(syllable);
                if typed(&sound).iter().any(|sound| sound.starts_with(word) || near(sound, word)) {
                    return Some(begin..*end);
                }
            }
        }
        let initials: String = said.iter().filter_map(|syllable| syllable.chars().next()).collect();
        if word.len() > 1 && initials.starts_with(word) {
            return Some(0..ends.get(word.len() - 1).copied()?);
        }
    }
    None
}
