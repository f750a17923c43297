//! `custos key export-escrow` and `custos key recover`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use crypto::{AgeKey, AgeWriter, Recipient, Secret, Share, SystemChance};
use vault::Recovered;

use crate::cli;
use crate::command::operator;
use crate::config::Config;
use crate::house::{self, House};

/// Splits the root key and writes a file a share.
///
/// # Errors
/// Numbers or keys that do not go together, or a folder that is there.
pub(super) async fn export(house: &House, wanted: cli::ExportEscrow) -> Result<()> {
    let cli::ExportEscrow { shares: of, needed, out, keepers } = wanted;
    let keepers =
        keepers.iter().map(|key| AgeKey::parse(key).with_context(|| format!("{key} is no public key of age")));
    let keepers = keepers.collect::<Result<Vec<_>>>()?;
    if !keepers.is_empty() && keepers.len() != usize::from(of) {
        bail!("{of} shares, and {} keys of whoever keeps them: give one for each, or none", keepers.len());
    }
    let made = fs::DirBuilder::new().mode(0o700).create(&out);
    made.with_context(|| format!("cannot make the folder {}", out.display()))?;
    let (custody, cx) = (house.custody.clone(), operator(&house.db));
    let splitting = tokio::task::spawn_blocking(move || custody.escrow(&cx, (needed, of))).await?;
    let shares = match splitting {
        Ok(shares) => shares,
        Err(fault) => {
            let _ = fs::remove_dir(&out);
            return Err(fault.into());
        }
    };
    for (at, share) in shares.iter().enumerate() {
        let file = write(&out, share, keepers.get(at))?;
        println!("{}", file.display());
    }
    println!(
        "Any {needed} of the {of} give the root key back. Give each to another person, then remove the folder; prove now and \
         then with `custos key recover --check` that they do."
    );
    Ok(())
}

fn write(folder: &Path, share: &Share, keeper: Option<&AgeKey>) -> Result<PathBuf> {
    let name = format!("share-{}.{}", share.number(), if keeper.is_some() { "age" } else { "txt" });
    let path = folder.join(name);
    let failed = || format!("cannot write {}", path.display());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).with_context(failed)?;
    let text = Secret::new(format!("{}\n", share.spell().expose()));
    match keeper {
        None => file.write_all(text.expose().as_bytes()).with_context(failed)?,
        Some(key) => {
            let mut sealed = AgeWriter::new(&mut file, &Recipient::Key(*key), &SystemChance).with_context(failed)?;
            sealed.write_all(text.expose().as_bytes()).with_context(failed)?;
            sealed.finish().with_context(failed)?;
        }
    }
    file.sync_all().with_context(failed)?;
    Ok(path)
}

/// Puts shares together, proves the key, and writes the key file unless it is only to be checked.
///
/// # Errors
/// Shares that do not go together, too few of them, a key that is another keyring's, or a key file that is there.
pub(super) async fn recover(config: &Config, files: &[PathBuf], check: bool) -> Result<()> {
    let shares = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let set = shares.first().map(Share::set).unwrap_or_default();
    let (keyring, path) = (house::keyring(config).await?, house::key_file(config));
    let was = tokio::task::spawn_blocking(move || -> Result<String> {
        let recovered = Recovered::prove(keyring, &shares)?;
        let was = recovered.provider().to_owned();
        if !check {
            recovered.keep(&path).context("a key file that is there is not overwritten: move it away first")?;
        }
        Ok(was)
    });
    let was = was.await??;
    println!("the shares of set {set} give the root key of this keyring");
    if !check {
        println!("written to {}, readable by its owner only", house::key_file(config).display());
        if was == "passphrase" {
            println!(
                "this keyring is opened with the key file from now on: take passphrase_file out of the configuration"
            );
        }
    }
    // Without its root key nothing can be written; then only what is printed tells of the check.
    match house::open(config).await {
        Ok(house) => {
            let (custody, cx) = (house.custody.clone(), operator(&house.db));
            Ok(tokio::task::spawn_blocking(move || custody.recovered(&cx, set, check)).await??)
        }
        Err(_) => {
            println!("the ledger could not be told: it will not open as configured now");
            Ok(())
        }
    }
}

fn read(file: &Path) -> Result<Share> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {} as text", file.display()))?;
    Share::parse(Secret::new(text).expose()).with_context(|| file.display().to_string())
}
