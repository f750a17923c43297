//! Typed ids: UUID version 7 (RFC 9562 §5.7), so that they sort by the time they were made.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

use crate::{Chance, Timestamp, chance};

/// The id of one `K`. An id of another kind does not fit where this one is asked for.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct IdFault;

impl<K> Id<K> {
    /// Makes a new id at `at`.
    pub fn new(at: Timestamp, chance: &dyn Chance) -> Self {
        let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &chance::array::<10>(chance)).into_uuid())
    }

    /// Takes an id that was stored.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// Returns the bare UUID, for storing.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// Returns the 16 bytes of the id.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.uuid.into_bytes()
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uuid, f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uuid, f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = IdFault;

    /// Takes the hyphenated form only: one id has one spelling in a URL.
    fn from_str(text: &str) -> Result<Self, IdFault> {
        if text.len() != 36 || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(IdFault);
        }
        Uuid::try_parse(text).map(Self::from_uuid).map_err(|_| IdFault)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident;)*) => {
        mod kinds { $(#[derive(Debug)] pub enum $kind {})* }
        $($(#[$doc])* pub type $alias = Id<kinds::$kind>;)*
    };
}

ids! {
    /// The id of a person who may sign in.
    UserId = User;
    /// The id of a record.
    RecordId = Record;
    /// The id of a person a record is about, and of that person's key.
    SubjectId = Subject;
    /// The id of a sign-in session.
    SessionId = Session;
    /// The id of an API token.
    TokenId = Token;
    /// The id of a passkey or of another thing people prove who they are with.
    FactorId = Factor;
    /// The id of a question that waits for an answer.
    ChallengeId = Challenge;
    /// The id by which a browser knows the key that it keeps for a session itself.
    BindingId = Binding;
    /// The id of something a person is told about their account.
    NoticeId = Notice;
    /// The id of a team.
    TeamId = Team;
    /// The id of a role that a workspace made.
    RoleId = Role;
    /// The id of a job in the queue.
    JobId = Job;
    /// The id of one request, as it stands in logs and in the ledger.
    RequestId = Request;
    /// The id of a key in the keyring.
    KeyId = Key;
    /// The id of a ledger entry.
    EntryId = Entry;
    /// The id of the workspace.
    WorkspaceId = Workspace;
    /// The id of an uploaded file.
    UploadId = Upload;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededChance;

    #[test]
    fn ids_sort_by_time_and_survive_a_round_trip() {
        let chance = SeededChance::new(1);
        let early = UserId::new(Timestamp::from_micros(1_000_000), &chance);
        let late = UserId::new(Timestamp::from_micros(2_000_000), &chance);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<UserId>(), Ok(early));
    }

    #[test]
    fn an_id_has_one_spelling() {
        for wrong in ["", "x", "0190163D-8694-739B-AEA5-966C26F8AD91", "{0190163d-8694-739b-aea5-966c26f8ad91}"] {
            assert_eq!(wrong.parse::<UserId>(), Err(IdFault));
        }
    }
}
