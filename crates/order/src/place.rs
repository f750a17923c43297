//! Finding places for new keys, and making room.

use crate::rank::{LARGEST, SMALLEST, capacity, run, spread, window};
use crate::{Pivots, SortKey};

/// The ranks between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The rank below, which does not belong to it.
    pub lo: i64,
    /// The rank above, which does not belong to it.
    pub hi: i64,
}

impl Gap {
    /// Returns the rank in the middle; above the lower end in any case.
    #[must_use]
    pub const fn middle(self) -> i64 {
        self.hi - (self.hi - self.lo) / 2
    }
}

/// Where ranks are kept. All its answers must be of one state, and no one else may place keys or move ranks meanwhile.
pub trait Shelf {
    /// What is ranked.
    type Id: Copy;
    /// Why it cannot answer.
    type Fault;

    /// Looks into each gap: returns the first one at or above its middle, or the last one below its middle, or nothing if the gap
    /// is empty. With its rank comes what it weighs.
    ///
    /// # Errors
    /// Its own.
    fn probe(&mut self, gaps: &[Gap]) -> Result<Vec<Option<(i64, SortKey)>>, Self::Fault>;

    /// Counts the ranks of a window, both ends included, up to `most`.
    ///
    /// # Errors
    /// Its own.
    fn count(&mut self, window: (i64, i64), most: u64) -> Result<u64, Self::Fault>;

    /// Returns what is ranked in a window, both ends included, rising.
    ///
    /// # Errors
    /// Its own.
    fn within(&mut self, window: (i64, i64)) -> Result<Vec<(i64, Self::Id)>, Self::Fault>;

    /// Gives some of what is ranked other ranks, all at once.
    ///
    /// # Errors
    /// Its own.
    fn shift(&mut self, moved: &[(Self::Id, i64)]) -> Result<(), Self::Fault>;
}

/// Some of the keys that belong into one gap.
#[derive(Clone, Copy)]
struct Segment {
    from: usize,
    to: usize,
    gap: Gap,
}

impl Segment {
    const fn len(&self) -> usize {
        self.to - self.from
    }
}

/// Returns ranks for keys that rise, rising: each lies behind everything on the shelf that weighs less or the same. They are not put
/// on the shelf; whoever does that does it before anything else is placed.
///
/// # Errors
/// Those of the shelf.
pub fn place<S: Shelf>(shelf: &mut S, pivots: &mut Pivots, keys: &[SortKey]) -> Result<Vec<i64>, S::Fault> {
    loop {
        let segments = search(shelf, pivots, keys)?;
        let runs: Vec<_> = segments.iter().map(|s| run(s.gap.lo, s.gap.hi, s.len())).collect();
        if let Some((full, _)) = segments.iter().zip(&runs).find(|(_, ranks)| ranks.is_none()) {
            // Afterwards every segment in the window fits: this comes to an end.
            make_room(shelf, pivots, full, &segments)?;
            continue;
        }
        let ranks: Vec<i64> = runs.into_iter().flatten().flatten().collect();
        for segment in &segments {
            let own = segment.from..segment.to;
            let (keys, ranks) = (keys.get(own.clone()).unwrap_or_default(), ranks.get(own).unwrap_or_default());
            pivots.fill(segment.gap, keys.iter().cloned().zip(ranks.iter().copied()));
        }
        pivots.thin();
        return Ok(ranks);
    }
}

/// Finds the gap of each key: all of them at once, one probe deeper each time.
fn search<S: Shelf>(shelf: &mut S, pivots: &mut Pivots, keys: &[SortKey]) -> Result<Vec<Segment>, S::Fault> {
    let (mut open, mut closed): (Vec<Segment>, Vec<Segment>) = (Vec::new(), Vec::new());
    for (at, key) in keys.iter().enumerate() {
        let (gap, empty) = pivots.around(key);
        let segments = if empty { &mut closed } else { &mut open };
        match segments.last_mut() {
            Some(last) if last.gap == gap => last.to = at + 1,
            _ => segments.push(Segment { from: at, to: at + 1, gap }),
        }
    }
    while !open.is_empty() {
        let gaps: Vec<Gap> = open.iter().map(|segment| segment.gap).collect();
        let mut next = Vec::with_capacity(open.len() * 2);
        for (segment, found) in open.iter().zip(shelf.probe(&gaps)?) {
            let Some((rank, key)) = found else {
                closed.push(*segment);
                continue;
            };
            let own = keys.get(segment.from..segment.to).unwrap_or_default();
            let middle = segment.from + own.partition_point(|one| *one < key);
            let below = Segment { to: middle, gap: Gap { hi: rank, ..segment.gap }, ..*segment };
            let above = Segment { from: middle, gap: Gap { lo: rank, ..segment.gap }, ..*segment };
            next.extend([below, above].into_iter().filter(|part| part.len() > 0));
            pivots.put(key, rank);
        }
        open = next;
    }
    closed.sort_unstable_by_key(|segment| segment.from);
    Ok(closed)
}

/// Spreads the ranks around a full gap anew, over the smallest window that is thin enough, with room for all new keys that belong
/// into it.
fn make_room<S: Shelf>(
    shelf: &mut S,
    pivots: &mut Pivots,
    full: &Segment,
    segments: &[Segment],
) -> Result<(), S::Fault> {
    for level in SMALLEST..=LARGEST {
        let span = window(level, full.gap.lo);
        let touches = |s: &&Segment| s.from == full.from || (s.gap.hi >= span.0 && s.gap.lo <= span.1);
        let fresh: usize = segments.iter().filter(touches).map(Segment::len).sum();
        let most = capacity(level).saturating_sub(fresh as u128);
        let Some(most) = u64::try_from(most).ok().filter(|most| *most > 0) else { continue };
        if shelf.count(span, most + 1)? > most {
            continue;
        }
        let there = shelf.within(span)?;
        let mut places = spread(span, there.len() + fresh);
        let mut waiting = segments.iter().filter(touches).peekable();
        let mut moved = Vec::with_capacity(there.len());
        for (rank, id) in there {
            while let Some(before) = waiting.next_if(|segment| segment.gap.lo < rank) {
                places.by_ref().nth(before.len() - 1);
            }
            if let Some(place) = places.next().filter(|place| *place != rank) {
                moved.push((id, place));
            }
        }
        pivots.forget(span);
        return shelf.shift(&moved);
    }
    Ok(())
}
