//! Numbers and amounts as people write them.

use kernel::{Currency, Money, text};

use super::currency::currency;
use super::decimal::Decimal;
use super::{ValueFault, is_blank};

/// A number that may say its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// The number.
    pub value: Decimal,
    /// The currency, when the text names exactly one (`€`, `USD`; not `$` or `¥`, which several share).
    pub currency: Option<Currency>,
}

/// Which sign stands before decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    /// `1,234.5`.
    #[default]
    Point,
    /// `1.234,5`.
    Comma,
}

impl Amount {
    /// Returns the amount as money, in `default` when it does not say its currency.
    ///
    /// # Errors
    /// As [`Decimal::scaled`].
    pub fn money(self, default: Currency) -> Result<Money, ValueFault> {
        let currency = self.currency.unwrap_or(default);
        Ok(Money { minor: self.value.scaled(currency.exponent())?, currency })
    }
}

impl DecimalMark {
    /// Looks for the mark in samples of a column; nothing when none of them tells.
    #[must_use]
    pub fn infer<'a>(samples: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let (mut points, mut commas) = (0_usize, 0_usize);
        for sample in samples {
            match Written::read(sample).ok().and_then(|written| told(&written.body)) {
                Some(Self::Point) => points += 1,
                Some(Self::Comma) => commas += 1,
                None => {}
            }
        }
        match points.cmp(&commas) {
            std::cmp::Ordering::Greater => Some(Self::Point),
            std::cmp::Ordering::Less => Some(Self::Comma),
            std::cmp::Ordering::Equal => None,
        }
    }

    const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// Takes a number: signs, brackets for minus, marks between thousands, a percent sign; no currency.
///
/// # Errors
/// [`ValueFault::Blank`], [`ValueFault::Number`] or [`ValueFault::Range`].
pub fn parse_number(cell: &str, mark: DecimalMark) -> Result<Decimal, ValueFault> {
    let written = Written::read(cell)?;
    if written.money { Err(ValueFault::Number) } else { written.decimal(mark) }
}

/// Takes a number that may carry a currency's sign, code or name before or behind it.
///
/// # Errors
/// [`ValueFault::Blank`], [`ValueFault::Number`] or [`ValueFault::Range`].
pub fn parse_amount(cell: &str, mark: DecimalMark) -> Result<Amount, ValueFault> {
    let written = Written::read(cell)?;
    Ok(Amount { value: written.decimal(mark)?, currency: written.currency })
}

/// A number taken apart: what stands around its digits is understood, its marks are not yet.
struct Written {
    negative: bool,
    body: String,
    currency: Option<Currency>,
    money: bool,
    zeros: u32,
}

impl Written {
    fn read(cell: &str) -> Result<Self, ValueFault> {
        if is_blank(cell) {
            return Err(ValueFault::Blank);
        }
        if cell.len() > 200 {
            return Err(ValueFault::Number);
        }
        let narrow = text::narrow(cell).replace(['\u{2212}', '\u{2013}'], "-");
        let mut rest = narrow.trim();
        let bracketed = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        rest = bracketed.unwrap_or(rest);
        let mut written =
            Self { negative: bracketed.is_some(), body: String::new(), currency: None, money: false, zeros: 0 };
        let digit = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
        let starts = |(at, c): &(usize, char)| {
            let next = rest.get(at + 1..).and_then(|rest| rest.chars().next());
            c.is_ascii_digit() || (digit(*c) && next.is_some_and(|c| c.is_ascii_digit()))
        };
        let (from, _) = rest.char_indices().find(starts).ok_or(ValueFault::Number)?;
        let (before, digits) = rest.split_at(from);
        let to = digits.rfind(digit).map_or(0, |at| at + 1);
        let (body, behind) = digits.split_at(to);
        written.affix(before)?;
        written.affix(behind)?;
        body.clone_into(&mut written.body);
        Ok(written)
    }

    /// Understands what stands before or behind the digits: a sign, a currency, a multiplier.
    fn affix(&mut self, affix: &str) -> Result<(), ValueFault> {
        let plain: String = affix.chars().filter(|c| !c.is_whitespace()).collect();
        let unsigned = plain.replace(['-', '+'], "");
        match plain.len() - unsigned.len() {
            0 => {}
            1 if !self.negative => self.negative = plain.contains('-'),
            _ => return Err(ValueFault::Number),
        }
        let rest = match unsigned.chars().next() {
            Some('万') => self.multiply(4, unsigned.strip_prefix('万')),
            Some('亿') => self.multiply(8, unsigned.strip_prefix('亿')),
            _ => unsigned.as_str(),
        };
        if rest.is_empty() || rest == "%" {
            return Ok(());
        }
        let named = currency(&rest.to_uppercase()).ok_or(ValueFault::Number)?;
        if self.currency.is_some() && named.is_some() && self.currency != named {
            return Err(ValueFault::Number);
        }
        self.currency = self.currency.or(named);
        self.money = true;
        Ok(())
    }

    fn multiply<'a>(&mut self, zeros: u32, rest: Option<&'a str>) -> &'a str {
        self.zeros = zeros;
        rest.unwrap_or_default()
    }

    fn decimal(&self, mark: DecimalMark) -> Result<Decimal, ValueFault> {
        let decimal = told(&self.body).unwrap_or(mark);
        let body = self.body.replace([' ', '\'', '\u{2019}', '_'], " ");
        let (whole, decimals) = match body.rsplit_once(decimal.sign()) {
            // Several of a kind part thousands, whatever the column says.
            Some((whole, _)) if whole.contains(decimal.sign()) => (body.as_str(), ""),
            Some(parts) => parts,
            None => (body.as_str(), ""),
        };
        let whole = ungroup(whole).ok_or(ValueFault::Number)?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !digits(&whole) || !digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
            return Err(ValueFault::Number);
        }
        Decimal::new(self.negative, &whole, decimals, self.zeros)
    }
}

/// Returns the decimal mark where the digits themselves show it.
fn told(body: &str) -> Option<DecimalMark> {
    let (points, commas) = (body.matches('.').count(), body.matches(',').count());
    let mark = match (points, commas) {
        (0, 0) => return None,
        (1, 0) => DecimalMark::Point,
        (0, 1) => DecimalMark::Comma,
        (0, _) => return Some(DecimalMark::Point),
        (_, 0) => return Some(DecimalMark::Comma),
        _ if body.rfind('.') > body.rfind(',') => return Some(DecimalMark::Point),
        _ => return Some(DecimalMark::Comma),
    };
    // One mark before three digits may also part thousands, unless what stands before it could be no group.
    let (whole, decimals) = body.split_once(mark.sign())?;
    let group = (1..=3).contains(&whole.len()) && !whole.starts_with('0') && !whole.contains(' ');
    (decimals.len() != 3 || !group).then_some(mark)
}

/// Joins groups of digits: the first of one to three, the last of three, those between of two (India) or three.
fn ungroup(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(['.', ',', ' ']).collect();
    let (first, rest) = groups.split_first()?;
    if let Some((last, middle)) = rest.split_last() {
        let even = middle.iter().all(|group| (2..=3).contains(&group.len()));
        let one_kind = [".", ",", " "].iter().filter(|mark| whole.contains(**mark)).count() == 1;
        if !(1..=3).contains(&first.len()) || last.len() != 3 || !even || !one_kind {
            return None;
        }
    }
    Some(groups.concat())
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
