//! The ledger, changed by somebody with its table: the verifier finds it and names the row.

use kernel::{EntryId, Timestamp};
use ledger::{Entry, Finding, Report};
use testkit::{Actor, App};

use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_row_of_the_ledger_that_was_changed_is_named => super::changed;
    rows_that_went_or_moved_are_noticed => super::moved;
    a_checkpoint_that_was_replaced_is_refused => super::checkpoint;
    a_line_that_was_planted_or_altered_before_it_has_its_place_gets_none => super::planted;
    a_note_kept_elsewhere_tells_that_the_ledger_was_put_back => super::put_back;
}

/// Leaves a ledger of some length, signed twice on the way.
async fn history(app: &App) -> Actor {
    let founder = app.founder().await;
    for n in 0..12 {
        founder.create("contact", &[("name", &format!("Person {n}"))]).await.unwrap();
        if n == 5 {
            app.sign_ledger().await;
        }
    }
    app.verify_ledger().await;
    founder
}

/// Does something to the ledger, looks, undoes it, and looks again.
async fn after(app: &App, raw: &Raw, (doing, undoing): (String, String)) -> Report {
    raw.run(&doing).await;
    let report = app.ledger_report().await;
    raw.run(&undoing).await;
    assert!(app.ledger_report().await.is_sound(), "not undone: {undoing}");
    assert!(!report.is_sound(), "not noticed: {doing}");
    report
}

/// Returns a cell of a ledger row.
async fn cell(raw: &Raw, column: &str, position: u64) -> Vec<u8> {
    raw.blobs(&format!("select {column} from ledger_entry where position = {position}")).await.remove(0)
}

/// Tells whether a row is named.
fn names(report: &Report, position: u64) -> bool {
    report.findings.iter().any(|finding| match finding {
        Finding::RowDiffers { row, .. } | Finding::RowRepeated { row } => row.position == position,
        Finding::RowsMissing { first, last } | Finding::CutOff { first, last } => (*first..=*last).contains(&position),
        _ => false,
    }) && report.findings.iter().any(|finding| finding.to_string().contains(&position.to_string()))
}

/// Fails when: the leaf is not computed over id and body, or is not compared.
async fn changed(app: App) {
    history(&app).await;
    let raw = Raw::data(&app).await;
    for position in [0, 3, 7] {
        for column in ["body", "leaf"] {
            let good = cell(&raw, column, position).await;
            for at in [0, good.len() / 2, good.len() - 1] {
                let mut bad = good.clone();
                bad[at] ^= 1;
                let set = |bytes: &[u8]| {
                    format!("update ledger_entry set {column} = {} where position = {position}", raw.bytes(bytes))
                };
                let report = after(&app, &raw, (set(&bad), set(&good))).await;
                assert!(names(&report, position), "{column} {position}: {report:?}");
            }
        }
        let id = raw
            .texts(&format!("select {} from ledger_entry where position = {position}", hex_of(&raw)))
            .await
            .remove(0);
        let good: kernel::Uuid = id.parse().unwrap();
        let bad = kernel::Uuid::from_u128(good.as_u128() ^ (1 << 40));
        let set = |id| format!("update ledger_entry set id = {} where position = {position}", raw.id(id));
        let report = after(&app, &raw, (set(bad), set(good))).await;
        assert!(names(&report, position), "id {position}: {report:?}");
    }
    app.finish(&[]).await;
}

/// How the engine spells an id as text.
fn hex_of(raw: &Raw) -> &'static str {
    match raw {
        Raw::Lite(_) => "lower(hex(id))",
        Raw::Pg(_) => "id::text",
    }
}

/// Fails when: positions are not checked for gaps, or a cut tail is not compared with the checkpoints.
async fn moved(app: App) {
    history(&app).await;
    let raw = Raw::data(&app).await;
    let last = u64::try_from(raw.number("select max(position) from ledger_entry").await).unwrap();
    let keep = "create table kept as select * from ledger_entry";
    let restore = "delete from ledger_entry; insert into ledger_entry (id, body, leaf, position) select id, body, leaf, position from kept; drop table kept";
    let with = |doing: &str| (format!("{keep}; {doing}"), restore.to_owned());
    for position in [0, 4, last - 1] {
        let report = after(&app, &raw, with(&format!("delete from ledger_entry where position = {position}"))).await;
        assert!(names(&report, position), "deleted {position}: {report:?}");
        let closed = format!(
            "delete from ledger_entry where position = {position}; update ledger_entry set position = position - 1000 where position > {position}; update ledger_entry set position = position + 999 where position < 0"
        );
        let report = after(&app, &raw, with(&closed)).await;
        assert!(
            names(&report, last) || report.findings.iter().any(|f| matches!(f, Finding::TreeDiffers { .. })),
            "closed up {position}: {report:?}"
        );
    }
    let report = after(&app, &raw, with(&format!("delete from ledger_entry where position > {}", last - 3))).await;
    assert_eq!(report.findings, [Finding::CutOff { first: last - 2, last }]);
    let report = after(&app, &raw, with("delete from ledger_entry")).await;
    assert_eq!(report.findings, [Finding::CutOff { first: 0, last }]);
    let swap = "update ledger_entry set position = -1 where position = 2; update ledger_entry set position = 2 where position = 4; update ledger_entry set position = 4 where position = -1";
    let report = after(&app, &raw, with(swap)).await;
    assert!(
        report
            .findings
            .iter()
            .any(|f| matches!(f, Finding::TreeDiffers { first, last } if (*first..=*last).contains(&2))),
        "{report:?}"
    );
    let inserted = format!(
        "update ledger_entry set position = null where position = 5; insert into ledger_entry (id, body, leaf, position) select {}, body, leaf, 5 from kept where position = 6",
        raw.id(kernel::Uuid::from_u128(9))
    );
    let report = after(&app, &raw, with(&inserted)).await;
    assert!(names(&report, 5), "{report:?}");
    app.finish(&[]).await;
}

/// Fails when: signatures are not verified, or a note of fewer rows is taken for one of more.
async fn checkpoint(app: App) {
    history(&app).await;
    let raw = Raw::data(&app).await;
    let notes = raw.texts("select note from ledger_checkpoint order by size").await;
    assert!(notes.len() >= 2);
    let size = raw.number("select max(size) from ledger_checkpoint").await;
    let (first, newest) = (&notes[0], &notes[notes.len() - 1]);
    let set = |note: &str| format!("update ledger_checkpoint set note = '{note}' where size = {size}");
    let lines: Vec<&str> = newest.lines().collect();
    let mut other_root = lines.clone();
    other_root[2] = first.lines().nth(2).unwrap();
    let mut other_size = lines.clone();
    let grown = (size + 1).to_string();
    other_size[1] = &grown;
    let mut signed_by_nobody = newest.clone();
    signed_by_nobody.truncate(signed_by_nobody.len() - 3);
    for forged in [
        format!("{}\n", other_root.join("\n")),
        format!("{}\n", other_size.join("\n")),
        signed_by_nobody,
        String::new(),
        "x".repeat(1000),
    ] {
        let report = after(&app, &raw, (set(&forged), set(newest))).await;
        assert!(report.findings.iter().any(|f| matches!(f, Finding::CheckpointRefused { .. })), "{forged}: {report:?}");
    }
    // An older checkpoint in its place proves less, and says so; nothing in the database alone can tell more.
    raw.run(&set(first)).await;
    let report = app.ledger_report().await;
    assert!(report.uncovered > 0, "{report:?}");
    raw.run(&set(newest)).await;
    // A row changed after both checkpoints were taken away is found by its leaf all the same.
    let good = cell(&raw, "body", 2).await;
    let mut bad = good.clone();
    bad[0] ^= 1;
    let body = |bytes: &[u8]| format!("update ledger_entry set body = {} where position = 2", raw.bytes(bytes));
    raw.run(&format!(
        "create table kept_notes as select * from ledger_checkpoint; delete from ledger_checkpoint; {}",
        body(&bad)
    ))
    .await;
    assert!(names(&app.ledger_report().await, 2));
    raw.run(&format!("{}; insert into ledger_checkpoint select * from kept_notes; drop table kept_notes", body(&good)))
        .await;
    app.finish(&[]).await;
}

/// Fails when: entries bear no mark, it is not looked at, or what was planted holds up what is genuine.
async fn planted(app: App) {
    let founder = history(&app).await;
    let raw = Raw::data(&app).await;
    let system = jobs::system_cx(&app.db);
    sequence::settle(&app.db, &system).await.unwrap();
    let (body, placed) = (cell(&raw, "body", 3).await, "select count(*) from ledger_entry where position is not null");
    let before = raw.number(placed).await;
    // A line of somebody's, once more; as it would be, but for the mark.
    let entry = Entry { id: EntryId::new(Timestamp::from_micros(1), &*app.chance), body };
    let (id, leaf) = (raw.id(entry.id.uuid()), raw.bytes(&entry.leaf()));
    let body = raw.bytes(&entry.body);
    raw.run(&format!("insert into ledger_entry (id, body, leaf) values ({id}, {body}, {leaf})")).await;
    // A genuine one, changed before it has its place; and one that nobody touched.
    founder.create("contact", &[("name", "Wilma Seen")]).await.unwrap();
    let waiting = "position is null and mark is not null";
    assert_eq!(raw.number(&format!("select count(*) from ledger_entry where {waiting}")).await, 1);
    raw.run(&format!("update ledger_entry set body = {body}, leaf = {leaf} where {waiting}")).await;
    founder.create("contact", &[("name", "Wilma Kept")]).await.unwrap();
    sequence::settle(&app.db, &system).await.unwrap();
    assert_eq!(raw.number(placed).await, before + 1);
    assert_eq!(raw.number("select count(*) from ledger_entry where refused_at is not null").await, 2);
    app.verify_ledger().await;
    // Somebody hears of it.
    let integrity = integrity::Integrity::new(&app.accounts, app.records.clone());
    let officer = app.person("Olga Watch", authz::Role::SecurityOfficer).await;
    integrity.begin(&officer.cx).await.unwrap();
    let step = async || {
        let (its, cx) = (integrity.clone(), jobs::system_cx(&app.db));
        tokio::task::spawn_blocking(move || its.step(&cx).unwrap()).await.unwrap()
    };
    while step().await {}
    let found = integrity.report(&officer.cx).await.unwrap().findings;
    assert_eq!(found.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [integrity::Kind::Ledger]);
}

/// Fails when: a note that was kept elsewhere is not compared with the tree, or only where the database has none of its own.
async fn put_back(app: App) {
    let founder = history(&app).await;
    let raw = Raw::data(&app).await;
    raw.run(
        "create table kept_entry as select * from ledger_entry; create table kept_tree as select * from ledger_tree; \
         create table kept_note as select * from ledger_checkpoint",
    )
    .await;
    let newest = "select note from ledger_checkpoint order by size desc limit 1";
    let early = raw.texts(newest).await;
    for n in 0..3 {
        founder.create("contact", &[("name", &format!("Later {n}"))]).await.unwrap();
    }
    app.verify_ledger().await;
    let late = raw.texts(newest).await;
    assert!(app.ledger_report_against(&[&early[..], &late].concat()).await.is_sound());
    raw.run(
        "delete from ledger_entry; insert into ledger_entry (id, body, leaf, position) select id, body, leaf, position from kept_entry; \
         delete from ledger_checkpoint; insert into ledger_checkpoint (size, note, signed_at) select size, note, signed_at from kept_note; \
         update ledger_tree set size = (select size from kept_tree), frontier = (select frontier from kept_tree); \
         drop table kept_entry; drop table kept_tree; drop table kept_note",
    )
    .await;
    assert!(app.ledger_report().await.is_sound(), "nothing inside tells");
    assert!(app.ledger_report_against(&early).await.is_sound());
    let size: u64 = late[0].lines().nth(1).unwrap().parse().unwrap();
    let beyond = |finding: &Finding| matches!(finding, Finding::KeptBeyond { size: its, .. } if *its == size);
    let report = app.ledger_report_against(&late).await;
    assert!(report.findings.iter().any(beyond), "{report:?}");
    // It goes on from there, beyond what the note says.
    raw.run("delete from ledger_about").await;
    for n in 0..5 {
        founder.create("contact", &[("name", &format!("Other {n}"))]).await.unwrap();
    }
    app.verify_ledger().await;
    let report = app.ledger_report_against(&late).await;
    assert!(report.findings.contains(&Finding::KeptDiffers { size }), "{report:?}");
    app.finish(&[]).await;
}
