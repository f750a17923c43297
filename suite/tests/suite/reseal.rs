//! The key of an object is changed while everybody goes on: its records about nobody, the keys of files on them and what the program keeps
//! for itself are sealed anew and stay what they were, and the former key opens nothing any more but what the ledger holds.

use std::collections::BTreeSet;
use std::time::Duration;

use attachments::Attachments;
use custody::{Custody, ObjectStep};
use db::Place;
use integrity::Integrity;
use kernel::{Fault as _, ObjectName};
use records::RecordRef;
use testkit::{Actor, App};
use vault::{Aad, KeyOf};

use crate::attachment::{PNG, attach, attachments, listed, pdf, said};
use crate::reindex::node;
use crate::support::raw::Raw;
use crate::support::scene::{CANARY, Scene};

testkit::on_both_engines! {
    the_key_of_an_object_is_changed_while_everybody_goes_on => super::serving;
    sealing_anew_that_was_killed_goes_on_where_it_ended => super::killed;
    a_node_that_knows_only_the_old_key_of_an_object_opens_and_loses_nothing => super::nodes;
    what_somebody_is_writing_is_not_sealed_over => super::busy;
    files_open_by_the_new_key_and_are_not_written_anew => super::files;
    what_the_program_keeps_for_itself_is_sealed_anew => super::own;
}

/// Companies that are there before: more than one batch.
const COMPANIES: usize = 130;

fn company() -> ObjectName {
    ObjectName::parse("company").unwrap()
}

fn custody(app: &App) -> Custody {
    Custody::new(app.db.clone(), app.vault.clone(), app.records.clone())
}

async fn step(app: &App, custody: &Custody) -> ObjectStep {
    let (own, cx) = (custody.clone(), jobs::system_cx(&app.db));
    tokio::task::spawn_blocking(move || own.step_object(&cx)).await.unwrap().unwrap()
}

async fn finish(app: &App, custody: &Custody) {
    finish_of(app, custody, &company()).await;
}

async fn finish_of(app: &App, custody: &Custody, of: &ObjectName) {
    for _ in 0..100 {
        if step(app, custody).await == ObjectStep::Done(of.clone()) {
            assert_eq!(step(app, custody).await, ObjectStep::Idle);
            return;
        }
    }
    panic!("it does not end");
}

async fn companies(founder: &Actor) -> Vec<RecordRef> {
    let mut made = Vec::new();
    for n in 0..COMPANIES {
        let (name, city) = (format!("Zq Firm {n}"), format!("Zq Town {n}"));
        made.push(founder.create("company", &[("name", &name), ("city", &city)]).await.unwrap());
    }
    made
}

/// Opens records as a process does that has just started.
async fn open(app: &App, founder: &Actor, made: &[RecordRef]) {
    let (_, records) = node(app).await;
    for (n, at) in made.iter().enumerate() {
        let (its, at) = (records.clone(), at.clone());
        let record = founder.read(move |_, tx| its.read_record(tx, &at)).await.unwrap();
        assert_eq!(record.title(), format!("Zq Firm {n}"));
    }
}

async fn seals(raw: &Raw) -> BTreeSet<Vec<u8>> {
    raw.blobs("select sealed from r_company").await.into_iter().collect()
}

/// What the ledger says was done to a record, with values.
async fn told(app: &App, founder: &Actor, at: &RecordRef) -> usize {
    sequence::settle(&app.db, &jobs::system_cx(&app.db)).await.unwrap();
    let at = at.clone();
    let telling = founder.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        records.timeline(tx, &record, None, 50)
    });
    telling.await.unwrap().events.iter().map(|event| event.changes.len()).sum()
}

/// Fails when: rows keep their seals, a version is counted, a mark is not made anew, the old key seals what is new, or what it sealed for
/// the ledger does not open.
async fn serving(app: App) {
    let founder = app.founder().await;
    let made = companies(&founder).await;
    let raw = Raw::data(&app).await;
    // A file of more than one chunk.
    let text = "Zq terms ".repeat(20_000);
    attach(&app, &founder, &made[3], ("Zq terms.txt", text.as_bytes())).await.unwrap();
    attach(&app, &founder, &made[4], ("Zq empty.txt", b"Zq note")).await.unwrap();
    founder.update(&made[5], None, &[("city", "Zq Elsewhere")]).await.unwrap();
    let written = founder.update(&made[5], None, &[("city", "Zq Town 5")]).await.unwrap();
    let changes = told(&app, &founder, &made[5]).await;
    assert!(changes >= 3);
    let (before, versions) =
        (seals(&raw).await, raw.number("select cast(sum(version) as bigint) from r_company").await);
    let updated = raw.number("select max(updated_at) from r_company").await;
    let custody = custody(&app);
    custody.rotate_object(&app.operator(), company()).await.unwrap();
    custody.rotate_object(&app.operator(), company()).await.unwrap();
    assert!(matches!(step(&app, &custody).await, ObjectStep::Wait(_)), "others learn of it first");
    app.clock.advance(Duration::from_secs(6));
    let ObjectStep::More(half) = step(&app, &custody).await else { panic!("there is more") };
    assert!(half.done > 0 && half.done < COMPANIES as u64);
    let standing = custody.report(&app.operator()).await.unwrap();
    let own = standing.objects.iter().find(|of| of.object == company()).unwrap();
    assert_eq!((own.former, &standing.resealing), (1, &vec![half]), "one after the other, and progress is shown");
    open(&app, &founder, &made).await;
    let during = founder.create("company", &[("name", "Zq During")]).await.unwrap();
    founder.update(&made[COMPANIES - 1], None, &[("city", "Zq Moved")]).await.unwrap();
    finish(&app, &custody).await;
    assert_eq!(before.intersection(&seals(&raw).await).count(), 0, "seals of the old key are left");
    // The one that was made and the one that was changed, each by one.
    assert_eq!(raw.number("select cast(sum(version) as bigint) from r_company").await, versions + 2);
    let untouched = format!("select updated_at from r_company where id = {}", raw.id(made[5].id.uuid()));
    assert!(raw.number(&untouched).await <= updated);
    assert_eq!(founder.record(&made[5]).await.unwrap().current_version(), written);
    open(&app, &founder, &made).await;
    assert_eq!(told(&app, &founder, &made[5]).await, changes, "the ledger opens as before");
    let (vault, records) = node(&app).await;
    for (at, text) in [(&made[3], text.as_str()), (&made[4], "Zq note")] {
        assert!(said(&app.db, (&vault, &records), (&founder, at)).await.ends_with(text), "files open as before");
    }
    attach(&app, &founder, &made[6], ("Zq new.txt", b"Zq since")).await.unwrap();
    assert!(said(&app.db, (&vault, &records), (&founder, &made[6])).await.ends_with("Zq since"));
    sound(&app).await;
    // Without the former key every record still opens, and every file.
    let keys = Raw::open(app.keys()).await;
    keys.run("delete from keyring_key where purpose = 'object' and label like 'company#%'").await;
    open(&app, &founder, &made).await;
    assert!(founder.record(&during).await.is_ok());
    let (vault, records) = node(&app).await;
    assert!(said(&app.db, (&vault, &records), (&founder, &made[3])).await.ends_with(&text));
    assert!(said(&app.db, (&vault, &records), (&founder, &made[6])).await.ends_with("Zq since"));
    let nobody = ObjectName::parse("nothing").unwrap();
    assert_eq!(custody.rotate_object(&app.operator(), nobody).await.unwrap_err().code(), "malformed");
    app.finish(&["Zq Town 7"]).await;
}

/// Nothing is taken for altered.
async fn sound(app: &App) {
    let integrity = Integrity::new(&app.accounts, app.records.clone());
    let officer = app.person("Olga Watch", authz::Role::SecurityOfficer).await;
    app.clock.advance(Duration::from_secs(1));
    sequence::settle(&app.db, &jobs::system_cx(&app.db)).await.unwrap();
    integrity.begin(&officer.cx).await.unwrap();
    loop {
        let (its, cx) = (integrity.clone(), jobs::system_cx(&app.db));
        if !tokio::task::spawn_blocking(move || its.step(&cx).unwrap()).await.unwrap() {
            break;
        }
    }
    let report = integrity.report(&officer.cx).await.unwrap();
    assert!(report.last.is_some() && report.found == 0, "{report:?}");
}

/// Fails when: how far it is stands only in memory.
async fn killed(app: App) {
    let founder = app.founder().await;
    let made = companies(&founder).await;
    let raw = Raw::data(&app).await;
    let before = seals(&raw).await;
    let first = custody(&app);
    first.rotate_object(&app.operator(), company()).await.unwrap();
    app.clock.advance(Duration::from_secs(6));
    assert!(matches!(step(&app, &first).await, ObjectStep::More(_)));
    let left = before.intersection(&seals(&raw).await).count();
    assert!(left > 0 && left < COMPANIES);
    // The program is gone; another one starts.
    let (vault, records) = node(&app).await;
    let second = Custody::new(app.db.clone(), vault, records);
    finish(&app, &second).await;
    assert_eq!(before.intersection(&seals(&raw).await).count(), 0);
    open(&app, &founder, &made).await;
    // And once more: two former keys.
    second.rotate_object(&app.operator(), company()).await.unwrap();
    app.clock.advance(Duration::from_secs(6));
    finish(&app, &second).await;
    open(&app, &founder, &made).await;
    assert!(told(&app, &founder, &made[0]).await > 0);
    app.finish(&["Zq Town 7"]).await;
}

/// Fails when: a node gives up on what the key that it knows does not open, or takes long to seal with the new one.
async fn nodes(app: App) {
    let founder = app.founder().await;
    let (vault, records) = node(&app).await;
    let create = async |name: &'static str| {
        let (its, change) = (records.clone(), records::Change::from_form([("name".to_owned(), name.to_owned())]));
        app.db
            .write(&founder.cx, move |tx| its.create_record(tx, "company", change).map(|made| made.at()))
            .await
            .unwrap()
    };
    let theirs = create("Zq Theirs").await;
    custody(&app).rotate_object(&app.operator(), company()).await.unwrap();
    let ours = founder.create("company", &[("name", "Zq Ours")]).await.unwrap();
    let (its, at) = (records.clone(), ours.clone());
    assert_eq!(founder.read(move |_, tx| its.read_record(tx, &at)).await.unwrap().title(), "Zq Ours");
    let late = create("Zq Late").await;
    tokio::task::spawn_blocking(move || vault.learn_destroyed().unwrap()).await.unwrap();
    let since = create("Zq Since").await;
    app.clock.advance(Duration::from_secs(6));
    finish(&app, &custody(&app)).await;
    let keys = Raw::open(app.keys()).await;
    keys.run("delete from keyring_key where purpose = 'object' and label like 'company#%'").await;
    let (_, fresh) = node(&app).await;
    for at in [theirs, ours, late, since] {
        let its = fresh.clone();
        assert!(founder.read(move |_, tx| its.read_record(tx, &at).map(|_| ())).await.is_ok());
    }
    app.finish(&["Zq Theirs"]).await;
}

/// Fails when: a batch does not leave a row to whoever is writing it.
async fn busy(app: App) {
    let founder = app.founder().await;
    let at = founder.create("company", &[("name", "Zq First")]).await.unwrap();
    let own = custody(&app);
    own.rotate_object(&app.operator(), company()).await.unwrap();
    app.clock.advance(Duration::from_secs(6));
    if let Place::Postgres(_) = app.data() {
        let raw = Raw::data(&app).await;
        raw.run("begin").await;
        raw.run(&format!("select id from r_company where id = {} for update", raw.id(at.id.uuid()))).await;
        assert!(matches!(step(&app, &own).await, ObjectStep::Wait(_)), "it waits for nobody, and passes nobody by");
        raw.run("rollback").await;
    }
    assert!(matches!(step(&app, &own).await, ObjectStep::More(_)));
    founder.update(&at, Some(1), &[("name", "Zq Second")]).await.unwrap();
    finish(&app, &own).await;
    assert_eq!(founder.record(&at).await.unwrap().title(), "Zq Second");
    app.finish(&["Zq Second"]).await;
}

/// Fails when: the walk leaves files out or the mark as it was, writes what is in them, touches those of people, or loses its place.
async fn files(app: App) {
    let founder = app.founder().await;
    let firm = founder.create("company", &[("name", "Zq Firm 0")]).await.unwrap();
    let person = founder.create("contact", &[("name", "Zq Person")]).await.unwrap();
    let raw = Raw::data(&app).await;
    let bytes = pdf(1_200_000);
    let kept = attach(&app, &founder, &firm, ("Zq terms.pdf", &bytes)).await.unwrap();
    let removed = attach(&app, &founder, &firm, ("Zq old.txt", b"Zq old")).await.unwrap();
    attach(&app, &founder, &firm, ("Zq dot.png", PNG)).await.unwrap();
    attach(&app, &founder, &person, ("Zq hers.txt", b"Zq hers")).await.unwrap();
    let own = attachments(&app);
    own.remove(&founder.cx, firm.clone(), removed.id).await.unwrap();
    let firms = format!("select sealed from attachment where record_id = {}", raw.id(firm.id.uuid()));
    let hers = format!("select sealed from attachment where record_id = {}", raw.id(person.id.uuid()));
    let parts = "select sealed from attachment_part order by attachment_id, number";
    let (before, of_hers, content) = (raw.blobs(&firms).await, raw.blobs(&hers).await, raw.blobs(parts).await);
    // Somebody has begun to fetch one.
    let mut begun = own.fetch(&founder.cx, firm.clone(), kept.id).await.unwrap();
    let mut got = begun.pieces.recv().await.unwrap().unwrap().to_vec();
    let first = custody(&app);
    first.rotate_object(&app.operator(), company()).await.unwrap();
    app.clock.advance(Duration::from_secs(6));
    while raw.number("select count(*) from resealing where part = 'files' and behind is not null").await == 0 {
        assert!(matches!(step(&app, &first).await, ObjectStep::More(_)));
    }
    // The program is gone; another one starts, and goes on behind them.
    let after = raw.blobs(&firms).await;
    let (vault, records) = node(&app).await;
    finish(&app, &Custody::new(app.db.clone(), vault, records)).await;
    assert_eq!(raw.blobs(&firms).await, after, "they are sealed anew once");
    assert!(before.iter().all(|sealed| !after.contains(sealed)) && after.len() == 3, "keys are left under the old key");
    assert_eq!((raw.blobs(&hers).await, raw.blobs(parts).await), (of_hers, content));
    while let Some(piece) = begun.pieces.recv().await {
        got.extend_from_slice(&piece.unwrap());
    }
    assert!(got == bytes, "whoever fetches one meanwhile gets all of it");
    let keys = Raw::open(app.keys()).await;
    keys.run("delete from keyring_key where purpose = 'object' and label like 'company#%'").await;
    let (vault, records) = node(&app).await;
    let fresh = Attachments::new(app.db.clone(), vault, records);
    fresh.restore(&founder.cx, firm.clone(), removed.id).await.unwrap();
    let shown = listed(&app, &founder, &firm).await;
    assert_eq!(shown.iter().filter(|file| file.name().is_some()).count(), 3);
    let dot = shown.iter().find(|file| file.has_preview).unwrap();
    assert!(fresh.preview(&founder.cx, firm.clone(), dot.id).await.unwrap().starts_with(b"\xff\xd8"));
    sound(&app).await;
    app.finish(&["Zq Person", "Zq terms", "Zq hers", CANARY]).await;
}

/// What a row of each table needs besides what is sealed in it: columns, and values with the founder in the place of `{}`.
const ROWS: [(&str, &str, &str); 8] = [
    (
        "approval",
        "rule, hash, initiator_id, state, alone, asked_at, expires_at",
        "'budget', {blob}, {}, 'open', 0, 0, 0",
    ),
    ("app", "created_by, approved_at", "{}, 0"),
    ("canary", "place, created_by, created_at", "0, {}, 0"),
    (
        "export_run",
        "user_id, object, state, place, parts, rows_out, downloads, created_at",
        "{}, 'contact', 'gone', '', 0, 0, 0, 0",
    ),
    (
        "import_run",
        "object, user_id, state, mark, size, offset_now, created, updated, skipped, wrong, created_at",
        "'contact', {}, 'done', '', 0, 0, 0, 0, 0, 0, 0",
    ),
    ("proposal", "user_id, token_id, object, asked_at, expires_at", "{}, {}, 'contact', 0, 0"),
    ("rescue", "email_blind, hash, spoken, strong, asked_at, expires_at", "{blob}, {blob}, {blob}, 0, 0, 0"),
    ("webhook", "user_id, state, created_at", "{}, 'off', 0"),
];

/// Every cell of a table that is sealed under the key of its object.
async fn cells(raw: &Raw, of: &db::SealedTable) -> BTreeSet<Vec<u8>> {
    let mut cells = BTreeSet::new();
    for (column, _) in of.columns {
        let sql = format!("select {column} from {} where length({column}) > 0", of.table);
        cells.extend(raw.blobs(&sql).await);
    }
    cells
}

/// Fails when: a table or a column is left out, or what a cell is sealed for is told wrongly.
async fn own(app: App) {
    let scene = Scene::set(app).await;
    let (app, raw) = (&scene.app, &scene.raw);
    // Rows as the program writes them, and one more in each table.
    let webhook = scene.webhook().await.0;
    scene.asked(&scene.founder).await;
    scene.alone().await;
    let (at, user, plain) = (kernel::Uuid::from_u128(4711), raw.id(scene.founder.id.uuid()), CANARY.as_bytes());
    for of in &custody::OWN {
        let object = ObjectName::parse(of.object).unwrap();
        let (_, columns, values) = ROWS.iter().find(|(table, ..)| *table == of.table).unwrap();
        let (mut names, mut said) = (format!("id, {columns}"), format!("{}, {values}", raw.id(at)));
        for (column, purpose) in of.columns {
            let aad = Aad { object: &object, record: at, purpose };
            let sealed = tokio::task::block_in_place(|| app.vault.seal(KeyOf::Object(&object), &aad, plain).unwrap());
            names.push_str(&format!(", {column}"));
            said.push_str(&format!(", {}", raw.bytes(&sealed)));
        }
        let said = said.replace("{blob}", &raw.bytes(&[7; 32])).replace("{}", &user);
        raw.run(&format!("insert into {} ({names}) values ({said})", of.table)).await;
    }
    let own = custody(app);
    for of in &custody::OWN {
        let before = cells(raw, of).await;
        let object = ObjectName::parse(of.object).unwrap();
        own.rotate_object(&app.operator(), object.clone()).await.unwrap();
        app.clock.advance(Duration::from_secs(6));
        finish_of(app, &own, &object).await;
        let after = cells(raw, of).await;
        assert_eq!((before.len(), before.intersection(&after).count()), (after.len(), 0), "{}", of.table);
    }
    let keys = Raw::open(app.keys()).await;
    keys.run("delete from keyring_key where purpose = 'object' and label like '%#%'").await;
    let (vault, _) = node(app).await;
    for of in &custody::OWN {
        let object = ObjectName::parse(of.object).unwrap();
        for (column, purpose) in of.columns {
            let sql = format!("select {column} from {} where id = {}", of.table, raw.id(at));
            let aad = Aad { object: &object, record: at, purpose };
            let sealed = raw.blobs(&sql).await.remove(0);
            let open = || vault.open_seal(KeyOf::Object(&object), &aad, &sealed).unwrap();
            let opened = tokio::task::block_in_place(open);
            assert_eq!(&**opened, plain, "{}.{column}", of.table);
        }
    }
    let page = scene.fresh().await.get(&format!("/settings/account/webhooks/{webhook}")).await;
    assert!(page.text.contains("Zqshop"), "{page:?}");
    for of in &custody::OWN {
        raw.run(&format!("delete from {} where id = {}", of.table, raw.id(at))).await;
    }
    scene.end().await;
}
