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

/// Finds the characters that sound like a word: from the first on or without it, whole or by their initials; else those that nearly
/// do.
fn sounding(run: &str, word: &str) -> Option<Range<usize>> {
    let ends: Vec<usize> = run.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let begins = |sound: &str, word: &str| sound.starts_with(word);
    for (fits, initials) in [(&begins as &dyn Fn(&str, &str) -> bool, true), (&near, false)] {
        for said in [syllables(run, true), syllables(run, false)] {
            let found = (0..said.len().min(2)).find_map(|from| whole(&said, &ends, from, &|sound| fits(sound, word)));
            let firsts: String = said.iter().filter_map(|syllable| syllable.chars().next()).collect();
            let found = found.or_else(|| {
                let fits = initials && word.len() > 1 && firsts.starts_with(word);
                fits.then(|| ends.get(word.len() - 1).map(|end| 0..*end)).flatten()
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// Returns the fewest characters from one on whose sound fits.
fn whole(said: &[&str], ends: &[usize], from: usize, fits: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let begin = from.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or_default();
    let mut sound = String::new();
    for (syllable, end) in said.iter().zip(ends).skip(from) {
        sound.push_str(syllable);
        if typed(&sound).iter().any(|sound| fits(sound)) {
            return Some(begin..*end);
        }
    }
    None
}
