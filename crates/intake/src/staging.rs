//! Uploaded files, sealed before they touch the disk.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crypto::Zeroizing;
use crypto::stream::{OpenReader, SealWriter};
use db::{ReadTx, SealedTable};
use kernel::{Chance, Timestamp, UploadId};
use objects::value::CodeFault;
use vault::{Aad, KeyOf, Vault};

use crate::model::{Plan, import_object};
use crate::{IntakeFault, store};

/// What a sealed upload is bound to, beside its own key.
const PLACE: &[u8] = b"custos-import-1";

/// A file that no import knows may be on its way in for so long; then whoever brought it is gone.
const ON_ITS_WAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A file on its way in. Dropped without [`finish`](Self::finish) it is removed again.
pub struct Staging {
    id: UploadId,
    path: PathBuf,
    writer: Option<SealWriter<BufWriter<File>>>,
    bytes: u64,
}

impl Staging {
    /// Returns the id the import will have.
    #[must_use]
    pub fn id(&self) -> UploadId {
        self.id
    }

    /// Returns how many bytes came in so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ends the file; it is on the disk when this returns.
    ///
    /// # Errors
    /// Of the file system.
    pub fn finish(mut self) -> io::Result<(UploadId, u64)> {
        let Some(writer) = self.writer.take() else { return Err(io::Error::other("finished twice")) };
        let finished =
            writer.finish().and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all());
        match finished {
            Ok(()) => Ok((self.id, self.bytes)),
            Err(fault) => {
                let _ = std::fs::remove_file(&self.path);
                Err(fault)
            }
        }
    }
}

impl Write for Staging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let writer = self.writer.as_mut().ok_or_else(|| io::Error::other("finished"))?;
        let count = writer.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.writer.is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Where files wait, sealed, until their rows are taken. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    vault: Vault,
    folder: Arc<Path>,
}

impl Intake {
    /// Takes the vault, and the folder where files wait.
    #[must_use]
    pub fn new(vault: Vault, folder: PathBuf) -> Self {
        Self { vault, folder: Arc::from(folder) }
    }

    /// Starts to take a file. Blocks on the disk, as all of [`Staging`] does.
    ///
    /// # Errors
    /// Of the file system.
    pub fn stage(&self, now: Timestamp, chance: &dyn Chance) -> io::Result<Staging> {
        DirBuilder::new().recursive(true).mode(0o700).create(&*self.folder)?;
        let id = UploadId::new(now, chance);
        let path = self.path(id);
        let file = BufWriter::new(OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?);
        let writer = SealWriter::new(file, &self.vault.job_key(id.uuid()), PLACE, chance)?;
        Ok(Staging { id, path, writer: Some(writer), bytes: 0 })
    }

    /// Opens a file that was taken.
    ///
    /// # Errors
    /// Of the file system.
    pub fn open(&self, id: UploadId) -> io::Result<impl Read + Send + use<>> {
        let file = BufReader::with_capacity(128 * 1024, File::open(self.path(id))?);
        OpenReader::new(file, &self.vault.job_key(id.uuid()), PLACE)
    }

    /// Removes a file that is needed no more.
    pub fn discard(&self, id: UploadId) {
        let gone = std::fs::remove_file(self.path(id));
        if let Err(fault) =
            gone.or_else(|fault| if fault.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(fault) })
        {
            tracing::warn!(import = %id, error = %fault, "an uploaded file could not be removed");
        }
    }

    /// Removes files that nobody will read: their import has ended, or a program was killed before it could begin one.
    /// Returns how many there were.
    ///
    /// # Errors
    /// [`IntakeFault`] of the database or the file system.
    pub fn remove_strays(&self, tx: &ReadTx<'_>) -> Result<usize, IntakeFault> {
        let needed = store::in_need(tx)?;
        let mut removed = 0;
        let Ok(entries) = std::fs::read_dir(&*self.folder) else { return Ok(0) };
        for entry in entries {
            let path = entry?.path();
            let Some(id) = named(&path) else { continue };
            let young = tx.now().since(made(id)) < ON_ITS_WAY;
            let on_its_way = young && store::find(tx, id)?.is_none();
            if !needed.contains(&id) && !on_its_way {
                std::fs::remove_file(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Seals a plan: it shows some rows of the file.
    ///
    /// # Errors
    /// [`IntakeFault::Vault`].
    pub fn seal_plan(&self, id: UploadId, plan: &Plan) -> Result<Vec<u8>, IntakeFault> {
        let plain = Zeroizing::new(serde_json::to_vec(plan).map_err(|_| CodeFault)?);
        Ok(self.vault.seal(KeyOf::Object(import_object()), &about(id), &plain)?)
    }

    /// Opens a plan.
    ///
    /// # Errors
    /// [`IntakeFault::Vault`], and [`IntakeFault::Code`] for what is none.
    pub fn open_plan(&self, id: UploadId, sealed: &[u8]) -> Result<Plan, IntakeFault> {
        let plain = self.vault.open_seal(KeyOf::Object(import_object()), &about(id), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(|_| CodeFault)?)
    }

    fn path(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.sealed"))
    }
}

/// What the seal of a plan is bound to.
const PLAN: &str = "plan";

/// What its own key seals.
pub const SEALED: SealedTable =
    SealedTable { object: "import", table: "import_run", columns: &[("plan", PLAN)], people: false };

fn about(id: UploadId) -> Aad<'static> {
    Aad { object: import_object(), record: id.uuid(), purpose: PLAN }
}

/// Returns the import a file belongs to; nothing for a file that is not ours.
fn named(path: &Path) -> Option<UploadId> {
    path.file_name()?.to_str()?.strip_suffix(".sealed")?.parse().ok()
}

/// Returns when an id was made.
fn made(id: UploadId) -> Timestamp {
    let millis = id.uuid().as_u128() >> 80;
    Timestamp::from_micros(i64::try_from(millis).unwrap_or(0).saturating_mul(1_000))
}
