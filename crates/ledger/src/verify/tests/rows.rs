use super::*;

#[test]
fn a_changed_body_is_named_and_the_rest_stays_proven() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    ledger.rows[3].body[0] ^= 1;
    ledger.rows[11].id[0] ^= 1;
    let report = ledger.report();
    let changed = |at: usize| Finding::RowDiffers { row: ledger.row_id(at), part: Part::Body };
    assert_eq!(report.findings, [changed(3), changed(11)]);
    assert_eq!(report.proven, 20);
}

#[test]
fn a_changed_leaf_is_named_and_the_body_proven() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    ledger.rows[3].leaf[0] ^= 1;
    ledger.rows[9].leaf.pop();
    ledger.rows[12].leaf.clear();
    let report = ledger.report();
    let changed = |at: usize| Finding::RowDiffers { row: ledger.row_id(at), part: Part::Leaf };
    assert_eq!(report.findings, [changed(3), changed(9), changed(12)]);
    assert_eq!(report.proven, 20);
}

#[test]
fn bytes_moved_between_id_and_body_are_named() {
    let mut ledger = Ledger::new(20, &[20]);
    let moved = ledger.rows[3].body.remove(0);
    ledger.rows[3].id.push(moved);
    let row = RowId { position: 3, id: vec![3; 16] };
    assert_eq!(ledger.report().findings, [Finding::RowDiffers { row, part: Part::Body }]);
}

#[test]
fn a_body_and_another_rows_leaf_changed_in_one_range_leave_both_open() {
    let mut ledger = Ledger::new(20, &[20]);
    ledger.rows[3].body[0] ^= 1;
    ledger.rows[4].leaf[0] ^= 1;
    let open = |at: usize| Finding::RowDiffers { row: ledger.row_id(at), part: Part::Either };
    assert_eq!(ledger.report().findings, [open(3), open(4), Finding::TreeDiffers { first: 0, last: 19 }]);
}

#[test]
fn a_row_changed_with_its_leaf_is_caught_in_the_range_of_the_next_checkpoint() {
    let mut ledger = Ledger::new(30, &[8, 15, 20, 25]);
    ledger.rows[9].change_body_and_leaf();
    let report = ledger.report();
    let expected = [Finding::TreeDiffers { first: 8, last: 14 }, Finding::Unproven { first: 15, last: 29 }];
    assert_eq!(report.findings, expected);
    assert_eq!((report.proven, report.uncovered), (8, 5));
}

#[test]
fn a_removed_row_is_named_by_its_position() {
    let mut ledger = Ledger::new(20, &[8, 15, 20]);
    ledger.rows.drain(9..11);
    assert_eq!(
        ledger.report().findings,
        [
            Finding::RowsMissing { first: 9, last: 10 },
            Finding::TreeDiffers { first: 8, last: 14 },
            Finding::Unproven { first: 15, last: 19 },
        ]
    );
}

#[test]
fn a_removed_row_whose_place_is_closed_up_is_caught_by_the_tree() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    ledger.rows.remove(9);
    for (at, row) in ledger.rows.iter_mut().enumerate() {
        row.position = at as u64;
    }
    assert_eq!(ledger.report().findings, [Finding::CutOff { first: 19, last: 19 }]);
    ledger.rows.push(Stored::new(19));
    assert_eq!(ledger.report().findings, [Finding::TreeDiffers { first: 8, last: 19 }]);
}

#[test]
fn a_second_row_at_a_position_is_named_and_the_tree_goes_on() {
    let mut ledger = Ledger::new(20, &[8, 20]);
    let mut extra = Stored::new(9);
    extra.change_body_and_leaf();
    extra.id = vec![0xee; 16];
    ledger.rows.insert(10, extra);
    let report = ledger.report();
    assert_eq!(report.findings, [Finding::RowRepeated { row: ledger.row_id(10) }]);
    assert_eq!((report.rows, report.proven), (21, 20));
}

#[test]
fn rows_in_another_order_are_caught() {
    let mut ledger = Ledger::new(20, &[20]);
    ledger.rows.swap(4, 5);
    ledger.rows[4].position = 4;
    ledger.rows[5].position = 5;
    assert_eq!(ledger.report().findings, [Finding::TreeDiffers { first: 0, last: 19 }]);
}
