//! What a file on a record is.

use crypto::Zeroizing;
use db::{Bare, DbFault, Row};
use kernel::{Id, ObjectName, RecordId, SubjectId, Timestamp, UserId};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use records::RecordRef;
use vault::{Aad, KeyOf, Vault, VaultFault};

use crate::Kind;

/// The kind of the id of a file on a record.
#[derive(Debug)]
pub enum AttachmentKind {}

/// The id of a file on a record.
pub type AttachmentId = Id<AttachmentKind>;

/// What a seal is for.
pub(crate) mod purpose {
    pub(crate) const META: &str = "attachment";
    pub(crate) const BYTES: &str = "attachment-bytes";
    pub(crate) const PREVIEW: &str = "attachment-preview";
}

/// What is sealed beside a file. Its id goes inside: the seal of another file on the same record does not pass.
#[derive(Encode, Decode)]
pub(crate) struct Meta {
    #[n(0)]
    id: ByteVec,
    #[n(1)]
    pub(crate) name: String,
    #[n(2)]
    kind: String,
    #[n(3)]
    pub(crate) size: u64,
}

impl Meta {
    pub(crate) fn new(id: AttachmentId, name: String, kind: Kind, size: u64) -> Self {
        Self { id: id.to_bytes().to_vec().into(), name, kind: kind.code().to_owned(), size }
    }

    pub(crate) fn close(&self, vault: &Vault, place: &Place) -> Result<Vec<u8>, VaultFault> {
        let plain = Zeroizing::new(minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))?);
        vault.seal(place.key(), &place.aad(purpose::META), &plain)
    }
}

/// A small picture of a file, with the file's id inside.
#[derive(Encode, Decode)]
pub(crate) struct Picture {
    #[n(0)]
    id: ByteVec,
    #[n(1)]
    jpeg: ByteVec,
}

impl Picture {
    /// Seals one.
    pub(crate) fn close(vault: &Vault, place: &Place, jpeg: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let picture = Self { id: place.id.to_bytes().to_vec().into(), jpeg: jpeg.to_vec().into() };
        let plain = Zeroizing::new(minicbor::to_vec(&picture).map_err(|_| DbFault::Shape(0))?);
        vault.seal(place.key(), &place.aad(purpose::PREVIEW), &plain)
    }

    /// Opens the one of this file.
    pub(crate) fn open(vault: &Vault, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let plain = vault.open_seal(place.key(), &place.aad(purpose::PREVIEW), sealed)?;
        let picture: Self = minicbor::decode(&plain).map_err(|_| VaultFault::Tampered)?;
        if *picture.id == place.id.to_bytes() { Ok(picture.jpeg.into()) } else { Err(VaultFault::Tampered) }
    }
}

/// Where a file belongs, which is what its seals are bound to.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) at: RecordRef,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) id: AttachmentId,
}

impl Place {
    pub(crate) fn key(&self) -> KeyOf<'_> {
        self.subject.map_or(KeyOf::Object(&self.at.object), KeyOf::Subject)
    }

    pub(crate) fn aad(&self, purpose: &'static str) -> Aad<'_> {
        Aad { object: &self.at.object, record: self.at.id.uuid(), purpose }
    }
}

/// A file as it is stored.
pub(crate) struct Kept {
    pub(crate) place: Place,
    user: UserId,
    size: i64,
    pub(crate) parts: i64,
    sealed: Vec<u8>,
    previewed: bool,
    created_at: Timestamp,
}

// Ids, numbers, times and ciphertext; opened for whoever may read the record.
impl Bare for Kept {}

impl Kept {
    /// Takes a row of the columns that all statements name in one order.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        let at = RecordRef { object: row.get::<ObjectName>(1)?, id: row.get::<RecordId>(2)? };
        Ok(Self {
            place: Place { id: row.get(0)?, at, subject: row.get(3)? },
            user: row.get(4)?,
            size: row.get(5)?,
            parts: row.get(6)?,
            sealed: row.get(7)?,
            previewed: row.get(8)?,
            created_at: row.get(9)?,
        })
    }

    /// Opens what is sealed beside it. What speaks of another file, or of another size, was put here by somebody.
    fn open(&self, vault: &Vault) -> Result<(Meta, Kind), VaultFault> {
        let plain = vault.open_seal(self.place.key(), &self.place.aad(purpose::META), &self.sealed)?;
        let meta: Meta = minicbor::decode(&plain).map_err(|_| VaultFault::Tampered)?;
        let own = *meta.id == self.place.id.to_bytes() && i64::try_from(meta.size) == Ok(self.size);
        let kind = Kind::parse(&meta.kind).filter(|_| own).ok_or(VaultFault::Tampered)?;
        Ok((meta, kind))
    }

    /// Returns what people are shown of it; nothing of one whose key is gone.
    pub(crate) fn shown(&self, vault: &Vault) -> Result<Option<Attachment>, VaultFault> {
        let known = match self.open(vault) {
            Ok((meta, kind)) => Some((meta.name, kind)),
            Err(VaultFault::Tampered) => None,
            Err(VaultFault::Destroyed) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        Ok(Some(Attachment {
            id: self.place.id,
            size: u64::try_from(self.size).unwrap_or_default(),
            has_preview: self.previewed && known.is_some(),
            known,
            by: self.user,
            at: self.created_at,
        }))
    }
}

/// A file on a record, as whoever may read the record sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The id.
    pub id: AttachmentId,
    known: Option<(String, Kind)>,
    /// How many bytes it has.
    pub size: u64,
    /// Whether there is a small picture of it.
    pub has_preview: bool,
    /// Who brought it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl Attachment {
    /// Returns what it is called; nothing if it was altered outside of the program.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.known.as_ref().map(|(name, _)| name.as_str())
    }

    /// Returns what it is, by its content; nothing if it was altered outside of the program.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.known.as_ref().map(|(_, kind)| *kind)
    }
}

/// Returns the name under which the ledger knows files that go for good.
pub(crate) fn object() -> ObjectName {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every test of a file reads it")]
    static NAME: std::sync::LazyLock<ObjectName> =
        std::sync::LazyLock::new(|| ObjectName::parse("attachment").expect("a name"));
    NAME.clone()
}
