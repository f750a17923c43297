//! Where people and companies are from, apart from China.

use std::sync::LazyLock;

use kernel::Currency;

use crate::table;

/// The words of one country.
#[derive(Default)]
pub(crate) struct Culture {
    /// Its ISO 3166 code, lower case.
    pub(crate) code: &'static str,
    /// The currency its companies pay in.
    currency: &'static str,
    /// What a company is by law.
    pub(crate) forms: Vec<&'static str>,
    /// Given names of women.
    pub(crate) women: Vec<&'static str>,
    /// Given names of men.
    pub(crate) men: Vec<&'static str>,
    /// Whole family names.
    pub(crate) family: Vec<&'static str>,
    /// Beginnings of family names.
    pub(crate) stems: Vec<&'static str>,
    /// Endings of family names; `his/hers` where they differ.
    pub(crate) endings: Vec<&'static str>,
    /// Its towns.
    pub(crate) cities: Vec<&'static str>,
    /// Patterns of telephone numbers nobody has.
    pub(crate) phones: Vec<&'static str>,
}

/// All of them.
pub(crate) static CULTURES: LazyLock<Vec<Culture>> = LazyLock::new(|| read(include_str!("../data/cultures.txt")));

impl Culture {
    /// Returns the currency its companies pay in.
    pub(crate) fn currency(&self) -> Currency {
        Currency::parse(self.currency).unwrap_or(Currency::EUR)
    }
}

fn read(text: &'static str) -> Vec<Culture> {
    let mut cultures = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            cultures.push(Culture { code: name.trim_end_matches(']'), ..Culture::default() });
        } else if let (Some(culture), Some((key, rest))) = (cultures.last_mut(), line.split_once(": ")) {
            fill(culture, key, rest);
        }
    }
    cultures
}

fn fill(culture: &mut Culture, key: &str, rest: &'static str) {
    let list = match key {
        "currency" => {
            culture.currency = rest;
            return;
        }
        "forms" => &mut culture.forms,
        "women" => &mut culture.women,
        "men" => &mut culture.men,
        "family" => &mut culture.family,
        "stems" => &mut culture.stems,
        "endings" => &mut culture.endings,
        "cities" => &mut culture.cities,
        // A single pattern holds spaces and no bar.
        "phones" => {
            culture.phones = rest.split('|').collect();
            return;
        }
        _ => return,
    };
    list.extend(table::split(rest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_all_its_words() {
        assert_eq!(CULTURES.len(), 14);
        for culture in CULTURES.iter() {
            let lists = [&culture.forms, &culture.women, &culture.men, &culture.family, &culture.stems];
            assert!(lists.iter().all(|list| list.len() > 1), "{}", culture.code);
            let lists = [&culture.endings, &culture.cities, &culture.phones];
            assert!(lists.iter().all(|list| !list.is_empty()), "{}", culture.code);
            assert_eq!(culture.currency().as_str(), culture.currency);
        }
    }
}
