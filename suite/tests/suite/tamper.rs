//! Somebody with the database file changes it: the ledger says where, and a seal that was moved does not open.

use ledger::{Finding, Report};
use records::RecordFault;
use testkit::{Actor, App};
use vault::VaultFault;

use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_row_of_the_ledger_that_was_changed_is_named => super::changed;
    rows_that_went_or_moved_are_noticed => super::moved;
    a_checkpoint_that_was_replaced_is_refused => super::checkpoint;
    a_seal_that_was_moved_does_not_open => super::seals;
    a_masked_seal_that_was_moved_does_not_open => super::masked;
    an_older_seal_of_the_same_record_opens_and_the_ledger_knows_better => super::replayed;
    a_changed_byte_of_a_seal_or_a_key_does_not_open => super::bytes;
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

/// Tells whether nothing was opened: an error of the seal, and no value.
fn is_refused<T>(result: &Result<T, RecordFault>) -> bool {
    matches!(result, Err(RecordFault::Vault(VaultFault::Tampered | VaultFault::Destroyed) | RecordFault::Code(_)))
}

/// Fails when: record, object or key are taken out of the associated data of a seal.
async fn seals(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let one = founder.create("contact", &[("name", "One"), ("city", "Oslo")]).await.unwrap();
    let two = founder.create("contact", &[("name", "Two"), ("city", "Lima")]).await.unwrap();
    let firms = [
        founder.create("company", &[("name", "Firm one")]).await.unwrap(),
        founder.create("company", &[("name", "Firm two")]).await.unwrap(),
    ];
    let deal = founder.create("deal", &[("name", "Deal")]).await.unwrap();
    let id = |at: &records::RecordRef| raw.id(at.id.uuid());
    let take = |column: &str, (from, at): (&str, &records::RecordRef), (to, target): (&str, &records::RecordRef)| {
        format!(
            "update r_{to} set {column} = (select {column} from r_{from} where id = {}) where id = {}",
            id(at),
            id(target)
        )
    };
    raw.run("create table kept_contact as select * from r_contact").await;
    raw.run("create table kept_company as select * from r_company").await;
    // The blob of another person, with and without that person's key; of another record under the same key.
    let both = format!(
        "{}; {}",
        take("sealed", ("contact", &one), ("contact", &two)),
        take("subject_id", ("contact", &one), ("contact", &two))
    );
    for (doing, at) in [
        (take("sealed", ("contact", &one), ("contact", &two)), &two),
        (both, &two),
        (take("sealed", ("company", &firms[0]), ("company", &firms[1])), &firms[1]),
        (take("sealed", ("deal", &deal), ("company", &firms[1])), &firms[1]),
        (format!("update r_contact set subject_id = null where id = {}", id(&two)), &two),
        (format!("update r_contact set sealed = {} where id = {}", raw.bytes(&[]), id(&two)), &two),
        (format!("update r_contact set sealed = {} where id = {}", raw.bytes(&[0; 12]), id(&two)), &two),
    ] {
        raw.run(&doing).await;
        let read = founder.record(at).await;
        assert!(is_refused(&read), "{doing}: opened as {:?}", read.map(|r| r.title().to_owned()));
        assert!(founder.update(at, None, &[("name", "Again")]).await.is_err(), "{doing}");
        raw.run("update r_contact set sealed = k.sealed, subject_id = k.subject_id from kept_contact k where k.id = r_contact.id").await;
        raw.run("update r_company set sealed = k.sealed from kept_company k where k.id = r_company.id").await;
        assert!(founder.record(at).await.is_ok());
    }
    raw.run("drop table kept_contact; drop table kept_company").await;
    app.finish(&["Firm one", "Oslo"]).await;
}

/// A limit, written down so that nobody believes otherwise: a seal is bound to its record and not to its version, so whoever
/// can write the row can put an older seal of the same record back. The ledger still holds what was written last.
///
/// Fails when: a seal is bound to its version (then this becomes a test like the others), or the history loses a change.
async fn replayed(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let at = founder.create("contact", &[("name", "One"), ("city", "Oslo")]).await.unwrap();
    let id = raw.id(at.id.uuid());
    let old = raw.blobs(&format!("select sealed from r_contact where id = {id}")).await.remove(0);
    founder.update(&at, Some(1), &[("city", "Lima")]).await.unwrap();
    raw.run(&format!("update r_contact set sealed = {} where id = {id}", raw.bytes(&old))).await;
    app.db.settle(&founder.cx).await.unwrap();
    let told = founder.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        let shown = record.value("city").cloned();
        Ok((shown, records.timeline(tx, &record, None, 10)?.events))
    });
    let (shown, events) = told.await.unwrap();
    let city = |text: &str| Some(records::Value::Text(text.to_owned()));
    assert_eq!(shown, city("Oslo"));
    let last = events[0].changes.iter().find(|change| change.field.as_str() == "city").unwrap();
    assert_eq!((&last.before, &last.after), (&city("Oslo"), &city("Lima")));
    app.finish(&[]).await;
}

/// Fails when: the name of the field is taken out of a masked seal, or not compared.
async fn masked(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let fields = [("name", "One"), ("national_id", "QX-1"), ("birthday", "1980-01-02")];
    let one = founder.create("contact", &fields).await.unwrap();
    let two = founder
        .create("contact", &[("name", "Two"), ("national_id", "QX-2"), ("birthday", "1990-01-02")])
        .await
        .unwrap();
    let column =
        |at: &records::RecordRef| format!("select sealed_sensitive from r_contact where id = {}", raw.id(at.id.uuid()));
    let good = raw.blobs(&column(&one)).await.remove(0);
    let set = |bytes: &[u8]| {
        format!("update r_contact set sealed_sensitive = {} where id = {}", raw.bytes(bytes), raw.id(one.id.uuid()))
    };
    let reveal = async |field: &'static str| {
        let at = one.clone();
        founder.read(move |records, tx| records.reveal_field(tx, &at, field, "asked for")).await
    };
    assert!(reveal("national_id").await.unwrap().is_some());
    // The two seals of one person change places: same key, same record.
    raw.run(&set(&exchanged(&good))).await;
    for field in ["national_id", "birthday"] {
        let shown = reveal(field).await;
        assert!(is_refused(&shown), "{field} opened as {shown:?}");
    }
    // Those of another person.
    raw.run(&set(&raw.blobs(&column(&two)).await.remove(0))).await;
    assert!(is_refused(&reveal("national_id").await));
    for garbage in [&[][..], &[0xff], &good[..good.len() - 1]] {
        raw.run(&set(garbage)).await;
        let shown = reveal("national_id").await;
        assert!(shown.is_err(), "{shown:?}");
    }
    raw.run(&set(&good)).await;
    assert!(reveal("national_id").await.unwrap().is_some());
    app.finish(&["QX-1", "1980-01-02"]).await;
}

/// Gives each of two masked fields the seal of the other.
fn exchanged(packed: &[u8]) -> Vec<u8> {
    let mut from = minicbor::Decoder::new(packed);
    assert_eq!(from.map().unwrap(), Some(2));
    let mut fields = Vec::new();
    for _ in 0..2 {
        fields.push((from.str().unwrap().to_owned(), from.bytes().unwrap().to_vec()));
    }
    let mut to = minicbor::Encoder::new(Vec::new());
    to.map(2).unwrap();
    to.str(&fields[0].0).unwrap().bytes(&fields[1].1).unwrap();
    to.str(&fields[1].0).unwrap().bytes(&fields[0].1).unwrap();
    to.into_writer()
}

/// Fails when: a cipher without authentication is used, or a key's wrapping is not bound to its id and purpose.
async fn bytes(app: App) {
    let founder = app.founder().await;
    let (raw, keys) = (Raw::data(&app).await, Raw::open(app.keys()).await);
    let at = founder
        .create("contact", &[("name", "One"), ("notes", "Something longer than a block of a cipher")])
        .await
        .unwrap();
    let id = raw.id(at.id.uuid());
    let good = raw.blobs(&format!("select sealed from r_contact where id = {id}")).await.remove(0);
    for byte in 0..good.len() {
        let mut bad = good.clone();
        bad[byte] ^= 1 << (byte % 8);
        raw.run(&format!("update r_contact set sealed = {} where id = {id}", raw.bytes(&bad))).await;
        assert!(is_refused(&founder.record(&at).await), "byte {byte} of {}", good.len());
    }
    raw.run(&format!("update r_contact set sealed = {} where id = {id}", raw.bytes(&good))).await;
    assert!(founder.record(&at).await.is_ok());
    // The keys of two people change places. What was opened stays in memory for minutes, so its time passes first.
    let other = founder.create("contact", &[("name", "Two")]).await.unwrap();
    let owner =
        |at: &records::RecordRef| format!("select subject_id from r_contact where id = {}", raw.id(at.id.uuid()));
    let subject = async |at| kernel::Uuid::from_slice(&subject_bytes(&raw, &owner(at)).await).unwrap();
    let (a, b) = (keys.id(subject(&at).await), keys.id(subject(&other).await));
    let wrapped =
        async |id: &str| keys.blobs(&format!("select wrapped from keyring_key where id = {id}")).await.remove(0);
    let (of_a, of_b) = (wrapped(&a).await, wrapped(&b).await);
    keys.run(&format!(
        "update keyring_key set wrapped = {} where id = {a}; update keyring_key set wrapped = {} where id = {b}",
        keys.bytes(&of_b),
        keys.bytes(&of_a)
    ))
    .await;
    app.clock.advance(std::time::Duration::from_secs(24 * 3600));
    let founder = app.founder().await;
    for at in [&at, &other] {
        assert!(is_refused(&founder.record(at).await));
    }
    keys.run(&format!(
        "update keyring_key set wrapped = {} where id = {a}; update keyring_key set wrapped = {} where id = {b}",
        keys.bytes(&of_a),
        keys.bytes(&of_b)
    ))
    .await;
    assert!(founder.record(&at).await.is_ok());
    app.finish(&[]).await;
}

async fn subject_bytes(raw: &Raw, sql: &str) -> Vec<u8> {
    match raw {
        Raw::Lite(_) => raw.blobs(sql).await.remove(0),
        Raw::Pg(_) => raw.blobs(&sql.replace("subject_id", "uuid_send(subject_id)")).await.remove(0),
    }
}
