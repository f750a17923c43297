//! Whatever the bytes, reading ends, counts every byte, and can stop and go on anywhere.

#![expect(clippy::unwrap_used, reason = "a test")]

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use tabular::value::{self, DateOrder, DecimalMark};
use tabular::{Choices, Delimiter, Encoding, Head, Kind, Layout, Limits, Mark, Row, RowFault};
use tabular::{Rows, Sniff, Target, propose};

/// Bytes in which the signs of a table are frequent.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let sign = select(b",;\t|\"\"\"\"\r\n\n\n  ab1\0\xe9\x81\xff\xfe".to_vec());
    vec(prop_oneof![4 => sign, 1 => any::<u8>()], 0..400)
}

fn encoding() -> impl Strategy<Value = Encoding> {
    select(Encoding::ALL.to_vec())
}

fn layout(encoding: Encoding, columns: usize) -> Layout {
    let columns = (1..=columns).map(|at| at.to_string()).collect();
    let data = Mark { rows: 0, line: 1, offset: 0 };
    Layout { encoding, delimiter: Delimiter::COMMA, header: false, columns, data }
}

fn all<R: std::io::Read>(rows: Rows<R>) -> Vec<Result<Row, RowFault>> {
    rows.map(|item| item.unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_ends_at_the_last_byte(bytes in bytes(), encoding in encoding(), columns in 1_usize..5) {
        let limits = Limits { cell: 40, row: 90 };
        let mut rows = Rows::new(&bytes[..], layout(encoding, columns)).limited(limits);
        let items: Vec<_> = rows.by_ref().map(|item| item.unwrap()).collect();
        prop_assert_eq!(rows.mark().offset, bytes.len() as u64);
        prop_assert_eq!(rows.mark().rows, items.len() as u64);
        let numbers: Vec<u64> = items.iter().map(|item| item.as_ref().map_or_else(|f| f.number, |r| r.number)).collect();
        prop_assert!(numbers.iter().copied().eq(1..=items.len() as u64));
        for row in items.iter().flatten() {
            prop_assert_eq!(row.cells.len(), columns);
            prop_assert!(row.cells.iter().all(|cell| !cell.contains('\0')));
        }
    }

    #[test]
    fn stopping_anywhere_changes_nothing(bytes in bytes(), encoding in encoding(), stop in 0_usize..40) {
        let whole = all(Rows::new(&bytes[..], layout(encoding, 2)));
        let mut first = Rows::new(&bytes[..], layout(encoding, 2));
        let mut items: Vec<_> = first.by_ref().map(|item| item.unwrap()).take(stop).collect();
        items.extend(all(Rows::resume(&bytes[..], layout(encoding, 2), first.mark())));
        prop_assert_eq!(items, whole);
    }

    #[test]
    fn looking_at_a_file_always_answers(bytes in bytes(), whole in any::<bool>()) {
        if let Ok(sniff) = Sniff::of(&Head::new(bytes.clone(), whole), &Choices::default()) {
            prop_assert!(!sniff.layout.columns.is_empty());
            let targets = [Target { field: "email", labels: &[], kind: Kind::Email }];
            let proposed = propose(&sniff.layout.columns, &sniff.samples, &targets);
            prop_assert_eq!(proposed.len(), sniff.layout.columns.len());
            all(Rows::new(&bytes[..], sniff.layout));
        }
    }

    #[test]
    fn every_cell_is_a_value_or_a_fault(cell in "[0-9年月日:/., TZ+\\-aApPmM€$%()万'\\PC]{0,30}", comma in any::<bool>()) {
        let mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
        for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
            let _ = value::parse_moment(&cell, order).map(|moment| (moment.date(), moment.timestamp()));
        }
        if let Ok(number) = value::parse_number(&cell, mark) {
            let _ = (number.whole(), number.scaled(2), number.to_string());
        }
        let _ = value::parse_amount(&cell, mark).map(|amount| amount.money(kernel::Currency::EUR));
        let _ = (value::parse_bool(&cell), value::parse_list(&cell), value::is_blank(&cell));
    }

    #[test]
    fn what_a_writer_wrote_is_read(table in vec(vec("[a,;\"\r\n é中]{0,6}", 3), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let inked: Vec<&Vec<String>> =
            table.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let rows: Vec<Vec<String>> =
            all(Rows::new(&bytes[..], layout(Encoding::Utf8, 3))).into_iter().map(|item| item.unwrap().cells).collect();
        prop_assert_eq!(rows.iter().collect::<Vec<_>>(), inked);
    }
}
