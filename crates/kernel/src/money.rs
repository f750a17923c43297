//! Amounts of money: whole minor units and a currency. Never a float.

use std::fmt;

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Why text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// Three capital letters are expected.
    #[error("not a currency code")]
    Currency,
    /// Digits with at most one decimal point are expected.
    #[error("not an amount")]
    Amount,
    /// More decimals than the currency has.
    #[error("more decimals than the currency has")]
    Decimals,
    /// Beyond what 64 bits hold.
    #[error("amount too large")]
    Range,
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");
    /// The renminbi.
    pub const CNY: Self = Self(*b"CNY");

    /// Takes a three-letter code in capitals.
    ///
    /// # Errors
    /// [`MoneyFault::Currency`] otherwise.
    pub fn parse(text: &str) -> Result<Self, MoneyFault> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyFault::Currency)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(MoneyFault::Currency) }
    }

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns how many decimals the currency has (ISO 4217, table A.1).
    #[must_use]
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount of money in minor units (cents, fen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in minor units.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// Takes an amount as people type it: digits, `,` or spaces between thousands, `.` before decimals, a currency code
    /// before or after; without a code it is in `default`.
    ///
    /// # Errors
    /// [`MoneyFault`] says what does not fit.
    pub fn parse(text: &str, default: Currency) -> Result<Self, MoneyFault> {
        let text = text.trim();
        let (currency, number) = split_code(text, default)?;
        let compact: String =
            number.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}' | '_')).collect();
        let (negative, digits) = compact.strip_prefix('-').map_or((false, compact.as_str()), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) {
            return Err(MoneyFault::Amount);
        }
        let minor = scale(whole, decimals, currency.exponent())?;
        Ok(Self { minor: if negative { -minor } else { minor }, currency })
    }

    /// Returns the amount as digits with a decimal point, without its currency.
    #[must_use]
    pub fn amount(self) -> String {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, rest) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        if exponent == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{rest:0>width$}", width = exponent as usize)
        }
    }
}

fn split_code(text: &str, default: Currency) -> Result<(Currency, &str), MoneyFault> {
    let leading =
        text.split_once(' ').filter(|(code, _)| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some((code, rest)) = leading {
        return Ok((Currency::parse(&code.to_ascii_uppercase())?, rest));
    }
    let trailing =
        text.rsplit_once(' ').filter(|(_, code)| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some((rest, code)) = trailing {
        return Ok((Currency::parse(&code.to_ascii_uppercase())?, rest));
    }
    Ok((default, text))
}

fn scale(whole: &str, decimals: &str, exponent: u32) -> Result<i64, MoneyFault> {
    let kept = decimals.trim_end_matches('0');
    if kept.len() > exponent as usize {
        return Err(MoneyFault::Decimals);
    }
    let padded = format!("{whole}{kept:0<width$}", width = exponent as usize);
    padded.parse().map_err(|_| MoneyFault::Range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_type_them() {
        for (text, minor, code) in [
            ("1,234.50", 123_450, "EUR"),
            ("1054", 105_400, "EUR"),
            ("-3.2", -320, "EUR"),
            ("USD 12", 1_200, "USD"),
            ("12 000 cny", 1_200_000, "CNY"),
            ("JPY 500", 500, "JPY"),
            ("1100.0400", 110_004, "EUR"),
        ] {
            let money = Money::parse(text, Currency::EUR).unwrap();
            assert_eq!((money.minor, money.currency.as_str()), (minor, code), "{text}");
        }
    }

    #[test]
    fn what_is_not_money_says_why() {
        for (text, fault) in [
            ("", MoneyFault::Amount),
            ("abc", MoneyFault::Amount),
            ("1.234", MoneyFault::Decimals),
            ("JPY 1.5", MoneyFault::Decimals),
            ("99999999999999999999", MoneyFault::Range),
        ] {
            assert_eq!(Money::parse(text, Currency::EUR), Err(fault), "{text}");
        }
    }

    #[test]
    fn the_plain_amount_parses_back() {
        for minor in [0, 5, -5, 123_450, i64::from(i32::MIN)] {
            let money = Money { minor, currency: Currency::EUR };
            assert_eq!(Money::parse(&money.amount(), Currency::EUR), Ok(money));
        }
    }
}
