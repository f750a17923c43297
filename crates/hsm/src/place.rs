//! Which files may be loaded: a module runs with all rights of this program and sees what it sees.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::HsmFault;

const ROOT: u32 = 0;
/// Write for the group or for everybody.
const OTHERS: u32 = 0o022;
/// In a folder with this bit nobody replaces what is another's.
const STICKY: u32 = 0o1000;

/// Returns the file that a path leads to, if nobody but root and whoever runs this program can change it, or what leads to it.
///
/// # Errors
/// [`HsmFault::Relative`], [`HsmFault::NoModule`], [`HsmFault::Exposed`].
pub fn trusted(path: &Path) -> Result<PathBuf, HsmFault> {
    if !path.is_absolute() {
        return Err(HsmFault::Relative(path.to_owned()));
    }
    let missing = |e| HsmFault::NoModule(path.to_owned(), e);
    // What is loaded is what was looked at: the path that is returned has no links.
    let real = fs::canonicalize(path).map_err(missing)?;
    let own = rustix::process::geteuid().as_raw();
    for part in real.ancestors() {
        let about = fs::metadata(part).map_err(missing)?;
        let ours = about.uid() == ROOT || about.uid() == own;
        let closed = about.mode() & OTHERS == 0 || about.is_dir() && about.mode() & STICKY != 0;
        if !ours || !closed {
            return Err(HsmFault::Exposed(part.to_owned()));
        }
    }
    Ok(real)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Fails when: the file, a folder above it, or where a link leads is not looked at.
    #[test]
    fn only_what_nobody_else_can_change_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("lib");
        let (file, link) = (folder.join("module.so"), dir.path().join("link.so"));
        fs::create_dir(&folder).unwrap();
        mode(&folder, 0o755);
        fs::write(&file, "x").unwrap();
        mode(&file, 0o644);
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let real = fs::canonicalize(&file).unwrap();
        assert_eq!((trusted(&file).unwrap(), trusted(&link).unwrap()), (real.clone(), real));
        assert!(matches!(trusted(Path::new("module.so")), Err(HsmFault::Relative(_))));
        assert!(matches!(trusted(&folder.join("other.so")), Err(HsmFault::NoModule(..))));
        for (path, open, closed) in
            [(&file, 0o664, 0o644), (&file, 0o646, 0o644), (&folder, 0o775, 0o755), (&folder, 0o757, 0o755)]
        {
            mode(path, open);
            for asked in [&file, &link] {
                assert!(matches!(trusted(asked), Err(HsmFault::Exposed(_))), "{} {open:o}", path.display());
            }
            mode(path, closed);
        }
        assert!(trusted(&link).is_ok());
    }
}
