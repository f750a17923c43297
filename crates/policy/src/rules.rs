//! Decisions, without clock or database.

use std::time::Duration;

use authz::{Demand, Level};

use crate::PolicyFault;

/// A proof lasts at least so many minutes: less would ask anew within one form.
pub const SHORTEST: u64 = 1;
/// And at most so many: as long as the longest session.
pub const LONGEST: u64 = 12 * 60;

/// Makes what is asked of a role.
///
/// # Errors
/// [`PolicyFault::Minutes`].
pub const fn demand(sign_in: Level, danger: Level, minutes: u64) -> Result<Demand, PolicyFault> {
    if minutes < SHORTEST || minutes > LONGEST {
        return Err(PolicyFault::Minutes);
    }
    Ok(Demand { sign_in, danger, lasts: Duration::from_secs(minutes * 60) })
}

/// Returns how many minutes a proof lasts.
#[must_use]
pub const fn minutes(demand: Demand) -> u64 {
    demand.lasts.as_secs() / 60
}

/// Tells whether somebody who has proved `level` goes on under a demand: they could take back what they have just set.
pub(crate) fn can_go_on(level: Level, demand: Demand) -> bool {
    level >= demand.sign_in.max(demand.danger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_lasts_between_a_minute_and_a_working_day() {
        for (asked, good) in [(0, false), (1, true), (10, true), (720, true), (721, false), (u64::MAX, false)] {
            let made = demand(Level::Single, Level::Multi, asked);
            assert_eq!(made.is_ok(), good, "{asked}");
            assert!(made.is_err() || made.is_ok_and(|made| minutes(made) == asked));
        }
    }

    #[test]
    fn nobody_asks_of_themselves_what_they_cannot_give() {
        let asks = |sign_in, danger| Demand { sign_in, danger, ..Demand::default() };
        assert!(can_go_on(Level::Resistant, asks(Level::Resistant, Level::Resistant)));
        assert!(can_go_on(Level::Multi, asks(Level::Single, Level::Multi)));
        assert!(!can_go_on(Level::Multi, asks(Level::Single, Level::Resistant)));
        assert!(!can_go_on(Level::Single, asks(Level::Multi, Level::Single)));
    }
}
