//! Numbers without rounding.

use std::fmt;

use super::ValueFault;

/// A decimal number, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

impl Decimal {
    /// Digits taken at most.
    const DIGITS: usize = 30;

    /// Joins digits; `zeros` is the power of ten of a multiplier written behind them.
    pub(super) fn new(negative: bool, whole: &str, decimals: &str, zeros: u32) -> Result<Self, ValueFault> {
        let kept = decimals.trim_end_matches('0');
        let digits = format!("{whole}{kept}");
        let digits = digits.trim_start_matches('0');
        if digits.len().max(kept.len()) > Self::DIGITS {
            return Err(ValueFault::Range);
        }
        let units: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| ValueFault::Number)? };
        let scale = u32::try_from(kept.len()).map_err(|_| ValueFault::Range)?;
        // `1.2万` is 12 and no decimals: zeros of the multiplier first use up decimals.
        let (scale, zeros) = (scale.saturating_sub(zeros), zeros.saturating_sub(scale));
        let units = units * 10_i128.pow(zeros);
        Ok(Self { units: if negative { -units } else { units }, scale })
    }

    /// Returns the number in units of ten to the power of minus `places`: minor units for a currency's exponent.
    ///
    /// # Errors
    /// [`ValueFault::Decimals`] when it has more decimals, [`ValueFault::Range`] when it does not fit.
    pub fn scaled(self, places: u32) -> Result<i64, ValueFault> {
        let more = places.checked_sub(self.scale).ok_or(ValueFault::Decimals)?;
        let factor = 10_i128.checked_pow(more).ok_or(ValueFault::Range)?;
        let units = self.units.checked_mul(factor).ok_or(ValueFault::Range)?;
        i64::try_from(units).map_err(|_| ValueFault::Range)
    }

    /// Returns the number if it is whole.
    ///
    /// # Errors
    /// As [`Decimal::scaled`].
    pub fn whole(self) -> Result<i64, ValueFault> {
        self.scaled(0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let unit = 10_u128.pow(self.scale);
        let (whole, rest) = (self.units.unsigned_abs() / unit, self.units.unsigned_abs() % unit);
        match self.scale {
            0 => write!(f, "{sign}{whole}"),
            scale => write!(f, "{sign}{whole}.{rest:0>width$}", width = scale as usize),
        }
    }
}
