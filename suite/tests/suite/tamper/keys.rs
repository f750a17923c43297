//! Destroyed keys that somebody with the keyring puts back: they open nothing, go again, and are told of.

use authz::Role;
use integrity::{Integrity, Kind};
use kernel::{ObjectName, Uuid};
use testkit::App;
use vault::{Aad, KeyOf, Vault, VaultFault};

use crate::erasure::Set as Erasing;
use crate::reindex::node;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_destroyed_key_that_is_put_back_opens_nothing_and_goes_again => super::back;
    a_destroyed_key_of_the_index_that_is_put_back_is_not_used => super::index;
}

/// Rows of keys that were destroyed.
const BACK: &str = "select count(*) from keyring_key k, keyring_destroyed d where k.id = d.id";
/// Puts back whatever is gone since a copy was made.
const PUT: &str =
    "insert into keyring_key select * from kept k where not exists (select 1 from keyring_key o where o.id = k.id)";

async fn banish(app: &App, vault: Vault, officer: &testkit::Actor) -> Vec<(Kind, Uuid)> {
    let accounts =
        accounts::Accounts::new(app.db.clone(), vault, crypto::Passwords::new(crypto::Cost::default(), 1).unwrap());
    let (its, cx) = (Integrity::new(&accounts, app.records.clone()), jobs::system_cx(&app.db));
    let own = its.clone();
    let banishing = move || {
        own.banish(&cx).unwrap();
        own.banish(&cx).unwrap();
        own.watch(&cx).unwrap();
    };
    tokio::task::spawn_blocking(banishing).await.unwrap();
    let report = its.report(&officer.cx).await.unwrap();
    assert!(report.findings.iter().all(|finding| finding.is_about_a_key()));
    report.findings.iter().map(|finding| (finding.kind, finding.record)).collect()
}

/// Fails when: one of the ways to a key does not ask whether it was destroyed, or what lies there again is left there or not told of.
async fn back(app: App) {
    let set = Erasing::new(app).await;
    let officer = set.app.person("Olga Watch", Role::SecurityOfficer).await;
    let (at, _) = set.somebody(1).await;
    let (object, record) = (ObjectName::parse("contact").unwrap(), Uuid::from_u128(7));
    let aad = Aad { object: &object, record, purpose: "test" };
    let vault = set.app.vault.clone();
    let (gone, alive) = tokio::task::block_in_place(|| (vault.new_subject().unwrap(), vault.new_subject().unwrap()));
    let seal = |of| tokio::task::block_in_place(|| vault.seal(KeyOf::Subject(of), &aad, b"Zq").unwrap());
    let (of_gone, of_alive) = (seal(gone), seal(alive));
    let (raw, keys) = (Raw::data(&set.app).await, Raw::open(set.app.keys()).await);
    raw.run("create table kept as select * from r_contact").await;
    keys.run("create table kept as select * from keyring_key").await;
    tokio::task::block_in_place(|| vault.destroy_subject(gone).unwrap());
    set.begun(&at).await;
    set.settled().await;
    assert_eq!(keys.number(BACK).await, 0);
    keys.run(PUT).await;
    assert_eq!(keys.number(BACK).await, 2, "two were destroyed");
    let id = raw.id(at.id.uuid());
    raw.run(&format!(
        "delete from r_contact where id = {id}; insert into r_contact select * from kept where id = {id}; drop table kept"
    ))
    .await;

    let (fresh, records) = node(&set.app).await;
    let its = fresh.clone();
    let opened = tokio::task::spawn_blocking(move || {
        its.warm([gone, alive]);
        let open = |of, sealed: &[u8]| {
            let object = ObjectName::parse("contact").unwrap();
            its.open_seal(KeyOf::Subject(of), &Aad { object: &object, record, purpose: "test" }, sealed)
        };
        (open(gone, &of_gone), open(alive, &of_alive))
    });
    let (of_gone, of_alive) = opened.await.unwrap();
    assert!(matches!(of_gone, Err(VaultFault::Destroyed)), "{of_gone:?}");
    assert_eq!(&**of_alive.unwrap(), b"Zq");
    let there = at.clone();
    let read = set.max.read(move |_, tx| records.read_record(tx, &there)).await;
    assert!(read.as_ref().map_or(true, |shown| shown.is_erased()), "{:?}", read.map(|shown| shown.title().to_owned()));

    let many = keys.number("select count(*) from keyring_key").await;
    let found = banish(&set.app, fresh, &officer).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&(Kind::Back, gone.uuid())), "{found:?}");
    assert_eq!((keys.number(BACK).await, keys.number("select count(*) from keyring_key").await), (0, many - 2));
    let told = set.app.accounts.notices().list(&officer.cx, None).await.unwrap();
    assert_eq!(told.iter().filter(|notice| notice.kind == notices::Kind::RowsAltered).count(), 1);
    keys.run("drop table kept").await;
    raw.run(&format!("delete from r_contact where id = {id}")).await;
    raw.run("delete from job").await;
    set.app.finish(&[]).await;
}

/// Fails when: a key is found by its name though it was destroyed, or nobody can make another one of that name.
async fn index(app: App) {
    let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
    let keys = Raw::open(app.keys()).await;
    keys.run("create table kept as select * from keyring_key").await;
    let vault = app.vault.clone();
    let (old, new) = tokio::task::block_in_place(|| {
        let (old, new) = (vault.current_index_key().unwrap(), vault.next_index_key().unwrap());
        vault.destroy_index_key(old, new).unwrap();
        // What was done before is not done again, and harms nothing.
        vault.destroy_index_key(old, new).unwrap();
        (old, new)
    });
    keys.run("update keyring_key set label = '' where purpose = 'index'").await;
    keys.run(PUT).await;
    assert_eq!(keys.number(BACK).await, 1);
    let (fresh, _) = node(&app).await;
    let its = fresh.clone();
    let (current, has) = tokio::task::spawn_blocking(move || {
        (its.current_index_key().unwrap(), (its.has_index_key(old).unwrap(), its.has_index_key(new).unwrap()))
    })
    .await
    .unwrap();
    assert!(current != old && has == (false, true), "{current} {has:?}");
    assert_eq!(banish(&app, fresh, &officer).await, [(Kind::Back, old.uuid())]);
    assert_eq!(keys.number(BACK).await, 0);
    keys.run("drop table kept").await;
}
