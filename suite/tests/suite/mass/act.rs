//! Acts of pages on records: whatever else is sent with them, they do what they do.

use std::collections::BTreeSet;

use kernel::RecordId;
use records::Object;
use serde_json::{Value as Json, json};
use testkit::App;

use super::ACTS;
use super::office::{Office, but, lasting};
use crate::support::http::{Answer, Client};

/// A route, where it is asked, and its own controls.
type Asked = (&'static str, String, Vec<(&'static str, String)>);

/// What each act on a record asks for.
fn asked(office: &Office, object: &Object, id: RecordId) -> Vec<Asked> {
    let own = format!("/{}/{id}", object.plural);
    let bulk = format!("/{}/bulk", object.plural);
    let with = format!("person:{}", office.founder.id);
    let masked =
        object.fields.iter().find(|field| field.is_masked()).map(|field| format!("{own}/reveal/{}", field.name));
    let stage = object.board_field().map(|field| (format!("{own}/move"), field.choices.last().unwrap().value.clone()));
    let mut acts = vec![
        ("NoteOn", format!("{own}/note"), vec![("text", format!("Zq about {id}")), ("kind", "call".to_owned())]),
        ("SharePage", format!("{own}/sharing"), vec![("with", with), ("until", "2026-11-30".to_owned())]),
        ("BulkAct", bulk.clone(), vec![("act", "assign".to_owned()), ("id", id.to_string())]),
        ("BulkAct", bulk, vec![("act", "delete".to_owned()), ("id", id.to_string())]),
        ("RestoreRecord", format!("{own}/restore"), Vec::new()),
        ("DeleteRecord", format!("{own}/delete"), Vec::new()),
    ];
    acts.extend(stage.map(|(url, stage)| ("MoveRecord", url, vec![("stage", stage)])).into_iter().rev());
    acts.extend(masked.map(|url| ("RevealField", url, vec![("reason", "call".to_owned())])));
    // On records that are there, before they are in the bin.
    acts.sort_by_key(|(name, ..)| matches!(*name, "BulkAct" | "RestoreRecord" | "DeleteRecord"));
    acts
}

/// Fails when: an act takes any other control for a field, or names the record it is about by a control.
pub(super) async fn acts(app: App) {
    let office = Office::of(app).await;
    let browser = office.browser();
    let founder = Client::program(&office.site, &office.app.token(&office.founder).await);
    let mut tried = BTreeSet::new();
    for object in office.objects() {
        let (plain, loaded) = (office.make(&object).await, office.make(&object).await);
        let strangers = office.strangers(&object).await;
        let fields = object.fields.iter().map(|field| (field.name.to_string(), office.value(field).0));
        let extras: Vec<_> =
            strangers.into_iter().map(|name| (name.clone(), office.forged(&name))).chain(fields).collect();
        let each = ["id", "subject_id"];
        for (one, other) in asked(&office, &object, plain.id).into_iter().zip(asked(&office, &object, loaded.id)) {
            let (name, url, own) = other;
            let with: Vec<_> = one.2.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let usual = browser.post(&one.1, &with).await;
            let mut sent: Vec<_> = own.iter().map(|(n, v)| (*n, v.as_str())).collect();
            // Its own controls, and the version it is asked about, mean what they mean.
            let meant = |n: &str| own.iter().any(|(own, _)| *own == n) || matches!(n, "version" | "kind" | "text");
            sent.extend(extras.iter().filter(|(n, _)| !meant(n)).map(|(n, v)| (n.as_str(), v.as_str())));
            let answer = browser.post(&url, &sent).await;
            assert_eq!(answer.status, usual.status, "{name} of {}: {answer:?}", object.name);
            let rows = (office.row(&plain).await, office.row(&loaded).await);
            assert_eq!(rows.0["version"], rows.1["version"], "{name} of {}", object.name);
            assert_eq!(lasting(rows.1, &each), lasting(rows.0, &each), "{name} of {}", object.name);
            if name == "BulkAct" && own[0].1 == "delete" {
                let undo = |answer: &Answer, id| {
                    vec![
                        ("request".to_owned(), answer.header("x-request-id").to_owned()),
                        ("ids".to_owned(), format!("{id}")),
                    ]
                };
                browser.post(&format!("/{}/undo", object.plural), &refs(&undo(&usual, plain.id))).await;
                let mut controls = undo(&answer, loaded.id);
                controls.extend(extras.iter().cloned());
                let undone = browser.post(&format!("/{}/undo", object.plural), &refs(&controls)).await;
                assert_eq!(undone.status, 303, "{undone:?}");
                let rows = (office.row(&plain).await, office.row(&loaded).await);
                assert_eq!(lasting(rows.1, &each), lasting(rows.0, &each), "BulkUndo of {}", object.name);
                tried.insert("BulkUndo");
            }
            tried.insert(name);
        }
        assert_eq!(
            but(office.values(&loaded).await, &office.required(&object)),
            but(office.values(&plain).await, &office.required(&object))
        );
    }
    assert!(ACTS.iter().all(|act| tried.contains(act)), "{tried:?}");
    // A note is about what it was written on, and nothing else.
    let notes: Json = serde_json::from_str(&founder.get("/api/v1/notes?limit=200").await.text).unwrap();
    for note in notes["data"].as_array().unwrap().iter().filter(|note| note["fields"]["text"] != json!("Zq")) {
        let links = ["contact", "company", "deal"].iter().filter(|name| note["fields"].get(**name).is_some()).count();
        assert!(links <= 1 && note["owner_id"] == json!(office.ann.id.to_string()), "{note}");
    }
    office.app.finish(&[]).await;
}

pub(super) fn refs(controls: &[(String, String)]) -> Vec<(&str, &str)> {
    controls.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
