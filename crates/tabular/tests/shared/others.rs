//! Edge cases of other parsers, and lists as sales departments keep them.

use kernel::Currency;
use tabular::Delimiter;
use tabular::value::{DecimalMark, is_blank, parse_amount};

use crate::{File, shared};

#[test]
fn edge_cases_of_other_parsers_read_as_theirs() {
    let Some(edge) = shared("csv-edge") else { return };
    let read = |name: &str| File::read(&edge.join(name));
    for (name, columns, rows) in [
        ("csv-spectrum/csvs/comma_in_quotes.csv", 5, 1),
        ("csv-spectrum/csvs/empty.csv", 3, 2),
        ("csv-spectrum/csvs/empty_crlf.csv", 3, 2),
        ("csv-spectrum/csvs/escaped_quotes.csv", 2, 2),
        ("csv-spectrum/csvs/json.csv", 2, 1),
        ("csv-spectrum/csvs/newlines.csv", 3, 3),
        ("csv-spectrum/csvs/newlines_crlf.csv", 3, 3),
        ("csv-spectrum/csvs/quotes_and_newlines.csv", 2, 2),
        ("csv-spectrum/csvs/simple.csv", 3, 1),
        ("csv-spectrum/csvs/utf8.csv", 3, 2),
        ("csv-parser/basic.csv", 3, 1),
        ("csv-parser/comment.csv", 3, 1),
        ("csv-parser/option-comment.csv", 3, 1),
        ("csv-parser/escape-quotes.csv", 2, 3),
        ("csv-parser/geojson.csv", 4, 3),
        ("csv-parser/quotes+newlines.csv", 2, 3),
        ("csv-parser/empty-columns.csv", 3, 2),
        ("csv-parser/bench/mac-newlines.csv", 3, 2),
        ("csv-parser/bench/utf16.csv", 3, 2),
        ("csv-parser/bench/utf16-big.csv", 3, 2),
        ("csv-parser/bench/latin.csv", 3, 2),
    ] {
        let file = read(name);
        assert_eq!((file.sniff.layout.columns.len(), file.rows.len()), (columns, rows), "{name}");
        assert!(file.faults.is_empty(), "{name}: {:?}", file.faults);
    }
    assert_eq!(
        read("csv-spectrum/csvs/json.csv").rows[0].cells[1],
        "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"
    );
    assert_eq!(read("csv-spectrum/csvs/utf8.csv").rows[1].cells[2], "ʤ");
    assert_eq!(read("csv-parser/bench/utf16-big.csv").rows[1].cells[2], "ʤ");
    assert_eq!(read("csv-parser/bench/latin.csv").rows[1].cells[2], "©");
    for (name, line) in [("strict.csv", 4), ("strict-false-less-columns.csv", 3), ("strict-false-more-columns.csv", 3)]
    {
        let file = read(&format!("csv-parser/{name}"));
        assert_eq!((file.rows.len(), file.faults.len()), (2, 1), "{name}");
        assert_eq!((file.faults[0].line, file.faults[0].why.code()), (line, "row-cell-count"), "{name}");
    }
}

#[test]
fn every_edge_case_is_read_to_its_end() {
    let Some(edge) = shared("csv-edge") else { return };
    for folder in ["csv-parser", "csv-parser/bench", "csv-spectrum/csvs"] {
        for entry in std::fs::read_dir(edge.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                File::read(&path);
            }
        }
    }
}

#[test]
fn sales_and_customer_lists_read_whole() {
    let Some(crm) = shared("crm") else { return };
    for (name, rows, pairs) in [
        ("maven/accounts.csv", 85, &[("sector", "industry"), ("office_location", "country")][..]),
        (
            "maven/sales_pipeline.csv",
            8_800,
            &[("account", "company"), ("deal_stage", "lifecycle_stage"), ("sales_agent", "owner")],
        ),
        ("maven/products.csv", 7, &[]),
        ("maven/sales_teams.csv", 35, &[]),
        (
            "datablist/customers-1000.csv",
            1_000,
            &[
                ("First Name", "first_name"),
                ("Phone 1", "phone"),
                ("Email", "email"),
                ("Company", "company"),
                ("City", "city"),
            ],
        ),
        ("datablist/leads-100.csv", 100, &[("Email 1", "email"), ("Lead Owner", "owner"), ("Notes", "notes")]),
        ("datablist/organizations-100.csv", 100, &[("Industry", "industry"), ("Country", "country")]),
        ("datablist/people-100.csv", 100, &[("Job Title", "job_title"), ("Sex", "gender"), ("Phone", "phone")]),
        ("datablist/products-100.csv", 100, &[]),
    ] {
        let file = File::read(&crm.join(name));
        assert_eq!((file.rows.len(), file.faults.len()), (rows, 0), "{name}");
        assert_eq!(file.sniff.layout.delimiter, Delimiter::COMMA, "{name}");
        assert!(file.sniff.layout.header, "{name}");
        for (header, field) in pairs {
            let column = file.sniff.layout.columns.iter().position(|column| column == header).unwrap();
            assert_eq!(file.fields.get(field), Some(&column), "{name}: {header} should be {field}");
        }
    }
    let pipeline = File::read(&crm.join("maven/sales_pipeline.csv"));
    let value = pipeline.sniff.layout.columns.iter().position(|column| column == "close_value").unwrap();
    let total: i64 = pipeline
        .rows
        .iter()
        .filter(|row| !is_blank(&row.cells[value]))
        .map(|row| parse_amount(&row.cells[value], DecimalMark::Point).unwrap().money(Currency::USD).unwrap().minor)
        .sum();
    assert_eq!(total, 1_000_553_400);
}
