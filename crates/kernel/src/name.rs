//! Names of objects and fields: identifiers that are safe in SQL, in URLs and in file names.

use std::fmt;
use std::sync::Arc;

/// A name that breaks the rule `[a-z][a-z0-9_]{0,39}`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a name: lower-case letters, digits and underscores, a letter first, at most 40")]
pub struct NameFault;

fn checked(text: &str) -> Result<Arc<str>, NameFault> {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
    let rest = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if first && rest && text.len() <= 40 { Ok(Arc::from(text)) } else { Err(NameFault) }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a name.
            ///
            /// # Errors
            /// [`NameFault`] if it is not `[a-z][a-z0-9_]{0,39}`.
            pub fn parse(text: &str) -> Result<Self, NameFault> {
                checked(text).map(Self)
            }

            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

names! {
    /// The name of an object: `contact`, `deal`.
    ObjectName;
    /// The name of a field: `close_date`.
    FieldName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_carry_sql() {
        assert!(ObjectName::parse("contact").is_ok());
        for wrong in ["", "Contact", "1a", "a b", "a;drop", "a\"", &"a".repeat(41)] {
            assert!(ObjectName::parse(wrong).is_err(), "{wrong}");
        }
    }
}
