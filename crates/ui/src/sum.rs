//! Amounts of several currencies. They are never added up: there is no rate, and no number stands for all of them.

use kernel::{Currency, Lang, Money};
use maud::{Markup, html};

use crate::format;

/// Sums, one for each currency; that of the workspace first.
pub struct Sums(Vec<Money>);

impl Sums {
    /// Adds up what has the same currency.
    #[must_use]
    pub fn gather(amounts: impl IntoIterator<Item = Money>, first: Currency) -> Self {
        let mut sums: Vec<Money> = Vec::new();
        for amount in amounts {
            match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
                None => sums.push(amount),
            }
        }
        sums.retain(|sum| sum.minor != 0);
        sums.sort_by_key(|sum| (sum.currency != first, sum.currency));
        Self(sums)
    }

    /// Returns the leading sum in short, and the others as one line.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> Option<(String, String)> {
        let mut all = self.0.iter().map(|sum| format::short_money(lang, *sum));
        Some((all.next()?, all.collect::<Vec<_>>().join(" · ")))
    }

    /// Draws the leading sum, and how many currencies more there are; which ones is in the title.
    #[must_use]
    pub fn brief(&self, lang: Lang) -> Markup {
        let Some((lead, rest)) = self.lines(lang) else { return html! {} };
        html! {
            span.sum.num title=[(!rest.is_empty()).then(|| format!("{lead} · {rest}"))] {
                (lead)
                @if !rest.is_empty() { small aria-hidden="true" { "+" (self.0.len() - 1) } span.vh { " · " (rest) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_two_currencies_stay_two() {
        let of = |minor, code| Money { minor, currency: Currency::parse(code).unwrap() };
        let sums = Sums::gather([of(100_000, "PLN"), of(200_000, "EUR"), of(300_000, "PLN")], Currency::EUR);
        assert_eq!(sums.lines(Lang::En), Some(("€2,000".to_owned(), "PLN\u{a0}4,000".to_owned())));
        assert!(Sums::gather([], Currency::EUR).lines(Lang::Zh).is_none());
    }
}
