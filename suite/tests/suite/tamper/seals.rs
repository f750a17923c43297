//! Seals, moved by somebody with the tables: they do not open, and never as a wrong value.

use records::RecordFault;
use testkit::App;

use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_seal_that_was_moved_does_not_open => super::seals;
    a_masked_seal_that_was_moved_does_not_open => super::masked;
    an_older_seal_of_the_same_record_does_not_open => super::replayed;
    a_changed_byte_of_a_seal_or_a_key_does_not_open => super::bytes;
}

/// Tells whether nothing was opened: the record was altered, and no value.
fn is_refused<T>(result: &Result<T, RecordFault>) -> bool {
    matches!(result, Err(RecordFault::Damaged))
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

/// Fails when: the mark of a row does not cover what is sealed in it.
async fn replayed(app: App) {
    let founder = app.founder().await;
    let raw = Raw::data(&app).await;
    let at = founder.create("contact", &[("name", "One"), ("city", "Oslo"), ("national_id", "QX-1")]).await.unwrap();
    let id = raw.id(at.id.uuid());
    let cells =
        async |column: &str| raw.blobs(&format!("select {column} from r_contact where id = {id}")).await.remove(0);
    for (column, change) in [("sealed", ("city", "Lima")), ("sealed_sensitive", ("national_id", "QX-2"))] {
        let old = cells(column).await;
        founder.update(&at, None, &[change]).await.unwrap();
        let new = cells(column).await;
        let set = |bytes: &[u8]| format!("update r_contact set {column} = {} where id = {id}", raw.bytes(bytes));
        raw.run(&set(&old)).await;
        let read = founder.record(&at).await;
        assert!(is_refused(&read), "{column}");
        raw.run(&set(&new)).await;
        assert!(founder.record(&at).await.is_ok());
    }
    app.finish(&["Oslo", "QX-1"]).await;
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
