//! When codes count.

use std::time::Duration;

use kernel::Timestamp;

use crate::model::{Check, Side};

/// A code is good for this long.
pub(crate) const LASTS: Duration = Duration::from_secs(120);
/// What became of a check is shown for this long.
pub(crate) const SHOWN: Duration = Duration::from_secs(10 * 60);
/// So many codes one side may type.
pub(crate) const TRIES: i64 = 3;

/// Tells whether too many wrong codes were typed, on whichever side: the last one was wrong too, or it would be done.
pub(crate) const fn is_void(check: &Check) -> bool {
    (check.tries.0 >= TRIES && check.done.0.is_none()) || (check.tries.1 >= TRIES && check.done.1.is_none())
}

/// Tells whether a side may type a code.
pub(crate) fn may_answer(check: &Check, side: Side, now: Timestamp) -> bool {
    let done = match side {
        Side::Starter => check.done.0.is_some(),
        Side::Other => check.done.1.is_some(),
        // What a customer reads back is shown to them when they have typed what they heard.
        Side::Customer => check.done.0.is_some() || check.done.1.is_none(),
        // A customer types into a page of their own.
        Side::Back => true,
    };
    !done && !is_void(check) && now < check.expires_at
}

/// Returns how many tries a side has left.
pub(crate) fn left(check: &Check, side: Side) -> u8 {
    let tries = if side == Side::Other { check.tries.1 } else { check.tries.0 };
    u8::try_from((TRIES - tries).max(0)).unwrap_or(0)
}

/// Somebody may ask the public page so often within the span.
pub(crate) const ASKED: (i64, Duration) = (10, Duration::from_secs(15 * 60));

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Id, UserId, Uuid};

    fn check(tries: (i64, i64), done: (Option<i64>, Option<i64>)) -> Check {
        let at = Timestamp::from_micros;
        let user = |n| UserId::from_uuid(Uuid::from_u128(n));
        Check {
            id: Id::from_uuid(Uuid::nil()),
            starter: user(1),
            other: Some(user(2)),
            contact: None,
            expires_at: at(100),
            tries,
            done: (done.0.map(at), done.1.map(at)),
            dialled: false,
        }
    }

    #[test]
    fn a_side_answers_once_in_time_and_three_times_at_most() {
        let now = Timestamp::from_micros(99);
        for (tries, done, starter, other) in [
            ((0, 0), (None, None), true, true),
            ((2, 0), (None, None), true, true),
            ((3, 0), (None, None), false, false),
            ((0, 3), (None, None), false, false),
            ((3, 0), (Some(1), None), false, true),
            ((1, 1), (Some(1), Some(1)), false, false),
        ] {
            let check = check(tries, done);
            assert_eq!(may_answer(&check, Side::Starter, now), starter, "{tries:?} {done:?}");
            assert_eq!(may_answer(&check, Side::Other, now), other, "{tries:?} {done:?}");
        }
        for (tries, done, may) in [
            ((0, 0), (None, None), false),
            ((0, 0), (None, Some(1)), true),
            ((2, 0), (None, Some(1)), true),
            ((3, 0), (None, Some(1)), false),
            ((1, 0), (Some(1), Some(1)), false),
        ] {
            assert_eq!(may_answer(&check(tries, done), Side::Customer, now), may, "{tries:?} {done:?}");
        }
        assert!(!may_answer(&check((0, 0), (None, None)), Side::Starter, Timestamp::from_micros(100)));
        assert_eq!(
            (left(&check((1, 3), (None, None)), Side::Starter), left(&check((1, 4), (None, None)), Side::Other)),
            (2, 0)
        );
    }
}
