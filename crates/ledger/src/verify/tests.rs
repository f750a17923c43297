use crypto::SigningKey;

use super::*;
use crate::tree;

mod checkpoints;
mod properties;
mod rows;

struct Stored {
    position: u64,
    id: Vec<u8>,
    body: Vec<u8>,
    leaf: Vec<u8>,
}

/// A ledger as it lies in the database: rows, and a checkpoint at each of some sizes.
struct Ledger {
    rows: Vec<Stored>,
    checkpoints: Vec<String>,
}

fn name() -> LogName {
    LogName::parse("crm.example/ledger").unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed([4; 32])
}

fn signed(size: u64, root: Hash) -> String {
    Checkpoint::new(name(), size, root).sign(&key())
}

impl Ledger {
    fn new(rows: u64, sizes: &[u64]) -> Self {
        let rows: Vec<Stored> = (0..rows).map(Stored::new).collect();
        let leaves: Vec<Hash> = rows.iter().map(|row| row.leaf.as_slice().try_into().unwrap()).collect();
        let checkpoints = sizes.iter().map(|&size| signed(size, tree::root(&leaves[..size as usize]))).collect();
        Self { rows, checkpoints }
    }

    fn report(&self) -> Report {
        let mut verifier = Verifier::new(&name(), &key().verifying(), &self.checkpoints);
        for row in &self.rows {
            verifier.row(Row { position: row.position, id: &row.id, body: &row.body, leaf: &row.leaf });
        }
        verifier.finish()
    }

    fn row_id(&self, at: usize) -> RowId {
        RowId { position: self.rows[at].position, id: self.rows[at].id.clone() }
    }
}

impl Stored {
    fn new(position: u64) -> Self {
        let (id, body) = ([position as u8; 16].to_vec(), position.to_be_bytes().to_vec());
        let leaf = Entry::leaf_of(&id, &body).to_vec();
        Self { position, id, body, leaf }
    }

    fn change_body_and_leaf(&mut self) {
        self.body.push(1);
        self.leaf = Entry::leaf_of(&self.id, &self.body).to_vec();
    }
}

#[test]
fn an_untouched_ledger_is_sound() {
    let report = Ledger::new(20, &[0, 8, 8, 15, 20]).report();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.rows, report.checkpoints, report.proven, report.uncovered), (20, 5, 20, 0));
}

#[test]
fn a_ruined_ledger_gives_a_bounded_report() {
    let mut ledger = Ledger::new(0, &[]);
    ledger.rows = (0..1500).map(Stored::new).collect();
    for row in &mut ledger.rows {
        row.leaf.clear();
    }
    let report = ledger.report();
    assert_eq!((report.findings.len(), report.unlisted), (MAX_FINDINGS, 500));
}

#[test]
fn a_finding_reads_as_a_sentence() {
    let row = RowId { position: 3, id: vec![0x11; 16] };
    assert_eq!(
        Finding::RowDiffers { row, part: Part::Body }.to_string(),
        "row 3 (entry 11111111-1111-1111-1111-111111111111) was changed after it was written"
    );
    let row = RowId { position: 4, id: vec![] };
    assert_eq!(
        Finding::RowRepeated { row }.to_string(),
        "row 4 (entry with a damaged id) stands at a position that is taken"
    );
}
