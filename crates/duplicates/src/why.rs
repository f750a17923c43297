//! What two records have in common, and how much that says.

use records::Object;
use records::object::Kind;

use crate::by::{employer, known_by, recognised};

/// The same name in the same company.
const COLLEAGUE: &str = "colleague";
/// The same name, and an address that is one slip away.
const ADDRESS: &str = "address";
/// A name that is one slip away, in the same company.
const SPELLING: &str = "spelling";

/// How much speaks for two records being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// The same address or number, or another value of which there is only one.
    Certain,
    /// The same name in the same company, or with an address one slip away.
    Likely,
    /// A name one slip away, in the same company.
    Possible,
}

impl Strength {
    /// All of them, the surest first.
    pub const ALL: [Self; 3] = [Self::Certain, Self::Likely, Self::Possible];

    pub(crate) const fn stored(self) -> i64 {
        match self {
            Self::Certain => 0,
            Self::Likely => 1,
            Self::Possible => 2,
        }
    }

    pub(crate) fn of_stored(stored: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|strength| strength.stored() == stored)
    }
}

/// What two records have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The value of a field.
    Field(String),
    /// Name and company.
    Colleague,
    /// The name, and nearly the address.
    Address,
    /// The company, and nearly the name.
    Spelling,
}

impl Why {
    /// Returns how much it says.
    #[must_use]
    pub const fn strength(&self) -> Strength {
        match self {
            Self::Field(_) => Strength::Certain,
            Self::Colleague | Self::Address => Strength::Likely,
            Self::Spelling => Strength::Possible,
        }
    }

    /// Returns its stored word. A field's name holds no colon.
    pub(crate) fn stored(&self) -> String {
        match self {
            Self::Field(name) => format!("field:{name}"),
            Self::Colleague => COLLEAGUE.to_owned(),
            Self::Address => ADDRESS.to_owned(),
            Self::Spelling => SPELLING.to_owned(),
        }
    }

    pub(crate) fn of_stored(word: &str) -> Option<Self> {
        match word {
            COLLEAGUE => Some(Self::Colleague),
            ADDRESS => Some(Self::Address),
            SPELLING => Some(Self::Spelling),
            field => field.strip_prefix("field:").map(|name| Self::Field(name.to_owned())),
        }
    }

    /// Returns what two records of an object can have in common that whoever sees it so may be told: never anything about a field
    /// they do not see.
    pub(crate) fn all_of(seen: &Object) -> Vec<Self> {
        let fields = seen.fields.iter().filter(|field| recognised(field));
        let mut whys: Vec<Self> = fields.map(|field| Self::Field(field.name.to_string())).collect();
        if known_by(seen).is_some_and(|title| !recognised(title)) {
            if employer(seen).is_some() {
                whys.extend([Self::Colleague, Self::Spelling]);
            }
            whys.extend(
                seen.fields
                    .iter()
                    .any(|field| field.kind == Kind::Email && !field.is_masked())
                    .then_some(Self::Address),
            );
        }
        whys
    }
}
