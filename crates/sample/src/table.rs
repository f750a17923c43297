//! The word lists: text files with sections, compiled in.

use std::sync::LazyLock;

/// The sections of a word list.
pub(crate) struct Table(Vec<(&'static str, Vec<&'static str>)>);

/// Han text and how it is said.
pub(crate) type Said = (&'static str, &'static str);

/// Chinese people.
pub(crate) static PEOPLE_ZH: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../data/people_zh.txt")));
/// Chinese companies.
pub(crate) static COMPANIES_ZH: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../data/companies_zh.txt")));
/// Companies of the other cultures.
pub(crate) static COMPANIES: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../data/companies.txt")));
/// What notes, tasks and deals say in English.
pub(crate) static WORDS: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../data/words.txt")));
/// What they say in Chinese.
pub(crate) static WORDS_ZH: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../data/words_zh.txt")));

impl Table {
    /// Reads `[section]` headings and what stands below; `#` begins a line that is a comment.
    pub(crate) fn read(text: &'static str) -> Self {
        let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                sections.push((name.trim_end_matches(']'), Vec::new()));
            } else if let Some((_, entries)) = sections.last_mut() {
                entries.extend(split(line));
            }
        }
        Self(sections)
    }

    /// Returns a section; one that is not there is empty.
    pub(crate) fn list(&self, name: &str) -> &[&'static str] {
        self.0.iter().find(|(known, _)| *known == name).map_or(&[], |(_, entries)| entries)
    }

    /// Returns a section whose entries carry their pinyin.
    pub(crate) fn said(&self, name: &str) -> Vec<Said> {
        self.list(name).iter().map(|entry| say(entry)).collect()
    }
}

/// Splits a line into entries: at `|` where there is one, so that entries may hold spaces, at white space otherwise.
pub(crate) fn split(line: &'static str) -> impl Iterator<Item = &'static str> {
    let phrases = line.contains('|');
    line.split(move |c: char| if phrases { c == '|' } else { c.is_whitespace() })
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

fn say(entry: &'static str) -> Said {
    let end = entry.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(entry.len());
    entry.split_at_checked(end).unwrap_or((entry, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_asked_for_is_there() {
        for (table, sections) in [
            (&PEOPLE_ZH, ["family", "men", "women", "either", "cities", "phones", "titles"].as_slice()),
            (&COMPANIES_ZH, &["first", "second", "trades", "forms"]),
            (&COMPANIES, &["first", "second", "trades", "titles"]),
            (&WORDS, &["products", "openings", "middles", "closings", "tasks"]),
            (&WORDS_ZH, &["products", "openings", "middles", "closings", "tasks"]),
        ] {
            for section in sections {
                assert!(!table.list(section).is_empty(), "{section}");
            }
        }
    }

    #[test]
    fn han_text_is_told_from_its_pinyin() {
        assert_eq!(say("欧阳ouyang"), ("欧阳", "ouyang"));
        for section in ["family", "men", "women", "either"] {
            for (han, pinyin) in PEOPLE_ZH.said(section) {
                assert!(
                    !han.is_empty() && pinyin.bytes().all(|b| b.is_ascii_lowercase()) && !pinyin.is_empty(),
                    "{han}"
                );
            }
        }
    }
}
