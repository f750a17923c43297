//! What was found, and runs of characters.

/// What something looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A private key: PEM, PuTTY, age.
    PrivateKey,
    /// A token or key of a service, known by how it begins.
    Token,
    /// A password somebody names as one.
    Password,
    /// The number of a payment card (ISO/IEC 7812-1).
    Card,
    /// The number of a Chinese resident identity card (GB 11643).
    ResidentId,
    /// The number of a bank account (IBAN, ISO 13616).
    Iban,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::PrivateKey, Self::Token, Self::Password, Self::Card, Self::ResidentId, Self::Iban];

    /// Returns the word by which settings and answers name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PrivateKey => "private-key",
            Self::Token => "token",
            Self::Password => "password",
            Self::Card => "card",
            Self::ResidentId => "resident-id",
            Self::Iban => "iban",
        }
    }

    /// Takes such a word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub kind: Kind,
    /// Its first byte in the text.
    pub from: usize,
    /// The byte behind its last.
    pub to: usize,
}

impl Finding {
    /// Returns the part of the text.
    #[must_use]
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.from..self.to).unwrap_or_default()
    }

    pub(crate) const fn meets(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// Returns the longest runs of characters that satisfy a condition, with where they begin.
pub(crate) fn runs(text: &str, is: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let from = rest.by_ref().find(|(_, c)| is(*c)).map(|(at, _)| at)?;
        while rest.next_if(|(_, c)| is(*c)).is_some() {}
        let to = rest.peek().map_or(text.len(), |(at, _)| *at);
        Some((from, text.get(from..to)?))
    })
}

/// Returns the character before a place.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// A run of digits, or of letters and digits, that people write in groups: where it begins and ends, and what it holds
/// without what stands between the groups.
pub(crate) struct Grouped {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) signs: Vec<(usize, char)>,
}

/// Returns runs of signs that stand alone or in groups with one space, dash or dot between. Each group is taken whole.
pub(crate) fn grouped(text: &str, is: impl Fn(char) -> bool + Copy) -> Vec<Grouped> {
    let mut all: Vec<Grouped> = Vec::new();
    for (from, run) in runs(text, is) {
        let to = from + run.len();
        let signs = run.char_indices().map(|(at, c)| (from + at, c));
        let joins = |last: &Grouped| matches!(text.get(last.to..from), Some(" " | "-" | "\u{a0}"));
        match all.last_mut().filter(|last| joins(last)) {
            Some(last) => {
                last.signs.extend(signs);
                last.to = to;
            }
            None => all.push(Grouped { from, to, signs: signs.collect() }),
        }
    }
    all
}
