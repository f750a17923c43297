use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_change_to_a_covered_row_is_found(at in 0_usize..20, column in 0_usize..4, spot: usize, flip in 0_u32..8) {
        let mut ledger = Ledger::new(20, &[7, 20]);
        let row = &mut ledger.rows[at];
        let flip_in = |bytes: &mut Vec<u8>| {
            let at = spot % bytes.len();
            bytes[at] ^= 1 << flip;
        };
        match column {
            0 => flip_in(&mut row.id),
            1 => flip_in(&mut row.body),
            2 => flip_in(&mut row.leaf),
            _ => row.position ^= 1 << flip,
        }
        prop_assert!(!ledger.report().is_sound());
    }

    #[test]
    fn hostile_rows_never_panic(
        rows in prop::collection::vec((any::<u64>(), any::<Vec<u8>>(), any::<Vec<u8>>()), 0..20),
    ) {
        let mut verifier = Verifier::new(&name(), &key().verifying(), Ledger::new(9, &[0, 3, 9]).checkpoints);
        for (position, id, body) in &rows {
            verifier.row(Row { position: *position, id, body, leaf: id });
        }
        prop_assert!(!verifier.finish().is_sound());
    }
}
