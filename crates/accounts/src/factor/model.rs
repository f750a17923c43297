//! A factor as it is stored.

use crypto::Zeroizing;
use db::{Bare, DbFault, Row, WriteTx};
use kernel::{FactorId, SubjectId, Timestamp, UserId};
use minicbor::{Decode, Encode};
use notices::Notice;
use vault::{Aad, KeyOf, Vault};

use crate::person::Account;
use crate::{AccountFault, object};

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A passkey: both factors in one, bound to this site (WebAuthn Level 3).
    Passkey,
    /// A code that an app makes from the time (RFC 6238).
    Totp,
    /// A set of codes on paper, each good once.
    Recovery,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Passkey, Self::Totp, Self::Recovery];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::Recovery => "recovery",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// A row of `factor`.
#[derive(Clone)]
pub(crate) struct Factor {
    pub(crate) id: FactorId,
    pub(crate) user: UserId,
    pub(crate) kind: Kind,
    /// What finds it without knowing whose it is: the blind token of a passkey's credential id.
    pub(crate) lookup: Option<[u8; 16]>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) version: i64,
}

// Ciphertext and times; opened only to check what its own person presents, or to show it to them.
impl Bare for Factor {}

impl Factor {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            kind: Kind::parse(&row.get::<String>(2)?).ok_or(DbFault::Shape(2))?,
            lookup: row.get(3)?,
            sealed: row.get(SEALED)?,
            created_at: row.get(5)?,
            used_at: row.get(6)?,
            version: row.get(7)?,
        })
    }
}

/// Where `sealed` stands in the statements of the store.
const SEALED: usize = 4;
const PURPOSE: &str = "factor";

/// Seals the content of a factor under its person's key; it opens in no other factor's row.
pub(crate) fn seal<T: Encode<()>>(
    vault: &Vault,
    id: FactorId,
    subject: SubjectId,
    content: &T,
) -> Result<Vec<u8>, AccountFault> {
    let plain = Zeroizing::new(minicbor::to_vec(content).map_err(|_| DbFault::Shape(SEALED))?);
    let aad = Aad { object: &object::user(), record: id.uuid(), purpose: PURPOSE };
    Ok(vault.seal(KeyOf::Subject(subject), &aad, &plain)?)
}

/// Tells the person that a factor of theirs came or went.
pub(crate) fn tell(
    tx: &mut WriteTx<'_>,
    vault: &Vault,
    account: &Account,
    (what, kind): (notices::Kind, Kind),
) -> Result<(), AccountFault> {
    Ok(notices::tell(tx, vault, account.id, account.subject, &Notice::new(what).what(kind.code()))?)
}

/// Opens the content of a factor.
pub(crate) fn open<T: for<'b> Decode<'b, ()>>(
    vault: &Vault,
    subject: SubjectId,
    factor: &Factor,
) -> Result<T, AccountFault> {
    let aad = Aad { object: &object::user(), record: factor.id.uuid(), purpose: PURPOSE };
    let plain = vault.open_seal(KeyOf::Subject(subject), &aad, &factor.sealed)?;
    Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(SEALED))?)
}
