//! Text as people type it: cleaned once at the border, folded for comparison.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Why text is refused at the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// It holds a NUL or another control character.
    #[error("text holds a control character")]
    Control,
    /// It is longer than the field takes, in characters.
    #[error("text is longer than {0} characters")]
    Long(usize),
}

/// Returns text in NFC without surrounding white space; line breaks become `\n`.
///
/// # Errors
/// [`TextFault::Control`] for control characters other than tab and line break; [`TextFault::Long`] beyond `most` characters.
pub fn clean(input: &str, most: usize) -> Result<String, TextFault> {
    let unified = if input.contains('\r') {
        Cow::from(input.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::from(input)
    };
    let trimmed = unified.trim();
    let text = match is_nfc_quick(trimmed.chars()) {
        IsNormalized::Yes => trimmed.to_owned(),
        IsNormalized::No | IsNormalized::Maybe => trimmed.nfc().collect(),
    };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n')) {
        return Err(TextFault::Control);
    }
    if text.chars().count() > most { Err(TextFault::Long(most)) } else { Ok(text) }
}

/// Returns full-width forms as their usual ones (NFKC).
#[must_use]
pub fn narrow(text: &str) -> String {
    text.nfkc().collect()
}

/// Returns the form in which spellings are compared: compatibility forms unified, lower case, accents off.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii() || is_unified(c)) {
        return text.to_ascii_lowercase();
    }
    let lower: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    lower
        .chars()
        .map(plain_letter)
        .collect::<String>()
        .replace('ß', "ss")
        .replace('æ', "ae")
        .replace('œ', "oe")
        .nfc()
        .collect()
}

/// Letters that carry their mark inside and so survive decomposition.
const fn plain_letter(c: char) -> char {
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        'ı' => 'i',
        _ => c,
    }
}

/// Returns the folded words of a text: runs of letters and digits; a run of Han characters is one word.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut han = false;
    for c in folded.chars() {
        let keeps = c.is_alphanumeric();
        if !word.is_empty() && (!keeps || is_han(c) != han) {
            words.push(std::mem::take(&mut word));
        }
        if keeps {
            han = is_han(c);
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Tells whether a character is a Han ideograph (CJK Unified Ideographs and its extensions).
#[must_use]
pub const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Tells whether a character is a Han ideograph that is its own compatibility form.
const fn is_unified(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Family names of two characters that people bear today, in both scripts where they differ.
const DOUBLE: &[&str] = &[
    "欧阳", "歐陽", "上官", "司马", "司馬", "司徒", "司空", "诸葛", "諸葛", "皇甫", "尉迟", "尉遲", "夏侯", "慕容",
    "令狐", "公孙", "公孫", "长孙", "長孫", "宇文", "东方", "東方", "南宫", "南宮", "端木", "申屠", "轩辕", "軒轅",
    "闻人", "聞人", "澹台", "澹臺", "濮阳", "濮陽", "钟离", "鍾離", "呼延", "赫连", "赫連", "万俟", "太史", "淳于",
    "单于", "單于", "公冶", "独孤", "獨孤", "拓跋",
];

/// Returns what an avatar shows: the initials of the first and last word, or the last but one Han character of a Chinese
/// name's given part (`刘明哲` gives `明`).
#[must_use]
pub fn initials(name: &str) -> String {
    let han: Vec<char> = name.chars().filter(|c| is_han(*c)).collect();
    // A name of four characters has a family name of two, and so have some of three.
    let given = match *han.as_slice() {
        [] | [_] => 0,
        [_, _, _, _] => 2,
        [first, second, _] if DOUBLE.iter().any(|name| name.chars().eq([first, second])) => 2,
        _ => 1,
    };
    if let Some(c) = han.get(given) {
        return c.to_string();
    }
    let mut firsts = name.split_whitespace().filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    let first = firsts.next();
    [first, firsts.next_back()].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_unites_spellings() {
        for (one, two) in [
            ("Tomás Bergström", "tomas bergstrom"),
            ("ＡＢＣ", "abc"),
            ("Łukasz Ødegård", "lukasz odegard"),
            ("Straße", "STRASSE"),
            ("Sæther Œuvre", "saether oeuvre"),
        ] {
            assert_eq!(fold(one), fold(two));
        }
    }

    #[test]
    fn unified_ideographs_are_their_own_compatibility_form() {
        for c in ('\u{3400}'..='\u{9fff}').filter(|c| is_unified(*c)) {
            assert!(c.to_string().nfkd().eq([c]) && c.to_lowercase().eq([c]), "{c:?}");
        }
        assert_eq!(fold("王Ming"), "王ming");
        assert_eq!(fold("\u{f9d1}"), "六", "a compatibility ideograph is not");
    }

    #[test]
    fn words_part_at_scripts_and_signs() {
        assert_eq!(words("O'Brien, Anne-Marie"), ["o", "brien", "anne", "marie"]);
        assert_eq!(words("王小明 (Ming)"), ["王小明", "ming"]);
        assert_eq!(words("云帆Tech2"), ["云帆", "tech2"]);
    }

    #[test]
    fn control_characters_are_refused_and_line_breaks_unified() {
        assert_eq!(clean("a\u{0}b", 10), Err(TextFault::Control));
        assert_eq!(clean(" a\r\nb\rc ", 10).unwrap(), "a\nb\nc");
        assert_eq!(clean("abcd", 3), Err(TextFault::Long(3)));
    }

    #[test]
    fn initials_suit_the_script() {
        for (name, shown) in [
            ("Mei Chen", "MC"),
            ("刘明哲", "明"),
            ("张一鸣", "一"),
            ("欧阳静雯", "静"),
            ("欧阳明", "明"),
            ("諸葛亮", "亮"),
            ("欧阳", "阳"),
            ("Brightloom", "B"),
            ("", ""),
            ("Ana de la Cruz", "AC"),
        ] {
            assert_eq!(initials(name), shown, "{name}");
        }
    }
}
