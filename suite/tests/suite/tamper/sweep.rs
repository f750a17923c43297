//! Everything is looked through: what somebody did to rows behind the program's back is found, named, and told of.

use std::collections::BTreeSet;
use std::time::Duration;

use authz::Role;
use integrity::{Integrity, Kind};
use kernel::{Fault as _, UserId, Uuid};
use records::RecordRef;
use testkit::{Actor, App};

use crate::attachment::{attach, attachments};
use crate::erasure::Set as Erasing;
use crate::support::http::{Client, site};
use crate::support::raw::Raw;

testkit::on_both_engines! {
    what_is_done_to_rows_is_found_and_told_of_and_nothing_else => super::found;
    what_is_done_to_rows_of_files_is_found_too => super::files;
    whoever_meets_something_altered_raises_an_alarm => super::met;
    what_people_do_meanwhile_is_nothing_to_find => super::meanwhile;
    what_was_removed_a_moment_ago_is_looked_for_again => super::again;
    only_security_officers_see_how_it_stands => super::rights;
}

struct Set {
    app: App,
    integrity: Integrity,
    officer: Actor,
}

impl Set {
    async fn new(app: App) -> Self {
        let integrity = Integrity::new(&app.accounts, app.records.clone());
        let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
        Self { app, integrity, officer }
    }

    /// Takes a step, as the schedule does.
    async fn step(&self) -> bool {
        let (its, cx) = (self.integrity.clone(), jobs::system_cx(&self.app.db));
        tokio::task::spawn_blocking(move || its.step(&cx).unwrap()).await.unwrap()
    }

    /// Looks through everything once, and tells officers; returns what does not fit.
    async fn looked(&self) -> BTreeSet<(Kind, Uuid)> {
        self.app.clock.advance(Duration::from_secs(1));
        sequence::settle(&self.app.db, &jobs::system_cx(&self.app.db)).await.unwrap();
        self.integrity.begin(&self.officer.cx).await.unwrap();
        while self.step().await {}
        self.watch().await;
        let report = self.integrity.report(&self.officer.cx).await.unwrap();
        assert!(report.running.is_none() && report.last.is_some());
        report.findings.iter().map(|finding| (finding.kind, finding.record)).collect()
    }

    async fn watch(&self) {
        sequence::settle(&self.app.db, &jobs::system_cx(&self.app.db)).await.unwrap();
        let (its, cx) = (self.integrity.clone(), jobs::system_cx(&self.app.db));
        tokio::task::spawn_blocking(move || its.watch(&cx).unwrap()).await.unwrap();
    }

    async fn alarms(&self) -> usize {
        let told = self.app.accounts.notices().list(&self.officer.cx, None).await.unwrap();
        told.iter().filter(|notice| notice.kind == notices::Kind::RowsAltered).count()
    }
}

async fn contact(actor: &Actor, n: usize) -> RecordRef {
    actor.create("contact", &[("name", &format!("Wilma {n}")), ("city", "Oslo"), ("stage", "lead")]).await.unwrap()
}

/// Fails when: marks are not looked at, the ledger is not compared with versions, removals are taken for attacks or attacks for removals.
async fn found(app: App) {
    let erasing = Erasing::new(app).await;
    let (max, gone) = (Actor::again(&erasing.app, &erasing.max.email).await, contact(&erasing.max, 0).await);
    let raw = Raw::data(&erasing.app).await;
    raw.run("create table early as select * from r_contact").await;
    let called = erasing.max.create("note", &[("text", "called"), ("contact", &gone.id.to_string())]).await.unwrap();
    raw.run("create table called as select * from r_note").await;
    erasing.begun(&gone).await;
    erasing.settled().await;
    let Erasing { app, .. } = erasing;
    let set = Set::new(app).await;
    let (one, other, binned) = (contact(&max, 1).await, contact(&max, 2).await, contact(&max, 3).await);
    raw.run("create table old as select * from r_contact").await;
    max.update(&one, None, &[("city", "Lima")]).await.unwrap();
    let bin = binned.clone();
    max.write(move |records, tx| records.delete_record(tx, &bin, None)).await.unwrap();
    assert_eq!(set.looked().await, BTreeSet::new(), "an erased one, a changed one and one in the bin are nothing");
    raw.run("create table kept as select * from r_contact").await;
    let id = |at: &RecordRef| raw.id(at.id.uuid());
    let of = |column: &str, at: &RecordRef| format!("(select {column} from kept where id = {})", id(at));
    let back = |at: &RecordRef| {
        format!("delete from r_contact where id = {0}; insert into r_contact select * from kept where id = {0}", id(at))
    };
    let older = |at: &RecordRef, from: &str| {
        format!(
            "delete from r_contact where id = {0}; insert into r_contact select * from {from} where id = {0}",
            id(at)
        )
    };
    let leaf = raw.blobs("select leaf from ledger_entry where position = 3").await.remove(0);
    let mut bad = leaf.clone();
    bad[0] ^= 1;
    let entry = |bytes: &[u8]| format!("update ledger_entry set leaf = {} where position = 3", raw.bytes(bytes));
    let stage = format!("update r_contact set stage = 'customer' where id = {}", id(&one));
    let swap = format!("update r_contact set sealed = {} where id = {}", of("sealed", &other), id(&one));
    let attacks = [
        (stage, Kind::Altered, one.id.uuid(), back(&one)),
        (swap, Kind::Altered, one.id.uuid(), back(&one)),
        (older(&one, "old"), Kind::Older, one.id.uuid(), back(&one)),
        (older(&binned, "old"), Kind::Older, binned.id.uuid(), back(&binned)),
        (older(&gone, "early"), Kind::Older, gone.id.uuid(), back(&gone)),
        (format!("delete from r_contact where id = {}", id(&other)), Kind::Missing, other.id.uuid(), back(&other)),
        (
            "insert into r_note select * from called".to_owned(),
            Kind::Back,
            called.id.uuid(),
            "delete from r_note".to_owned(),
        ),
        (entry(&bad), Kind::Ledger, Uuid::nil(), entry(&leaf)),
    ];
    for (told, (attack, kind, record, undo)) in attacks.iter().enumerate() {
        raw.run(attack).await;
        assert_eq!(set.looked().await, BTreeSet::from([(*kind, *record)]), "{attack}");
        assert_eq!(set.alarms().await, told + 1, "{attack}");
        raw.run(undo).await;
        assert_eq!(set.looked().await, BTreeSet::new(), "put back: {attack}");
        set.app.clock.advance(Duration::from_secs(11 * 60));
    }
    raw.run("drop table kept; drop table old; drop table early; drop table called").await;
    set.app.finish(&[]).await;
}

/// Fails when: rows of files are not looked at for their marks, or what the ledger says of them is not compared.
async fn files(app: App) {
    let set = Set::new(app).await;
    let founder = set.app.founder().await;
    let at = contact(&founder, 1).await;
    let files = attachments(&set.app);
    let new = async || attach(&set.app, &founder, &at, ("a.txt", b"Wilma wrote")).await.unwrap().id;
    let (kept, removed, gone) = (new().await, new().await, new().await);
    let raw = Raw::data(&set.app).await;
    let of = |id: attachments::AttachmentId| raw.id(id.uuid());
    raw.run("create table early as select * from attachment").await;
    files.remove(&founder.cx, at.clone(), gone).await.unwrap();
    set.app.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    files.tidy(&jobs::system_cx(&set.app.db)).await.unwrap();
    let Set { app, integrity, officer } = set;
    let (founder, officer) = (Actor::again(&app, &founder.email).await, Actor::again(&app, &officer.email).await);
    let set = Set { app, integrity, officer };
    files.remove(&founder.cx, at.clone(), removed).await.unwrap();
    assert_eq!(
        set.looked().await,
        BTreeSet::new(),
        "one that is there, a removed one and one that is gone are nothing"
    );
    raw.run("create table kept as select * from attachment").await;
    let state = |state: &str| format!("update attachment set state = '{state}' where id = {}", of(kept));
    let early = |id| format!("insert into attachment select * from early where id = {}", of(id));
    let attacks = [
        (state("removed"), Kind::Altered, kept),
        (
            format!("{}; update attachment set version = 0 where id = {}", state("arriving"), of(kept)),
            Kind::Older,
            kept,
        ),
        (format!("delete from attachment where id = {}; {}", of(removed), early(removed)), Kind::Older, removed),
        (format!("delete from attachment where id = {}", of(kept)), Kind::Missing, kept),
        (early(gone), Kind::Back, gone),
    ];
    for (told, (attack, kind, id)) in attacks.iter().enumerate() {
        raw.run(attack).await;
        assert_eq!(set.looked().await, BTreeSet::from([(*kind, id.uuid())]), "{attack}");
        assert_eq!(set.alarms().await, told + 1, "{attack}");
        raw.run("delete from attachment; insert into attachment select * from kept").await;
        assert_eq!(set.looked().await, BTreeSet::new(), "put back: {attack}");
        set.app.clock.advance(Duration::from_secs(11 * 60));
    }
    // Whoever meets one raises the alarm at once, and it is the file that is named.
    raw.run(&format!("update attachment set size = size + 1 where id = {}", of(kept))).await;
    assert!(files.fetch(&founder.cx, at.clone(), kept).await.is_err());
    set.watch().await;
    assert_eq!(set.alarms().await, attacks.len() + 1);
    let report = set.integrity.report(&set.officer.cx).await.unwrap();
    let found: Vec<_> =
        report.findings.iter().map(|found| (found.kind, found.is_about_a_file(), found.record)).collect();
    assert_eq!(found, [(Kind::Altered, true, kept.uuid())]);
    let officer = Actor::again(&set.app, &set.officer.email).await;
    let page = Client::of(&site(&set.app), &officer).get("/settings/integrity").await;
    assert!(page.text.contains("File on a record"), "{page:?}");
    raw.run("drop table kept; drop table early").await;
    set.app.finish(&["Wilma wrote"]).await;
}

/// Fails when: a refused read leaves no trace that the watch finds, it is told of for each, or the page does not say it.
async fn met(app: App) {
    let set = Set::new(app).await;
    let founder = set.app.founder().await;
    let (one, other) = (contact(&founder, 1).await, contact(&founder, 2).await);
    let raw = Raw::data(&set.app).await;
    let sites = site(&set.app);
    let (program, officer) =
        (Client::program(&sites, &set.app.token(&founder).await), Client::of(&sites, &set.officer));
    set.watch().await;
    assert_eq!(set.alarms().await, 0);
    raw.run("update r_contact set stage = 'customer'").await;
    for at in [&one, &other] {
        assert_eq!(Client::of(&sites, &founder).get(&format!("/contacts/{}", at.id)).await.status, 500);
        assert_eq!(program.get(&format!("/api/v1/contacts/{}", at.id)).await.status, 500);
    }
    set.watch().await;
    set.watch().await;
    assert_eq!(set.alarms().await, 1, "two records, met four times, in one notice");
    let shown = officer.get("/notices").await;
    assert!(shown.text.contains("records found: 2"), "{shown:?}");
    let page = officer.get("/settings/integrity").await;
    assert!(page.status == 200 && page.text.matches("was altered outside of the program").count() == 2, "{page:?}");
    assert!(!page.text.contains("Wilma"));
    let zh = officer.with("accept-language", "zh").get("/settings/integrity").await;
    assert_eq!(zh.text.matches("在程序之外被篡改").count(), 2, "{zh:?}");
    set.app.finish(&[]).await;
}

/// Fails when: what is written between two steps, or has no place in the ledger yet, is taken for an attack.
async fn meanwhile(app: App) {
    let erasing = Erasing::new(app).await;
    let max = Actor::again(&erasing.app, &erasing.max.email).await;
    let (ann, bo) =
        (erasing.app.person("Ann Lee", Role::Agent).await, erasing.app.person("Bo Chen", Role::Agent).await);
    let (of_ann, of_bo): (UserId, UserId) = (ann.cx.person().unwrap(), bo.cx.person().unwrap());
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(contact(if n % 2 == 0 { &max } else { &ann }, n).await);
    }
    let integrity = Integrity::new(&erasing.app.accounts, erasing.app.records.clone());
    let system = jobs::system_cx(&erasing.app.db);
    for turn in 0..200 {
        let (its, cx) = (integrity.clone(), system.clone());
        let more = tokio::task::spawn_blocking(move || its.step(&cx).unwrap()).await.unwrap();
        match turn {
            1 => drop(max.update(&all[0], None, &[("city", "Lima")]).await.unwrap()),
            2 => erasing.begun(&all[2]).await,
            3 => drop(max.write(move |records, tx| records.hand_over(tx, (of_ann, of_bo), 50)).await.unwrap()),
            4 => {
                let at = all[4].clone();
                max.write(move |records, tx| records.delete_record(tx, &at, None)).await.unwrap();
            }
            5 => drop(contact(&max, 9).await),
            _ => {}
        }
        if turn > 5 && !more {
            break;
        }
    }
    erasing.settled().await;
    let Erasing { app, .. } = erasing;
    let set = Set::new(app).await;
    assert_eq!(set.looked().await, BTreeSet::new());
    // A whole row from before it changed hands bears its mark, and is older than its line.
    let raw = Raw::data(&set.app).await;
    raw.run("create table kept as select * from r_contact").await;
    let again = Actor::again(&set.app, &max.email).await;
    again.write(move |records, tx| records.hand_over(tx, (of_bo, of_ann), 50)).await.unwrap();
    raw.run("delete from r_contact; insert into r_contact select * from kept; drop table kept").await;
    let found = set.looked().await;
    assert!(found.len() == 4 && found.iter().all(|(kind, _)| *kind == Kind::Older), "{found:?}");
    set.app.finish(&[]).await;
}

/// Fails when: what a step suspects is written without a second look, which first gives removals of this very moment their place.
async fn again(app: App) {
    let erasing = Erasing::new(app).await;
    let (at, _) = erasing.somebody(1).await;
    sequence::settle(&erasing.app.db, &jobs::system_cx(&erasing.app.db)).await.unwrap();
    let system = jobs::system_cx(&erasing.app.db);
    let integrity = Integrity::new(&erasing.app.accounts, erasing.app.records.clone());
    let raw = Raw::data(&erasing.app).await;
    let step = async || {
        let (its, cx) = (integrity.clone(), system.clone());
        tokio::task::spawn_blocking(move || its.step(&cx).unwrap()).await.unwrap()
    };
    // Every row was looked at, and next comes the ledger, which says that a note and a task were made.
    while raw.number("select count(*) from integrity_run where part = 'ledger'").await == 0 {
        assert!(step().await);
    }
    erasing.begun(&at).await;
    let waiting = "select count(*) from ledger_entry where position is null";
    assert!(raw.number(waiting).await > 0, "the removal has no place in the ledger yet");
    while step().await {}
    let found = raw.number("select count(*) from integrity_finding").await;
    let alarms = raw.number("select count(*) from integrity_run where ended_at is not null").await;
    assert_eq!((found, alarms), (0, 1));
    erasing.settled().await;
    erasing.end().await;
}

/// Fails when: anybody else sees the page, begins, or takes a step.
async fn rights(app: App) {
    let set = Set::new(app).await;
    for role in [Role::Manager, Role::Agent, Role::Administrator, Role::PrivacyOfficer, Role::Auditor] {
        let weak = set.app.person(&format!("Weak {}", role.code().replace('_', " ")), role).await;
        assert!(set.integrity.report(&weak.cx).await.is_err(), "{role:?}");
        assert!(set.integrity.begin(&weak.cx).await.is_err(), "{role:?}");
        assert_eq!(Client::of(&site(&set.app), &weak).get("/settings/integrity").await.status, 403, "{role:?}");
    }
    let program = set.app.program(&set.app.token(&set.officer).await).await;
    assert!(set.integrity.begin(&program).await.is_err());
    let (its, cx) = (set.integrity.clone(), set.officer.cx.clone());
    let stepped = tokio::task::spawn_blocking(move || its.step(&cx)).await.unwrap();
    assert_eq!(stepped.unwrap_err().code(), "not-found");
    // Two at once: one begins, and the other joins.
    set.integrity.begin(&set.officer.cx).await.unwrap();
    set.integrity.begin(&set.officer.cx).await.unwrap();
    let raw = Raw::data(&set.app).await;
    assert_eq!(raw.number("select count(*) from integrity_run").await, 1);
    set.app.finish(&[]).await;
}
