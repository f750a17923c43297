//! Nothing, yes or no, and lists.

use kernel::text;

use super::ValueFault;

/// Tells whether a cell says that there is nothing: blank, a dash, `n/a`, `null`, or a date of zeros.
#[must_use]
pub fn is_blank(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.len() > 12 {
        return false;
    }
    let folded = text::fold(cell);
    let zeros = folded.len() > 4 && folded.contains(['/', '-', '.']) && date_of_zeros(&folded);
    let words =
        ["", "-", "--", "\u{2013}", "\u{2014}", "n/a", "#n/a", "na", "nil", "null", "none", "(blank)", "无", "空"];
    zeros || words.contains(&folded.as_str())
}

/// Outlook writes `0/0/00` and MySQL `0000-00-00` for no date.
fn date_of_zeros(cell: &str) -> bool {
    cell.chars().all(|c| matches!(c, '0' | '/' | '-' | '.'))
        && cell.split(['/', '-', '.']).filter(|part| !part.is_empty()).count() == 3
}

/// Takes yes or no as people and systems write it in English and Chinese.
///
/// # Errors
/// [`ValueFault::Blank`] or [`ValueFault::Bool`].
pub fn parse_bool(cell: &str) -> Result<bool, ValueFault> {
    const YES: [&str; 14] =
        ["yes", "y", "true", "t", "1", "on", "x", "checked", "是", "有", "对", "真", "√", "\u{2713}"];
    const NO: [&str; 12] = ["no", "n", "false", "f", "0", "off", "unchecked", "否", "没有", "不是", "假", "\u{2717}"];
    // `无` is a blank elsewhere; where yes or no is asked it means no.
    let folded = text::fold(cell.trim());
    if YES.contains(&folded.as_str()) {
        return Ok(true);
    }
    if NO.contains(&folded.as_str()) || folded == "无" {
        return Ok(false);
    }
    Err(if is_blank(cell) { ValueFault::Blank } else { ValueFault::Bool })
}

/// Takes a list: parted by semicolons, bars or ` ::: ` where there are any, else by commas, in Western or Chinese form.
/// Blank items and repetitions are left out; order stays.
#[must_use]
pub fn parse_list(cell: &str) -> Vec<String> {
    let strong: &[char] = &[';', '；', '|', '\n'];
    let weak: &[char] = &[',', '，', '、'];
    let cell = cell.replace(":::", ";");
    let marks = if cell.contains(strong) { strong } else { weak };
    let mut seen = std::collections::HashSet::new();
    let items = cell.split(marks).map(str::trim).filter(|item| !item.is_empty());
    items.filter(|item| seen.insert(text::fold(item))).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_for_nothing_are_nothing() {
        for cell in ["", "  ", "-", "N/A", "NULL", "0/0/00", "0000-00-00", "—", "无"] {
            assert!(is_blank(cell), "{cell:?}");
        }
        for cell in ["0", "0-0", "nan", "Nashville", "00000", "n/a for now, ask again"] {
            assert!(!is_blank(cell), "{cell:?}");
        }
    }

    #[test]
    fn yes_and_no_in_both_languages() {
        for cell in ["yes", "Y", "TRUE", " 1 ", "是", "On", "Ｙ"] {
            assert_eq!(parse_bool(cell), Ok(true), "{cell:?}");
        }
        for cell in ["no", "N", "False", "0", "否", "off", "无"] {
            assert_eq!(parse_bool(cell), Ok(false), "{cell:?}");
        }
        assert_eq!(parse_bool("maybe"), Err(ValueFault::Bool));
        assert_eq!(parse_bool(" - "), Err(ValueFault::Blank));
    }

    #[test]
    fn lists_part_at_the_stronger_mark() {
        assert_eq!(parse_list("vip;newsletter"), ["vip", "newsletter"]);
        assert_eq!(parse_list("UI, design , ui"), ["UI", "design"]);
        assert_eq!(parse_list("Smith, John; Doe, Jane;"), ["Smith, John", "Doe, Jane"]);
        assert_eq!(parse_list("老客户、重点，试用"), ["老客户", "重点", "试用"]);
        assert_eq!(parse_list("* myContacts ::: Friends"), ["* myContacts", "Friends"]);
        assert!(parse_list(" ; ").is_empty());
    }
}
