//! Randomness as a parameter.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes.
///
/// The one for production is `crypto::SystemChance`; tests and the demo use [`SeededChance`].
pub trait Chance: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl<C: Chance + ?Sized> Chance for std::sync::Arc<C> {
    fn fill(&self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// Returns `N` random bytes.
pub fn array<const N: usize>(chance: &dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}

/// Repeatable bytes from a seed (SplitMix64). Never for keys outside tests and the demo's invented data.
pub struct SeededChance {
    state: AtomicU64,
}

impl SeededChance {
    /// Starts the sequence that belongs to `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// Returns the next 64 bits of the sequence.
    pub fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number in `0..bound`; zero when `bound` is zero.
    pub fn below(&self, bound: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_u64().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(word) {
                *to = from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let (a, b) = (SeededChance::new(7), SeededChance::new(7));
        assert_eq!(array::<40>(&a), array::<40>(&b));
        assert_ne!(array::<40>(&a), array::<40>(&SeededChance::new(8)));
    }

    #[test]
    fn below_stays_below() {
        let chance = SeededChance::new(1);
        assert!((0..1000).all(|_| chance.below(7) < 7));
        assert_eq!(chance.below(0), 0);
    }
}
