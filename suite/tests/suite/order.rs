//! The order of names under many writers: whoever waits for it holds no row that another one may need to let it go.

use std::future::Future;
use std::time::Duration;

use db::Place;
use records::import::Policy;
use records::{Change, RecordRef};
use testkit::{Actor, App};

use crate::support::import;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    an_import_waits_for_the_order_before_it_holds_rows => super::renewing;
    a_merge_and_its_undoing_wait_for_the_order_before_they_hold_rows => super::merging;
}

/// Does something while somebody else places a name. SQLite has one writer: there nobody waits for anybody inside a transaction.
///
/// # Panics
/// If a row is held while the order is waited for.
async fn while_held<T>(app: &App, object: &str, doing: impl Future<Output = T>) -> T {
    if matches!(app.data(), Place::File(_)) {
        return doing.await;
    }
    let (holder, looker) = (Raw::data(app).await, Raw::data(app).await);
    holder
        .run(&format!("begin; update field_order set stamp = stamp where object = '{object}' and field = 'name'"))
        .await;
    let own = holder.number("select pg_backend_pid()::bigint").await;
    let waiting = format!("select count(*) from pg_stat_activity where {own} = any(pg_blocking_pids(pid))");
    let looking = async {
        let end = tokio::time::Instant::now() + Duration::from_secs(30);
        while looker.number(&waiting).await == 0 {
            assert!(tokio::time::Instant::now() < end, "nobody waits for the order");
        }
        // Whoever places a name may move any other one.
        holder.run(&format!("select id from r_{object} for update nowait; rollback")).await;
    };
    tokio::join!(doing, looking).0
}

/// Fails when: `renew_known` writes the first row before it waits for the order that a later one needs.
async fn renewing(app: App) {
    let founder = app.founder().await;
    for (name, email) in [("Ann Stone", "ann@zq.example"), ("Bo Stone", "bo@zq.example")] {
        founder.create("contact", &[("name", name), ("email", email), ("city", "Oslo")]).await.unwrap();
    }
    // The first row changes where somebody lives, the second what somebody is called.
    let file = "name,email,city\nAnn Stone,ann@zq.example,Lima\nBo Field,bo@zq.example,Oslo\n";
    let id = import::plan(&app, &founder, "contact", file.as_bytes()).await.unwrap();
    let (_, plan) = founder.read(move |records, tx| records.read_import(tx, id)).await.unwrap();
    let mapping = plan.mapping.clone();
    founder.write(move |records, tx| records.map_import(tx, id, mapping, (Policy::Update, false))).await.unwrap();
    let job = founder.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    let mut runner = import::runner(&app, &founder, id).await.unwrap();
    let counts = while_held(&app, "contact", async move {
        let running = tokio::task::spawn_blocking(move || {
            while runner.step().unwrap().is_some() {}
            runner.counts()
        });
        running.await.unwrap()
    });
    assert_eq!(counts.await.updated, 2);
    founder.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await.unwrap();
    app.finish(&["bo@zq.example"]).await;
}

async fn company(founder: &Actor, name: &str, parent: Option<&RecordRef>) -> RecordRef {
    let parent = parent.map(|parent| parent.id.to_string()).unwrap_or_default();
    founder.create("company", &[("name", name), ("parent", &parent)]).await.unwrap()
}

/// Fails when: a merge leads links elsewhere, or its undoing takes records out of the bin, before it waits for the order.
async fn merging(app: App) {
    let founder = app.founder().await;
    let (keep, other) = (company(&founder, "Northlight", None).await, company(&founder, "North Light", None).await);
    let child = company(&founder, "Northlight Labs", Some(&other)).await;
    let (to, from) = (keep.clone(), other.id);
    let merged = while_held(
        &app,
        "company",
        founder.write(move |records, tx| {
            let chosen =
                |_: &records::Record, _: &[&records::Record]| Change::from_form([("name", "Northlight Group")]);
            records.merge_records(tx, (&to, 1), &[(from, 1)], &chosen)
        }),
    );
    let moved = merged.await.unwrap();
    assert_eq!(moved.iter().map(|moved| moved.at.id).collect::<Vec<_>>(), [child.id]);
    assert_eq!(founder.record(&keep).await.unwrap().title(), "Northlight Group");
    let (to, request) = (keep.clone(), founder.cx.request());
    let undone = while_held(
        &app,
        "company",
        founder.write(move |records, tx| records.unmerge_records(tx, &to, &[from], (request, &moved))),
    );
    undone.await.unwrap();
    assert_eq!(founder.record(&keep).await.unwrap().title(), "Northlight");
    assert!(founder.record(&other).await.unwrap().deleted_at().is_none());
    app.finish(&[]).await;
}
