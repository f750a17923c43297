//! The words of a text, and how they sound.

use kernel::text::{fold, is_han, words};
use pinyin::ToPinyin as _;

/// Returns the words of a text, and behind them those that others write as one: `O'Brien` is found by `obrien` too.
pub(crate) fn held(text: &str) -> Vec<String> {
    let mut held = words(text);
    for chunk in fold(text).split(|c: char| !c.is_alphanumeric() && !joins(c)) {
        let joined: String = chunk.chars().filter(|c| c.is_alphanumeric()).collect();
        if joined.len() < chunk.trim_matches(joins).len() && !joined.chars().any(is_han) {
            held.push(joined);
        }
    }
    held
}

/// Signs inside of a word that many leave out.
const fn joins(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '-' | '‐' | '‑' | '·')
}

/// Tells whether a word is a run of Han characters.
pub(crate) fn is_run(word: &str) -> bool {
    word.chars().next().is_some_and(is_han)
}

/// Returns the pairs of neighbouring characters.
pub(crate) fn pairs(run: &str) -> impl Iterator<Item = String> {
    run.chars().zip(run.chars().skip(1)).map(|(one, other)| String::from_iter([one, other]))
}

/// Family names that are said otherwise than the same character elsewhere.
const FAMILY: [(char, &str); 18] = [
    ('单', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('区', "ou"),
    ('任', "ren"),
    ('盖', "ge"),
    ('翟', "zhai"),
    ('朴', "piao"),
    ('尹', "yin"),
    ('缪', "miao"),
    ('覃', "qin"),
    ('乐', "yue"),
    ('冼', "xian"),
    ('员', "yun"),
    ('秘', "bi"),
    ('折', "she"),
];

/// Returns each syllable of a run; the first as a family name says it.
pub(crate) fn syllables(run: &str, named: bool) -> Vec<&'static str> {
    let family =
        |at: usize, c: char| FAMILY.iter().find(|(known, _)| named && at == 0 && *known == c).map(|(_, sound)| *sound);
    let said = |(at, c): (usize, char)| family(at, c).or_else(|| c.to_pinyin().map(pinyin::Pinyin::plain));
    run.chars().enumerate().filter_map(said).collect()
}

/// How a run of Han characters sounds.
pub(crate) struct Sounds {
    /// The first character alone: a family name.
    pub(crate) family: Vec<String>,
    /// Whole; without the first character; by initials. Each in the ways people type `ü`.
    pub(crate) rest: Vec<String>,
}

impl Sounds {
    pub(crate) fn of(run: &str) -> Self {
        let mut sounds = Self { family: Vec::new(), rest: Vec::new() };
        let several = run.chars().nth(1).is_some();
        for named in [true, false] {
            let said = syllables(run, named);
            let given = said.get(1..).unwrap_or_default();
            let initials: String = said.iter().filter_map(|syllable| syllable.chars().next()).collect();
            for whole in typed(&said.concat()) {
                add(&mut sounds.rest, whole);
            }
            if several {
                for given in typed(&given.concat()) {
                    add(&mut sounds.rest, given);
                }
                add(&mut sounds.rest, initials);
                for family in said.first().into_iter().flat_map(|said| typed(said)) {
                    add(&mut sounds.family, family);
                }
            }
        }
        sounds
    }
}

fn add(to: &mut Vec<String>, sound: String) {
    if !sound.is_empty() && !to.contains(&sound) {
        to.push(sound);
    }
}

/// `ü` is on no keyboard: people type `v` or `u` for it.
pub(crate) fn typed(sound: &str) -> Vec<String> {
    if sound.contains('ü') { vec![sound.replace('ü', "v"), sound.replace('ü', "u")] } else { vec![sound.to_owned()] }
}
