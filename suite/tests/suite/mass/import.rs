//! Imports: a column that is not the importer's own goes nowhere, whenever the role says so.

use std::collections::BTreeMap;
use std::time::Duration;

use authz::FieldRule;
use kernel::{Clock as _, UploadId};
use records::import::{People, Runner};
use records::object::Kind;
use records::{Field, ListQuery, Object, RecordFault, RecordRef};
use testkit::App;

use super::act::refs;
use super::office::{Office, can_have};
use crate::support::import;
use crate::support::scene::absent;

/// A file with every field, every column and every name; what its first row would have a record hold.
async fn file(office: &Office, object: &Object, round: usize) -> (Vec<String>, String) {
    let differing = |field: &Field, text: String| match field.kind {
        Kind::Email => format!("forged{round}@zq.example"),
        Kind::Phone => format!("+49 30 5550 77{round:02}"),
        Kind::Text | Kind::PersonName | Kind::LongText => format!("{text} {round}"),
        _ => text,
    };
    let fields = object.fields.iter().map(|field| (field.name.to_string(), differing(field, office.value(field).0)));
    let strangers = office.strangers(object).await.into_iter().map(|name| (name.clone(), office.forged(&name)));
    let cells: Vec<_> = fields.chain(strangers).collect();
    let (names, texts): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    let quoted: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    (names.clone(), format!("{}\n{}\n", names.join(","), quoted.join(",")))
}

/// Takes the rows of an import as a worker does, with people that a column may name, and returns the newest record.
async fn run(office: &Office, object: &Object, id: UploadId) -> (RecordRef, BTreeMap<String, String>) {
    let (app, cx) = (&office.app, office.ann.cx.clone());
    app.clock.advance(Duration::from_secs(1));
    let job = office.ann.write(move |records, tx| records.start_import(tx, id)).await.unwrap();
    let known = People::new([(office.founder.email.clone(), office.founder.id)]);
    let (records, db) = (app.records.clone(), app.db.clone());
    let running = tokio::task::spawn_blocking(move || {
        let mut runner = Runner::open(records, db, cx, known, id)?;
        while runner.step()?.is_some() {}
        Ok::<_, RecordFault>(runner.counts())
    });
    let counts = running.await.unwrap().unwrap();
    assert_eq!((counts.created, counts.wrong), (1, 0), "{}: {counts:?}", object.name);
    office.ann.write(move |_, tx| Ok(db::queue::finish(tx, job)?)).await.unwrap();
    let (name, now) = (object.name.clone(), app.clock.now());
    let newest = office.founder.read(move |records, tx| {
        let list = ListQuery { limit: 200, ..ListQuery::default() };
        let page = records.list_records(tx, name.as_str(), &list)?;
        Ok(page.rows.iter().find(|row| row.created_at() == now).map(|row| row.at()).unwrap())
    });
    let at = newest.await.unwrap();
    let row = office.row(&at).await;
    (at, row)
}

/// Fails when: `map_import` takes a name that is no field or that a role keeps, the runner writes what its plan says after a
/// role has changed, or a column gives a record to somebody in whose name the importer may make none.
pub(super) async fn imports(app: App) {
    let mut office = Office::of(app).await;
    for (round, rule) in [None].into_iter().chain(FieldRule::ALL.iter().copied().map(Some)).enumerate() {
        office.rules(None, |_| false).await;
        let mut planned = Vec::new();
        for object in office.objects() {
            let (names, text) = file(&office, &object, round).await;
            let id = import::plan(&office.app, &office.ann, object.name.as_str(), text.as_bytes()).await.unwrap();
            let url = format!("/import/{id}/columns");
            let mapped = |names: &[String], on: &dyn Fn(&str) -> bool| -> Vec<(String, String)> {
                let target = |name: &String| if on(name) { name.clone() } else { String::new() };
                names.iter().map(|name| ("map".to_owned(), target(name))).collect()
            };
            let known = |name: &str| object.field(name).is_some() || name == "@owner";
            for name in names.iter().filter(|name| round == 0 && !known(name)) {
                let only = |other: &str| other == name || object.title == *other;
                let answer = office.browser().post(&url, &refs(&mapped(&names, &only))).await;
                assert_eq!(answer.status, 422, "{} {name}: {answer:?}", object.name);
            }
            let answer = office.browser().post(&url, &refs(&mapped(&names, &known))).await;
            assert_eq!(answer.status, 303, "{answer:?}");
            planned.push((object, id, names));
        }
        // The role changes while the import waits.
        office.rules(rule, |field| !field.required).await;
        for (object, id, names) in planned {
            let kept: Vec<_> = object
                .fields
                .iter()
                .filter(|f| !f.required && rule.is_some_and(|rule| can_have(&object, f, rule)))
                .collect();
            for field in kept.iter() {
                let only = |name: &String| {
                    if field.name == name.as_str() || object.title == *name.as_str() {
                        name.clone()
                    } else {
                        String::new()
                    }
                };
                let map: Vec<_> = names.iter().map(|name| ("map".to_owned(), only(name))).collect();
                let answer = office.browser().post(&format!("/import/{id}/columns"), &refs(&map)).await;
                assert_eq!(answer.status, 422, "{} {}: {answer:?}", object.name, field.name);
            }
            let bare = office.make(&object).await;
            let (control, empty) = (office.row(&bare).await, office.values(&bare).await);
            let (at, row) = run(&office, &object, id).await;
            let own = ["id", "subject_id", "owner_id", "team_id", "deleted_at"];
            for name in own.iter().filter(|name| !matches!(**name, "id" | "subject_id")).chain(&["version"]) {
                assert_eq!(row[*name], control[*name], "{} {name}", object.name);
            }
            assert!(at.id != absent() && row["created_at"] == office.app.clock.now().micros().to_string());
            let values = office.values(&at).await;
            for field in object.fields.iter().filter(|field| !field.required && !field.is_masked()) {
                let name = field.name.as_str();
                let is_kept = kept.iter().any(|kept| kept.name == field.name) || field.stamps.is_some();
                match is_kept {
                    true if field.stamps.is_none() && field.default.is_none() => {
                        assert_eq!(values.get(name), empty.get(name), "{} {name} {rule:?}", object.name);
                    }
                    false => assert!(values.get(name).is_some(), "{} {name}: what is not kept is taken", object.name),
                    true => {}
                }
            }
            if !kept.is_empty() && rule != Some(FieldRule::Masked) {
                assert_eq!(row["sealed_sensitive"], control["sealed_sensitive"], "{}", object.name);
            }
        }
    }
    office.app.finish(&[]).await;
}
