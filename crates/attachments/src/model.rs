//! What a file on a record is.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use crypto::{Key, Zeroizing};
use db::{Bare, DbFault, Row};
use kernel::{Id, ObjectName, RecordId, SubjectId, Timestamp, UserId, Uuid};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use records::RecordRef;
use vault::{Aad, KeyOf, Vault, VaultFault};

use crate::{Kind, mark};

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
    name: String,
    #[n(2)]
    kind: String,
    #[n(3)]
    size: u64,
    /// The key that the bytes and the preview are sealed with.
    #[n(4)]
    key: ByteArray<32>,
}

impl Meta {
    pub(crate) fn new(id: AttachmentId, (name, kind): (String, Kind), size: u64, key: &Key) -> Self {
        let (id, key) = (id.to_bytes().to_vec().into(), (*key.expose_bytes()).into());
        Self { id, name, kind: kind.code().to_owned(), size, key }
    }

    pub(crate) fn close(&self, vault: &Vault, place: &Place) -> Result<Vec<u8>, VaultFault> {
        let plain = Zeroizing::new(minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))?);
        vault.seal(place.key(), &place.aad(purpose::META), &plain)
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

    /// Seals the preview of the file, with the file's key.
    pub(crate) fn close_picture(&self, vault: &Vault, (key, jpeg): (&Key, &[u8])) -> io::Result<Vec<u8>> {
        let mut sealed = vault.seal_file((key, &self.aad(purpose::PREVIEW)), self.id.uuid(), Vec::new())?;
        sealed.write_all(jpeg)?;
        sealed.finish()
    }

    /// Opens it.
    pub(crate) fn open_picture(&self, vault: &Vault, (key, sealed): (&Key, &[u8])) -> io::Result<Vec<u8>> {
        let mut jpeg = Vec::new();
        vault.open_file((key, &self.aad(purpose::PREVIEW)), self.id.uuid(), sealed)?.read_to_end(&mut jpeg)?;
        Ok(jpeg)
    }
}

/// Whether a file is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Not all of it has come.
    #[default]
    Arriving,
    /// It is there.
    Kept,
    /// It was removed, and can be taken back.
    Removed,
}

impl State {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Kept => "kept",
            Self::Removed => "removed",
        }
    }

    fn read(code: &str) -> Result<Self, DbFault> {
        [Self::Arriving, Self::Kept, Self::Removed]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or(DbFault::Shape(11))
    }
}

/// A file as it is stored.
pub(crate) struct Kept {
    pub(crate) place: Place,
    pub(crate) state: State,
    /// How often it was brought, removed and taken back.
    pub(crate) version: i64,
    pub(crate) user: UserId,
    pub(crate) size: i64,
    pub(crate) parts: i64,
    pub(crate) sealed: Vec<u8>,
    pub(crate) previewed: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
    /// Whether every cell can be read, and the mark that lies beside them.
    legible: bool,
    mark: Vec<u8>,
}

// Ids, numbers, times and ciphertext; opened for whoever may read the record.
impl Bare for Kept {}

impl Kept {
    /// Takes a row of the columns that all statements name in one order. A cell that is not of its kind was altered like one that does
    /// not fit the mark; only a row without an id is none at all.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        let mut legible = true;
        let nobody = Uuid::nil();
        let id = row.get(0)?;
        let of = cell(row.get::<ObjectName>(1).map(Some), &mut legible).unwrap_or_else(object);
        let on = cell(row.get::<RecordId>(2).map(Some), &mut legible).unwrap_or_else(|| RecordId::from_uuid(nobody));
        Ok(Self {
            place: Place { id, at: RecordRef { object: of, id: on }, subject: cell(row.get(3), &mut legible) },
            user: cell(row.get(4).map(Some), &mut legible).unwrap_or_else(|| UserId::from_uuid(nobody)),
            size: cell(row.get(5), &mut legible),
            parts: cell(row.get(6), &mut legible),
            sealed: cell(row.get(7), &mut legible),
            previewed: cell(row.get(8), &mut legible),
            created_at: cell(row.get(9).map(Some), &mut legible).unwrap_or(Timestamp::from_micros(0)),
            removed_at: cell(row.get(10), &mut legible),
            state: cell(row.get::<String>(11).and_then(|code| State::read(&code)), &mut legible),
            version: cell(row.get(12), &mut legible),
            mark: cell(row.get::<Option<Vec<u8>>>(13), &mut legible).unwrap_or_default(),
            legible,
        })
    }

    /// Tells whether it is still on its way: it bears no mark before it is there.
    pub(crate) fn is_coming(&self) -> bool {
        self.state == State::Arriving && self.version == 0
    }

    /// Tells whether the row stands as the program wrote it.
    pub(crate) fn is_whole(&self, vault: &Vault) -> bool {
        self.legible && vault.marker().fits(&mark::spell(self), &self.mark)
    }

    /// Opens what is sealed beside it, of a row that bears its mark. What speaks of another file, or of another size, was put here by
    /// somebody.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Opened, VaultFault> {
        if !self.is_whole(vault) {
            return Err(VaultFault::Tampered);
        }
        let plain = vault.open_seal(self.place.key(), &self.place.aad(purpose::META), &self.sealed)?;
        let meta: Meta = minicbor::decode(&plain).map_err(|_| VaultFault::Tampered)?;
        let own = *meta.id == self.place.id.to_bytes() && i64::try_from(meta.size) == Ok(self.size);
        let kind = Kind::parse(&meta.kind).filter(|_| own).ok_or(VaultFault::Tampered)?;
        Ok(Opened { shown: self.seen(Some((meta.name, kind))), key: Arc::new(Key::from_bytes(*meta.key)) })
    }

    fn seen(&self, known: Option<(String, Kind)>) -> Attachment {
        Attachment {
            id: self.place.id,
            size: u64::try_from(self.size).unwrap_or_default(),
            has_preview: self.previewed && known.is_some(),
            known,
            by: self.user,
            at: self.created_at,
        }
    }

    /// Returns what a list shows of it: of one that was altered that it is there; nothing of one whose key is gone.
    pub(crate) fn listed(&self, vault: &Vault) -> Result<Option<Attachment>, VaultFault> {
        match self.open(vault) {
            Ok(opened) => Ok(Some(opened.shown)),
            Err(VaultFault::Tampered) => Ok(Some(self.seen(None))),
            Err(VaultFault::Destroyed) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Takes a cell; one that cannot be read is empty, and says that the row is not legible.
fn cell<T: Default>(cell: Result<T, DbFault>, legible: &mut bool) -> T {
    cell.unwrap_or_else(|_| {
        *legible = false;
        T::default()
    })
}

/// A file that was opened: what is shown of it, and its key.
pub(crate) struct Opened {
    pub(crate) shown: Attachment,
    pub(crate) key: Arc<Key>,
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
