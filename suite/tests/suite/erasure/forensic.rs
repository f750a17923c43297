//! Nothing is left in any file: canary people, half of them erased, and every byte looked at, as it lies there and opened with
//! every key there is today.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db::{Db, DbConfig, Place};
use kernel::text::fold;
use kernel::{Clock, Currency};
use records::{Objects, RecordRef, Records};
use testkit::App;
use vault::IndexKeys;

use exports::Plan;

use super::Set;
use crate::support::import;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    nothing_of_the_erased_is_left_in_any_file => super::left;
}

/// How many people, of whom every second is erased; a long run has 500.
fn people() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how long a run is comes from whoever runs the tests")]
    if std::env::var("CUSTOS_TEST_LONG").is_ok() { 500 } else { 24 }
}

/// The end of all their words, which has no neighbour in any language.
const SHARED: &str = "xolotl";

/// A word of one person that is no part of another's, and is no hexadecimal number.
fn word(n: usize) -> String {
    let letters = b"ghjkmnpqrstvwxyz";
    let digit = |place: u32| char::from(letters[(n / 16_usize.pow(place)) % 16]);
    format!("Qy{}{}{}{SHARED}", digit(2), digit(1), digit(0))
}

/// Whose words lie in one place, in the ways in which words can lie: by what stands before the end that all share.
fn found(bytes: &[u8]) -> BTreeSet<String> {
    let folded = bytes.to_ascii_lowercase();
    let narrow: Vec<u8> = folded.iter().copied().filter(|byte| *byte != 0).collect();
    let before = word(0).len() - SHARED.len();
    let mut all = BTreeSet::new();
    for text in [&folded, &narrow] {
        let places = text.windows(SHARED.len()).enumerate().filter(|(_, window)| *window == SHARED.as_bytes());
        for (at, _) in places {
            let start = &text[at.saturating_sub(before)..at];
            all.insert(format!("{}{SHARED}", String::from_utf8_lossy(start)));
        }
    }
    all
}

/// Whether a text says somebody's word.
fn holds(text: &str, word: &str) -> bool {
    fold(text).contains(&fold(word))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every file, and every cell where the data lies in no file of ours.
async fn bytes(app: &App) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = files(&app.folder())
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    for place in [app.data(), app.keys()] {
        all.extend(Raw::open(place).await.cells().await.into_iter().map(|cell| (cell.place, cell.bytes)));
    }
    all
}

/// Every word that a copy of the data, of whatever age, gives when it is opened with the keys of today.
async fn opened(app: &App, db: &Db, records: &Records, at: &[RecordRef]) -> String {
    let founder = app.founder().await;
    let mut said = String::new();
    for at in at {
        let (its, own) = (records.clone(), at.clone());
        let shown = db.read(&founder.cx, move |tx| -> Result<String, records::RecordFault> {
            let record = its.read_record(tx, &own)?;
            let events = its.timeline(tx, &record, None, 50)?;
            let values = record.values().iter().map(|(_, value)| value.to_input());
            let before = events.events.iter().flat_map(|event| &event.changes);
            let changes =
                before.flat_map(|change| [&change.before, &change.after]).flatten().map(|value| value.to_input());
            Ok(values.chain(changes).collect::<Vec<_>>().join(" "))
        });
        said.push_str(&shown.await.unwrap_or_default());
        said.push_str(&crate::attachment::said(db, (&app.vault, records), (&founder, at)).await);
        said.push(' ');
    }
    said
}

/// Keyed tokens of words, read out of the index itself: whoever has today's keys can make those of any name.
async fn tokens(app: &App) -> Vec<String> {
    let Place::File(path) = app.data() else {
        return Raw::data(app).await.texts("select distinct unnest(tokens)::text from search_doc").await;
    };
    let lite = rusqlite::Connection::open(path).unwrap();
    lite.execute_batch("create virtual table temp.words using fts5vocab('main', 'search_index', 'row')").unwrap();
    let mut statement = lite.prepare("select term from temp.words").unwrap();
    let terms = statement.query_map([], |row| row.get(0)).unwrap();
    terms.map(Result::unwrap).collect()
}

/// Where these people's tokens lie in the files of the database and in the pages of the full-text index, deleted documents among
/// them. PostgreSQL keeps its files on its server.
async fn lying(app: &App, people: &[Person<'_>]) -> Vec<(usize, String)> {
    let Place::File(path) = app.data() else { return Vec::new() };
    let keys = keys(app).await;
    let mut places =
        vec![("the index".to_owned(), Raw::data(app).await.blobs("select block from search_index_data").await)];
    let own = path.file_name().unwrap().to_string_lossy();
    let own =
        files(&app.folder()).into_iter().filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(&*own));
    places.extend(own.map(|file| (file.display().to_string(), vec![std::fs::read(&file).unwrap()])));
    let mut all = Vec::new();
    for (place, pages) in places {
        let ends: HashSet<&[u8]> = pages.iter().flat_map(|page| ends(page)).collect();
        let lies = |n: usize| (0..=4).any(|shared| ends.contains(&token(app, &keys, n).as_bytes()[shared..]));
        all.extend(people.iter().filter(|(n, _)| lies(**n)).map(|(n, _)| (**n, place.clone())));
    }
    all
}

/// The ends of tokens in a page: words that follow each other share their beginning there, so each is the length of what differs
/// and that.
fn ends(page: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = |at: usize| {
        let length = usize::from(page[at]);
        let end = (6..=10).contains(&length).then(|| page.get(at + 1..at + 1 + length)).flatten();
        let whole = (page[at] == b'0').then(|| page.get(at + 1..at + 11)).flatten();
        end.or(whole).filter(|end| end.iter().all(u8::is_ascii_hexdigit))
    };
    (0..page.len()).filter_map(end)
}

/// Today's keys of the index.
async fn keys(app: &App) -> IndexKeys {
    let records = app.records.clone();
    app.db.read(&app.operator(), move |tx| records.index_keys(tx)).await.unwrap()
}

/// Spells the token of somebody's word as the index of the engine does; it knows the first ten letters.
fn token(app: &App, keys: &IndexKeys, n: usize) -> String {
    let keyed = keys.word("first", &fold(&word(n)).chars().take(10).collect::<String>());
    match app.data() {
        Place::File(_) => format!("{keyed:010x}"),
        // PostgreSQL keeps 31 bits.
        Place::Postgres(_) => (keyed & 0x7fff_ffff).to_string(),
    }
}

/// Fails when: the key is not destroyed, `erase_record` leaves a value, the log is not emptied, or the index is not merged.
async fn left(app: App) {
    let set = Set::new(app).await;
    let mut at = BTreeMap::new();
    for n in 0..people() {
        let (name, email) = (format!("{} {n}", word(n)), format!("{}@zq.example", word(n)));
        let who =
            set.max.create("contact", &[("name", &name), ("email", &email), ("national_id", &word(n))]).await.unwrap();
        let id = who.id.to_string();
        let deal = set.max.create("deal", &[("name", &format!("Sale {name}")), ("contact", &id)]).await.unwrap();
        let note = set.max.create("note", &[("text", &format!("{name} called")), ("contact", &id)]).await.unwrap();
        set.max.update(&who, None, &[("city", &format!("{} Town", word(n)))]).await.unwrap();
        let (letter, text) = (format!("{}.txt", word(n)), format!("Dear {}\n", word(n)));
        crate::attachment::attach(&set.app, &set.max, &who, (&letter, text.as_bytes())).await.unwrap();
        at.insert(n, [who, deal, note]);
    }
    let everything: Vec<RecordRef> = at.values().flatten().cloned().collect();
    unsealed(&set.app, &everything).await;
    taken(&set).await;
    set.app.sign_ledger().await;
    let keys = keys(&set.app).await;
    let before = tokens(&set.app).await;
    let copy = copied(&set.app);
    for (n, [who, ..]) in &at {
        if n % 2 == 0 {
            set.begun(who).await;
        }
    }
    set.settled().await;
    set.app.sign_ledger().await;
    let (erased, kept): (Vec<_>, Vec<_>) = at.iter().partition(|(n, _)| *n % 2 == 0);
    let raw_data = Raw::data(&set.app).await;
    assert_eq!(raw_data.number("select count(*) from export_part").await, 0, "the file to be fetched is gone");
    assert_eq!(std::fs::read_dir(set.app.folder().join("uploads")).unwrap().count(), 0, "and the one to be read");
    // As the bytes lie there: of nobody, since everything is sealed.
    let raw = bytes(&set.app).await;
    for (place, bytes) in &raw {
        assert_eq!(found(bytes), BTreeSet::new(), "somebody lies in {place}");
    }
    // Opened with the keys of today: of whoever was kept, and the search has power; of the erased nothing.
    let said = opened(&set.app, &set.app.db, &set.app.records, &everything).await;
    judge(&said, &erased, &kept, "the data");
    // A copy from before, opened with the keys of today.
    if let Some(copy) = &copy {
        let (clock, chance): (Arc<dyn Clock>, _) = (set.app.clock.clone(), set.app.chance.clone());
        let old = Db::open(
            DbConfig { place: Place::File(copy.clone()), readers: 1 },
            Arc::new(set.app.vault.clone()),
            (clock, chance),
        )
        .await
        .unwrap();
        let objects = Objects::standard(Currency::EUR).unwrap();
        let records = Records::new(set.app.vault.clone(), objects, set.app.folder().join("none"));
        let said = opened(&set.app, &old, &records, &everything).await;
        judge(&said, &erased, &kept, "the copy");
    }
    // The words to find them by: whoever has today's keys can make the tokens of a name and look for them.
    let after = tokens(&set.app).await;
    for (n, _) in &erased {
        assert!(before.contains(&token(&set.app, &keys, **n)), "the search for tokens has no power");
        assert!(!after.contains(&token(&set.app, &keys, **n)), "the index still knows {}", word(**n));
    }
    if matches!(set.app.data(), Place::File(_)) {
        let found: BTreeSet<usize> = lying(&set.app, &kept).await.into_iter().map(|(n, _)| n).collect();
        assert!(found.len() > kept.len() * 4 / 5, "the search for tokens in pages has no power: {}", found.len());
    }
    assert_eq!(lying(&set.app, &erased).await, [], "words of the erased are still there");
    for (n, _) in &kept {
        assert!(after.contains(&token(&set.app, &keys, **n)), "the index lost {}", word(**n));
    }
    set.app.verify_ledger().await;
    set.end().await;
}

/// The control: with sealing off the same looking finds every one of them, in the files and in the cells.
async fn unsealed(app: &App, everything: &[RecordRef]) {
    let raw = Raw::data(app).await;
    let mut rows = Vec::new();
    for at in everything {
        let said = opened(app, &app.db, &app.records, std::slice::from_ref(at)).await;
        rows.push(format!("('{}')", said.replace('\'', "")));
    }
    if matches!(raw, Raw::Lite(_)) {
        let _ = raw.number("pragma secure_delete = on").await;
    }
    raw.run(&format!("create table plain (said text); insert into plain values {}", rows.join(", "))).await;
    let all: BTreeSet<String> = (0..people()).map(|n| fold(&word(n))).collect();
    let places: Vec<(String, BTreeSet<String>)> =
        bytes(app).await.into_iter().map(|(place, bytes)| (place, found(&bytes))).collect();
    let whole = |part: &str| {
        let of = places.iter().filter(|(place, _)| place.contains(part));
        of.flat_map(|(_, people)| people).cloned().collect::<BTreeSet<_>>().is_superset(&all)
    };
    assert!(whole("plain.said"), "looking into cells has no power");
    raw.run("drop table plain").await;
    if matches!(raw, Raw::Lite(_)) {
        assert!(whole("custos.db"), "looking into files has no power");
        let _ = raw.number("pragma wal_checkpoint(truncate)").await;
    }
}

/// Leaves everybody in a file that waits to be fetched, and in one that waits to be brought in.
async fn taken(set: &Set) {
    let plan = Plan { filters: Vec::new(), fields: vec!["name".to_owned()], reason: "Letter".to_owned() };
    let (export, _) = set.exports.plan(&set.max.cx, "contact", plan).await.unwrap();
    set.exports.start(&set.max.cx, export).await.unwrap();
    crate::export::run(&set.exports, &set.app.accounts, &set.app, export).await.unwrap();
    let rows: String = (0..people()).map(|n| format!("{0} again,{0}@late.example\n", word(n))).collect();
    import::plan(&set.app, &set.max, "contact", format!("name,email\n{rows}").as_bytes()).await.unwrap();
}

type Person<'a> = (&'a usize, &'a [RecordRef; 3]);

fn judge(said: &str, erased: &[Person<'_>], kept: &[Person<'_>], place: &str) {
    for (n, _) in erased {
        assert!(!holds(said, &word(**n)), "{place} gives {}", word(**n));
    }
    for (n, _) in kept {
        assert!(holds(said, &word(**n)), "{place} does not give {}: the search has no power", word(**n));
    }
}

/// Copies the database as a backup would, with its log.
fn copied(app: &App) -> Option<PathBuf> {
    let Place::File(path) = app.data() else { return None };
    let copy = app.folder().join("before.db");
    let lite = rusqlite::Connection::open(path).unwrap();
    lite.execute("vacuum into ?1", [copy.to_str().unwrap()]).unwrap();
    Some(copy)
}
