//! People leave: at once on every node, and what they owned goes to a successor.

use std::sync::Arc;
use std::time::Duration;

use accounts::Accounts;
use authz::Role;
use crypto::{Cost, Passwords};
use db::queue;
use jobs::{HandOverWork, ImportWork, Progress, Work as _, system_cx};
use kernel::{Fault as _, JobId, Uuid};
use records::import::Policy;
use testkit::{Actor, App};

use crate::support::html::Page;
use crate::support::http::{Client, site};
use crate::support::import;
use crate::support::raw::Raw;
use crate::support::scene::Scene;

testkit::on_both_engines! {
    who_leaves_is_out_on_every_node_within_two_seconds => super::nodes;
    what_somebody_owned_goes_to_a_successor_in_batches => super::records;
    an_account_is_closed_in_one_click_and_its_records_go_later => super::one_click;
    an_import_ends_with_the_account_of_whoever_began_it => super::import_ends;
    a_successor_is_somebody_else_who_may_sign_in => super::successor;
}

/// Fails when: what another process remembers of a session or token lives longer than two seconds.
async fn nodes(mut app: App) {
    let (founder, person) = (app.founder().await, app.person("Mei Chen", Role::Agent).await);
    let token = app.token(&person).await;
    let here = site(&app);
    // Another node: the same database, a memory of its own.
    let cheap = Cost { memory: 64, passes: 1, lanes: 1 };
    let first = app.accounts.clone();
    app.accounts = Accounts::new(app.db.clone(), app.vault.clone(), Passwords::new(cheap, 4).unwrap());
    let there = site(&app);
    for site in [&here, &there] {
        assert_eq!(Client::of(site, &person).get("/notices").await.status, 200);
        assert_eq!(Client::program(site, &token).get("/api/v1").await.status, 200);
    }
    first.disable_person(&founder.cx, person.id).await.unwrap();
    assert_eq!(Client::of(&here, &person).get("/notices").await.status, 303, "here at once");
    app.clock.advance(Duration::from_secs(2));
    for site in [&here, &there] {
        assert_eq!(Client::of(site, &person).get("/notices").await.status, 303);
        assert_eq!(Client::program(site, &token).get("/api/v1").await.status, 401);
    }
    app.finish(&[]).await;
}

/// Takes one step of the hand-over that waits, as a worker that is killed afterwards.
async fn step(app: &App) -> Progress {
    let (db, records) = (app.db.clone(), app.records.clone());
    let stepping = tokio::task::spawn_blocking(move || {
        let (work, cx) = (HandOverWork::new(db.clone(), records), system_cx(&db));
        let worker = JobId::new(db.now(), db.chance()).uuid();
        let leasing = db.write_now(&cx, move |tx| queue::lease(tx, worker, &["hand-over"], Duration::ZERO));
        let job = leasing.unwrap().unwrap();
        let progress = work.step(&job).unwrap();
        let end = db.write_now(&cx, move |tx| match progress {
            Progress::Done => queue::finish(tx, job.id),
            Progress::More => queue::put_back(tx, job.id, worker),
        });
        end.map(|()| progress).unwrap()
    });
    stepping.await.unwrap()
}

/// Fails when: a batch takes all rows, a row is left behind, or a moved row has no line.
async fn records(app: App) {
    let founder = app.founder().await;
    let (leaver, heir): (Actor, Actor) =
        (app.person("Mei Chen", Role::Agent).await, app.person("Bo Lee", Role::Agent).await);
    let mut made = Vec::new();
    for n in 0..205 {
        made.push(leaver.create("task", &[("title", &format!("Zqtask {n}"))]).await.unwrap());
    }
    made.push(leaver.create("contact", &[("name", "Zqperson")]).await.unwrap());
    leaving::leave(&app.accounts, &founder.cx, leaver.id, heir.id).await.unwrap();
    assert_eq!(step(&app).await, Progress::More);
    let so_far = leaving::list(&app.accounts, &founder.cx).await.unwrap();
    assert!((1..=200).contains(&so_far[0].moved) && so_far[0].finished_at.is_none(), "{so_far:?}");
    let mut steps = 1;
    while step(&app).await == Progress::More {
        steps += 1;
    }
    assert_eq!(steps, 3);
    let all = leaving::list(&app.accounts, &founder.cx).await.unwrap();
    assert!(all[0].moved == 206 && all[0].finished_at.is_some(), "{all:?}");
    for at in &made {
        let record = heir.record(at).await.unwrap();
        assert_eq!(authz::Resource::owner(&*record), Some(heir.id));
    }
    let people = Client::of(&site(&app), &founder).get("/settings/people").await;
    assert!(people.text.contains("206 records went to Bo Lee"), "{people:?}");
    app.finish(&["Zqtask", "Zqperson"]).await;
}

/// Fails when: `begin` takes any id.
/// Fails when: a closed account hands nothing over, does so twice at once, or takes more than one click to close.
async fn one_click(app: App) {
    let scene = Scene::set(app).await;
    let (leaver, heir) =
        (scene.app.person("Mei Chen", Role::Agent).await, scene.app.person("Bo Lee", Role::Agent).await);
    let task = leaver.create("task", &[("title", "Zqtask")]).await.unwrap();
    let browser = Client::of(&scene.site, &scene.founder);
    let state = format!("/settings/people/{}/state", leaver.id);
    let page = Page::read(&browser.get("/settings/people").await.text);
    let shut = page.all("button").filter(|button| button.get("value") == Some("disabled"));
    assert!(
        shut.count() >= 2 && page.all("select").all(|one| one.get("name") == Some("team")),
        "one button, and nothing to choose before"
    );
    let closed = browser.post(&state, &[("to", "disabled")]).await;
    assert_eq!(closed.header("location"), format!("/settings/people?did=closed&at={}", leaver.id));
    let after = browser.get(closed.header("location")).await;
    let page = Page::read(&after.text);
    assert!(page.all("div").any(|div| div.get("data-flash").is_some()), "{}", after.text);
    // The way back is one click too.
    assert_eq!(browser.post(&state, &[("to", "active")]).await.status, 303);
    assert_eq!(browser.post(&state, &[("to", "disabled")]).await.status, 303);
    let to_heir = [("to", "handed"), ("successor", &heir.id.to_string())];
    for wrong in [leaver.id.to_string(), Uuid::nil().to_string(), String::new()] {
        assert_eq!(browser.post(&state, &[("to", "handed"), ("successor", &wrong)]).await.status, 422, "{wrong}");
    }
    assert_eq!(browser.post(&state, &to_heir).await.status, 303);
    assert_eq!(browser.post(&state, &to_heir).await.status, 409, "it is on its way");
    while step(&scene.app).await == Progress::More {}
    assert_eq!(authz::Resource::owner(&*heir.record(&task).await.unwrap()), Some(heir.id));
    let agent = Client::of(&scene.site, &heir);
    assert_eq!(agent.post(&state, &to_heir).await.status, 404);
    scene.end().await;
}

/// Fails when: an import goes on after the account of whoever began it was closed, for a worker that knows it or for another.
async fn import_ends(app: App) {
    let founder = app.founder().await;
    let person = app.person("Mei Chen", Role::Manager).await;
    let rows: String = (0..3_000).map(|n| format!("Zqimported {n},zq{n}@zq.example\n")).collect();
    let id = import::plan(&app, &person, "contact", format!("name,email\n{rows}").as_bytes()).await.unwrap();
    let mapping = person.read(move |records, tx| records.read_import(tx, id)).await.unwrap().1.mapping;
    person.write(move |records, tx| records.map_import(tx, id, mapping, (Policy::Skip, true))).await.unwrap();
    let mut checking = import::runner(&app, &person, id).await.unwrap();
    tokio::task::spawn_blocking(move || checking.check(u64::MAX)).await.unwrap().unwrap();
    person.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    let (db, cx) = (app.db.clone(), system_cx(&app.db));
    let worker = JobId::new(db.now(), db.chance()).uuid();
    let leasing = tokio::task::spawn_blocking(move || {
        db.write_now(&cx, move |tx| queue::lease(tx, worker, &["import"], Duration::ZERO))
    });
    let job = Arc::new(leasing.await.unwrap().unwrap().unwrap());
    let fresh = || ImportWork::new(app.db.clone(), app.accounts.clone(), app.records.clone());
    let step = |work: Arc<ImportWork>| {
        let job = Arc::clone(&job);
        tokio::task::spawn_blocking(move || work.step(&job))
    };
    let knowing = Arc::new(fresh());
    assert!(matches!(step(knowing.clone()).await.unwrap(), Ok(Progress::More)));
    let raw = Raw::data(&app).await;
    let taken = raw.number("select count(*) from r_contact").await;
    assert!((1..3_000).contains(&taken), "{taken}");
    app.accounts.disable_person(&founder.cx, person.id).await.unwrap();
    for work in [knowing, Arc::new(fresh())] {
        assert!(step(work).await.unwrap().is_err());
    }
    assert_eq!(raw.number("select count(*) from r_contact").await, taken);
    app.accounts.enable_person(&founder.cx, person.id).await.unwrap();
    // Nothing but that stopped it.
    let again = Arc::new(fresh());
    while step(again.clone()).await.unwrap().unwrap() == Progress::More {}
    assert_eq!(raw.number("select count(*) from r_contact").await, 3_000);
    founder.write(move |_, tx| Ok(queue::finish(tx, job.id)?)).await.unwrap();
    app.finish(&["Zqimported 7"]).await;
}

async fn successor(app: App) {
    let (founder, person) = (app.founder().await, app.person("Mei Chen", Role::Agent).await);
    let gone = app.person("Left Lee", Role::Agent).await;
    app.accounts.disable_person(&founder.cx, gone.id).await.unwrap();
    for wrong in [person.id, gone.id, kernel::UserId::from_uuid(Uuid::nil())] {
        let refused = leaving::leave(&app.accounts, &founder.cx, person.id, wrong).await.unwrap_err();
        assert_eq!(refused.code(), "invalid");
    }
    assert_eq!(leaving::leave(&app.accounts, &gone.cx, person.id, founder.id).await.unwrap_err().code(), "not-found");
    let signed = Client::of(&site(&app), &person).get("/notices").await;
    assert_eq!(signed.status, 200, "a refused one changes nothing");
    app.finish(&[]).await;
}
