//! A database file that rots, and cells that change places at random: what is shown is what was written, or nothing.

use std::collections::HashMap;
use std::path::Path;

use authz::{Cx, Resource as _};
use axum::Router;
use db::{Db, DbConfig, Place};
use kernel::{RecordId, SeededChance};
use records::{ListQuery, Record, RecordFault, RecordRef, Records, Values};
use testkit::{Actor, App};

use crate::support::http::{Client, site, site_over};
use crate::support::raw::Raw;

testkit::on_both_engines! {
    cells_that_change_places_are_never_shown_as_genuine => super::swaps;
    bytes_that_flip_in_the_file_are_never_shown_as_genuine => super::flips;
}

/// The doors of the program: a browser, and a program of somebody else.
struct Doors {
    browser: Client,
    program: Client,
}

/// What each address says in truth.
type Said = HashMap<String, String>;

impl Doors {
    fn of(router: &Router, (founder, token): (&Actor, &str)) -> Self {
        Self { browser: Client::of(router, founder), program: Client::program(router, token) }
    }

    /// Asks for a record in both ways; of a page what it says the fields hold, and its title.
    async fn ask(&self, at: &RecordRef) -> Vec<(String, Option<String>)> {
        let plural = match at.object.as_str() {
            "company" => "companies".to_owned(),
            other => format!("{other}s"),
        };
        let (page, data) = (format!("/{plural}/{}", at.id), format!("/api/v1/{plural}/{}", at.id));
        let (shown, sent) = (self.browser.get(&page).await, self.program.get(&data).await);
        let shown = (shown.status == 200).then(|| {
            let fields = shown.text.split("data-field=").skip(1).filter_map(|part| part.split("</dd>").next());
            let title = shown.text.split("<h1").nth(1).and_then(|part| part.split("</h1>").next());
            title.into_iter().chain(fields).collect::<Vec<_>>().join("\n")
        });
        vec![(page, shown), (data, (sent.status == 200).then_some(sent.text))]
    }

    async fn truth(&self, all: &[RecordRef]) -> Said {
        let mut said = Said::new();
        for at in all {
            said.extend(self.ask(at).await.into_iter().map(|(url, text)| (url, text.unwrap())));
        }
        assert!(said.values().all(|text| text.contains("Rot")), "{said:?}");
        said
    }

    /// Asks for some of them again: in a long run for all. Returns how many answers were refused.
    async fn look(&self, all: &[RecordRef], said: &Said, what: &str, turn: u64) -> usize {
        let (mut refused, part) = (0, usize::try_from(times(6, 1)).unwrap());
        for at in all.iter().skip(usize::try_from(turn).unwrap() % part).step_by(part) {
            for (url, text) in self.ask(at).await {
                match text {
                    Some(text) => {
                        for (shown, true_one) in text.lines().zip(said[&url].lines()) {
                            // What leads to a record that is refused names nobody.
                            let nobody = shown.contains("not readable for you");
                            refused += usize::from(nobody);
                            assert!(nobody || shown == true_one, "{what}: {url}: {shown}, not {true_one}");
                        }
                        assert_eq!(text.lines().count(), said[&url].lines().count(), "{what}: {url}");
                    }
                    None => refused += 1,
                }
            }
        }
        refused
    }
}

/// What a record holds in truth: whatever somebody sees of it.
type Truth = HashMap<RecordId, String>;

const OBJECTS: [&str; 3] = ["contact", "company", "deal"];

/// How many of each: all of them in a long run.
fn times(few: u64, all: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a test, and no setting of the program")]
    let long = std::env::var("CUSTOS_TEST_LONG");
    if long.is_ok_and(|long| long == "1") { all } else { few }
}

fn told(record: &Record) -> String {
    let mut values: Vec<String> = record.values().iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    values.push(format!("{:?} {:?}", record.owner(), record.deleted_at()));
    values.push(format!("{:?} {:?}", record.created_at(), record.updated_at()));
    values.join(" ")
}

async fn people(founder: &Actor) -> Vec<RecordRef> {
    let mut all = Vec::new();
    for n in 0..6 {
        let (name, city) = (format!("Wilma Rot {n}"), ["Oslo", "Lima", "Bern"][n % 3]);
        let stage = ["lead", "customer"][n % 2];
        let contact = [("name", name.as_str()), ("city", city), ("stage", stage), ("notes", "Long enough for a page")];
        let contact = founder.create("contact", &contact).await.unwrap();
        let company = founder.create("company", &[("name", &format!("Rot and sons {n}"))]).await.unwrap();
        let (amount, day) = (format!("{} EUR", 100 + n), format!("2026-0{}-01", n + 1));
        let (firm, person) = (company.id.to_string(), contact.id.to_string());
        let deal =
            [("name", "Rot"), ("amount", &amount), ("close_date", &day), ("company", &firm), ("contact", &person)];
        let deal = founder.create("deal", &deal).await.unwrap();
        all.extend([contact, company, deal]);
    }
    all
}

async fn read(db: &Db, cx: &Cx, records: &Records, at: &RecordRef) -> Result<String, RecordFault> {
    let (records, at) = (records.clone(), at.clone());
    db.read(cx, move |tx| records.read_record(tx, &at).map(|record| told(&record))).await
}

/// Looks in every way there is, and returns how many answers were refused.
async fn look(db: &Db, cx: &Cx, records: &Records, (all, truth): (&[RecordRef], &Truth), what: &str) -> usize {
    let mut refused = 0;
    for at in all {
        match read(db, cx, records, at).await {
            Ok(shown) => assert_eq!(shown, truth[&at.id], "{what}: {at:?}"),
            Err(_) => refused += 1,
        }
    }
    let its = records.clone();
    let seen = db.read(cx, move |tx| -> Result<_, RecordFault> {
        let mut seen: Vec<(RecordId, Option<String>)> = Vec::new();
        for object in OBJECTS {
            for row in its.list_shown(tx, object, &ListQuery::default())?.rows {
                assert!(!row.is_damaged() || row.values() == &Values::default());
                seen.push((row.record_id(), (!row.is_damaged()).then(|| told(&row))));
            }
        }
        for row in its.search(tx, "Rot", &[], 50)? {
            seen.push((row.record_id(), Some(told(&row))));
        }
        Ok(seen)
    });
    match seen.await {
        Ok(seen) => {
            for (id, shown) in seen {
                match shown {
                    Some(shown) => assert_eq!(Some(&shown), truth.get(&id), "{what}: {id} in a list"),
                    None => refused += 1,
                }
            }
        }
        Err(_) => refused += 1,
    }
    refused
}

async fn truth(app: &App, founder: &Actor, all: &[RecordRef]) -> Truth {
    let mut truth = Truth::new();
    for at in all {
        truth.insert(at.id, read(&app.db, &founder.cx, &app.records, at).await.unwrap());
    }
    truth
}

/// Fails when: a cell can be moved to another row, column or table and is shown there.
async fn swaps(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let all = people(&founder).await;
    let truth = truth(&app, &founder, &all).await;
    let token = app.token(&founder).await;
    let doors = Doors::of(&site(&app), (&founder, &token));
    let (said, mut closed) = (doors.truth(&all).await, 0);
    for object in OBJECTS {
        raw.run(&format!("create table kept_{object} as select * from r_{object}")).await;
    }
    // Of one kind, so that the database takes them: a column of a table, and one of a table where it goes.
    let kinds: [&[(&str, &str)]; 4] = [
        &[
            ("contact", "sealed"),
            ("contact", "row_mark"),
            ("company", "sealed"),
            ("company", "row_mark"),
            ("deal", "sealed"),
            ("deal", "row_mark"),
        ],
        &[
            ("contact", "owner_id"),
            ("contact", "team_id"),
            ("contact", "subject_id"),
            ("deal", "subject_id"),
            ("deal", "company"),
            ("deal", "contact"),
            ("company", "team_id"),
        ],
        &[
            ("contact", "created_at"),
            ("contact", "version"),
            ("company", "updated_at"),
            ("deal", "amount"),
            ("deal", "close_date"),
            ("deal", "deleted_at"),
        ],
        &[("contact", "stage"), ("deal", "stage"), ("deal", "amount_cur")],
    ];
    let chance = SeededChance::new(5);
    let any = |many: usize| usize::try_from(chance.below(many as u64)).unwrap();
    let mut refused = 0;
    for turn in 0..times(40, 200) {
        let kind = kinds[any(kinds.len())];
        let ((from, source), (to, target)) = (kind[any(kind.len())], kind[any(kind.len())]);
        let of = |object: &str| all.iter().filter(|at| at.object.as_str() == object).collect::<Vec<_>>();
        let (one, other) = (of(from)[any(6)], of(to)[any(6)]);
        let swap = format!(
            "update r_{to} set {target} = (select {source} from kept_{from} where id = {}) where id = {}",
            raw.id(one.id.uuid()),
            raw.id(other.id.uuid())
        );
        // What the table itself does not take, as an empty one where there must be something, is no attack.
        let there =
            format!("select count(*) from kept_{from} where id = {} and {source} is not null", raw.id(one.id.uuid()));
        if raw.number(&there).await == 0 && ["created_at", "updated_at", "version", "sealed"].contains(&target) {
            continue;
        }
        raw.run(&swap).await;
        refused += look(&app.db, &founder.cx, &app.records, (&all, &truth), &swap).await;
        let hit: Vec<RecordRef> = std::iter::once(other).chain(all.iter().filter(|at| *at != other)).cloned().collect();
        closed += doors.look(&hit, &said, &swap, 6 * turn).await;
        raw.run(&format!("delete from r_{to}; insert into r_{to} select * from kept_{to}")).await;
    }
    assert!(refused > 20 && closed > 20, "the swaps hit nothing: {refused}, {closed}");
    for object in OBJECTS {
        raw.run(&format!("drop table kept_{object}")).await;
    }
    assert_eq!(look(&app.db, &founder.cx, &app.records, (&all, &truth), "put back").await, 0);
    app.finish(&[]).await;
}

/// Fails when: a value that is not the one that was written is shown. A thousand flips of a long run take a few minutes.
async fn flips(app: App) {
    let Place::File(path) = app.data().clone() else { return };
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let all = people(&founder).await;
    let truth = truth(&app, &founder, &all).await;
    let token = app.token(&founder).await;
    let (said, mut closed) = (Doors::of(&site(&app), (&founder, &token)).truth(&all).await, 0);
    raw.run("vacuum").await;
    let _ = raw.number("pragma wal_checkpoint(truncate)").await;
    let good = std::fs::read(&path).unwrap();
    // Half of them where records lie, the rest anywhere.
    let mut places = Vec::new();
    for object in OBJECTS {
        for sealed in raw.blobs(&format!("select sealed from r_{object}")).await {
            places.extend(good.windows(sealed.len()).position(|part| part == sealed));
        }
    }
    let (chance, mut refused, mut opened) = (SeededChance::new(6), 0, 0);
    let any = |many: usize| usize::try_from(chance.below(many as u64)).unwrap();
    for turn in 0..times(60, 1000) {
        let near = places[any(places.len())].saturating_sub(150) + any(400);
        let at = if turn % 2 == 0 { near.min(good.len() - 1) } else { any(good.len()) };
        let mut bad = good.clone();
        bad[at] ^= 1 << any(8);
        // Each in a file of its own: whoever had the last one open closes it when they come to it, and the file with it.
        let copy = app.folder().join(format!("rotten-{turn}.db"));
        std::fs::write(&copy, &bad).unwrap();
        // A file that does not open shows nothing.
        let config = DbConfig { place: Place::File(copy.clone()), readers: 1 };
        match Db::open(config, std::sync::Arc::new(app.vault.clone()), (app.clock.clone(), app.chance.clone())).await {
            Ok(db) => {
                opened += 1;
                let what = format!("byte {at}");
                refused += look(&db, &founder.cx, &app.records, (&all, &truth), &what).await;
                let doors = Doors::of(&site_over(&app, &db), (&founder, &token));
                closed += doors.look(&all, &said, &what, turn).await;
            }
            Err(_) => refused += 1,
        }
        remove(&copy);
    }
    eprintln!("flips: opened {opened}, refused inside {refused}, at the doors {closed}");
    assert!(refused > 10 && closed > 3, "the flips hit nothing: {refused}, {closed}");
    assert!(opened * 10 > times(60, 1000) * 9, "most files open, or nothing is looked at: {opened}");
    app.finish(&[]).await;
}

/// Removes the file of a database, with what lies beside it.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm", ".lock"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        let _ = std::fs::remove_file(beside);
    }
}
