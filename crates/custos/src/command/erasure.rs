//! `custos erasure verify`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::config::Config;
use crate::house::{self, log_name};

/// The largest certificate that is looked at.
const MOST: u64 = 64 * 1024;

/// Says whether a certificate is one of this ledger, and what it says.
///
/// # Errors
/// The file cannot be read, or is no certificate of this ledger.
pub(super) async fn verify(config: &Config, file: &Path) -> Result<()> {
    let about = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?;
    anyhow::ensure!(about.len() <= MOST, "{} is too large for a certificate", file.display());
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let house = house::open(config).await?;
    let key = house.vault.signer().verifying();
    let Ok(certificate) = ::erasure::read_certificate(&text, &log_name()?, &key) else {
        bail!("this is no certificate of this ledger: it was changed, or another ledger signed it");
    };
    println!("the certificate is sound");
    for (what, value) in certificate.lines() {
        println!("{what:18} {value}");
    }
    Ok(())
}
