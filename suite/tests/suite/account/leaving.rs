//! People leave: at once on every node, and what they owned goes to a successor.

use std::time::Duration;

use accounts::Accounts;
use authz::Role;
use crypto::{Cost, Passwords};
use db::queue;
use jobs::{HandOverWork, Progress, Work as _, system_cx};
use kernel::{Fault as _, JobId, Uuid};
use testkit::{Actor, App};

use crate::support::http::{Client, site};

testkit::on_both_engines! {
    who_leaves_is_out_on_every_node_within_two_seconds => super::nodes;
    what_somebody_owned_goes_to_a_successor_in_batches => super::records;
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
