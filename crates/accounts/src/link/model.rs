//! What a link is.

use crypto::Secret;
use db::{DbFault, Row};
use kernel::{Id, Timestamp, UserId};
pub use proofs::Purpose;

/// A link just made. This is the only time its token is seen.
pub struct NewLink {
    /// What stands in the address: 43 characters that need no escaping.
    pub token: Secret<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What the page behind a link shows before it is used.
pub struct LinkView {
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it is for: name and e-mail address, when it is for somebody.
    pub person: Option<(String, String)>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// The kind of a link's id.
pub(crate) enum LinkKind {}

/// A row of `link`.
pub(crate) struct Link {
    pub(crate) id: Id<LinkKind>,
    pub(crate) purpose: Purpose,
    pub(crate) user: Option<UserId>,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

// A link says nothing about anybody but an id; its secret is not in the row.
impl db::Bare for Link {}

impl Link {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        Ok(Self {
            id: row.get(0)?,
            purpose: Purpose::parse(&row.get::<String>(1)?).ok_or(DbFault::Shape(1))?,
            user: row.get(2)?,
            expires_at: row.get(3)?,
            used_at: row.get(4)?,
        })
    }

    /// Tells whether the link can be used.
    pub(crate) fn good(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_once_and_for_its_time() {
        let at = Timestamp::from_micros;
        let link = |used_at| Link {
            id: Id::from_uuid(kernel::Uuid::nil()),
            purpose: Purpose::Join,
            user: None,
            expires_at: at(10),
            used_at,
        };
        assert!(link(None).good(at(9)));
        assert!(!link(None).good(at(10)));
        assert!(!link(Some(at(3))).good(at(9)));
    }
}
