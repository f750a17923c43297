//! One thing that happened, on some records.

use std::borrow::Cow;

use kernel::{FieldName, Id, ObjectName, SubjectId, Uuid};
use minicbor::{Decode, Encode};

use crate::wire;

/// One thing done, denied or failed.
///
/// All of it but the sealed payload is readable by whoever reads the table: nothing personal stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Line {
    /// What was done: one of [`crate::verbs`], or a feature's own.
    #[n(0)]
    pub verb: Cow<'static, str>,
    /// The kind of thing it was done to.
    #[cbor(n(1), with = "wire")]
    pub object: ObjectName,
    /// How it ended.
    #[n(2)]
    pub outcome: Outcome,
    /// The records it touched.
    #[cbor(n(3), with = "wire", has_nil)]
    pub ids: Vec<Uuid>,
    /// The fields it touched.
    #[cbor(n(4), with = "wire", has_nil)]
    pub fields: Vec<FieldName>,
    /// Open facts about it, by name: counts, rules, settings. Never personal.
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub facts: Vec<(Cow<'static, str>, String)>,
    /// Why the actor says it was done.
    #[n(6)]
    pub reason: Option<String>,
    /// The values before and after, or other detail, as ciphertext.
    #[n(7)]
    pub sealed: Option<SealedPayload>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// It was done.
    #[n(0)]
    Done,
    /// It was not allowed; with the code of the rule or fault.
    #[n(1)]
    Denied(#[n(0)] Cow<'static, str>),
    /// It was allowed and did not succeed; with the code of the fault.
    #[n(2)]
    Failed(#[n(0)] Cow<'static, str>),
}

/// Ciphertext that belongs to a line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedPayload {
    /// The person whose key seals it; nobody if it is the object's key.
    #[cbor(n(0), with = "wire", has_nil)]
    pub subject: Option<SubjectId>,
    /// The sealed bytes, as `crypto` made them.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

impl SealedPayload {
    /// Takes bytes sealed under the key of `subject`: they go when the person is erased.
    #[must_use]
    pub const fn of_subject(subject: SubjectId, bytes: Vec<u8>) -> Self {
        Self { subject: Some(subject), bytes }
    }

    /// Takes bytes sealed under the key of the line's object.
    #[must_use]
    pub const fn of_object(bytes: Vec<u8>) -> Self {
        Self { subject: None, bytes }
    }
}

impl Line {
    /// Starts the line of something done.
    pub fn done(verb: impl Into<Cow<'static, str>>, object: ObjectName) -> Self {
        Self::new(verb.into(), object, Outcome::Done)
    }

    /// Starts the line of something not allowed.
    pub fn denied(verb: impl Into<Cow<'static, str>>, object: ObjectName, code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(verb.into(), object, Outcome::Denied(code.into()))
    }

    /// Starts the line of something that was allowed and did not succeed.
    pub fn failed(verb: impl Into<Cow<'static, str>>, object: ObjectName, code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(verb.into(), object, Outcome::Failed(code.into()))
    }

    const fn new(verb: Cow<'static, str>, object: ObjectName, outcome: Outcome) -> Self {
        Self {
            verb,
            object,
            outcome,
            ids: Vec::new(),
            fields: Vec::new(),
            facts: Vec::new(),
            reason: None,
            sealed: None,
        }
    }

    /// Adds a record it touched.
    #[must_use]
    pub fn about<K>(mut self, id: Id<K>) -> Self {
        self.ids.push(id.uuid());
        self
    }

    /// Adds the records it touched.
    #[must_use]
    pub fn about_each(mut self, ids: impl IntoIterator<Item = Uuid>) -> Self {
        self.ids.extend(ids);
        self
    }

    /// Adds the fields it touched.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = FieldName>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Adds an open fact. Never a personal one: facts are readable for ever and survive erasure.
    #[must_use]
    pub fn fact(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// Sets the reason the actor gave.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Sets the sealed payload.
    #[must_use]
    pub fn sealed(mut self, payload: SealedPayload) -> Self {
        self.sealed = Some(payload);
        self
    }

    /// Returns the value of an open fact.
    #[must_use]
    pub fn fact_of(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns about how many bytes the line takes, so that packing allocates once.
    pub(crate) fn size_hint(&self) -> usize {
        let facts: usize = self.facts.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        let sealed = self.sealed.as_ref().map_or(0, |payload| payload.bytes.len() + 24);
        let reason = self.reason.as_ref().map_or(0, String::len);
        48 + self.verb.len() + 16 * self.ids.len() + 20 * self.fields.len() + facts + reason + sealed
    }
}
