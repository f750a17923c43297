//! Bringing spellings of one header together.

use kernel::text;

/// A header without case, accents and punctuation: `E-mail 1 - Value`, `eMail1Value` and `e_mail_1_value` are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name(String);

/// Words in front that say whose or which value it is, with what they cost: another one may fit better.
const QUALIFIERS: [(&str, i32); 38] = [
    ("primary", 0),
    ("main", 0),
    ("business", 1),
    ("work", 1),
    ("office", 1),
    ("contact", 1),
    ("lead", 1),
    ("customer", 1),
    ("client", 1),
    ("person", 1),
    ("member", 1),
    ("user", 2),
    ("account", 2),
    ("company", 2),
    ("organization", 2),
    ("organisation", 2),
    ("deal", 2),
    ("opportunity", 2),
    ("address", 2),
    ("street", 3),
    ("mailing", 3),
    ("billing", 4),
    ("direct", 4),
    ("personal", 6),
    ("home", 8),
    ("shipping", 8),
    ("other", 14),
    ("secondary", 14),
    ("alternate", 14),
    ("主要", 0),
    ("联系人", 1),
    ("客户", 1),
    ("公司", 2),
    ("企业", 2),
    ("单位", 2),
    ("商机", 2),
    ("所属", 1),
    ("办公", 1),
];

/// Words at the end that say nothing.
const ENDS: [&str; 12] =
    ["value", "values", "text", "field", "usd", "eur", "gbp", "cny", "rmb", "元", "万元", "required"];

impl Name {
    pub(super) fn of(header: &str) -> Self {
        let mut spaced = String::with_capacity(header.len() + 8);
        let mut before = ' ';
        for c in header.chars().take(200) {
            let hump = before.is_lowercase() && c.is_uppercase();
            let count = before.is_alphabetic() && c.is_ascii_digit() || before.is_ascii_digit() && c.is_alphabetic();
            if hump || count {
                spaced.push(' ');
            }
            spaced.push(if c.is_alphanumeric() { c } else { ' ' });
            before = c;
        }
        let folded = text::fold(&spaced);
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        Self(words.join(" "))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name without counts and qualifiers, and what leaving them out costs; nothing when there are none.
    pub(super) fn bare(&self) -> Option<(String, i32)> {
        let mut cost = 0;
        let mut words: Vec<&str> = Vec::new();
        for word in self.0.split(' ') {
            match word.parse::<i32>() {
                Ok(count) => cost += count.clamp(0, 8),
                Err(_) => words.push(word),
            }
        }
        while words.len() > 1 && words.last().is_some_and(|last| ENDS.contains(last)) {
            words.pop();
        }
        let mut bare = words.join(" ");
        while let Some((rest, price)) = qualifier(&bare) {
            cost += price;
            bare = rest;
        }
        (bare != self.0 && !bare.is_empty()).then_some((bare, cost))
    }
}

/// Takes one qualifier off the front; at least a word, or two Han characters, must stay.
fn qualifier(name: &str) -> Option<(String, i32)> {
    QUALIFIERS.iter().find_map(|(word, price)| {
        let rest = name.strip_prefix(word)?;
        let kept = if word.is_ascii() { rest.strip_prefix(' ')? } else { rest.trim_start() };
        let enough = kept.is_ascii() || kept.chars().count() >= 2;
        (enough && !kept.is_empty()).then(|| (kept.to_owned(), *price))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_come_together() {
        for header in ["E-mail 1 - Value", "e_mail_1_value", "eMail1Value", " É-MAIL (1): value "] {
            assert_eq!(Name::of(header).as_str(), "e mail 1 value", "{header}");
        }
        assert_eq!(Name::of("公司/客户 名称").as_str(), "公司 客户 名称");
        assert_eq!(Name::of("—").as_str(), "");
    }

    #[test]
    fn qualifiers_and_counts_come_off_at_a_price() {
        let bare = |header: &str| Name::of(header).bare();
        assert_eq!(bare("E-mail 1 - Value"), Some(("e mail".to_owned(), 1)));
        assert_eq!(bare("Business Phone"), Some(("phone".to_owned(), 1)));
        assert_eq!(bare("Address 1 - City"), Some(("city".to_owned(), 3)));
        assert_eq!(bare("客户阶段"), Some(("阶段".to_owned(), 1)));
        assert_eq!(bare("Revenue (USD)"), Some(("revenue".to_owned(), 0)));
        assert_eq!(bare("Phone"), None);
        assert_eq!(bare("Value"), None);
    }
}
