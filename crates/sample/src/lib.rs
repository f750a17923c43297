//! An invented company's customers, companies and deals, from a seed.
//!
//! The demo shows them, tests use them, measurements take them by the million. Nobody in them exists: names are thrown
//! together (nine in twenty Chinese, the rest from fourteen countries), addresses lie under names reserved by RFC 2606,
//! telephone and identity numbers in ranges that are never given out.
//!
//! A row is computed from the seed and its index alone. So rows can be made in any order, the iterators hold nothing
//! but a counter, and a million rows need no more memory than one.
//!
//! ```
//! use sample::{Sample, Size};
//!
//! let sample = Sample::new(7, Size { contacts: 2_000, companies: 300, deals: 800 }).with_near_duplicates(50);
//! let first = sample.contacts().next().unwrap();
//! assert_eq!(first, sample.contact(0));
//! ```
//!
//! # How to add one more
//! A country is a block in `data/cultures.txt`. A kind of row is a struct in `row.rs`, a `Kind` of dice, a module with
//! a `make`, and an iterator in `sample.rs`.

mod company;
mod contact;
pub mod csv;
mod culture;
mod deal;
mod dice;
mod number;
mod person;
mod row;
mod sample;
mod table;
mod twin;
mod word;

pub use row::{About, CONTACT_STAGES, DEAL_STAGES, SampleCompany, SampleContact, SampleDeal, SampleNote, SampleTask};
pub use sample::{Sample, Size};
