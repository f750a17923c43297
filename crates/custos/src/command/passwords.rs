//! `custos passwords`.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Makes the file of breached passwords, and says how many it holds.
///
/// # Errors
/// One of the files cannot be read or written.
pub(super) fn build(list: &Path, out: &Path) -> Result<()> {
    let lines = File::open(list).with_context(|| format!("cannot read {}", list.display()))?;
    let count = accounts::build_breached(lines, out).with_context(|| format!("cannot make {}", out.display()))?;
    println!("{} holds {count} passwords; name it as breached_passwords in the configuration", out.display());
    Ok(())
}
