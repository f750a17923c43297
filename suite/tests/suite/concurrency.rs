//! Many at once: each version is won by one, readers see whole steps, and what happened keeps its order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use records::{Change, RecordFault, RecordRef};
use testkit::{Actor, App};
use tokio::task::JoinSet;

use crate::support::import;
use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    two_hundred_changes_of_one_record_win_one_version_each => super::versions;
    a_version_is_won_by_one_of_many_who_want_it => super::one_winner;
    readers_see_whole_steps_of_an_import => super::whole_steps;
    what_one_does_after_the_other_stands_in_the_ledger_in_that_order => super::order;
    two_imports_at_once_take_every_row_once => super::two_imports;
    a_cancelled_request_leaves_all_or_nothing => super::cancelled;
    what_cannot_be_made_findable_is_not_stored => super::unfindable;
}

/// Writers at once.
const MANY: usize = 200;

async fn change(
    app: Arc<App>,
    cx: authz::Cx,
    at: RecordRef,
    version: Option<i64>,
    city: String,
) -> Result<i64, RecordFault> {
    let records = app.records.clone();
    let change = Change::from_form([("city", city)]);
    app.db.write(&cx, move |tx| Ok(records.update_record(tx, &at, version, change)?.current_version())).await
}

fn is_stale(result: &Result<i64, RecordFault>) -> bool {
    matches!(result, Err(RecordFault::Stale(_) | RecordFault::Db(db::DbFault::Stale)))
}

async fn finish(app: Arc<App>, canaries: &[&str]) {
    let Ok(app) = Arc::try_unwrap(app) else { panic!("somebody still holds the house") };
    app.finish(canaries).await;
}

/// Fails when: `update` in `db/src/tx.rs` leaves the version out of its condition.
async fn versions(app: App) {
    let founder = app.founder().await;
    let at = founder.create("contact", &[("name", "Shared")]).await.unwrap();
    let app = Arc::new(app);
    let mut tasks = JoinSet::new();
    for n in 0..MANY {
        tasks.spawn(change(app.clone(), founder.cx.clone(), at.clone(), None, format!("City {n}")));
    }
    let mut won = Vec::new();
    for result in tasks.join_all().await {
        match result {
            Ok(version) => won.push(version),
            // Without a version of its own a change may still meet another one on PostgreSQL; SQLite has one writer.
            stale => assert!(is_stale(&stale), "{stale:?}"),
        }
    }
    won.sort_unstable();
    let expected: Vec<i64> = (2..).take(won.len()).collect();
    assert_eq!(won, expected, "each version once, without a gap");
    assert!(!won.is_empty());
    assert_eq!(founder.record(&at).await.unwrap().current_version(), *won.last().unwrap());
    finish(app, &["Shared"]).await;
}

/// Fails when: the version of a request is compared outside the transaction that writes.
async fn one_winner(app: App) {
    let founder = app.founder().await;
    let at = founder.create("contact", &[("name", "Shared")]).await.unwrap();
    let app = Arc::new(app);
    for version in 1..=5 {
        let mut tasks = JoinSet::new();
        for n in 0..MANY / 5 {
            tasks.spawn(change(
                app.clone(),
                founder.cx.clone(),
                at.clone(),
                Some(version),
                format!("City {version} {n}"),
            ));
        }
        let results = tasks.join_all().await;
        let won: Vec<i64> = results.iter().filter_map(|result| result.as_ref().ok()).copied().collect();
        assert_eq!(won, [version + 1], "one of {} wins", results.len());
        assert!(results.iter().filter(|result| result.is_err()).all(is_stale), "{results:?}");
    }
    let raw = Raw::data(&app).await;
    let updates = acts(&raw)
        .await
        .iter()
        .flat_map(|act| &act.lines)
        .filter(|l| l.verb == "update" && l.outcome == ledger::Outcome::Done && l.ids == [at.id.uuid()])
        .count();
    assert_eq!(updates, 5, "a line for each that won, and for no other");
    finish(app, &["Shared"]).await;
}

/// Fails when: a step of an import is more than one transaction.
async fn whole_steps(app: App) {
    let founder = app.founder().await;
    let rows = 2_000;
    let file: String = (0..rows).map(|n| format!("Person {n},p{n}@example.org\n")).collect();
    let id = import::plan(&app, &founder, "contact", format!("name,email\n{file}").as_bytes()).await.unwrap();
    let job = founder.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    let app = Arc::new(app);
    let over = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let (app, cx, over) = (app.clone(), founder.cx.clone(), over.clone());
        readers.spawn(async move {
            let mut seen = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let records = app.records.clone();
                let both = app.db.read(&cx, move |tx| {
                    let count = records.count_records(tx, "contact", &records::ListQuery::default())?.counted;
                    Ok::<_, RecordFault>((count, records.look_at_import(tx, id)?.counts().created))
                });
                seen.push(both.await.unwrap());
            }
            seen
        });
    }
    let mut runner = import::runner(&app, &founder, id).await.unwrap();
    let running = tokio::task::spawn_blocking(move || while runner.step().unwrap().is_some() {});
    running.await.unwrap();
    over.store(true, Ordering::Relaxed);
    let seen: Vec<(u64, u64)> = readers.join_all().await.into_iter().flatten().collect();
    assert!(seen.iter().all(|(count, created)| count == created && count % 500 == 0), "{seen:?}");
    founder.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await.unwrap();
    assert_eq!(count(&founder).await, rows);
    finish(app, &["p17@example.org"]).await;
}

async fn count(actor: &Actor) -> u64 {
    actor
        .read(|records, tx| records.count_records(tx, "contact", &records::ListQuery::default()))
        .await
        .unwrap()
        .counted
}

/// Fails when: entries of one millisecond are placed by chance. The clock of the test stands, so all of them are.
async fn order(app: App) {
    let founder = app.founder().await;
    let at = founder.create("contact", &[("name", "Shared"), ("city", "0")]).await.unwrap();
    for n in 1..=20_i64 {
        founder.update(&at, Some(n), &[("city", &n.to_string())]).await.unwrap();
    }
    sequence::settle(&app.db, &founder.cx).await.unwrap();
    let told = founder.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        records.timeline(tx, &record, None, 50)
    });
    let cities: Vec<_> = told
        .await
        .unwrap()
        .events
        .iter()
        .rev()
        .map(|event| {
            event.changes.iter().find(|change| change.field.as_str() == "city").and_then(|change| change.after.clone())
        })
        .collect();
    let expected: Vec<_> = (0..=20).map(|n| Some(records::Value::Text(n.to_string()))).collect();
    assert_eq!(cities, expected);
    app.finish(&[]).await;
}

/// Fails when: the mark of an import is moved without comparing where it stood.
async fn two_imports(app: App) {
    let founder = app.founder().await;
    let file: String = (0..1_200).map(|n| format!("Person {n},p{n}@example.org\n")).collect();
    let id = import::plan(&app, &founder, "contact", format!("name,email\n{file}").as_bytes()).await.unwrap();
    let job = founder.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    // Two workers believe that the job is theirs; both go on after every failure, as the queue lets them.
    let mut workers = JoinSet::new();
    for _ in 0..2 {
        let (records, db, cx) = (app.records.clone(), app.db.clone(), founder.cx.clone());
        workers.spawn_blocking(move || {
            for _ in 0..20 {
                let Ok(mut runner) = records::import::Runner::open(
                    records.clone(),
                    db.clone(),
                    cx.clone(),
                    records::import::People::default(),
                    id,
                ) else {
                    return;
                };
                while let Ok(Some(_)) = runner.step() {}
            }
        });
    }
    workers.join_all().await;
    let run = founder.read(move |records, tx| records.look_at_import(tx, id)).await.unwrap();
    assert_eq!((run.state(), run.counts().created, run.counts().skipped), (records::import::State::Done, 1_200, 0));
    assert_eq!(count(&founder).await, 1_200);
    founder.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await.unwrap();
    app.finish(&["p17@example.org"]).await;
}

/// Fails when: a write stops half way because nobody waits for its answer any more.
async fn cancelled(app: App) {
    let founder = app.founder().await;
    let app = Arc::new(app);
    let mut tasks = JoinSet::new();
    for n in 0..MANY {
        let (records, app, cx) = (app.records.clone(), app.clone(), founder.cx.clone());
        let change = Change::from_form([("name", format!("Person {n}"))]);
        tasks.spawn(async move {
            let writing = app.db.write(&cx, move |tx| records.create_record(tx, "contact", change).map(|_| ()));
            // Whoever waits leaves at once, or after a moment.
            let _ =
                tokio::time::timeout(std::time::Duration::from_micros(u64::try_from(n).unwrap() * 20), writing).await;
        });
    }
    tasks.join_all().await;
    // What was begun is finished before what is asked behind it on SQLite, and soon on PostgreSQL.
    sequence::settle(&app.db, &founder.cx).await.unwrap();
    let raw = Raw::data(&app).await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    let (mut before, mut same) = (-1, 0);
    while same < 5 && tokio::time::Instant::now() < deadline {
        let now = count(&founder).await.cast_signed();
        same = if now == before { same + 1 } else { 0 };
        before = now;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let created = acts(&raw)
        .await
        .iter()
        .flat_map(|act| &act.lines)
        .filter(|line| line.verb == "create" && line.object.as_str() == "contact")
        .count();
    assert_eq!(before, i64::try_from(created).unwrap(), "a record for every line, a line for every record");
    assert_eq!(raw.number("select count(*) from search_doc").await, before);
    finish(app, &["Person 17"]).await;
}

/// Fails when: on PostgreSQL a statement that was sent along with another one fails unnoticed.
async fn unfindable(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    raw.run("alter table blind_token rename to elsewhere").await;
    let fields: &[(&str, &str)] = &[("name", "Nowhere Found"), ("email", "nowhere@zq.example")];
    let refused = founder.create("contact", fields).await;
    assert!(matches!(refused, Err(RecordFault::Db(_))), "{:?}", refused.map(|at| at.id));
    raw.run("alter table elsewhere rename to blind_token").await;
    assert_eq!((count(&founder).await, raw.number("select count(*) from search_doc").await), (0, 0));
    founder.create("contact", fields).await.unwrap();
    assert_eq!(count(&founder).await, 1);
    app.finish(&["nowhere@zq.example"]).await;
}
