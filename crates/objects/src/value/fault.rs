//! Why a value is not taken.

use scanner::Kind as Secret;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The field must have a value.
    #[error("a value is required")]
    Required,
    /// The object has no such field, or nobody writes it.
    #[error("no such field")]
    Unknown,
    /// The actor's roles do not let them change it.
    #[error("may not be changed")]
    Locked,
    /// Too many characters.
    #[error("longer than {0} characters")]
    Long(usize),
    /// A control character.
    #[error("a control character")]
    Control,
    /// Not an e-mail address.
    #[error("not an e-mail address")]
    Email,
    /// Not a phone number.
    #[error("not a phone number")]
    Phone,
    /// Not the address of a web page.
    #[error("not a web address")]
    Url,
    /// Not a whole number.
    #[error("not a whole number")]
    Number,
    /// Below the range.
    #[error("less than {0}")]
    Small(i64),
    /// Beyond the range.
    #[error("more than {0}")]
    Large(i64),
    /// Not an amount of money.
    #[error("not an amount")]
    Amount,
    /// Not a currency.
    #[error("not a currency code")]
    Currency,
    /// More decimals than the currency has.
    #[error("more decimals than the currency has")]
    Decimals,
    /// Not a day.
    #[error("not a date")]
    Date,
    /// Not a moment.
    #[error("not a time")]
    Time,
    /// None of the choices.
    #[error("none of the choices")]
    Choice,
    /// Neither yes nor no.
    #[error("neither yes nor no")]
    Boolean,
    /// Not an id.
    #[error("not an id")]
    Id,
    /// Too many items.
    #[error("more than {0} items")]
    Many(usize),
    /// A JSON value of another type.
    #[error("a value of another type is expected")]
    Type,
    /// No record of that id or name that the actor may see.
    #[error("nothing is there to link to")]
    Link,
    /// It looks like a secret that free text is no place for; whoever means it says so.
    #[error("looks like a secret: {}", .0.code())]
    Secret(Secret),
    /// It looks like a secret that the workspace does not keep.
    #[error("a secret that is not kept: {}", .0.code())]
    Barred(Secret),
}

impl Why {
    /// Returns the stable key of the message.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Unknown => "unknown-field",
            Self::Locked => "locked-field",
            Self::Long(_) => "too-long",
            Self::Control => "control-character",
            Self::Email => "not-an-email",
            Self::Phone => "not-a-phone",
            Self::Url => "not-a-url",
            Self::Number => "not-a-number",
            Self::Small(_) => "too-small",
            Self::Large(_) => "too-large",
            Self::Amount => "not-an-amount",
            Self::Currency => "not-a-currency",
            Self::Decimals => "too-many-decimals",
            Self::Date => "not-a-date",
            Self::Time => "not-a-time",
            Self::Choice => "not-a-choice",
            Self::Boolean => "not-a-boolean",
            Self::Id => "not-an-id",
            Self::Many(_) => "too-many-items",
            Self::Type => "wrong-type",
            Self::Link => "link-not-found",
            Self::Secret(Secret::PrivateKey) => "secret-private-key",
            Self::Secret(Secret::Token) => "secret-token",
            Self::Secret(Secret::Password) => "secret-password",
            Self::Secret(Secret::Card) => "secret-card",
            Self::Secret(Secret::ResidentId) => "secret-resident-id",
            Self::Secret(Secret::Iban) => "secret-iban",
            Self::Barred(Secret::PrivateKey) => "barred-private-key",
            Self::Barred(Secret::Token) => "barred-token",
            Self::Barred(Secret::Password) => "barred-password",
            Self::Barred(Secret::Card) => "barred-card",
            Self::Barred(Secret::ResidentId) => "barred-resident-id",
            Self::Barred(Secret::Iban) => "barred-iban",
        }
    }

    /// Returns the number in the message, where there is one.
    #[must_use]
    pub fn limit(self) -> Option<i64> {
        match self {
            Self::Long(most) | Self::Many(most) => i64::try_from(most).ok(),
            Self::Small(edge) | Self::Large(edge) => Some(edge),
            _ => None,
        }
    }
}

/// A value that is not taken, and its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field as it was named.
    pub field: String,
    /// What is wrong.
    pub why: Why,
}
