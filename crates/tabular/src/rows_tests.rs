use std::io::Read;

use super::*;
use crate::encoding::Encoding;
use crate::layout::Delimiter;

/// What a row came to: its number, line and cells, or its number, line and code.
type Seen = (u64, u64, Result<Vec<String>, &'static str>);

fn layout(encoding: Encoding, columns: usize) -> Layout {
    let columns = (1..=columns).map(|at| format!("c{at}")).collect();
    let data = Mark { rows: 0, line: 1, offset: 0 };
    Layout { encoding, delimiter: Delimiter::COMMA, header: false, columns, data }
}

fn seen(item: Result<Row, RowFault>) -> Seen {
    match item {
        Ok(row) => (row.number, row.line, Ok(row.cells)),
        Err(fault) => (fault.number, fault.line, Err(fault.why.code())),
    }
}

fn read(bytes: &[u8], columns: usize) -> Vec<Seen> {
    Rows::new(bytes, layout(Encoding::Utf8, columns)).map(|item| seen(item.unwrap())).collect()
}

fn row(number: u64, line: u64, cells: &[&str]) -> Seen {
    (number, line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
}

#[test]
fn rows_know_their_number_line_and_offset() {
    let bytes = b"a,b\r\n\"x\r\ny\",2\r\n\r\n3,4";
    assert_eq!(read(bytes, 2), [row(1, 1, &["a", "b"]), row(2, 2, &["x\r\ny", "2"]), row(3, 5, &["3", "4"])]);
    let offsets: Vec<u64> =
        Rows::new(&bytes[..], layout(Encoding::Utf8, 2)).map(|item| item.unwrap().unwrap().offset).collect();
    assert_eq!(offsets, [0, 5, 17]);
}

#[test]
fn quotes_are_taken_off_as_other_readers_do() {
    for (text, cells) in [
        (&b"\"ha \"\"ha\"\" ha\",\"\"\"\"\"\""[..], ["ha \"ha\" ha", "\"\""]),
        (b"say \"hi\",x\"y", ["say \"hi\"", "x\"y"]),
        (b"\"Bob\" Smith,\"a\" ", ["Bob Smith", "a "]),
        (b"\"\",", ["", ""]),
        (b"\"a,b\",\" c \"", ["a,b", " c "]),
    ] {
        // A blank row is passed over, so something stands in a third cell.
        let bytes = [text, b",x\n"].concat();
        assert_eq!(read(&bytes, 3), [row(1, 1, &[cells[0], cells[1], "x"])]);
    }
}

#[test]
fn a_wrong_number_of_cells_is_reported_and_reading_goes_on() {
    let seen = read(b"a,b\n1\n1,2,3\n1,2,,\n3,4\n", 2);
    let fault = |number, line| (number, line, Err("row-cell-count"));
    assert_eq!(
        seen,
        [row(1, 1, &["a", "b"]), fault(2, 2), fault(3, 3), row(4, 4, &["1", "2"]), row(5, 5, &["3", "4"])]
    );
}

#[test]
fn blank_rows_are_passed_over() {
    assert_eq!(read(b"\n  \n,,\n\"\",\"\"\na,b\n\n", 2), [row(1, 5, &["a", "b"])]);
}

#[test]
fn wrong_bytes_and_nul_name_their_column() {
    let faults: Vec<RowFault> = Rows::new(&b"a,Caf\xe9\nb,c\nx\0,y\n"[..], layout(Encoding::Utf8, 2))
        .filter_map(|item| item.unwrap().err())
        .collect();
    let told: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column.as_deref(), fault.why)).collect();
    assert_eq!(told, [(1, Some("c2"), Why::InvalidBytes), (3, Some("c1"), Why::Nul)]);
}

#[test]
fn a_quote_without_end_costs_only_its_line() {
    let unclosed = |number, line| (number, line, Err("row-unclosed-quote"));
    assert_eq!(read(b"1,\"x\n2,y\n3,z\n", 2), [unclosed(1, 1), row(2, 2, &["2", "y"]), row(3, 3, &["3", "z"])]);
    assert_eq!(read(b"1,\"x", 2), [unclosed(1, 1)]);
    // The quote of a later row cannot close it.
    assert_eq!(read(b"1,\"x\n2,y\n3,\"z\"\n", 2), [unclosed(1, 1), row(2, 2, &["2", "y"]), row(3, 3, &["3", "z"])]);
}

#[test]
fn a_quote_closed_by_accident_does_not_swallow_the_next_row() {
    let wrong = |number, line| (number, line, Err("row-cell-count"));
    // Taken together the first two lines are a wrong row; the second alone is a right one.
    assert_eq!(
        read(b"\"1,Foo\n2,b,c\"\n3,d,e\n", 3),
        [wrong(1, 1), row(2, 2, &["2", "b", "c\""]), row(3, 3, &["3", "d", "e"])]
    );
    // Neither line is a right row, so they stay one wrong row.
    assert_eq!(read(b"1,\"two\nlines\"\n3,d,e\n", 3), [wrong(1, 1), row(2, 3, &["3", "d", "e"])]);
    // What has the right shape is taken as it stands: nothing shows that the quote was an accident.
    assert_eq!(read(b"1,\"x\n2,y\",3\n", 3), [row(1, 1, &["1", "x\n2,y", "3"])]);
}

#[test]
fn too_long_cells_and_rows_are_reported_and_passed_over() {
    let limits = Limits { cell: 100, row: 300 };
    let long = "x".repeat(200);
    let wide = vec!["y".repeat(80); 5].join(",");
    let text = format!("{long},1\na,b\n\"{long}\",2\nc,d\n\"{0}\n{0}\",3\ne,f\n{wide}\ng,h\n", "z".repeat(60));
    let rows = Rows::new(text.as_bytes(), layout(Encoding::Utf8, 2)).limited(limits);
    let codes: Vec<_> = rows.map(|item| seen(item.unwrap())).map(|(_, line, item)| (line, item.err())).collect();
    let (cell, unclosed, row) = ("row-cell-too-long", "row-unclosed-quote", "row-too-long");
    assert_eq!(
        codes,
        [
            (1, Some(cell)),
            (2, None),
            (3, Some(cell)),
            (4, None),
            (5, Some(unclosed)),
            (6, None),
            (7, None),
            (8, Some(row)),
            (9, None),
        ]
    );
}

#[test]
fn every_encoding_reads_the_same() {
    let text = "姓名,备注\r\n\"王|小明\",\"第一行\n第二行, \"\"引号\"\"\"\r\n丂,x\r\n";
    let wide = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let expected = read(text.as_bytes(), 2);
    assert_eq!(expected.len(), 3);
    for (encoding, bytes) in [
        (Encoding::Utf16Le, wide(false)),
        (Encoding::Utf16Be, wide(true)),
        (Encoding::Gb18030, encoding_rs::GB18030.encode(text).0.into_owned()),
    ] {
        let rows: Vec<Seen> = Rows::new(&bytes[..], layout(encoding, 2)).map(|item| seen(item.unwrap())).collect();
        assert_eq!(rows, expected, "{encoding}");
    }
}

#[test]
fn a_reader_goes_on_at_every_mark_as_if_it_had_never_stopped() {
    let text = "a,b\n\"x\ny\",2\n\nwrong\n1,\"open\n3,4\n5,\"6\"\n\0,7\n8,9";
    let whole = read(text.as_bytes(), 2);
    for stop in 0..=whole.len() {
        let mut first = Rows::new(text.as_bytes(), layout(Encoding::Utf8, 2));
        let mut items: Vec<Seen> = first.by_ref().take(stop).map(|item| seen(item.unwrap())).collect();
        let mark: Mark = first.mark().to_string().parse().unwrap();
        assert_eq!(mark.rows, stop as u64);
        let rest = Rows::resume(text.as_bytes(), layout(Encoding::Utf8, 2), mark);
        items.extend(rest.map(|item| seen(item.unwrap())));
        assert_eq!(items, whole);
        let rest = Rows::seek(std::io::Cursor::new(text), layout(Encoding::Utf8, 2), mark).unwrap();
        assert_eq!(rest.count(), whole.len() - stop);
    }
}

#[test]
fn a_file_that_became_shorter_is_an_error_of_reading() {
    let mark = Mark { rows: 9, line: 9, offset: 99 };
    let mut rows = Rows::resume(&b"a,b\n"[..], layout(Encoding::Utf8, 2), mark);
    assert!(matches!(rows.next(), Some(Err(fault)) if fault.kind() == io::ErrorKind::UnexpectedEof));
    assert!(rows.next().is_none());
}

/// Gives the same bytes again and again, as many as asked for in all.
struct Endless<'a> {
    pattern: &'a [u8],
    left: usize,
    at: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = into.len().min(self.left);
        for slot in into.iter_mut().take(count) {
            *slot = self.pattern[self.at % self.pattern.len()];
            self.at += 1;
        }
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn memory_and_time_are_bounded_by_the_limits_whatever_comes() {
    const SIZE: usize = 3 << 20;
    let limits = Limits { cell: 64 << 10, row: 256 << 10 };
    for pattern in
        ["x", ",", "\"", "\"x\n", "\n", "\r", "a,\"b\n", "\",x\"y,\"\n", "\0", "\"\"\"\n", "\"a\",\n", "x\"\n\"\"\n"]
    {
        let reader = Endless { pattern: pattern.as_bytes(), left: SIZE, at: 0 };
        let mut rows = Rows::new(reader, layout(Encoding::Utf8, 3)).limited(limits);
        let mut most = 0;
        let mut items = 0_u64;
        while let Some(item) = rows.next() {
            drop(item.unwrap());
            items += 1;
            most = most.max(rows.window.capacity());
        }
        assert!(most <= 1 << 20, "{pattern:?} held {most}");
        assert_eq!((rows.mark().offset, rows.mark().rows), (SIZE as u64, items), "{pattern:?}");
    }
}

/// Fails when: the guard of a formula is not taken away again, or takes something of the cell with it.
#[test]
fn what_is_written_comes_back_as_it_was() {
    use proptest::prelude::*;
    let cell =
        prop_oneof!["[-=+@'＝＋－＠\\t\\r\\n\", ;a1]{0,6}", any::<String>().prop_map(|text| text.replace('\0', "")),];
    proptest!(|(cells in proptest::collection::vec(cell, 3))| {
        let mut text = String::new();
        crate::write(&mut text, cells.iter().map(String::as_str).chain(["x"]));
        let back = read(text.as_bytes(), 4);
        let Some((_, _, Ok(row))) = back.first() else { panic!("{back:?} of {text:?}") };
        for (cell, back) in cells.iter().zip(row) {
            prop_assert_eq!(crate::unguarded(back), cell.as_str());
            prop_assert!(!back.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{}", back);
        }
    });
}
