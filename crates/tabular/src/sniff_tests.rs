use super::*;
use crate::layout::Delimiter;

fn sniff(bytes: &[u8]) -> Result<Sniff, SniffFault> {
    Sniff::of(&Head::new(bytes.to_vec(), true), &Choices::default())
}

#[test]
fn each_delimiter_is_found_though_cells_hold_others() {
    for (text, delimiter) in [
        ("name,notes\nAna,\"a;b;c\"\nBo,x;y\n", Delimiter::COMMA),
        ("name;address;tags\nAna;1 Elm Rd, Suite 2;\"a;b\"\nBo;2 Oak Rd, Suite 3;c\n", Delimiter::SEMICOLON),
        ("preis;menge;summe\n1,5;2,5;3,5\n1,5;2,5;3,5\n", Delimiter::SEMICOLON),
        ("name\tcity\nDoe, Jane\tKöln\nRoe, Jo\tBonn\n", Delimiter::TAB),
        ("a|b|c\n1|2|3\n", Delimiter::PIPE),
        ("email\na@b.example\nc@d.example\n", Delimiter::COMMA),
        ("sep=;\na,b;c,d\n1,2;3,4\n", Delimiter::SEMICOLON),
    ] {
        assert_eq!(sniff(text.as_bytes()).map(|sniff| sniff.layout.delimiter), Ok(delimiter), "{text}");
    }
}

#[test]
fn the_layout_says_where_the_data_starts() {
    let sniffed = sniff(b"\xef\xbb\xbfname,city\r\nAna,Rome\r\n").unwrap();
    assert!(sniffed.bom && sniffed.layout.header);
    assert_eq!(sniffed.layout.columns, ["name", "city"]);
    assert_eq!(sniffed.layout.data, Mark { rows: 0, line: 2, offset: 14 });
    assert_eq!(sniffed.samples, [["Ana", "Rome"]]);
}

#[test]
fn names_to_show_are_trimmed_and_all_different() {
    let sniffed = sniff("Phone, ,Phone ,\"Job\n title\",phone\n1,2,3,4,5\n".as_bytes()).unwrap();
    assert_eq!(sniffed.layout.columns, ["Phone", "Column 2", "Phone (2)", "Job title", "phone (3)"]);
}

#[test]
fn a_table_without_a_header_keeps_its_first_row() {
    let sniffed = sniff(b"2007-01-01,5,x\n2007-01-02,6,y\n").unwrap();
    assert!(!sniffed.layout.header);
    assert_eq!(sniffed.layout.columns, ["Column 1", "Column 2", "Column 3"]);
    assert_eq!(sniffed.samples.len(), 2);
    assert_eq!(sniffed.layout.data, Mark { rows: 0, line: 1, offset: 0 });
}

#[test]
fn titles_and_comments_above_the_table_are_passed_over() {
    let sniffed = sniff(b"# exported by somebody\nQ3 report\n\nname,city,tier\nAna,Rome,1\nBo,Bonn,2\n").unwrap();
    assert_eq!((sniffed.titles, sniffed.layout.columns.len()), (3, 3));
    assert_eq!(sniffed.layout.data.line, 5);
}

#[test]
fn choices_overrule_the_guess() {
    let head = Head::new(b"a;b,c\n1;2,3\n".to_vec(), true);
    let choices =
        Choices { delimiter: Some(Delimiter::COMMA), header: Some(false), encoding: Some(Encoding::Windows1252) };
    let layout = Sniff::of(&head, &choices).unwrap().layout;
    assert_eq!((layout.encoding, layout.delimiter, layout.header), (Encoding::Windows1252, Delimiter::COMMA, false));
    assert_eq!(layout.columns.len(), 2);
}

#[test]
fn what_is_no_table_of_text_is_refused_with_one_reason() {
    for (bytes, fault) in [
        (&b""[..], SniffFault::Empty),
        (b"\xef\xbb\xbf\r\n \r\n", SniffFault::Empty),
        (b"PK\x03\x04rest", SniffFault::Workbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", SniffFault::Workbook),
        (b"%PDF-1.7", SniffFault::Binary),
        (&[1; 100], SniffFault::Binary),
    ] {
        assert_eq!(sniff(bytes), Err(fault));
    }
    assert!(matches!(sniff(b"na\0me,x\n1,2\n"), Err(SniffFault::FirstRow(_))));
}

#[test]
fn a_long_file_is_judged_by_its_first_whole_lines() {
    let text = format!("name,city\n{}", "Ana,Köln\n".repeat(60_000));
    let head = Head::read(&mut text.as_bytes()).unwrap();
    let sniffed = Sniff::of(&head, &Choices::default()).unwrap();
    assert_eq!(sniffed.layout.encoding, Encoding::Utf8);
    assert_eq!(sniffed.samples.len(), SAMPLES);
}
