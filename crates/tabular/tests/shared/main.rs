//! Files as real systems write them, where they are present.
//!
//! They lie in the folder `CUSTOS_SHARED_DATA` names, or in `shared/data` beside the project; without them these tests
//! say so and pass.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod messy;
mod others;

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tabular::{Choices, Head, Kind, Row, RowFault, Rows, Sniff, Target, propose};

const TARGETS: &[Target<'static>] = &[
    to("id", Kind::Text),
    to("full_name", Kind::Text),
    to("first_name", Kind::Text),
    to("last_name", Kind::Text),
    to("gender", Kind::Text),
    to("email", Kind::Email),
    to("phone", Kind::Phone),
    to("company", Kind::Text),
    to("job_title", Kind::Text),
    to("department", Kind::Text),
    to("industry", Kind::Text),
    to("street", Kind::Text),
    to("city", Kind::Text),
    to("state", Kind::Text),
    to("postal_code", Kind::Text),
    to("country", Kind::Text),
    to("lead_source", Kind::Text),
    to("lifecycle_stage", Kind::Text),
    to("owner", Kind::Text),
    to("annual_revenue", Kind::Money),
    to("do_not_contact", Kind::Bool),
    to("created_at", Kind::Date),
    to("last_activity_at", Kind::Date),
    to("tags", Kind::List),
    to("notes", Kind::Text),
];

const fn to(field: &'static str, kind: Kind) -> Target<'static> {
    Target { field, labels: &[], kind }
}

/// Returns a folder of the shared data, or says that it is not there.
#[expect(clippy::disallowed_methods, reason = "where the test data lies is no setting of the product")]
fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("CUSTOS_SHARED_DATA").map_or(beside, PathBuf::from).join(folder);
    if data.is_dir() {
        return Some(data);
    }
    let _ = writeln!(std::io::stderr(), "skipped: there is no {}", data.display());
    None
}

struct File {
    sniff: Sniff,
    rows: Vec<Row>,
    faults: Vec<RowFault>,
    fields: HashMap<&'static str, usize>,
}

impl File {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let sniff = Sniff::of(&Head::read(&mut &bytes[..]).unwrap(), &Choices::default()).unwrap();
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        for item in Rows::new(&bytes[..], sniff.layout.clone()) {
            match item.unwrap() {
                Ok(row) => rows.push(row),
                Err(fault) => faults.push(fault),
            }
        }
        let proposed = propose(&sniff.layout.columns, &sniff.samples, TARGETS);
        let fields = proposed.iter().enumerate().filter_map(|(at, one)| one.map(|one| (one.field, at))).collect();
        Self { sniff, rows, faults, fields }
    }

    fn cells(&self) -> Vec<&[String]> {
        self.rows.iter().map(|row| row.cells.as_slice()).collect()
    }

    fn cell<'a>(&self, row: &'a Row, field: &str) -> &'a str {
        &row.cells[self.fields[field]]
    }
}
