//! `custos ledger`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use authz::Cx;
use db::DbFault;
use ledger::{Checkpoint, Report, Verifier, verify::Row};

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house::{self, House, log_name};

/// Rows read at a time.
const PAGE: u32 = 1000;
/// The largest file with notes that is looked at: a note a minute of two months.
const MOST: u64 = 16 * 1024 * 1024;

/// Does what is asked about the ledger.
///
/// # Errors
/// One line that says what is wrong.
pub(super) async fn run(config: &Config, wanted: cli::Ledger) -> Result<()> {
    match wanted {
        cli::Ledger::Verify { against } => {
            let texts = against.into_iter().map(read).collect::<Result<Vec<_>>>()?;
            let house = house::open(config).await?;
            let key = house.vault.signer().verifying();
            let mut kept = Vec::new();
            for (file, text) in texts {
                match Checkpoint::open_all(&text, &log_name()?, &key) {
                    Ok(notes) => kept.extend(notes),
                    Err((at, fault)) => bail!("{}: note {at} is refused: {fault}", file.display()),
                }
            }
            verify(&house, &operator(&house.db), kept).await
        }
        cli::Ledger::Checkpoint { output } => checkpoint(config, output.as_deref()).await,
    }
}

fn read(file: PathBuf) -> Result<(PathBuf, String)> {
    let about = std::fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(about.len() <= MOST, "{} is too large for signed notes", file.display());
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let Ok(text) = String::from_utf8(bytes) else { bail!("{}: not a signed note", file.display()) };
    Ok((file, text))
}

/// Places what waits, signs the tree as it stands, and gives out the newest note.
async fn checkpoint(config: &Config, output: Option<&Path>) -> Result<()> {
    if let Some(file) = output {
        refuse(config, file)?;
    }
    let house = house::open(config).await?;
    let note = newest(&house).await?;
    let Some(file) = output else {
        print!("{note}");
        return Ok(std::io::stdout().flush()?);
    };
    let write = || {
        let mut made = std::fs::OpenOptions::new().write(true).create_new(true).open(file)?;
        made.write_all(note.as_bytes())?;
        made.sync_all()
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

/// Refuses a file that is there, or that would be put back together with the data.
fn refuse(config: &Config, file: &Path) -> Result<()> {
    ensure!(!file.exists(), "{} is there already: name a file that is not", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let (Ok(folder), Ok(data)) = (folder.canonicalize(), config.data.canonicalize()) {
        ensure!(
            !folder.starts_with(data),
            "{} lies in the data folder and would go back together with it: keep the note elsewhere",
            file.display()
        );
    }
    Ok(())
}

async fn newest(house: &House) -> Result<String> {
    let (cx, name, vault) = (operator(&house.db), log_name()?, house.vault.clone());
    sequence::settle(&house.db, &cx).await?;
    let (its, signer) = (name.clone(), house.vault.clone());
    let signing = house.db.write(&cx, move |tx| -> Result<_, DbFault> {
        // Signed before by a running server, or now: the newest one is of the tree as it stands.
        sequence::sign_tree(tx, &its, signer.signer())?;
        Ok((sequence::newest_note(tx)?, sequence::size(tx)?))
    });
    let (note, size) = signing.await?;
    let note = note.context("the ledger has no line yet")?;
    let opened = Checkpoint::open(&note, &name, &vault.signer().verifying());
    ensure!(
        opened.is_ok_and(|checkpoint| checkpoint.size() == size),
        "the ledger is not as its newest note says: `custos ledger verify` tells more"
    );
    Ok(note)
}

/// Proves that nothing in the ledger was changed, removed or cut off; also not since each of the notes that were kept elsewhere.
///
/// # Errors
/// The ledger was tampered with, or cannot be read; each finding is printed with the row it names.
pub(super) async fn verify(house: &House, cx: &Cx, kept: Vec<Checkpoint>) -> Result<()> {
    sequence::settle(&house.db, cx).await?;
    let report = check(house, cx, kept).await?;
    for finding in &report.findings {
        println!("{finding}");
    }
    if report.unlisted > 0 {
        println!("and {} more", report.unlisted);
    }
    if !report.is_sound() {
        bail!(
            "the ledger was tampered with: {} findings in {} entries",
            report.findings.len() as u64 + report.unlisted,
            report.rows
        );
    }
    println!(
        "the ledger is sound: {} entries, {} signed checkpoints, {} entries newer than the last one",
        report.rows,
        report.checkpoints - report.kept,
        report.uncovered
    );
    if report.kept > 0 {
        println!("what was kept elsewhere holds: {} signed notes", report.kept);
    }
    Ok(())
}

async fn check(house: &House, cx: &Cx, kept: Vec<Checkpoint>) -> Result<Report> {
    let (name, key) = (log_name()?, house.vault.signer().verifying());
    let notes = house.db.read(cx, sequence::notes).await?;
    let mut verifier = Verifier::new(&name, &key, notes).against(kept);
    let mut next = 0;
    loop {
        let rows = house.db.read(cx, move |tx| -> Result<_, DbFault> { sequence::stored_from(tx, next, PAGE) }).await?;
        for row in &rows {
            verifier.row(Row { position: row.position, id: row.id.as_bytes(), body: &row.body, leaf: &row.leaf });
        }
        match rows.last() {
            Some(last) => next = last.position + 1,
            None => return Ok(verifier.finish()),
        }
    }
}
