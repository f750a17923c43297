//! `custos ledger verify`.

use anyhow::{Result, bail};
use authz::Cx;
use db::{DbFault, sequence};
use ledger::{Report, Verifier, verify::Row};

use crate::house::{House, log_name};

/// Rows read at a time.
const PAGE: u32 = 1000;

/// Proves that nothing in the ledger was changed, removed or cut off.
///
/// # Errors
/// The ledger was tampered with, or cannot be read; each finding is printed with the row it names.
pub(super) async fn verify(house: &House, cx: &Cx) -> Result<()> {
    house.db.settle(cx).await?;
    let report = check(house, cx).await?;
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
        report.rows, report.checkpoints, report.uncovered
    );
    Ok(())
}

async fn check(house: &House, cx: &Cx) -> Result<Report> {
    let (name, key) = (log_name()?, house.vault.signer().verifying());
    let notes = house.db.read(cx, sequence::notes).await?;
    let mut verifier = Verifier::new(&name, &key, notes);
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
