//! Files, sealed chunk by chunk under keys of their own, for one place: moved to another record or another workspace, or given
//! another file's id, a file does not open.
//!
//! The key of a file lies sealed beside it, under the key of the person or the object. When that one is changed, the key of the file is
//! sealed anew and the file stays as it is; when it is destroyed, nothing opens the file any more.

use std::io::{self, Read, Write};

use crypto::Key;
use crypto::stream::{OpenReader, SealWriter};
use kernel::{KeyId, Uuid};

use crate::Aad;
use crate::vault::Vault;

impl Vault {
    /// Makes the key of a file.
    #[must_use]
    pub fn new_file_key(&self) -> Key {
        Key::generate(&*self.0.chance)
    }

    /// Starts a sealed file, or something else that belongs to it and has a purpose of its own.
    ///
    /// # Errors
    /// Of `out`.
    pub fn seal_file<W: Write>(&self, (key, aad): (&Key, &Aad<'_>), file: Uuid, out: W) -> io::Result<SealWriter<W>> {
        SealWriter::new(out, key, &self.place(aad, file), &*self.0.chance)
    }

    /// Opens a sealed file while it is read. What was altered, cut off, lengthened, put in another order or moved here is an
    /// error of [`io::ErrorKind::InvalidData`] at the first chunk that does not fit.
    ///
    /// # Errors
    /// Of `from`.
    pub fn open_file<R: Read>(&self, (key, aad): (&Key, &Aad<'_>), file: Uuid, from: R) -> io::Result<OpenReader<R>> {
        OpenReader::new(from, key, &self.place(aad, file))
    }

    /// Spells out the place of a file: that of its record, where the file's id is that of its key.
    fn place(&self, aad: &Aad<'_>, file: Uuid) -> Vec<u8> {
        aad.spell(&self.0.workspace, KeyId::from_uuid(file))
    }
}
