//! `custos export trace`.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::operator;
use crate::config::Config;
use crate::house;

/// The largest file that is looked at.
const MOST: u64 = 512 * 1024 * 1024;

/// Says who took out the rows of a file.
///
/// # Errors
/// The file cannot be read, or is too large.
pub(super) async fn trace(config: &Config, file: &Path) -> Result<()> {
    let about = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
    anyhow::ensure!(about.len() <= MOST, "{} is too large: hand in a part of it", file.display());
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let text = tabular::sheets_of(&bytes, MOST).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
    let traced = house.exports.trace(&cx, &text).await?;
    if traced.is_empty() {
        println!("no mark of ours: the column with the ids is gone, or the file is not from here");
    }
    let names = house.accounts.names(&cx, traced.iter().map(|one| one.user).collect()).await?;
    for one in traced {
        let name = names.get(&one.user).map_or("somebody who was erased", |name| &**name);
        println!("{name}, {}: {} rows (export {})", one.at.to_rfc3339(), one.rows, one.export);
    }
    Ok(())
}
