//! Pairing the headers of a file with the fields of an object.
//!
//! Names decide and values break ties: `Title` is a position unless its column is blank and `Job title` stands beside
//! it; `Phone 1 - Label` is no phone however it is called. `fold.rs` brings spellings together, `synonym.rs` knows what
//! is called the same, `evidence.rs` looks at values, and here the best pairs are picked, the surest first.

mod evidence;
mod fold;
mod synonym;

use evidence::Evidence;
use fold::Name;

/// A pair below this is no proposal.
const ENOUGH: i32 = 50;

/// What values a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text of any sort.
    Text,
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Addresses of web pages.
    Url,
    /// Days or moments.
    Date,
    /// Numbers.
    Number,
    /// Amounts of money.
    Money,
    /// Yes or no.
    Bool,
    /// Lists of words.
    List,
}

/// A field that a column may go to.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The field's name.
    pub field: &'a str,
    /// What the field is called, in any language.
    pub labels: &'a [&'a str],
    /// What values it holds.
    pub kind: Kind,
}

/// A field proposed for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal<'a> {
    /// The field's name.
    pub field: &'a str,
    /// How sure it is, from 50 to 100; from 90 the names say the same.
    pub confidence: u8,
}

/// Proposes a field for each column, by its header and by what its values look like. No field is proposed twice.
///
/// `samples` are rows with a cell for every column. A column without a header may still get a field when its values are
/// of an unmistakable kind (e-mail, phone, web page).
#[must_use]
pub fn propose<'a>(headers: &[String], samples: &[Vec<String>], targets: &[Target<'a>]) -> Vec<Option<Proposal<'a>>> {
    let names: Vec<Vec<Name>> = targets.iter().map(spellings).collect();
    let personal = names.iter().flatten().any(|name| synonym::is_personal(name.as_str()));
    let mut pairs = Vec::new();
    for (column, header) in headers.iter().enumerate() {
        let header = Name::of(header);
        let evidence = Evidence::of(samples.iter().filter_map(|row| row.get(column)));
        for (target, spelled) in targets.iter().zip(&names).enumerate().map(|(at, pair)| ((at, pair.0), pair.1)) {
            let named = by_name(&header, spelled, &evidence, personal);
            let score =
                named.map_or_else(|| evidence.alone(target.1.kind), |score| score + evidence.bears(target.1.kind));
            pairs.push((score.min(100), column, target.0));
        }
    }
    pick(pairs, headers.len(), targets)
}

/// Tells whether a first row names its columns rather than being data.
pub(crate) fn looks_like_one(cells: &[String]) -> bool {
    let filled: Vec<&String> = cells.iter().filter(|cell| !cell.trim().is_empty()).collect();
    let known = filled.iter().filter(|cell| synonym::knows(Name::of(cell).as_str())).count();
    let data = filled.iter().filter(|cell| evidence::is_data(cell)).count();
    let long = filled.iter().any(|cell| cell.chars().count() > 200);
    if known * 2 >= filled.len() && known > data {
        return true;
    }
    data == 0 && !long && filled.len() * 2 >= cells.len() && !filled.is_empty()
}

fn spellings(target: &Target<'_>) -> Vec<Name> {
    let mut spellings: Vec<Name> = Vec::with_capacity(1 + target.labels.len());
    for text in std::iter::once(&target.field).chain(target.labels) {
        let name = Name::of(text);
        if !name.as_str().is_empty() && !spellings.contains(&name) {
            spellings.push(name);
        }
    }
    spellings
}

/// Scores a header against the spellings of a field; nothing when they have nothing in common.
fn by_name(header: &Name, spellings: &[Name], evidence: &Evidence, personal: bool) -> Option<i32> {
    if header.as_str().is_empty() {
        return None;
    }
    let same = |text: &str| spellings.iter().any(|name| name.as_str() == text);
    let alike = |text: &str| spellings.iter().any(|name| synonym::same(name.as_str(), text));
    if same(header.as_str()) {
        return Some(100);
    }
    if alike(header.as_str()) {
        return Some(90);
    }
    if let Some((bare, cost)) = header.bare() {
        if same(&bare) {
            return Some(82 - cost);
        }
        if alike(&bare) {
            return Some(78 - cost);
        }
    }
    if synonym::is_place(header.as_str()) && alike(if evidence.countries() { "country" } else { "city" }) {
        return Some(60);
    }
    // The name of a company in a list of companies is the name of the thing itself.
    if !personal && synonym::is_thing(header.as_str()) && same("name") {
        return Some(72);
    }
    let tail = synonym::tail(header.as_str())?;
    alike(tail).then_some(58)
}

/// Takes the best pairs first; each column and each field once. Of equal pairs the leftmost column wins.
fn pick<'a>(mut pairs: Vec<(i32, usize, usize)>, columns: usize, targets: &[Target<'a>]) -> Vec<Option<Proposal<'a>>> {
    pairs.retain(|(score, _, _)| *score >= ENOUGH);
    pairs.sort_by_key(|(score, column, target)| (-score, *column, *target));
    let mut picked: Vec<Option<Proposal<'a>>> = vec![None; columns];
    let mut free: Vec<Option<&Target<'a>>> = targets.iter().map(Some).collect();
    for (score, column, target) in pairs {
        let (Some(slot), Some(target)) = (picked.get_mut(column), free.get_mut(target)) else {
            continue;
        };
        if slot.is_none()
            && let Some(target) = target.take()
        {
            *slot = Some(Proposal { field: target.field, confidence: u8::try_from(score).unwrap_or(0) });
        }
    }
    picked
}

#[cfg(test)]
mod tests;
