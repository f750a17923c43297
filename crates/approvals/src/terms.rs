//! What exactly is asked.

use authz::Rule;
use db::DbFault;
use kernel::{Timestamp, UserId, Uuid};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use vault::Vault;

/// One value of the terms.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Term {
    /// A text as somebody typed it, or a name.
    #[n(0)]
    Text(#[n(0)] String),
    /// A number.
    #[n(1)]
    Count(#[n(0)] u64),
    /// Somebody who may sign in.
    #[n(2)]
    Person(#[n(0)] ByteArray<16>),
    /// A moment, in microseconds.
    #[n(3)]
    Moment(#[n(0)] i64),
    /// A word that the interface knows.
    #[n(4)]
    Word(#[n(0)] String),
    /// Several of them: roles, fields.
    #[n(5)]
    Words(#[n(0)] Vec<String>),
    /// Yes or no.
    #[n(6)]
    Flag(#[n(0)] bool),
    /// The id of something, which says nothing to a reader and binds what is carried out.
    #[n(7)]
    Id(#[n(0)] ByteArray<16>),
}

/// The exact parameters of what is asked, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Terms(#[n(0)] Vec<(String, Term)>);

impl Terms {
    /// Starts without any.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    #[must_use]
    pub fn with(mut self, name: &str, term: Term) -> Self {
        self.0.push((name.to_owned(), term));
        self
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.with(name, Term::Text(text.into()))
    }

    /// Adds a number.
    #[must_use]
    pub fn count(self, name: &str, count: u64) -> Self {
        self.with(name, Term::Count(count))
    }

    /// Adds a person.
    #[must_use]
    pub fn person(self, name: &str, person: UserId) -> Self {
        self.with(name, Term::Person(person.to_bytes().into()))
    }

    /// Adds a moment.
    #[must_use]
    pub fn moment(self, name: &str, at: Timestamp) -> Self {
        self.with(name, Term::Moment(at.micros()))
    }

    /// Adds a word that the interface knows.
    #[must_use]
    pub fn word(self, name: &str, word: impl Into<String>) -> Self {
        self.with(name, Term::Word(word.into()))
    }

    /// Adds several words.
    #[must_use]
    pub fn words<'w>(self, name: &str, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.with(name, Term::Words(words.into_iter().map(str::to_owned).collect()))
    }

    /// Adds yes or no.
    #[must_use]
    pub fn flag(self, name: &str, flag: bool) -> Self {
        self.with(name, Term::Flag(flag))
    }

    /// Adds the id of something.
    #[must_use]
    pub fn id(self, name: &str, id: Uuid) -> Self {
        self.with(name, Term::Id(id.into_bytes().into()))
    }

    /// Returns them in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Term)> {
        self.0.iter().map(|(name, term)| (name.as_str(), term))
    }

    /// Returns one by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Term> {
        self.iter().find(|(known, _)| *known == name).map(|(_, term)| term)
    }

    /// Returns a text or word.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Term::Text(text) | Term::Word(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a number.
    #[must_use]
    pub fn count_of(&self, name: &str) -> Option<u64> {
        if let Some(Term::Count(count)) = self.get(name) { Some(*count) } else { None }
    }

    /// Returns a person.
    #[must_use]
    pub fn person_of(&self, name: &str) -> Option<UserId> {
        if let Some(Term::Person(id)) = self.get(name) { Some(UserId::from_uuid(Uuid::from_bytes(**id))) } else { None }
    }

    /// Returns several words; none if there are none of this name.
    #[must_use]
    pub fn words_of(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            Some(Term::Words(words)) => words.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns an id.
    #[must_use]
    pub fn id_of(&self, name: &str) -> Option<Uuid> {
        if let Some(Term::Id(id)) = self.get(name) { Some(Uuid::from_bytes(**id)) } else { None }
    }

    /// Returns what a second person agrees to: rule, whoever asks, and every term in its order and place. Deterministic
    /// CBOR with lengths in front (RFC 8949 §4.2), so that no two lists have the same bytes.
    ///
    /// # Errors
    /// Never in practice: the bytes are written to memory.
    pub fn spell(&self, rule: Rule, initiator: UserId) -> Result<Vec<u8>, DbFault> {
        let whole = ("custos approval 1", rule.name(), ByteArray::from(initiator.to_bytes()), self);
        minicbor::to_vec(whole).map_err(|_| DbFault::Shape(0))
    }

    /// Returns the hash of what a second person agrees to, under a key: it stands in the ledger, and words of a filter may name somebody.
    ///
    /// # Errors
    /// Never in practice: the bytes are written to memory.
    pub(crate) fn hash(&self, vault: &Vault, rule: Rule, initiator: UserId) -> Result<[u8; 32], DbFault> {
        Ok(vault.token_hash(&self.spell(rule, initiator)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule::named("test");

    fn somebody(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn everything_that_is_read_is_agreed_to() {
        let terms = Terms::new().text("what", "a").count("rows", 7).words("fields", ["b", "c"]);
        let spelled = terms.spell(RULE, somebody(1)).unwrap();
        let others = [
            Terms::new().text("what", "a").count("rows", 8).words("fields", ["b", "c"]),
            Terms::new().text("what", "a").count("rows", 7).words("fields", ["bc"]),
            Terms::new().text("what", "a").count("rows", 7).words("fields", ["b", "c", "d"]),
            Terms::new().count("rows", 7).text("what", "a").words("fields", ["b", "c"]),
            Terms::new().word("what", "a").count("rows", 7).words("fields", ["b", "c"]),
            Terms::new().text("what", "a").count("rows", 7),
        ];
        for other in others {
            assert_ne!(other.spell(RULE, somebody(1)).unwrap(), spelled, "{other:?}");
        }
        assert_ne!(terms.spell(RULE, somebody(2)).unwrap(), spelled);
        assert_ne!(terms.spell(Rule::named("other"), somebody(1)).unwrap(), spelled);
        let back: Terms = minicbor::decode(&minicbor::to_vec(&terms).unwrap()).unwrap();
        assert_eq!((back.spell(RULE, somebody(1)).unwrap(), back), (spelled, terms));
    }
}
