//! Somebody sends more than the form asks for: every column, every field that is not theirs, into every write of every object.
//!
//! Made from the definitions, the roles' rules and the schema. An object, a field or a column that comes to be is asked about by
//! itself; a new route that writes records fails [`every_write_of_records_is_tried`] until it is in one of the lists.

mod act;
mod import;
mod office;

use authz::FieldRule;
use records::{Field, Object, RecordRef};
use serde_json::{Map, Value as Json, json};
use testkit::App;

use self::office::{Office, but, can_have, lasting};
use crate::support::http::Client;
use crate::support::scene::absent;

testkit::on_both_engines! {
    no_write_takes_a_column_that_is_no_field => super::columns;
    no_write_takes_a_field_that_a_role_keeps => super::ruled;
    no_act_on_records_takes_more_than_it_asks_for => super::act::acts;
    no_import_takes_a_column_that_is_not_its_own => super::import::imports;
}

/// Writes that take the fields of a record.
const WRITES: [&str; 4] = ["RecordList POST", "OneRecord PATCH", "ListPage POST", "RecordPage POST"];
/// Acts of pages on records, which take a few controls of their own.
const ACTS: [&str; 8] =
    ["BulkAct", "BulkUndo", "DeleteRecord", "RestoreRecord", "MoveRecord", "NoteOn", "SharePage", "RevealField"];
/// Takes no field of a record: removing needs none, the end of a share is its address, a search and a hint only read, telling apart,
/// erasing and holding are said of the record as a whole, and files hang on it.
const BODILESS: [&str; 15] = [
    "OneRecord DELETE",
    "ShareEnd POST",
    "RecordSearch POST",
    "ErasePage POST",
    "HoldPlace POST",
    "HoldLift POST",
    "FilesPage POST",
    "FileRemove POST",
    "FileRestore POST",
    "FileList POST",
    "OneFile DELETE",
    "AlikeHint POST",
    "DuplicatesPage POST",
    "MergePage POST",
    "MergeUndo POST",
];

/// Fails when: a route that changes records is added to the router and not to a list here.
#[test]
fn every_write_of_records_is_tried() {
    let routes = web::route::all().iter().chain(api::route::all()).filter(|route| route.path.contains("{plural}"));
    let writes = routes.flat_map(|route| route.methods.iter().map(move |method| (route.name, *method)));
    for (name, method) in writes.filter(|(_, method)| *method != "GET") {
        let write = format!("{name} {method}");
        let known = WRITES.contains(&write.as_str()) || BODILESS.contains(&write.as_str()) || ACTS.contains(&name);
        assert!(known, "{write} is a write that nobody has sent too much to: add it to a list here");
    }
}

fn pairs<'a>(fields: &'a [(String, String, Json)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let own = fields.iter().map(|(name, text, _)| (name.as_str(), text.as_str()));
    own.chain(more.iter().copied()).collect()
}

fn body(fields: &[(String, String, Json)], probe: (&str, &Json)) -> Json {
    let own = fields.iter().map(|(name, _, json)| (name.clone(), json.clone()));
    json!({ "fields": own.chain([(probe.0.to_owned(), probe.1.clone())]).collect::<Map<_, _>>() })
}

/// A value that nobody may send: a name, its text, and its JSON.
struct Probe {
    name: String,
    text: String,
    json: Json,
}

/// Sends a probe with every write: the API refuses and names it, a form takes everything but it.
async fn send(office: &Office, (browser, program): (&Client, &Client), object: &Object, probe: &Probe) {
    let told = format!("{} {}", object.name, probe.name);
    let (at, required) = (office.make(object).await, office.required(object));
    let seen = office.app.records.seen_by_name(&office.ann.cx, object.name.as_str()).unwrap();
    let (before, values) = (office.row(&at).await, office.values(&at).await);
    let (page, machine) = (format!("/{}", object.plural), format!("/api/v1/{}", object.plural));
    let (own, own_machine) = (format!("{page}/{}", at.id), format!("{machine}/{}", at.id));

    let all = office.count(object).await;
    let body = body(&required, (&probe.name, &probe.json));
    for (method, url) in [("POST", &machine), ("PATCH", &own_machine)] {
        let answer = program.json(method, url, &body).await;
        let problem: Json = serde_json::from_str(&answer.text).unwrap();
        let named = problem["errors"]
            .as_array()
            .is_some_and(|wrongs| wrongs.len() == 1 && wrongs.iter().all(|wrong| wrong["field"] == json!(probe.name)));
        assert!(answer.status == 422 && named, "{method} {told}: {answer:?}");
    }
    assert_eq!((office.row(&at).await, office.count(object).await), (before.clone(), all), "{told}");

    let extra = [(probe.name.as_str(), probe.text.as_str()), ("anyway", "1")];
    let changed = browser.post(&own, &pairs(&required, &extra)).await;
    // What is no field for whoever sends it is passed over; a field that is only read is refused, and so is another version.
    let passed = match probe.name.as_str() {
        "version" => 409,
        name if seen.field(name).is_some_and(|field| !field.is_written()) => 422,
        _ => 303,
    };
    assert_eq!(changed.status, passed, "{told}: {changed:?}");
    assert_eq!(lasting(office.row(&at).await, &[]), lasting(before.clone(), &[]), "{told}");
    assert_eq!(but(office.values(&at).await, &required), but(values.clone(), &required), "{told}");

    let made = browser.post(&page, &pairs(&required, &extra)).await;
    assert_eq!(made.status, if passed == 422 { 422 } else { 303 }, "{told}: {made:?}");
    if made.status == 303 {
        let id = made.header("location").rsplit('/').next().unwrap().split('?').next().unwrap().parse().unwrap();
        let new = RecordRef { object: object.name.clone(), id };
        assert_ne!(id, absent(), "{told}");
        let each = ["id", "subject_id"];
        assert_eq!(lasting(office.row(&new).await, &each), lasting(before.clone(), &each), "{told}");
        assert_eq!(office.row(&new).await["version"], before["version"], "{told}");
        assert_eq!(but(office.values(&new).await, &required), but(values, &required), "{told}");
    } else {
        assert_eq!(office.count(object).await, all, "{told}: {made:?}");
    }
}

/// Fails when: `taken` passes over a name that is no field, a `FromRequest` of the API takes members beside `fields`, or a
/// form's controls are taken for anything but fields.
async fn columns(app: App) {
    let office = Office::of(app).await;
    let (browser, program) = (office.browser(), office.program().await);
    let mut tried = 0;
    for object in office.objects() {
        let stamped = object.fields.iter().filter(|field| field.stamps.is_some()).map(|field| field.name.to_string());
        for name in office.strangers(&object).await.into_iter().chain(stamped) {
            let text = office.forged(&name);
            let probe = Probe { json: json!(text), text, name };
            send(&office, (&browser, &program), &object, &probe).await;
            tried += 1;
        }
        // Nor beside the fields.
        let at = office.make(&object).await;
        let before = office.row(&at).await;
        for name in office.strangers(&object).await.iter().filter(|name| *name != "fields") {
            let body = json!({ "fields": {}, (name.as_str()): office.forged(name) });
            let answer = program.json("PATCH", &format!("/api/v1/{}/{}", object.plural, at.id), &body).await;
            assert!(answer.status == 422 && answer.text.contains(name.as_str()), "{name}: {answer:?}");
        }
        assert_eq!(office.row(&at).await, before);
    }
    assert!(tried > 150, "{tried}");
    office.app.finish(&[]).await;
}

/// Fails when: `taken` asks the definition instead of what is seen of it, or takes what is locked.
async fn ruled(app: App) {
    let mut office = Office::of(app).await;
    // Without a rule each of them is taken: what is refused below is not refused for its form.
    let program = office.program().await;
    for object in office.objects() {
        for field in object.fields.iter().filter(|field| field.is_written()) {
            let at = office.make(&object).await;
            let (before, body) = (office.row(&at).await, body(&[], (field.name.as_str(), &office.value(field).1)));
            let url = format!("/api/v1/{}/{}", object.plural, at.id);
            let answer = program.json("PATCH", &url, &body).await;
            assert_eq!(answer.status, 200, "{}: {answer:?}", field.name);
            assert!(office.row(&at).await != before || field.default.is_some(), "{} {}", object.name, field.name);
        }
    }
    for rule in FieldRule::ALL {
        // What must be there is sent with each probe, so it stays free.
        office.rules(Some(*rule), |field| !field.required).await;
        let (browser, program) = (office.browser(), office.program().await);
        for object in office.objects() {
            let kept = |field: &&Field| !field.required && can_have(&object, field, *rule) && field.stamps.is_none();
            for field in object.fields.iter().filter(kept) {
                let (text, json) = office.value(field);
                let probe = Probe { name: field.name.to_string(), text, json };
                send(&office, (&browser, &program), &object, &probe).await;
            }
        }
    }
    // And what must be there cannot be changed where it is only read.
    office.rules(Some(FieldRule::ReadOnly), |field| field.required).await;
    let (browser, program) = (office.browser(), office.program().await);
    for object in office.objects() {
        for field in object.fields.iter().filter(|field| field.required) {
            let at = office.make(&object).await;
            let (before, (text, json)) = (office.row(&at).await, office.value(field));
            let url = format!("/{}/{}", object.plural, at.id);
            let answer =
                program.json("PATCH", &format!("/api/v1{url}"), &body(&[], (field.name.as_str(), &json))).await;
            assert!(answer.status == 422 && answer.text.contains(field.name.as_str()), "{answer:?}");
            assert_eq!(browser.post(&url, &[(field.name.as_str(), &text)]).await.status, 422);
            if object.board.as_ref() == Some(&field.name) {
                assert_eq!(browser.post(&format!("{url}/move"), &[("stage", &text)]).await.status, 422);
            }
            assert_eq!(office.row(&at).await, before, "{} {}", object.name, field.name);
        }
    }
    office.app.finish(&[]).await;
}
