//! Records that look like another: told of while one types, and listed in groups.
//!
//! - [`Duplicates::alike`]: whoever is here already, while somebody is typed in.
//! - [`Duplicates::seek`]: what changed is compared with what shares a token with it, beside the queue; pairs are kept.
//! - [`Duplicates::groups`]: pairs within the reach of whoever looks, in groups. [`Duplicates::tell_apart`]: these are two.
//! - [`Duplicates::merge`]: several become one, field by field. [`Duplicates::unmerge`]: that is taken back.
//!
//! Everything here works over blind tokens that are there for search, and tells of nothing but what whoever asks may see: of a
//! hidden record there is no sign, neither in the answer nor in what is asked of the database to give it.
//!
//! # How to add one more
//! A field by which somebody is recognised: in `by.rs`. Something else that two have in common: a variant of [`Why`], its form in `compare.rs`, and
//! who may be told of it in `why.rs`.

mod alike;
mod by;
mod compare;
mod group;
mod merge;
mod seek;
mod store;
#[cfg(test)]
mod tests;
mod why;

pub use alike::Alike;
pub use by::{employer, known_by, recognised};
pub use group::{Group, Groups, MOST_IN_GROUP, Mark, TELL_APART};
pub use merge::Merging;
pub use why::{Strength, Why};

use records::Records;

/// The handle. Cheap to clone; its methods are the use cases.
#[derive(Clone)]
pub struct Duplicates {
    records: Records,
    /// So many records that changed, and so many companies, are compared at a stroke.
    strokes: (usize, usize),
}

impl Duplicates {
    /// Takes the records.
    #[must_use]
    pub const fn new(records: Records) -> Self {
        Self { records, strokes: (seek::STROKE, seek::COMPANIES) }
    }

    /// Compares in strokes of so many records that changed, and of so many companies: of few records only a test wants several.
    #[must_use]
    pub fn in_strokes(self, records: usize, companies: usize) -> Self {
        Self { strokes: (records.max(1), companies.max(1)), ..self }
    }
}
