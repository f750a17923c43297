//! One slip of the finger: a letter too many, too few, another one, or two neighbours exchanged.

/// Words of fewer letters are not forgiven a slip: too many others are one slip away.
const LEAST: usize = 5;
/// Slips behind this many letters are found by the letters before them.
const CUT: usize = 7;

/// Letters of an alphabet that may have been meant.
fn alphabet(word: &str) -> Vec<char> {
    let within = |from: char, to: char| word.chars().any(|c| (from..=to).contains(&c));
    let mut letters: Vec<char> = Vec::with_capacity(36);
    if word.is_ascii() {
        letters.extend('a'..='z');
    }
    for (from, to) in [('0', '9'), ('α', 'ω'), ('а', 'я')] {
        if within(from, to) {
            letters.extend(from..=to);
        }
    }
    letters
}

/// Returns the words that somebody who typed this one may have meant, each being one slip away; and of a long word, its
/// first letters, which a slip behind them leaves alone.
pub(crate) fn meant(word: &str) -> (Vec<String>, Option<String>) {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() + 1 < LEAST {
        return (Vec::new(), None);
    }
    let long = letters.len() > CUT;
    let (alphabet, end) = (alphabet(word), letters.len().min(CUT));
    let mut words = Vec::with_capacity(400);
    let mut push = |parts: [&[char]; 3]| {
        let made: String = parts.concat().into_iter().collect();
        if made != word && made.chars().count() >= LEAST {
            words.push(made);
        }
    };
    for at in 0..=end {
        let (before, rest) = letters.split_at(at);
        let after = rest.get(1..).unwrap_or_default();
        for letter in &alphabet {
            push([before, &[*letter], rest]);
            if !rest.is_empty() {
                push([before, &[*letter], after]);
            }
        }
        if !rest.is_empty() {
            push([before, &[], after]);
        }
        if let [one, other, tail @ ..] = rest {
            push([before, &[*other, *one], tail]);
        }
    }
    words.sort_unstable();
    words.dedup();
    (words, long.then(|| letters.iter().take(CUT).collect()))
}

/// Tells whether two words are at most one slip apart, and the held one long enough to be forgiven it.
pub(crate) fn near(held: &str, word: &str) -> bool {
    let (held, word): (Vec<char>, Vec<char>) = (held.chars().collect(), word.chars().collect());
    held.len() >= LEAST && apart(&held, &word)
}

/// Tells whether a word is at most one slip away from a beginning of another.
pub(crate) fn near_beginning(held: &str, word: &str) -> bool {
    let (held, word): (Vec<char>, Vec<char>) = (held.chars().collect(), word.chars().collect());
    let least = word.len().saturating_sub(1).max(LEAST);
    word.len() >= LEAST
        && (least..=word.len() + 1).any(|end| held.get(..end).is_some_and(|beginning| apart(beginning, &word)))
}

fn apart(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    match (short, long) {
        ([], _) => true,
        (_, [_, rest @ ..]) if rest == short => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => a == d && b == c && one == other,
        _ => false,
    }
}
