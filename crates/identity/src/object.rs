//! The names under which the ledger and the policy know what accounts are made of.

use std::sync::LazyLock;

use kernel::{FieldName, ObjectName};

macro_rules! objects {
    ($($name:ident $word:literal;)*) => {$(
        /// Returns the name.
        #[must_use]
        pub fn $name() -> ObjectName {
            static NAME: LazyLock<ObjectName> = LazyLock::new(|| ObjectName::parse($word).expect("a name"));
            NAME.clone()
        }
    )*};
}

objects! {
    user "user";
    session "session";
    token "token";
    link "link";
    factor "factor";
    workspace "workspace";
}

/// Takes the name of a column or of a sealed field; a word that is not one is left out.
#[must_use]
pub fn fields(words: &[&str]) -> Vec<FieldName> {
    words.iter().filter_map(|word| FieldName::parse(word).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_name() {
        for name in [user(), session(), token(), link(), factor(), workspace()] {
            assert!(!name.as_str().is_empty());
        }
    }
}
