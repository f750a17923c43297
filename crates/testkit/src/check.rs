//! What must hold after every test.

use std::path::Path;

use db::DbFault;
use ledger::{Checkpoint, LogName, Report, Verifier, verify::Row};

use crate::App;

impl App {
    /// Checks that the queue is empty, that the ledger verifies, and that none of `canaries` lies in any file. Ends the house.
    ///
    /// # Panics
    /// If one of them does not hold.
    pub async fn finish(self, canaries: &[&str]) {
        let cx = self.operator();
        let jobs = self.db.read(&cx, |tx| tx.bare_one("select count(*) from job", &[], |row| row.get::<i64>(0))).await;
        assert_eq!(jobs.unwrap(), Some(0), "jobs are left in the queue");
        self.verify_ledger().await;
        self.assert_sealed(canaries);
    }

    /// Verifies the ledger against a checkpoint made now.
    ///
    /// # Panics
    /// If it is not sound.
    pub async fn verify_ledger(&self) {
        self.sign_ledger().await;
        let report = self.ledger_report().await;
        assert!(report.is_sound(), "{report:?}");
    }

    /// Gives every entry its place in the tree and signs it, as the schedules of a running server do.
    ///
    /// # Panics
    /// If the database cannot.
    pub async fn sign_ledger(&self) {
        let cx = self.operator();
        sequence::settle(&self.db, &cx).await.unwrap();
        let vault = self.vault.clone();
        self.db.write(&cx, move |tx| sequence::sign_tree(tx, &log_name(), vault.signer())).await.unwrap();
    }

    /// Returns what the verifier finds in the ledger as it lies there.
    ///
    /// # Panics
    /// If the database cannot be read.
    pub async fn ledger_report(&self) -> Report {
        self.ledger_report_against(&[]).await
    }

    /// Returns what the verifier finds when it is given notes that were kept elsewhere.
    ///
    /// # Panics
    /// If the database cannot be read, or a note is none of this ledger.
    pub async fn ledger_report_against(&self, kept: &[String]) -> Report {
        let key = self.vault.signer().verifying();
        let kept = kept.iter().map(|note| Checkpoint::open(note, &log_name(), &key).unwrap()).collect::<Vec<_>>();
        let cx = self.operator();
        let report = self.db.read(&cx, move |tx| -> Result<_, DbFault> {
            let mut verifier = Verifier::new(&log_name(), &key, sequence::notes(tx)?).against(kept);
            let mut next = 0;
            loop {
                let rows = sequence::stored_from(tx, next, 500)?;
                for row in &rows {
                    verifier.row(Row {
                        position: row.position,
                        id: row.id.as_bytes(),
                        body: &row.body,
                        leaf: &row.leaf,
                    });
                }
                match rows.last() {
                    Some(last) => next = last.position + 1,
                    None => return Ok(verifier.finish()),
                }
            }
        });
        report.await.unwrap()
    }

    /// Searches every file of the folder for planted plaintext.
    ///
    /// # Panics
    /// If one holds it.
    pub fn assert_sealed(&self, canaries: &[&str]) {
        for file in files(&self.folder()) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            for canary in canaries {
                let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "{canary} lies in the clear in {}", file.display());
            }
        }
    }
}

fn log_name() -> LogName {
    LogName::parse("custos/ledger").unwrap()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
