//! Chance that belongs to one row.
//!
//! Each row throws its own dice, made from the seed, the kind of the row and its index. So a row can be made without
//! those before it, and nothing is kept in memory.

/// What the dice are thrown for: rows of different kinds with the same index differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Company = 1,
    Contact,
    Deal,
    Note,
    Task,
    Twin,
    Order,
}

/// A sequence of random numbers (SplitMix64).
pub(crate) struct Dice(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// Takes the dice of one row.
    pub(crate) fn of(seed: u64, kind: Kind, index: usize) -> Self {
        let mixed = mix(seed.wrapping_add((kind as u64).wrapping_mul(STEP)));
        Self(mix(mixed ^ (index as u64).wrapping_mul(STEP)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Throws a number in `0..bound`; zero when `bound` is zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()) * bound as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// Throws a number between two others, both included.
    pub(crate) fn between(&mut self, least: i32, most: i32) -> i32 {
        let span = usize::try_from(most.saturating_sub(least)).unwrap_or_default();
        least.saturating_add(i32::try_from(self.below(span + 1)).unwrap_or_default())
    }

    /// Is true as often as this.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// Picks one of a list; the empty value from an empty list.
    pub(crate) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }

    /// Picks one of a list whose first ones are the most common.
    pub(crate) fn pick_common<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let end = self.below(list.len()) + 1;
        list.get(self.below(end)).copied().unwrap_or_default()
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An order of `0..size` that looks like none, computed instead of stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    size: u64,
    step: u64,
    start: u64,
}

impl Order {
    /// Makes an order that belongs to the seed.
    pub(crate) fn new(seed: u64, size: usize) -> Self {
        let mut dice = Dice::of(seed, Kind::Order, size);
        let start = dice.below(size) as u64;
        let size = size.max(1) as u64;
        let mut step = size / 2 + dice.next() % size.div_ceil(2);
        // Every number comes once only if the step shares no factor with the size.
        while greatest_common_divisor(step, size) != 1 {
            step += 1;
        }
        Self { size, step, start }
    }

    /// Returns what stands at this place.
    pub(crate) fn at(&self, index: usize) -> usize {
        let place = u128::from(self.step) * index as u128 + u128::from(self.start);
        usize::try_from(place % u128::from(self.size)).unwrap_or_default()
    }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_names_everything_once() {
        for size in [1, 2, 3, 10, 97, 360, 1_000, 4_096] {
            let order = Order::new(size as u64, size);
            let mut seen: Vec<usize> = (0..size).map(|index| order.at(index)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..size).collect::<Vec<_>>());
        }
        assert_eq!(Order::new(1, 0).at(0), 0);
    }

    #[test]
    fn dice_of_two_rows_differ_and_those_of_one_row_do_not() {
        let throw = |kind, index| Dice::of(7, kind, index).next();
        assert_eq!(throw(Kind::Deal, 3), throw(Kind::Deal, 3));
        assert_ne!(throw(Kind::Deal, 3), throw(Kind::Deal, 4));
        assert_ne!(throw(Kind::Deal, 3), throw(Kind::Note, 3));
    }

    #[test]
    fn throws_stay_within_their_bounds() {
        let mut dice = Dice::of(1, Kind::Deal, 0);
        assert!((0..1_000).all(|_| (-3..=4).contains(&dice.between(-3, 4))));
        assert!((0..1_000).all(|_| dice.below(5) < 5));
        assert_eq!(dice.pick::<&str>(&[]), "");
    }
}
