//! The rows, as plain values.

use kernel::{Currency, Date, Lang, Money};

/// An invented company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCompany {
    /// Its place among the companies, from 0.
    pub index: usize,
    /// Its name in full, with its legal form.
    pub name: String,
    /// Its name as people say it.
    pub short: String,
    /// Its internet domain, under the reserved `.example` (RFC 2606 §2).
    pub domain: String,
    /// Its switchboard.
    pub phone: String,
    /// Its trade.
    pub industry: String,
    /// Its town.
    pub city: String,
    /// Its country's ISO 3166 code.
    pub country: String,
    /// How many people work there.
    pub employees: u32,
    /// The currency it pays in.
    pub currency: Currency,
    /// The language to write to it in.
    pub language: Lang,
}

/// An invented person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleContact {
    /// Their place among the contacts, from 0.
    pub index: usize,
    /// Their name as it is written in full.
    pub name: String,
    /// Their given name.
    pub given: String,
    /// Their family name.
    pub family: String,
    /// Their address, under a name reserved by RFC 2606; no two contacts share one, near-duplicates apart.
    pub email: Option<String>,
    /// Their telephone number, which nobody has; no two contacts share one, near-duplicates apart.
    pub phone: Option<String>,
    /// What they do.
    pub title: String,
    /// Their town.
    pub city: String,
    /// The index of the company they work for.
    pub company: Option<usize>,
    /// How far they are as a customer: one of [`CONTACT_STAGES`].
    pub stage: &'static str,
    /// The language to write to them in.
    pub language: Lang,
    /// When they were born.
    pub birthday: Option<Date>,
    /// A number in the form of their country's identity numbers that its office never gives out.
    pub national_id: Option<String>,
    /// The index of the contact they are a near-duplicate of.
    pub duplicate_of: Option<usize>,
}

/// An invented deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleDeal {
    /// Its place among the deals, from 0.
    pub index: usize,
    /// What it is called: a company and a product, never a person.
    pub title: String,
    /// The index of the contact it is made with.
    pub contact: Option<usize>,
    /// The index of the company that pays.
    pub company: Option<usize>,
    /// How far it is: one of [`DEAL_STAGES`].
    pub stage: &'static str,
    /// What it is worth.
    pub amount: Money,
    /// The day it was closed, or is expected to be.
    pub close: Date,
    /// The language its title is in.
    pub language: Lang,
}

/// What a note or a task is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// The company with this index.
    Company(usize),
    /// The contact with this index.
    Contact(usize),
    /// The deal with this index.
    Deal(usize),
}

/// An invented note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleNote {
    /// Its place among the notes, from 0.
    pub index: usize,
    /// What it is about.
    pub about: About,
    /// What it says; it may name people.
    pub text: String,
    /// The day it was written.
    pub on: Date,
    /// The language it is in.
    pub language: Lang,
}

/// An invented task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleTask {
    /// Its place among the tasks, from 0.
    pub index: usize,
    /// What it is about.
    pub about: About,
    /// What is to be done; it may name people.
    pub title: String,
    /// The day it is due.
    pub due: Date,
    /// Whether it is done.
    pub done: bool,
    /// The language it is in.
    pub language: Lang,
}

/// How far a contact may be as a customer.
pub const CONTACT_STAGES: &[&str] = &["lead", "qualified", "customer", "former"];

/// How far a deal may be: four open stages, then the two ends.
pub const DEAL_STAGES: &[&str] = &["qualified", "discovery", "proposal", "negotiation", "won", "lost"];
