use super::*;

#[test]
fn rows_after_the_last_checkpoint_are_told_and_no_fault() {
    let report = Ledger::new(20, &[15]).report();
    assert!(report.is_sound());
    assert_eq!((report.proven, report.uncovered), (15, 5));
    let report = Ledger::new(3, &[]).report();
    assert!(report.is_sound());
    assert_eq!((report.proven, report.uncovered), (0, 3));
}

#[test]
fn rows_cut_off_the_end_are_counted() {
    let mut ledger = Ledger::new(20, &[8, 15, 20]);
    ledger.rows.truncate(10);
    let report = ledger.report();
    assert_eq!(report.findings, [Finding::CutOff { first: 10, last: 19 }]);
    assert_eq!(report.proven, 8);
    ledger.rows.clear();
    assert_eq!(ledger.report().findings, [Finding::CutOff { first: 0, last: 19 }]);
}

#[test]
fn a_false_checkpoint_is_refused_and_the_others_still_hold() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    let forged = Checkpoint::new(name(), 20, [1; 32]).sign(&SigningKey::from_seed([9; 32]));
    ledger.checkpoints.insert(0, forged);
    ledger.checkpoints[1] = ledger.checkpoints[1].replacen("\n8\n", "\n7\n", 1);
    let report = ledger.report();
    assert_eq!(
        report.findings,
        [
            Finding::CheckpointRefused { index: 0, fault: LedgerFault::SignerUnknown },
            Finding::CheckpointRefused { index: 1, fault: LedgerFault::SignatureWrong },
        ]
    );
    assert_eq!((report.checkpoints, report.proven), (1, 20));
}

#[test]
fn two_signed_histories_are_noticed() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    ledger.checkpoints.push(signed(8, [1; 32]));
    ledger.checkpoints.push(signed(0, [1; 32]));
    let report = ledger.report();
    assert_eq!(report.findings, [Finding::CheckpointsDisagree { first: 8, second: 8 }, Finding::EmptyRootDiffers]);
    assert_eq!(report.proven, 20);
}

#[test]
fn a_ledger_rewritten_and_signed_anew_fails_the_checkpoint_of_a_witness() {
    let witnessed = Ledger::new(20, &[15]).checkpoints;
    let mut forged = Ledger::new(20, &[]);
    forged.rows[3].change_body_and_leaf();
    let leaves: Vec<Hash> = forged.rows.iter().map(|row| row.leaf.as_slice().try_into().unwrap()).collect();
    forged.checkpoints = vec![signed(10, tree::root(&leaves[..10])), signed(20, tree::root(&leaves))];
    assert!(forged.report().is_sound(), "nothing inside the database can tell");
    forged.checkpoints.extend(witnessed);
    let report = forged.report();
    assert_eq!(
        report.findings,
        [
            Finding::TreeDiffers { first: 10, last: 14 },
            Finding::CheckpointsDisagree { first: 15, second: 20 },
            Finding::Unproven { first: 15, last: 19 },
        ]
    );
    assert_eq!(report.proven, 10);
}

impl Ledger {
    fn against(&self, kept: &[String]) -> Report {
        let kept = Checkpoint::open_all(&kept.concat(), &name(), &key().verifying()).unwrap();
        let mut verifier = Verifier::new(&name(), &key().verifying(), &self.checkpoints).against(kept);
        for row in &self.rows {
            verifier.row(Row { position: row.position, id: &row.id, body: &row.body, leaf: &row.leaf });
        }
        verifier.finish()
    }
}

#[test]
fn notes_kept_elsewhere_hold_for_the_ledger_they_were_signed_over() {
    let kept = Ledger::new(20, &[0, 3, 15, 20]).checkpoints;
    let report = Ledger::new(30, &[8, 15]).against(&kept);
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.kept, report.checkpoints, report.proven, report.uncovered), (4, 6, 20, 10));
}

#[test]
fn a_ledger_that_was_put_back_is_sound_by_itself_and_fails_a_note_kept_elsewhere() {
    let kept = Ledger::new(20, &[5, 20]).checkpoints;
    let mut back = Ledger::new(12, &[8]);
    assert!(back.report().is_sound());
    assert!(back.against(&kept[..1]).is_sound(), "it was not put back beyond that one");
    assert_eq!(
        back.against(&kept).findings,
        [Finding::KeptBeyond { size: 20, rows: 12 }, Finding::CutOff { first: 12, last: 19 }]
    );
    // It goes on with other rows, and is signed at the same size too.
    back.rows.extend((12..25).map(Stored::new));
    back.rows[13].change_body_and_leaf();
    let leaves: Vec<Hash> = back.rows.iter().map(|row| row.leaf.as_slice().try_into().unwrap()).collect();
    for sizes in [&[8, 25][..], &[8, 20], &[20], &[]] {
        back.checkpoints = sizes.iter().map(|size| signed(*size as u64, tree::root(&leaves[..*size]))).collect();
        assert!(back.report().is_sound(), "{sizes:?}");
        let report = back.against(&kept);
        assert!(report.findings.contains(&Finding::KeptDiffers { size: 20 }), "{sizes:?}: {report:?}");
    }
}

#[test]
fn a_note_kept_elsewhere_tells_which_part_of_a_row_is_false() {
    let kept = Ledger::new(20, &[20]).checkpoints;
    let mut ledger = Ledger::new(20, &[]);
    ledger.rows[3].body.push(1);
    let row = ledger.row_id(3);
    let differs = |part| [Finding::RowDiffers { row: row.clone(), part }];
    assert_eq!(ledger.report().findings, differs(Part::Either));
    assert_eq!(ledger.against(&kept).findings, differs(Part::Body));
}
