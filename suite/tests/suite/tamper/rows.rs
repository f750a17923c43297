//! Rows, changed by somebody with the tables: nothing of them is taken for genuine, whichever way they are read.

use kernel::{UserId, Uuid};
use records::record::Bulk;
use records::{ListQuery, RecordFault, RecordRef};
use testkit::{Actor, App};

use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_cell_that_was_changed_is_refused => super::cells;
    a_list_shows_which_row_was_altered_and_programs_are_refused => super::lists;
    a_whole_row_of_before_is_found_out_by_the_ledger => super::replayed;
    rows_that_change_hands_stay_genuine_and_forged_ones_do_not_become_so => super::hands;
}

fn is_refused<T>(result: &Result<T, RecordFault>) -> bool {
    matches!(result, Err(RecordFault::Damaged))
}

async fn deal(founder: &Actor) -> RecordRef {
    let company = founder.create("company", &[("name", "Firm")]).await.unwrap();
    let company = company.id.to_string();
    let fields = [
        ("name", "Pumps"),
        ("amount", "1200 EUR"),
        ("stage", "won"),
        ("company", &company),
        ("close_date", "2026-03-01"),
    ];
    founder.create("deal", &fields).await.unwrap()
}

/// Fails when: a column of the row is left out of its mark.
async fn cells(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let at = deal(&founder).await;
    let other = deal(&founder).await;
    let id = raw.id(at.id.uuid());
    let stranger = raw.id(Uuid::from_u128(7));
    raw.run("create table kept as select * from r_deal").await;
    let restore = format!("delete from r_deal where id = {id}; insert into r_deal select * from kept where id = {id}");
    let of_other =
        |column: &str| format!("{column} = (select {column} from kept where id = {})", raw.id(other.id.uuid()));
    for change in [
        "amount = amount + 1".to_owned(),
        "amount = null".to_owned(),
        "amount_cur = 'USD'".to_owned(),
        "stage = 'lost'".to_owned(),
        "stage = null".to_owned(),
        "close_date = close_date + 1".to_owned(),
        "company = null".to_owned(),
        of_other("company"),
        of_other("sealed"),
        of_other("row_mark"),
        "row_mark = null".to_owned(),
        format!("owner_id = {stranger}"),
        format!("team_id = {stranger}"),
        format!("subject_id = {stranger}"),
        "version = version + 1".to_owned(),
        "version = version - 1".to_owned(),
        "created_at = created_at + 1".to_owned(),
        "updated_at = updated_at - 1".to_owned(),
        "deleted_at = updated_at".to_owned(),
    ] {
        raw.run(&format!("update r_deal set {change} where id = {id}")).await;
        assert!(is_refused(&founder.record(&at).await), "{change}");
        assert!(is_refused(&founder.update(&at, None, &[("name", "Again")]).await), "{change}");
        let (shared, gone) = (at.clone(), at.clone());
        let may = founder.read(move |records, tx| records.may_share(tx, &shared)).await;
        assert!(is_refused(&may), "{change}");
        let binned = founder.write(move |records, tx| records.delete_record(tx, &gone, None)).await;
        assert!(is_refused(&binned), "{change}");
        raw.run(&restore).await;
        let _ = founder.record(&at).await.unwrap();
    }
    // A row under the id of another.
    raw.run(&format!(
        "delete from r_deal where id = {id}; update r_deal set id = {id} where id = {}",
        raw.id(other.id.uuid())
    ))
    .await;
    assert!(is_refused(&founder.record(&at).await));
    raw.run("delete from r_deal; insert into r_deal select * from kept; drop table kept").await;
    let _ = founder.record(&at).await.unwrap();
    app.finish(&[]).await;
}

/// Fails when: a row that was altered is shown, hides the others, or goes to a program as an empty one.
async fn lists(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let (at, other) = (deal(&founder).await, deal(&founder).await);
    raw.run(&format!("update r_deal set amount = 9900 where id = {}", raw.id(at.id.uuid()))).await;
    let query = ListQuery::default();
    let shown = founder.read(move |records, tx| {
        let page = records.list_shown(tx, "deal", &query)?;
        let state = |row: &records::Record| (row.record_id(), row.is_damaged(), row.values().is_empty());
        Ok(page.rows.iter().map(|row| state(row)).collect::<Vec<_>>())
    });
    let shown = shown.await.unwrap();
    assert_eq!(shown.len(), 2);
    assert!(shown.contains(&(at.id, true, true)) && shown.contains(&(other.id, false, false)), "{shown:?}");
    let listed =
        founder.read(move |records, tx| records.list_records(tx, "deal", &ListQuery::default()).map(|_| ())).await;
    assert!(is_refused(&listed));
    let found = founder.read(|records, tx| records.search(tx, "Pumps", &[], 10).map(|found| found.len())).await;
    assert_eq!(found.unwrap(), 1, "the search shows the one that stands");
    app.finish(&[]).await;
}

/// Fails when: another owner or team leaves the mark of before, or gives one to a row that was altered.
async fn hands(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let (ann, bo) = (app.person("Ann Lee", authz::Role::Agent).await, app.person("Bo Chen", authz::Role::Agent).await);
    let (of_ann, of_bo): (UserId, UserId) = (ann.cx.person().unwrap(), bo.cx.person().unwrap());
    let (good, forged) = (deal(&ann).await, deal(&ann).await);
    raw.run(&format!("update r_deal set amount = 1 where id = {}", raw.id(forged.id.uuid()))).await;
    let team = founder.write(|_, tx| Ok(roles::team::put(tx, None, "North", None)?)).await.unwrap();
    founder.write(move |records, tx| records.regroup(tx, of_ann, Some(team))).await.unwrap();
    let _ = founder.record(&good).await.unwrap();
    assert!(is_refused(&founder.record(&forged).await));
    let moved = founder.write(move |records, tx| {
        let mut all = 0;
        loop {
            match records.hand_over(tx, (of_ann, of_bo), 1)? {
                0 => return Ok(all),
                some => all += some,
            }
        }
    });
    assert_eq!(moved.await.unwrap(), 4, "two deals and their companies, the forged one too");
    let _ = founder.record(&good).await.unwrap();
    assert!(is_refused(&founder.record(&forged).await));
    let ids = [good.id];
    let object = good.object.clone();
    let given = founder.write(move |records, tx| records.bulk(tx, &object, &ids, Bulk::Assign(of_ann))).await;
    assert_eq!(given.unwrap().done.len(), 1);
    let _ = founder.record(&good).await.unwrap();
    app.finish(&[]).await;
}

/// Fails when: a write does not say in the ledger which version it wrote, or the history of a record is not compared with it.
async fn replayed(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let at = deal(&founder).await;
    let id = raw.id(at.id.uuid());
    let history = async || {
        sequence::settle(&app.db, &founder.cx).await.unwrap();
        let at = at.clone();
        let told = founder.read(move |records, tx| {
            let record = records.read_record(tx, &at)?;
            records.timeline(tx, &record, None, 10).map(|told| told.events.len())
        });
        told.await
    };
    let binned = async |bin: bool| {
        let at = at.clone();
        let moved = founder.write(move |records, tx| match bin {
            true => records.delete_record(tx, &at, None),
            false => records.restore_record(tx, &at).map(|_| ()),
        });
        moved.await.unwrap();
    };
    let back = format!("delete from r_deal where id = {id}; insert into r_deal select * from kept; drop table kept");
    let keep = format!("create table kept as select * from r_deal where id = {id}");
    for step in ["change", "bin", "restore"] {
        raw.run(&keep).await;
        match step {
            "change" => drop(founder.update(&at, None, &[("stage", "lost")]).await.unwrap()),
            other => binned(other == "bin").await,
        }
        assert!(history().await.unwrap() > 0, "{step}");
        raw.run(&format!("create table newest as select * from r_deal where id = {id}; {back}")).await;
        assert!(is_refused(&history().await), "{step}");
        raw.run("delete from r_deal where id in (select id from newest); insert into r_deal select * from newest; drop table newest")
            .await;
    }
    assert!(history().await.unwrap() > 0);
    app.finish(&[]).await;
}
