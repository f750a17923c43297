//! The generator: sizes, seed, and a row for every index.

use kernel::Date;

use crate::dice::Order;
use crate::row::{SampleCompany, SampleContact, SampleDeal, SampleNote, SampleTask};
use crate::{company, contact, deal, word};

/// How many rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many contacts, near-duplicates included.
    pub contacts: usize,
    /// How many companies.
    pub companies: usize,
    /// How many deals.
    pub deals: usize,
}

/// An invented company's data.
///
/// The same seed, size and settings give the same rows, on every machine. A row is computed from its index alone, so
/// the iterators hold nothing but a counter.
#[derive(Clone, Debug)]
pub struct Sample {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) today: Date,
    pub(crate) contacts: Order,
    pub(crate) companies: Order,
    /// Every how manieth contact is a near-duplicate; zero for none.
    pub(crate) twin_every: usize,
}

impl Sample {
    /// Makes the data that belongs to a seed.
    #[must_use]
    pub fn new(seed: u64, size: Size) -> Self {
        Self {
            seed,
            size,
            today: Date::new(2026, 11, 2).unwrap_or(Date::from_days(0)),
            contacts: Order::new(seed, size.contacts),
            companies: Order::new(seed, size.companies),
            twin_every: 0,
        }
    }

    /// Puts close dates, due dates and notes around this day.
    #[must_use]
    pub fn around(mut self, today: Date) -> Self {
        self.today = today;
        self
    }

    /// Makes every `n`-th contact a near-duplicate of one shortly before it: another spelling, another address, a slip
    /// of the pen. One has to have an original, so fewer than 2 means none at all.
    #[must_use]
    pub fn with_near_duplicates(mut self, n: usize) -> Self {
        self.twin_every = if n < 2 { 0 } else { n };
        self
    }

    /// Returns how many rows there are.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Returns the company with this index.
    #[must_use]
    pub fn company(&self, index: usize) -> SampleCompany {
        company::make(self, index)
    }

    /// Returns the contact with this index.
    #[must_use]
    pub fn contact(&self, index: usize) -> SampleContact {
        contact::make(self, index)
    }

    /// Returns the deal with this index.
    #[must_use]
    pub fn deal(&self, index: usize) -> SampleDeal {
        deal::make(self, index)
    }

    /// Iterates over the companies.
    pub fn companies(&self) -> impl ExactSizeIterator<Item = SampleCompany> + '_ {
        (0..self.size.companies).map(|index| self.company(index))
    }

    /// Iterates over the contacts.
    pub fn contacts(&self) -> impl ExactSizeIterator<Item = SampleContact> + '_ {
        (0..self.size.contacts).map(|index| self.contact(index))
    }

    /// Iterates over the deals.
    pub fn deals(&self) -> impl ExactSizeIterator<Item = SampleDeal> + '_ {
        (0..self.size.deals).map(|index| self.deal(index))
    }

    /// Iterates over the notes: one for two contacts and one for each deal.
    pub fn notes(&self) -> impl ExactSizeIterator<Item = SampleNote> + '_ {
        (0..self.size.contacts / 2 + self.size.deals).map(|index| word::note(self, index))
    }

    /// Iterates over the tasks: one for eight contacts and one for two deals.
    pub fn tasks(&self) -> impl ExactSizeIterator<Item = SampleTask> + '_ {
        (0..self.size.contacts / 8 + self.size.deals / 2).map(|index| word::task(self, index))
    }

    /// Returns the day that lies `days` after today.
    pub(crate) fn day(&self, days: i32) -> Date {
        Date::from_days(self.today.days().saturating_add(days))
    }
}
