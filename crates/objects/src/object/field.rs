//! Fields: what they hold, how well they are kept, how they are found.

use kernel::{FieldName, Lang, ObjectName};

use super::Labels;
use crate::value::Value;

macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Returns the word of the definitions.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// What a field holds.
    Kind {
        /// A person's whole name.
        PersonName = "person_name",
        /// One line of text.
        Text = "text",
        /// Text of several lines.
        LongText = "long_text",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
        /// The address of a web page.
        Url = "url",
        /// A whole number.
        Number = "number",
        /// An amount of money.
        Money = "money",
        /// A day.
        Date = "date",
        /// A moment.
        Time = "time",
        /// One of a few values.
        Choice = "choice",
        /// Words that group.
        Tags = "tags",
        /// Yes or no.
        Boolean = "boolean",
        /// Another record.
        Link = "link",
        /// Somebody who may sign in.
        User = "user",
    }
}

impl Kind {
    /// Tells whether people write what they like into it.
    #[must_use]
    pub const fn is_free(self) -> bool {
        matches!(self, Self::Text | Self::LongText)
    }
}

words! {
    /// How well a field is kept.
    FieldClass {
        /// A business fact: a plain column.
        Open = "open",
        /// Sealed at rest; shown to whoever may read the record.
        Personal = "personal",
        /// Sealed; masked until it is revealed, with a reason.
        Sensitive = "sensitive",
        /// Written, never read back.
        Secret = "secret",
    }
}

words! {
    /// How a sealed field is found.
    Search {
        /// By its words and their beginnings.
        Words = "words",
        /// By its whole value, or telling parts of it.
        Exact = "exact",
        /// Not at all.
        None = "none",
    }
}

/// One of the values of a choice field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The stored word.
    pub value: String,
    /// What it is called.
    pub labels: Labels,
    /// The colour of its tag, 0 to 7.
    pub tone: u8,
    /// How likely a deal in this stage is won, in percent.
    pub probability: Option<u8>,
    /// What other systems call it, for imports; folded.
    pub also: Vec<String>,
}

/// What a new record holds where nothing is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Default {
    /// This value.
    Value(Value),
    /// The moment, or the day, it is made.
    Now,
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in code, tables and the API.
    pub name: FieldName,
    /// What it is called.
    pub labels: Labels,
    /// What it holds.
    pub kind: Kind,
    /// How well it is kept.
    pub class: FieldClass,
    /// How it is found.
    pub search: Search,
    /// Whether equal values suggest that two records are the same thing.
    pub unique: bool,
    /// Whether an import may name a record by it to link to it.
    pub known_by: bool,
    /// Whether lists sort by it.
    pub sort: bool,
    /// Whether a record cannot be without it.
    pub required: bool,
    /// The most characters it takes.
    pub max: usize,
    /// The range of a number.
    pub range: (i64, i64),
    /// Its values, if it is a choice.
    pub choices: Vec<Choice>,
    /// The object it leads to, if it is a link.
    pub link: Option<ObjectName>,
    /// What a new record holds where nothing is given.
    pub default: Option<Default>,
    /// The yes-or-no field whose yes it dates; nobody writes it.
    pub stamps: Option<FieldName>,
    /// Whether whoever looks may not change it. No definition says so: it is what roles make of a field.
    pub locked: bool,
    /// What other systems call it, for imports.
    pub also: Vec<String>,
    /// The fields an import makes it of where a file has none.
    pub made_of: Vec<FieldName>,
}

impl Field {
    /// Returns what it is called.
    #[must_use]
    pub fn label(&self, lang: Lang) -> &str {
        self.labels.get(lang)
    }

    /// Returns the choice with a stored word.
    #[must_use]
    pub fn choice(&self, value: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.value == value)
    }

    /// Tells whether it is written by whoever may change the record.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.stamps.is_none() && !self.locked
    }

    /// Tells whether its values lie in the sealed blob that opens with the record.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.class == FieldClass::Personal
    }

    /// Returns the column of its ranks, if it is sealed and lists sort by it: the order of its values, and nothing else of them.
    #[must_use]
    pub fn rank_column(&self) -> Option<FieldName> {
        if !self.sort || !self.is_personal() {
            return None;
        }
        FieldName::parse(&format!("{}_rank", self.name)).ok()
    }

    /// Tells whether its values have blind tokens, by which equal ones are found.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        self.unique || self.known_by || self.search == Search::Exact
    }

    /// Tells whether its values lie masked, each under a seal of its own.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        matches!(self.class, FieldClass::Sensitive | FieldClass::Secret)
    }
}
