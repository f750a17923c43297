//! Decisions, without clock or database.

use std::time::Duration;

use db::budget::{Counted, Limits};

use crate::BudgetFault;

/// A reason lets somebody go on for so long.
pub const PASS: Duration = Duration::from_secs(60 * 60);
/// No limit is higher: nobody's work looks at more people in a day.
pub const MOST: u64 = 1_000_000;
/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 500;

/// Makes the limits of a role: neither window above the longer one, the soft ones not above the hard ones.
///
/// # Errors
/// [`BudgetFault::Limits`].
pub const fn limits(soft: Counted, hard: Counted) -> Result<Limits, BudgetFault> {
    let ordered = soft.hour <= soft.day && hard.hour <= hard.day && soft.hour <= hard.hour && soft.day <= hard.day;
    if soft.hour == 0 || hard.day > MOST || !ordered {
        return Err(BudgetFault::Limits);
    }
    Ok(Limits { soft, hard })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_in_order() {
        let made = |soft: (u64, u64), hard: (u64, u64)| {
            let counted = |(hour, day)| Counted { hour, day };
            limits(counted(soft), counted(hard)).is_ok()
        };
        assert!(made((1, 1), (1, 1)) && made((500, 1_000), (1_000, 2_000)) && made((1, 2), (3, MOST)));
        for (soft, hard) in [
            ((0, 1), (1, 1)),
            ((2, 1), (2, 2)),
            ((2, 2), (1, 2)),
            ((1, 3), (2, 2)),
            ((1, 1), (3, 2)),
            ((1, 1), (1, MOST + 1)),
        ] {
            assert!(!made(soft, hard), "{soft:?} {hard:?}");
        }
    }
}
