//! Law 5: what is personal is ciphertext wherever it lies. Canaries go in by every door, and every byte is searched.

use std::path::{Path, PathBuf};

use db::Place;
use kernel::text::fold;
use records::object::{Field, FieldClass, Kind};
use testkit::{Actor, App};

use crate::support::http::{Client, site};
use crate::support::import;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    no_byte_anywhere_tells_what_is_sealed => super::canaries;
}

/// The word in every text that is sealed. It has no neighbour in any language.
const WORD: &str = "Qvyxolotl";
/// What is sealed and holds no words, as it may lie anywhere: typed, in its normal form, and in parts.
const NUMBERS: &[&str] = &["5557719", "555-77-19", "1961-04-12", "19610412"];

/// Makes a value that a field of this kind takes, or nothing for what is not personal.
fn canary(field: &Field) -> Option<String> {
    let name = field.name.as_str().replace('_', "");
    Some(match field.kind {
        Kind::Email => format!("{name}@{WORD}.example"),
        Kind::Phone => "+49 30 555-77-19".to_owned(),
        Kind::Url => format!("https://{name}.{WORD}.example/{WORD}"),
        Kind::Date => "1961-04-12".to_owned(),
        Kind::Tags => format!("{WORD}; {name}{WORD}"),
        Kind::PersonName | Kind::Text | Kind::LongText => {
            format!("{WORD} {name}").chars().take(field.max.min(16)).collect()
        }
        _ => return None,
    })
}

fn is_sealed(field: &Field) -> bool {
    field.class != FieldClass::Open
}

/// Makes a record of each object with a canary in every sealed field, and changes every one of them.
async fn make_and_change(app: &App, actor: &Actor) {
    for object in app.records.objects().iter() {
        let sealed: Vec<&Field> = object.fields.iter().filter(|field| is_sealed(field)).collect();
        let values: Vec<(String, String)> =
            sealed.iter().filter_map(|f| Some((f.name.to_string(), canary(f)?))).collect();
        assert_eq!(values.len(), sealed.len(), "a sealed field of {} has no canary", object.name);
        let pairs: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let at = actor.create(object.name.as_str(), &pairs).await.unwrap();
        let again: Vec<(String, String)> =
            values.iter().map(|(n, v)| (n.clone(), v.replace(WORD, &format!("{WORD}2")).replace("19", "18"))).collect();
        let pairs: Vec<(&str, &str)> = again.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        actor.update(&at, Some(1), &pairs).await.unwrap();
        let pairs: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        actor.update(&at, Some(2), &pairs).await.unwrap();
        for field in sealed.iter().filter(|field| field.class == FieldClass::Sensitive) {
            let (at, name) = (at.clone(), field.name.clone());
            let shown =
                actor.read(move |records, tx| records.reveal_field(tx, &at, name.as_str(), "for a contract")).await;
            assert!(shown.unwrap().is_some());
        }
        let gone = at.clone();
        actor.write(move |records, tx| records.delete_record(tx, &gone, None)).await.unwrap();
        actor.write(move |records, tx| records.restore_record(tx, &at).map(|_| ())).await.unwrap();
    }
}

/// Looks for them in every way there is.
async fn look(app: &App, actor: &Actor) {
    for text in [WORD, "qvyxo", "+49 30 555-77-19", "7719", &format!("email@{WORD}.example"), &format!("{WORD} name")] {
        let text = text.to_owned();
        actor.read(move |records, tx| records.search(tx, &text, &[], 50).map(|_| ())).await.unwrap();
    }
    let browser = Client::of(&site(app), actor);
    for address in [
        "/contacts",
        "/deals",
        &format!("/search?q={WORD}"),
        &format!("/contacts?f=city:is:{WORD}%20city"),
        &format!("/contacts?f=name:has:{WORD}"),
    ] {
        let shown = browser.get(address).await;
        assert!(shown.status == 200 && shown.text.contains(WORD), "{address}: {shown:?}");
    }
    // What is refused is as personal as what is taken.
    browser.post("/contacts", &[("name", WORD), ("email", WORD), ("phone", WORD)]).await;
    browser.post("/sign-in", &[("email", &format!("x@{WORD}.example")), ("password", WORD)]).await;
    browser.get(&format!("/nothing/{WORD}?{WORD}")).await;
    browser.with("user-agent", WORD).with("referer", WORD).with("accept-language", WORD).get("/").await;
}

/// Brings them in as a file: one import that is done, one that waits, one that is refused.
async fn bring_in(app: &App, actor: &Actor) -> kernel::UploadId {
    for (plural, object) in [("contacts", "contact"), ("companies", "company")] {
        let fields: Vec<_> =
            app.records.object(object).unwrap().fields.iter().filter(|f| is_sealed(f)).cloned().collect();
        let mut file = fields.iter().map(|f| f.name.to_string()).collect::<Vec<_>>().join(",");
        for row in 0..700 {
            file.push('\n');
            let cell = |field: &Field| {
                let value = canary(field).unwrap().replace("555-77-19", &format!("555-77-19-{row:03}"));
                if matches!(field.kind, Kind::Email | Kind::Text | Kind::PersonName) {
                    format!("{row}{value}")
                } else {
                    value.replace(';', " ")
                }
            };
            file.push_str(&fields.iter().map(cell).collect::<Vec<_>>().join(","));
        }
        let done = import::import(app, actor, object, file.as_bytes()).await.unwrap();
        assert!(done.counts.created >= 690, "{plural}: {:?} {:?}", done.counts, done.problems.first());
    }
    let broken = format!("name,email\n{WORD},{WORD}\n\"{WORD}\n");
    let _ = import::import(app, actor, "contact", broken.as_bytes()).await;
    let waiting = format!("name,email,{WORD}\n{WORD},x@{WORD}.example,{WORD}\n");
    import::plan(app, actor, "contact", waiting.as_bytes()).await.unwrap()
}

/// Fails when: a sealed field becomes a column, the index keeps words, a plan or an upload lies in the clear, or a line of
/// the ledger holds a value.
async fn canaries(app: App) {
    let founder = app.founder().await;
    let guest = app.person(WORD, authz::Role::Viewer).await;
    app.token(&guest).await;
    make_and_change(&app, &founder).await;
    look(&app, &founder).await;
    let waiting = bring_in(&app, &founder).await;
    search_all(&app, "while it runs").await;
    founder.write(move |records, tx| records.stop_import(tx, waiting)).await.unwrap();
    app.sign_ledger().await;
    search_all(&app, "at the end").await;
    app.finish(&[WORD]).await;
}

/// Searches files, and tables where they are no files.
async fn search_all(app: &App, when: &str) {
    let mut looked = 0;
    for path in files(&app.folder()) {
        let bytes = std::fs::read(&path).unwrap();
        looked += bytes.len();
        search(&bytes, &format!("{} {when}", path.display()));
    }
    for place in [app.data(), app.keys()] {
        for cell in Raw::open(place).await.cells().await {
            looked += cell.bytes.len();
            search(&cell.bytes, &format!("{} {when}", cell.place));
        }
    }
    assert!(looked > 500_000, "only {looked} bytes were looked at");
    if let Place::File(path) = app.data() {
        assert!(path.with_extension("db-wal").exists(), "the write-ahead log is among them");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Searches bytes for every form of every canary.
fn search(bytes: &[u8], place: &str) {
    let folded: Vec<u8> = bytes.to_ascii_lowercase();
    for canary in std::iter::once(WORD).chain(NUMBERS.iter().copied()) {
        let low = fold(canary);
        let wide = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let hex: String = low.bytes().map(|b| format!("{b:02x}")).collect();
        for (form, pattern) in [
            ("UTF-8", low.clone().into_bytes()),
            ("UTF-16LE", wide(&low, false)),
            ("UTF-16BE", wide(&low, true)),
            ("hexadecimal", hex.into_bytes()),
            ("reversed", low.bytes().rev().collect()),
        ] {
            assert!(!holds(&folded, &pattern), "{canary} lies as {form} in {place}");
        }
    }
}

/// Tells whether bytes hold others.
fn holds(bytes: &[u8], pattern: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == pattern[0]) {
        if rest[at..].starts_with(pattern) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[test]
fn the_search_finds_what_it_is_meant_to_find() {
    for text in ["xx QVYXOLOTL", "q\0v\0y\0x\0o\0l\0o\0t\0l\0", "71767978 6f", "1961-04-12"] {
        let found = std::panic::catch_unwind(|| search(text.as_bytes(), "here")).is_err();
        assert_eq!(found, text != "71767978 6f", "{text:?}");
    }
}
