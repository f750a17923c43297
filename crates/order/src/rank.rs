//! The arithmetic of ranks.

/// Below every rank.
pub const LOW: i64 = 0;
/// Above every rank.
pub const HIGH: i64 = i64::MAX;

/// How far apart ranks are put at the ends of the order, where there is room.
const STEP: i128 = 1 << 40;
/// The smallest window that is looked at when room is made.
pub(crate) const SMALLEST: u32 = 4;
/// The window that holds every rank.
pub(crate) const LARGEST: u32 = 63;

/// Returns `n` ranks between two others, rising; nothing if there is no room. At the ends they stay close to what is there, so
/// that what comes later has room too.
pub(crate) fn run(lo: i64, hi: i64, n: usize) -> Option<Vec<i64>> {
    let (low, high, many) = (i128::from(lo), i128::from(hi), i128::try_from(n).ok()?);
    if high - low <= many {
        return None;
    }
    let even = (high - low) / (many + 1);
    let step = if even < STEP { even } else { STEP };
    let at = |place: i128| match (lo == LOW, hi == HIGH) {
        (true, true) => (high - low) / 2 + (place - many / 2) * step,
        (false, true) => low + (place + 1) * step,
        (true, false) => high - (many - place) * step,
        (false, false) => low + (high - low) * (place + 1) / (many + 1),
    };
    (0..many).map(|place| i64::try_from(at(place)).ok()).collect()
}

/// Returns the first and the last rank of the aligned window of a level that holds a rank.
pub(crate) fn window(level: u32, rank: i64) -> (i64, i64) {
    if level >= LARGEST {
        return (LOW + 1, HIGH - 1);
    }
    let size = 1_i64 << level;
    let from = rank & !(size - 1);
    (from.max(LOW + 1), from.saturating_add(size - 1).min(HIGH - 1))
}

/// Returns how many ranks a window of a level may hold: 1.5 to the power of the level. The smaller the window, the fuller it
/// may be.
pub(crate) fn capacity(level: u32) -> u128 {
    3_u128.pow(level.min(LARGEST)) >> level.min(LARGEST)
}

/// Returns `n` ranks spread evenly over a window.
pub(crate) fn spread((from, to): (i64, i64), n: usize) -> impl Iterator<Item = i64> {
    let (low, size) = (i128::from(from), i128::from(to) - i128::from(from) + 1);
    let many = i128::try_from(n).unwrap_or(i128::MAX - 1);
    (0..many).map_while(move |place| i64::try_from(low + size * (place + 1) / (many + 1)).ok())
}
