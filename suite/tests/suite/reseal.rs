//! The key of an object is changed while everybody goes on: its records about nobody are sealed anew and stay what they were, and the
//! former key opens nothing any more but what the ledger and files hold.

use std::collections::BTreeSet;
use std::time::Duration;

use custody::{Custody, ObjectStep};
use db::Place;
use integrity::Integrity;
use kernel::{Fault as _, ObjectName};
use records::RecordRef;
use testkit::{Actor, App};

use crate::attachment::{attach, said};
use crate::reindex::node;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    the_key_of_an_object_is_changed_while_everybody_goes_on => super::serving;
    sealing_anew_that_was_killed_goes_on_where_it_ended => super::killed;
    a_node_that_knows_only_the_old_key_of_an_object_opens_and_loses_nothing => super::nodes;
    what_somebody_is_writing_is_not_sealed_over => super::busy;
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
    for _ in 0..100 {
        if step(app, custody).await == ObjectStep::Done(company()) {
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
    app.db.settle(&jobs::system_cx(&app.db)).await.unwrap();
    let at = at.clone();
    let telling = founder.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        records.timeline(tx, &record, None, 50)
    });
    telling.await.unwrap().events.iter().map(|event| event.changes.len()).sum()
}

/// Fails when: rows keep their seals, a version is counted, a mark is not made anew, the old key seals what is new, or what it sealed for
/// the ledger and in files does not open.
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
    // Without the former key every record still opens, and nothing of what it sealed before.
    let keys = Raw::open(app.keys()).await;
    keys.run("delete from keyring_key where purpose = 'object' and label like 'company#%'").await;
    open(&app, &founder, &made).await;
    assert!(founder.record(&during).await.is_ok());
    let (vault, records) = node(&app).await;
    assert!(
        said(&app.db, (&vault, &records), (&founder, &made[3])).await.is_empty(),
        "an old file was under the old key"
    );
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
    app.db.settle(&jobs::system_cx(&app.db)).await.unwrap();
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
