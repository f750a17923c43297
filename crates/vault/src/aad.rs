//! What a seal is bound to: moved anywhere else, it does not open.

use kernel::{KeyId, ObjectName, SubjectId, Uuid};

/// The place a seal belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Aad<'a> {
    /// The object.
    pub object: &'a ObjectName,
    /// The record.
    pub record: Uuid,
    /// Which of the record's seals.
    pub purpose: &'static str,
}

/// Whose key seals.
#[derive(Clone, Copy, Debug)]
pub enum KeyOf<'a> {
    /// A person's.
    Subject(SubjectId),
    /// An object's, for records about nobody.
    Object(&'a ObjectName),
}

const FORMAT: &[u8] = b"custos-seal-1";

impl Aad<'_> {
    /// Spells the place out. Every part of varying length is preceded by its length, so no two places spell alike.
    pub(crate) fn spell(&self, workspace: &[u8; 16], key: KeyId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FORMAT.len() + 16 * 3 + self.object.as_str().len() + self.purpose.len() + 2);
        bytes.extend_from_slice(FORMAT);
        bytes.extend_from_slice(workspace);
        bytes.extend_from_slice(&key.to_bytes());
        bytes.extend_from_slice(self.record.as_bytes());
        for part in [self.object.as_str(), self.purpose] {
            bytes.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_places_spell_alike() {
        let (one, other) = (ObjectName::parse("ab").unwrap(), ObjectName::parse("a").unwrap());
        let (record, key) = (Uuid::nil(), KeyId::from_uuid(Uuid::nil()));
        let first = Aad { object: &one, record, purpose: "c" }.spell(&[0; 16], key);
        let second = Aad { object: &other, record, purpose: "bc" }.spell(&[0; 16], key);
        assert_ne!(first, second);
    }
}
