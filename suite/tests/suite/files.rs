//! Files as the world makes them, down to the values of records. That they are parsed as their makers wrote them is tested in
//! `tabular/tests`; here is what an import makes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kernel::Phone;
use kernel::text::{clean, fold, is_han};
use records::import::Target;
use records::{ListQuery, RecordFault, Value};
use serde_json::Value as Json;
use testkit::{Actor, App};

use crate::support::import::{Imported, import};
use crate::support::reading::allow_all;
use crate::support::shared;

testkit::on_both_engines! {
    messy_files_become_what_the_truth_says => super::messy;
    no_strange_file_is_a_fault_of_the_program => super::strange;
    generated_contacts_come_in_whole => super::generated;
}

/// A row of `truth.csv`, by column.
type Row = BTreeMap<String, String>;

/// A record, by field.
type Found = BTreeMap<String, Value>;

/// Which field of ours is which column of the truth.
const FIELDS: &[(&str, &str)] = &[
    ("reference", "id"),
    ("email", "email"),
    ("phone", "phone"),
    ("title", "job_title"),
    ("department", "department"),
    ("street", "street"),
    ("city", "city"),
    ("state", "state"),
    ("postal_code", "postal_code"),
    ("country", "country"),
    ("source", "lead_source"),
    ("notes", "notes"),
    ("language", "locale"),
];

fn truth(folder: &Path) -> Vec<Row> {
    let bytes = std::fs::read(folder.join("truth.csv")).unwrap();
    let head = tabular::Head::new(bytes.clone(), true);
    let layout = tabular::Sniff::of(&head, &tabular::Choices::default()).unwrap().layout;
    let (columns, start) = (layout.columns.clone(), layout.data);
    let rows = tabular::Rows::resume(std::io::Cursor::new(bytes), layout, start);
    rows.map(|row| columns.iter().cloned().zip(row.unwrap().unwrap().cells).collect()).collect()
}

/// Returns every contact there is.
async fn contacts(actor: &Actor) -> Vec<Found> {
    let (mut found, mut query) = (Vec::new(), ListQuery { limit: 200, ..ListQuery::default() });
    loop {
        let now = query.clone();
        let page = actor.read(move |records, tx| records.list_records(tx, "contact", &now)).await.unwrap();
        found.extend(
            page.rows.iter().map(|row| row.values().iter().map(|(f, v)| (f.to_string(), v.clone())).collect::<Found>()),
        );
        let Some(next) = page.next else { return found };
        query.after = Some(next);
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_text).unwrap_or_default().to_owned()
}

/// What is the same but for white space.
fn same(one: &str, other: &str) -> bool {
    let plain =
        |text: &str| clean(text, usize::MAX).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    plain(one) == plain(other)
}

fn same_phone(one: &str, other: &str) -> bool {
    one == other
        || matches!((Phone::parse(one), Phone::parse(other)), (Ok(one), Ok(other)) if one.normal() == other.normal())
}

/// Names put together of parts have the order of their script.
fn same_name(name: &str, row: &Row) -> bool {
    let (first, last) = (&row["first_name"], &row["last_name"]);
    let parts = if first.chars().all(is_han) { format!("{last}{first}") } else { format!("{first} {last}") };
    same(name, &row["full_name"]) || same(name, &parts)
}

/// Compares a record with its row, as far as the file had columns for it, and returns what differs.
fn differences(found: &Found, row: &Row, mapped: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (field, column) in FIELDS.iter().filter(|(field, _)| mapped.iter().any(|name| name == field)) {
        let (ours, theirs) = (text(found.get(*field)), &row[*column]);
        let equal = if *field == "phone" { same_phone(&ours, theirs) } else { same(&ours, theirs) };
        if !equal {
            wrong.push(format!("{field}: {ours:?} and not {theirs:?}"));
        }
    }
    if !same_name(&text(found.get("name")), row) {
        wrong.push(format!("name: {:?} and not {:?}", text(found.get("name")), row["full_name"]));
    }
    if mapped.iter().any(|name| name == "tags") {
        let ours = match found.get("tags") {
            Some(Value::Tags(tags)) => tags.clone(),
            _ => Vec::new(),
        };
        let theirs: Vec<&str> = row["tags"].split(';').filter(|tag| !tag.is_empty()).collect();
        if ours != theirs {
            wrong.push(format!("tags: {ours:?} and not {theirs:?}"));
        }
    }
    wrong
}

fn mapped(done: &Imported) -> Vec<String> {
    done.plan
        .mapping
        .iter()
        .filter_map(|target| if let Target::Field(name) = target { Some(name.clone()) } else { None })
        .collect()
}

/// Fails when: a column goes to another field, a value is altered on its way, or rows are lost or taken twice.
async fn messy(app: App) {
    let Some(folder) = shared("crm/messy") else { return };
    let manifest: Json = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let truth = truth(&folder);
    let engine = if matches!(app.data(), db::Place::File(_)) { "sqlite" } else { "postgres" };
    app.finish(&[]).await;
    let mut wrong = Vec::new();
    for entry in manifest.as_array().unwrap() {
        let name = entry["file"].as_str().unwrap();
        let app = App::start(engine).await.unwrap();
        let founder = app.founder().await;
        let done = import(&app, &founder, "contact", &std::fs::read(folder.join(name)).unwrap()).await.unwrap();
        wrong.extend(judge(name, entry, &done, &contacts(&founder).await, &truth));
        app.finish(&[]).await;
    }
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
}

fn judge(name: &str, entry: &Json, done: &Imported, found: &[Found], truth: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    let counts = done.counts;
    let rows = counts.created + counts.updated + counts.skipped + counts.wrong;
    // Of a file with broken rows only the good ones are promised.
    let promised = entry["data_rows"].as_u64().is_none_or(|promised| promised == rows);
    let good = entry["good_rows_minimum"].as_u64().is_none_or(|least| counts.created >= least);
    if !promised || !good {
        wrong.push(format!("{name}: {counts:?}, and not {} rows", entry["data_rows"]));
    }
    let exact = entry["exact_duplicate_ids"].as_array().map_or(0, Vec::len) as u64;
    if counts.skipped < exact || counts.wrong > 6 {
        wrong.push(format!("{name}: {counts:?}"));
    }
    let payloads: Vec<&str> = entry["payloads"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let by_email: BTreeMap<String, &Row> =
        truth.iter().filter(|row| !row["email"].is_empty()).map(|row| (fold(&row["email"]), row)).collect();
    let by_name: BTreeMap<String, &Row> = truth.iter().map(|row| (fold(&row["full_name"]), row)).collect();
    let mapped = mapped(done);
    let mut known = 0;
    for record in found {
        // A near-duplicate of somebody is somebody else, as far as can be known.
        if text(record.get("reference")).starts_with('X') {
            continue;
        }
        let email = by_email.get(&fold(&text(record.get("email"))));
        let Some(row) = email.or_else(|| by_name.get(&fold(&text(record.get("name"))))) else { continue };
        known += 1;
        let planted = |field: &str| payloads.iter().any(|payload| same(payload, &text(record.get(field))));
        let mut differences = differences(record, row, &mapped);
        // One file writes more than the truth into these two, around it.
        let around = |field: &str| {
            name.starts_with("06_") && matches!(field, "street" | "notes") && {
                let column = if field == "notes" { "notes" } else { "street" };
                text(record.get(field)).replace('\n', " ").contains(&row[column].replace('\n', " "))
            }
        };
        let excused = |field: &str| planted(field) || around(field);
        differences.retain(|fault| !excused(fault.split(':').next().unwrap()));
        wrong.extend(differences.into_iter().map(|fault| format!("{name}: {} {fault}", row["id"])));
    }
    eprintln!(
        "{name}: {counts:?}, {} of {} known, {} fields; {:?}",
        known,
        found.len(),
        mapped.len(),
        done.problems.iter().take(3).collect::<Vec<_>>()
    );
    wrong
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

/// Fails when: anything in a file makes the program panic, hang or answer with a fault of its own.
async fn strange(app: App) {
    let founder = app.founder().await;
    let mut files: Vec<(String, Vec<u8>)> = made_up();
    for folder in ["csv-edge", "crm/vcard", "crm/maven", "security/payloads"] {
        let Some(folder) = shared(folder) else { continue };
        let read = |path: &PathBuf| (path.display().to_string(), std::fs::read(path).unwrap());
        files.extend(all_files(&folder).iter().filter(|path| path.metadata().unwrap().len() < 100_000).map(read));
    }
    for (name, bytes) in &files {
        for object in ["contact", "deal"] {
            match import(&app, &founder, object, bytes).await {
                Ok(done) => {
                    let counts = done.counts;
                    let rows = counts.created + counts.updated + counts.skipped + counts.wrong;
                    assert_eq!(rows, done.checked.rows, "{name}: every row comes to something");
                    assert!(done.checked.whole, "{name}");
                }
                Err(RecordFault::Sniff(_)) => {}
                Err(fault) => panic!("{name} as {object}: {fault:?}"),
            }
        }
    }
    assert_eq!(std::fs::read_dir(app.folder().join("uploads")).unwrap().count(), 0, "no file is left");
    app.finish(&[]).await;
}

/// Files that nobody made, in the shapes that break readers.
fn made_up() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = [
        ("empty", &b""[..]),
        ("one byte", b"\xff"),
        ("a byte order mark", b"\xef\xbb\xbf"),
        ("half a mark", b"\xff\xfe"),
        ("an odd byte of UTF-16", b"\xff\xfen\0a"),
        ("lone surrogates", b"\xff\xfen\0\x00\xd8\n\0"),
        ("only a header", b"name,email\n"),
        ("only line breaks", b"\n\n\r\r\n\n"),
        ("only delimiters", b",,,\n,,,\n"),
        ("only quotes", b"\"\"\"\"\"\"\"\""),
        ("an open quote", b"name\n\"never closed\n"),
        ("quotes inside", b"name\na\"b\"c\n"),
        ("NULs", b"name,email\n\0\0\0,\0\n"),
        ("all bytes", b"name\n\x01\x02\x80\x81\xfe\n"),
        ("too many cells", b"name,email\na,b,c,d,e,f\n"),
        ("too few", b"name,email,phone\na\n"),
        ("the same header", b"name,name,name\na,b,c\n"),
        ("headers that are nothing", b",,\n1,2,3\n"),
        ("no header", b"Ann,ann@example.org\nBo,bo@example.org\n"),
        ("a separator line", b"sep=;\nname;email\nAnn;a@b.cc\n"),
        ("only carriage returns", b"name,email\rAnn,a@b.cc\rBo,b@b.cc\r"),
        ("a zip", b"PK\x03\x04aaaa"),
        ("a PDF", b"%PDF-1.7\n"),
        ("HTML", b"<html><table><tr><td>name</td></tr></table></html>"),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .to_vec();
    files.push(("a very long cell".to_owned(), [b"name\n", &vec![b'x'; 3_000_000][..], b"\nAnn\n"].concat()));
    files.push((
        "very many columns".to_owned(),
        format!(
            "{}\n{}\n",
            (0..3_000).map(|n| format!("c{n}")).collect::<Vec<_>>().join(","),
            vec!["x"; 3_000].join(",")
        )
        .into_bytes(),
    ));
    files.push(("a header without an end".to_owned(), vec![b'n'; 500_000]));
    files
}

/// Fails when: a row of a clean file is lost, doubled or refused.
async fn generated(app: App) {
    let founder = app.founder().await;
    allow_all(&app, &founder).await;
    let sample = sample::Sample::new(5, sample::Size { contacts: 1_500, companies: 90, deals: 0 });
    let mut file = Vec::new();
    sample::csv::write_contacts(&sample, &mut file).unwrap();
    let done = import(&app, &founder, "contact", &file).await.unwrap();
    assert_eq!((done.counts.created + done.counts.skipped, done.counts.wrong), (1_500, 0), "{:?}", done.problems);
    assert_eq!((done.checked.fresh, done.checked.fresh + done.checked.repeated), (done.counts.created, 1_500));
    let found = contacts(&founder).await;
    assert_eq!(found.len() as u64, done.counts.created);
    let by_email: BTreeMap<String, &Found> =
        found.iter().map(|record| (fold(&text(record.get("email"))), record)).collect();
    let mut compared = 0;
    for contact in sample.contacts().filter(|contact| contact.email.is_some()) {
        let Some(record) = by_email.get(&fold(contact.email.as_ref().unwrap())) else { continue };
        assert_eq!(text(record.get("name")), contact.name);
        assert_eq!(text(record.get("city")), contact.city);
        assert_eq!(text(record.get("title")), contact.title);
        assert_eq!(record.contains_key("company"), contact.company.is_some());
        compared += 1;
    }
    assert!(compared > 1_000, "{compared}");
    let again = import(&app, &founder, "contact", &file).await.unwrap();
    // Who has neither address nor number cannot be told from a namesake.
    let nameless =
        sample.contacts().filter(|contact| contact.email.is_none() && contact.phone.is_none()).count() as u64;
    assert_eq!((again.counts.created, again.counts.wrong), (nameless, 0), "nobody comes in twice: {:?}", again.counts);
    assert!(nameless < 15);
    app.finish(&[&sample.contact(3).name]).await;
}
