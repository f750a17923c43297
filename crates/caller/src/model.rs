//! What a check is.

use db::{Bare, DbFault, Row};
use kernel::{Id, RecordId, Timestamp, UserId};

/// The kind of a check's id.
pub enum CheckKind {}
/// The id of a check.
pub type CheckId = Id<CheckKind>;

/// Who reads a code out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Who began.
    Starter,
    /// The colleague they began it with.
    Other,
    /// Who began, to a customer.
    Customer,
    /// That customer, back to who began.
    Back,
}

impl Side {
    /// Returns the word that the code is made with.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Other => "other",
            Self::Customer => "customer",
            Self::Back => "back",
        }
    }
}

/// A row of `call_check`.
#[derive(Clone)]
pub(crate) struct Check {
    pub(crate) id: CheckId,
    pub(crate) starter: UserId,
    pub(crate) other: Option<UserId>,
    pub(crate) contact: Option<RecordId>,
    pub(crate) expires_at: Timestamp,
    /// How many codes each side has typed.
    pub(crate) tries: (i64, i64),
    /// When each side typed the right one.
    pub(crate) done: (Option<Timestamp>, Option<Timestamp>),
    /// Whether who began says that they dialled the number in the customer's record.
    pub(crate) dialled: bool,
}

// Ids, counts and times; opened to its two people only, by statements that bind their ids.
impl Bare for Check {}

impl Check {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            starter: row.get(1)?,
            other: row.get(2)?,
            contact: row.get(3)?,
            expires_at: row.get(4)?,
            tries: (row.get(5)?, row.get(6)?),
            done: (row.get(7)?, row.get(8)?),
            dialled: row.get::<Option<i64>>(9)?.is_some_and(|dialled| dialled != 0),
        })
    }

    /// Returns which side somebody is on.
    pub(crate) fn side(&self, who: UserId) -> Option<Side> {
        if self.starter == who {
            return Some(if self.contact.is_some() { Side::Customer } else { Side::Starter });
        }
        (self.other == Some(who)).then_some(Side::Other)
    }
}

/// Whom a check is with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// A colleague, by name.
    Colleague(UserId, String),
    /// A customer.
    Customer(RecordId),
}

/// A check as one of its two people sees it.
#[derive(Clone, Debug)]
pub struct CheckView {
    /// The check.
    pub id: CheckId,
    /// Whom it is with.
    pub with: With,
    /// What this side reads out.
    pub code: String,
    /// When this side typed the right code: the other one is who they say.
    pub verified_at: Option<Timestamp>,
    /// When the other side did.
    pub confirmed_at: Option<Timestamp>,
    /// Whether this side says that they dialled the number in the customer's record.
    pub dialled: bool,
    /// How many tries this side has left; none ends the check for both.
    pub left: u8,
    /// Whether this side began.
    pub own: bool,
    /// Until when it goes.
    pub expires_at: Timestamp,
    /// Whether codes are taken no more: over, or too many wrong.
    pub over: bool,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was right.
    Right,
    /// It was wrong, and so many tries are left.
    Wrong(u8),
}
