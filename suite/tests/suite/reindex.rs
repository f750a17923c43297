//! The key of the index is changed while everybody goes on: nothing is overlooked meanwhile, nobody comes in twice, and in the end
//! nothing is left that the old key made.

use std::collections::BTreeSet;
use std::sync::mpsc;

use custody::{Custody, IndexStep};
use db::{IndexKeyState, Keyring, Place};
use duplicates::Duplicates;
use kernel::{Clock, FieldName};
use records::search::Anew;
use records::{ListQuery, Objects, Records, Value, Values};
use testkit::{Actor, App};
use vault::{Root, Vault, VaultConfig};

use crate::support::import;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    the_index_key_is_changed_while_everybody_goes_on => super::serving;
    a_change_of_the_index_key_that_was_killed_goes_on_where_it_ended => super::killed;
    a_node_that_knows_only_the_old_index_key_overlooks_nothing => super::nodes;
    whoever_writes_while_a_change_begins_is_not_overlooked => super::writing;
    what_somebody_is_writing_waits_and_keeps_its_words => super::busy;
    data_whose_index_key_is_lost_becomes_findable_again => super::lost;
    an_index_made_of_fewer_terms_is_made_anew_and_asked_meanwhile_for_what_it_has => super::fewer;
}

/// People that are there before: more than two batches.
const PEOPLE: usize = 230;

fn custody(app: &App, records: &Records, vault: &Vault) -> Custody {
    Custody::new(app.db.clone(), vault.clone(), records.clone())
}

/// Opens what another process would open.
pub(crate) async fn node(app: &App) -> (Vault, Records) {
    let keyring = Keyring::open(app.keys().clone(), app.clock.now()).await.unwrap();
    let root = Root::KeyFile(app.folder().join("root.key"));
    let (clock, chance) = (app.clock.clone(), app.chance.clone());
    let vault = Vault::open(VaultConfig { root, keyring, clock, chance }).await.unwrap();
    let objects = Objects::standard(kernel::Currency::EUR).unwrap();
    (vault.clone(), Records::new(vault, objects, app.folder().join("uploads")))
}

async fn step(app: &App, custody: &Custody) -> IndexStep {
    let (own, cx) = (custody.clone(), jobs::system_cx(&app.db));
    tokio::task::spawn_blocking(move || own.step_index(&cx)).await.unwrap().unwrap()
}

async fn finish(app: &App, custody: &Custody) {
    for _ in 0..1000 {
        if step(app, custody).await == IndexStep::Done {
            assert_eq!(step(app, custody).await, IndexStep::Idle);
            return;
        }
    }
    panic!("it does not end");
}

fn file() -> String {
    let row = |n: usize| format!("Mira Oak{n},mira{n}@zq.example\n");
    format!("name,email\n{}", (0..PEOPLE).map(row).collect::<String>())
}

async fn people(app: &App, founder: &Actor) {
    let made = import::import(app, founder, "contact", file().as_bytes()).await.unwrap();
    assert_eq!(made.counts.created, PEOPLE as u64);
}

async fn found(actor: &Actor, records: &Records, text: String) -> Vec<String> {
    let records = records.clone();
    let search = move |tx: &db::ReadTx<'_>| records.search(tx, &text, &[], 10);
    let rows = actor.read(move |_, tx| search(tx)).await.unwrap();
    rows.iter().map(|record| record.title().to_owned()).collect()
}

async fn with_email(actor: &Actor, records: &Records, email: String) -> u64 {
    let records = records.clone();
    let count = move |tx: &db::ReadTx<'_>| {
        let object = records.object("contact").unwrap();
        let filter = format!("email:is:{email}");
        let query = ListQuery::parse(&object, kernel::Currency::EUR, [("f", filter.as_str())]).unwrap();
        records.count_records(tx, "contact", &query).map(|count| count.counted)
    };
    actor.read(move |_, tx| count(tx)).await.unwrap()
}

/// How many look like whoever is typed in.
async fn alike(actor: &Actor, records: &Records, email: String) -> usize {
    let own = Duplicates::new(records.clone());
    let typed: Values = [(FieldName::parse("email").unwrap(), Value::Text(email))].into_iter().collect();
    actor.read(move |_, tx| own.alike(tx, "contact", (&typed, ""), None)).await.unwrap().len()
}

/// Everybody is found by every way there is, once.
async fn all_are_found(app: &App, founder: &Actor, records: &Records, when: &str) {
    for n in [0, 50, 99, 100, 101, 150, 199, 200, PEOPLE - 1] {
        let name = format!("Mira Oak{n}");
        assert_eq!(found(founder, records, name.clone()).await, std::slice::from_ref(&name), "{when}");
        assert_eq!(found(founder, records, format!("oak{n} mira")).await, [name], "{when}");
        let email = format!("mira{n}@zq.example");
        assert_eq!(with_email(founder, records, email.clone()).await, 1, "{n} {when}");
        assert_eq!(alike(founder, records, email).await, 1, "{n} {when}");
    }
    assert_eq!(found(founder, records, "mira".to_owned()).await.len(), 10, "{when}");
    let again = import::import(app, founder, "contact", file().as_bytes()).await.unwrap();
    assert_eq!((again.counts.created, again.counts.skipped), (0, PEOPLE as u64), "nobody comes in twice {when}");
    assert_eq!(again.checked.fresh, 0, "{when}");
}

/// Everything in the index, as it lies in the tables.
async fn tokens(app: &App) -> BTreeSet<Vec<u8>> {
    let raw = Raw::data(app).await;
    let blind = match app.data() {
        Place::File(_) => "select token from blind_token",
        Place::Postgres(_) => "select uuid_send(token) from blind_token",
    };
    let mut all: BTreeSet<Vec<u8>> = raw.blobs(blind).await.into_iter().collect();
    match app.data() {
        Place::File(path) => {
            let lite = rusqlite::Connection::open(path).unwrap();
            lite.execute_batch("create virtual table temp.words using fts5vocab('main', 'search_index', 'row')")
                .unwrap();
            let mut statement = lite.prepare("select term from temp.words").unwrap();
            all.extend(
                statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(|term| term.unwrap().into()),
            );
        }
        Place::Postgres(_) => {
            let terms = raw.texts("select distinct unnest(tokens)::text from search_doc").await;
            all.extend(terms.into_iter().map(String::into_bytes));
        }
    }
    all
}

/// Fails when: whoever looks asks with one key only, what is written is made with the old one, a batch leaves tokens, the files are
/// not wiped, or the old key is not destroyed.
async fn serving(app: App) {
    let founder = app.founder().await;
    people(&app, &founder).await;
    let gone = founder.create("contact", &[("name", "Zq Gone"), ("email", "gone@zq.example")]).await.unwrap();
    let keys = Raw::open(app.keys()).await;
    let wrapped = keys.blobs("select wrapped from keyring_key where purpose = 'index'").await.remove(0);
    let before = tokens(&app).await;
    let custody = custody(&app, &app.records, &app.vault);
    let begun = custody.rotate_index(&app.operator()).await.unwrap();
    assert_eq!((begun.state, begun.total, begun.done), (IndexKeyState::Going, PEOPLE as u64 + 1, 0));
    let joined = custody.rotate_index(&app.operator()).await.unwrap();
    assert_eq!(joined.id, begun.id, "a second change does not begin over the first");
    all_are_found(&app, &founder, &app.records, "at the beginning").await;
    let IndexStep::More(half) = step(&app, &custody).await else { panic!("there is more") };
    assert!(half.done > 0 && half.done < half.total, "{half:?}");
    let shown = custody.report(&app.operator()).await.unwrap().index;
    assert!(shown.contains(&half) && shown.len() == 2, "progress is shown: {shown:?}");
    all_are_found(&app, &founder, &app.records, "on the way").await;
    // What is made, changed and deleted meanwhile, on either side of where the walk is.
    founder.create("contact", &[("name", "Zq During"), ("email", "during@zq.example")]).await.unwrap();
    founder.update(&gone, None, &[("name", "Zq Renamed"), ("email", "renamed@zq.example")]).await.unwrap();
    assert_eq!(found(&founder, &app.records, "zq during".to_owned()).await, ["Zq During"]);
    assert_eq!(found(&founder, &app.records, "zq gone".to_owned()).await.len(), 0);
    assert_eq!(with_email(&founder, &app.records, "renamed@zq.example".to_owned()).await, 1);
    finish(&app, &custody).await;
    all_are_found(&app, &founder, &app.records, "in the end").await;
    assert_eq!(found(&founder, &app.records, "renamed".to_owned()).await, ["Zq Renamed"]);
    let after = tokens(&app).await;
    assert!(before.len() > 1000 && after.len() > 1000);
    // Words have forty bits: of some thousands not one pair is the same by chance.
    assert_eq!(before.intersection(&after).count(), 0, "tokens of the old key are left");
    assert_eq!(keys.number("select count(*) from keyring_key where purpose = 'index'").await, 1);
    let raw = Raw::data(&app).await;
    assert_eq!(raw.number("select count(*) from index_key").await, 1);
    if let Place::File(path) = app.keys() {
        for file in [path.clone(), path.with_extension("db-wal")] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert!(
                !bytes.windows(wrapped.len()).any(|window| window == wrapped),
                "the old key lies in {}",
                file.display()
            );
        }
    }
    if let Place::File(path) = app.data() {
        let files = [path.clone(), path.with_extension("db-wal")].map(|file| std::fs::read(file).unwrap_or_default());
        let blind = before.iter().filter(|token| token.len() == 16);
        let lies = |token: &&Vec<u8>| files.iter().any(|bytes| bytes.windows(16).any(|window| window == &token[..]));
        assert_eq!(blind.take(40).filter(lies).count(), 0, "tokens of the old key lie in a file");
    }
    let told = raw.blobs("select body from ledger_entry").await;
    for step in ["begun", "joined", "ended"] {
        let said = |body: &&Vec<u8>| {
            let text = String::from_utf8_lossy(body);
            text.contains("key-rotate") && text.contains("index") && text.contains(step)
        };
        assert_eq!(told.iter().filter(said).count(), 1, "{step}");
    }
    app.finish(&["mira7@zq.example"]).await;
}

/// Fails when: how far a change is, or which keys there are, stands only in memory.
async fn killed(app: App) {
    let founder = app.founder().await;
    people(&app, &founder).await;
    let first = custody(&app, &app.records, &app.vault);
    first.rotate_index(&app.operator()).await.unwrap();
    let IndexStep::More(half) = step(&app, &first).await else { panic!("there is more") };
    // The program is gone; another one starts.
    let (vault, records) = node(&app).await;
    let own = records.clone();
    app.db.write(&app.operator(), move |tx| own.ensure_tables(tx)).await.unwrap();
    let second = custody(&app, &records, &vault);
    let IndexStep::More(next) = step(&app, &second).await else { panic!("there is more") };
    assert!(next.id == half.id && next.done > half.done, "it goes on: {half:?} {next:?}");
    all_are_found(&app, &founder, &records, "after a restart").await;
    finish(&app, &second).await;
    all_are_found(&app, &founder, &records, "in the end").await;
    let (_, third) = node(&app).await;
    all_are_found(&app, &founder, &third, "after one more start").await;
    // It is done once more with the key that came.
    second.rotate_index(&app.operator()).await.unwrap();
    finish(&app, &second).await;
    all_are_found(&app, &founder, &third, "after one more change").await;
    app.finish(&["mira7@zq.example"]).await;
}

/// Fails when: keys of the index are taken from memory and not from what stands beside the tokens.
async fn nodes(app: App) {
    let founder = app.founder().await;
    people(&app, &founder).await;
    let (_, other) = node(&app).await;
    // The other node has looked, and knows the key as it was.
    assert_eq!(found(&founder, &other, "mira oak7".to_owned()).await.len(), 10);
    let custody = custody(&app, &app.records, &app.vault);
    custody.rotate_index(&app.operator()).await.unwrap();
    founder.create("contact", &[("name", "Zq New"), ("email", "new@zq.example")]).await.unwrap();
    assert_eq!(found(&founder, &other, "zq new".to_owned()).await, ["Zq New"]);
    assert_eq!(with_email(&founder, &other, "new@zq.example".to_owned()).await, 1);
    // What it writes is found by everybody, and outlives the old key.
    let (own, change) = (other.clone(), records::Change::from_form([("name".to_owned(), "Zq Theirs".to_owned())]));
    app.db.write(&founder.cx, move |tx| own.create_record(tx, "contact", change).map(|_| ())).await.unwrap();
    assert_eq!(found(&founder, &app.records, "zq theirs".to_owned()).await, ["Zq Theirs"]);
    finish(&app, &custody).await;
    for records in [&app.records, &other] {
        assert_eq!(found(&founder, records, "zq theirs".to_owned()).await, ["Zq Theirs"]);
        all_are_found(&app, &founder, records, "in the end").await;
    }
    app.finish(&["mira7@zq.example"]).await;
}

/// Waits until somebody waits for a lock.
async fn somebody_waits(raw: &Raw) {
    for _ in 0..10_000 {
        let waiting = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation \
                       where not l.granted and c.relname = 'index_key' and c.relnamespace = current_schema()::regnamespace";
        if raw.number(waiting).await > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nobody waits");
}

/// Fails when: on PostgreSQL a change begins while somebody writes with the key there was.
async fn writing(app: App) {
    let founder = app.founder().await;
    people(&app, &founder).await;
    let ((there, wait), (go, going)) = (mpsc::channel(), mpsc::channel::<()>());
    let (records, change) =
        (app.records.clone(), records::Change::from_form([("name".to_owned(), "Zq Slow".to_owned())]));
    let slow = app.db.write(&founder.cx, move |tx| {
        // It knows the keys, and takes its time.
        records.index_keys(tx)?;
        there.send(()).unwrap();
        going.recv().unwrap();
        records.create_record(tx, "contact", change).map(|_| ())
    });
    let (cx, own) = (app.operator(), custody(&app, &app.records, &app.vault));
    let begin = async {
        tokio::task::spawn_blocking(move || wait.recv().unwrap()).await.unwrap();
        let beginning = own.rotate_index(&cx);
        let letting = async {
            if matches!(app.data(), Place::Postgres(_)) {
                somebody_waits(&Raw::data(&app).await).await;
            }
            go.send(()).unwrap();
        };
        let (begun, ()) = tokio::join!(beginning, letting);
        begun.unwrap()
    };
    let (written, begun) = tokio::join!(slow, begin);
    written.unwrap();
    assert_eq!(begun.state, IndexKeyState::Going);
    finish(&app, &own).await;
    assert_eq!(found(&founder, &app.records, "zq slow".to_owned()).await, ["Zq Slow"]);
    app.finish(&["mira7@zq.example"]).await;
}

/// Fails when: a batch makes tokens of a row that somebody is writing, and puts those of before over theirs.
async fn busy(app: App) {
    let founder = app.founder().await;
    let at = founder.create("contact", &[("name", "Zq First"), ("email", "n@zq.example")]).await.unwrap();
    people(&app, &founder).await;
    let own = custody(&app, &app.records, &app.vault);
    own.rotate_index(&app.operator()).await.unwrap();
    if let Place::Postgres(_) = app.data() {
        let raw = Raw::data(&app).await;
        raw.run("begin").await;
        raw.run(&format!("select id from r_contact where id = {} for update", raw.id(at.id.uuid()))).await;
        assert!(matches!(step(&app, &own).await, IndexStep::Wait(_)), "it waits for nobody, and passes nobody by");
        raw.run("rollback").await;
    }
    let records = app.records.clone();
    let done = app.db.write(&app.operator(), move |tx| records.index_anew(tx, 1)).await.unwrap();
    assert_eq!(done, Anew::Some(1));
    founder.update(&at, None, &[("name", "Zq Second")]).await.unwrap();
    finish(&app, &own).await;
    assert_eq!(found(&founder, &app.records, "zq second".to_owned()).await, ["Zq Second"]);
    assert_eq!(found(&founder, &app.records, "zq first".to_owned()).await.len(), 0);
    app.finish(&["mira7@zq.example"]).await;
}

/// Fails when: a key that the keyring does not hold stays the key of the index: data was put back from before a change.
async fn lost(app: App) {
    let founder = app.founder().await;
    people(&app, &founder).await;
    let raw = Raw::data(&app).await;
    let stranger = kernel::KeyId::new(app.clock.now(), &*app.chance).uuid();
    // As it would be: what was made with a key that is gone is no token of today's.
    raw.run(&format!("update index_key set id = {}", raw.id(stranger))).await;
    raw.run("delete from blind_token").await;
    if let Place::Postgres(_) = app.data() {
        raw.run("update search_doc set tokens = array[1]").await;
    } else {
        raw.run("delete from search_index").await;
    }
    let (vault, records) = node(&app).await;
    let own = records.clone();
    app.db.write(&app.operator(), move |tx| own.ensure_tables(tx)).await.unwrap();
    founder.create("contact", &[("name", "Zq New")]).await.unwrap();
    let custody = custody(&app, &records, &vault);
    finish(&app, &custody).await;
    all_are_found(&app, &founder, &records, "again").await;
    assert_eq!(found(&founder, &records, "zq new".to_owned()).await, ["Zq New"]);
    app.finish(&["mira7@zq.example"]).await;
}

/// Fails when: what another program made the index of is taken for complete, or its tokens of whole values for short ones.
async fn fewer(app: App) {
    let founder = app.founder().await;
    let object = app.records.object("contact").unwrap();
    let mut made = Vec::new();
    for n in 0..30 {
        let (name, email) = (format!("Mira Oak{n}"), format!("mira{n}@zq.example"));
        let id = founder.create("contact", &[("name", &name), ("email", &email)]).await.unwrap().id.uuid();
        let text = |field: &str, text: String| (FieldName::parse(field).unwrap(), Value::Text(text));
        let values: Values = [text("name", name), text("email", email)].into_iter().collect();
        made.push((id, search::terms(&object, &values)));
    }
    // As it was made before there were terms of initials, and short tokens of values.
    Raw::data(&app).await.run("update index_key set terms = 1").await;
    let (vault, name) = (app.vault.clone(), object.name.clone());
    let before = move |tx: &mut db::WriteTx<'_>| {
        let keys = vault.index_keys(tx)?;
        let known = |term: &search::Term| !matches!(term, search::Term::With(_));
        let token = |term: &search::Term| keys.word(term.parts().0, term.parts().1);
        let put = made.iter().map(|(id, terms)| (*id, terms.iter().filter(|term| known(term)).map(token).collect()));
        tx.index_put(&name, &put.collect::<Vec<(_, Vec<u64>)>>())?;
        tx.note(ledger::Line::done(ledger::verbs::CONFIGURE, name));
        Ok::<_, records::RecordFault>(())
    };
    app.db.write(&app.operator(), before).await.unwrap();
    let (vault, records) = node(&app).await;
    let own = records.clone();
    app.db.write(&app.operator(), move |tx| own.ensure_tables(tx)).await.unwrap();
    let custody = custody(&app, &records, &vault);
    for when in ["before", "meanwhile", "afterwards"] {
        assert_eq!(found(&founder, &records, "mira o".to_owned()).await.len(), 10, "{when}");
        assert!(found(&founder, &records, "mira x".to_owned()).await.is_empty(), "{when}");
        assert_eq!(found(&founder, &records, "mira7@zq.example".to_owned()).await, ["Mira Oak7"], "{when}");
        match when {
            "before" => assert!(matches!(step(&app, &custody).await, IndexStep::More(_)), "it is made anew"),
            "meanwhile" => finish(&app, &custody).await,
            _ => {}
        }
    }
    let terms = app.db.read(&app.operator(), |tx| tx.index_keys()).await.unwrap();
    assert!(terms.iter().all(|key| key.terms == records::search::TERMS), "{terms:?}");
    app.finish(&["mira7@zq.example"]).await;
}
