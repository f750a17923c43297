//! Files, sealed chunk by chunk under the key of a person or an object, for one place: moved to another record or another
//! workspace, or given another file's id, a file does not open.

use std::io::{self, Chain, Cursor, Read, Write};

use crypto::stream::{BEGINNING, OpenReader, SealWriter};
use kernel::Uuid;

use crate::vault::Vault;
use crate::{Aad, KeyOf};

impl Vault {
    /// Starts a sealed file. The key stays with what is returned: whoever is erased meanwhile, what it writes opens nowhere.
    ///
    /// # Errors
    /// Of `out`; a [`VaultFault`](crate::VaultFault) in it if there is no key.
    pub fn seal_file<W: Write>(
        &self,
        (whose, aad): (KeyOf<'_>, &Aad<'_>),
        file: Uuid,
        out: W,
    ) -> io::Result<SealWriter<W>> {
        let (id, key) = self.key(whose).map_err(io::Error::other)?;
        SealWriter::new(out, &key, &self.place(aad, id, file), &*self.0.chance)
    }

    /// Opens a sealed file while it is read. What was altered, cut off, lengthened, put in another order or moved here is an
    /// error of [`io::ErrorKind::InvalidData`] at the first chunk that does not fit.
    ///
    /// # Errors
    /// Of `from`; a [`VaultFault`](crate::VaultFault) in it if the key is gone.
    pub fn open_file<R: Read>(
        &self,
        (whose, aad): (KeyOf<'_>, &Aad<'_>),
        file: Uuid,
        mut from: R,
    ) -> io::Result<OpenReader<Chain<Cursor<Vec<u8>>, R>>> {
        let mut begun = Vec::new();
        let (id, key) = match whose {
            KeyOf::Subject(_) => self.key(whose).map_err(io::Error::other)?,
            KeyOf::Object(object) => {
                // Which of its keys it is shows the first chunk.
                from.by_ref().take(BEGINNING).read_to_end(&mut begun)?;
                self.key_of_file(object, |id| self.place(aad, id, file), &begun)?
            }
        };
        OpenReader::new(Cursor::new(begun).chain(from), &key, &self.place(aad, id, file))
    }

    /// Spells out the place of a file: that of its record, and its own id behind it, whose length never differs.
    fn place(&self, aad: &Aad<'_>, key: kernel::KeyId, file: Uuid) -> Vec<u8> {
        let mut place = aad.spell(&self.0.workspace, key);
        place.extend_from_slice(file.as_bytes());
        place
    }
}
