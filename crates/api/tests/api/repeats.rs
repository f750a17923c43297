//! `Idempotency-Key`: what is asked for twice is done once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use authz::Role;
use kernel::RecordId;
use records::{Change, RecordRef};
use repeats::Repeats;
use serde_json::{Value, json};
use testkit::App;
use tokio::task::JoinSet;

use crate::client::{Answer, Client};

testkit::on_both_engines! {
    a_request_that_is_repeated_is_answered_and_not_done_again => super::repeated;
    of_fifty_equal_requests_at_once_one_makes_a_record => super::race;
    of_many_different_requests_under_one_key_at_once_one_is_done => super::clash;
    another_body_or_place_under_the_same_key_is_refused => super::other_body;
    a_key_of_another_token_is_another_key => super::other_token;
    a_key_is_forgotten_after_a_day => super::forgotten;
    a_request_that_failed_may_be_sent_again => super::failed;
    a_repeat_shows_what_may_be_seen_now => super::hidden_since;
    a_key_that_cannot_be_read_is_refused => super::malformed;
}

/// Asks for a contact under a key.
async fn ask(client: &Client, key: &str, fields: Value) -> Answer {
    let body = Some(json!({ "fields": fields }));
    client.send("POST", "/api/v1/contacts", &[("idempotency-key", key)], body).await
}

fn refused(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.problem()["code"].clone())
}

async fn names(client: &Client) -> Vec<String> {
    let page = client.get("/api/v1/contacts?limit=200").await.json();
    let name = |record: &Value| record["fields"]["name"].as_str().unwrap().to_owned();
    page["data"].as_array().unwrap().iter().map(name).collect()
}

/// Fails when: a repeat makes a second record, or `Location` and `ETag` are missing from its answer.
async fn repeated(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let fields = json!({ "name": "Zoë Canary", "email": "zoe@canary.example" });
    let made = ask(&client, "order-canary-7", fields.clone()).await;
    assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{made:?}");
    // The same key as a string of structured fields, the members in another order, with spaces.
    let text = r#" { "fields" : { "email": "zoe@canary.example",  "name": "Zo\u00eb Canary" } } "#.to_owned();
    let again = client.send_text_with("/api/v1/contacts", &[("idempotency-key", "\"order-canary-7\"")], text).await;
    assert_eq!(again.status, 201, "{again:?}");
    assert_eq!((again.header("location"), again.json()), (made.header("location"), made.json()));
    assert_eq!(again.header("etag"), Some("\"1\""));
    // What it is now, not what it was.
    let place = made.header("location").unwrap();
    assert_eq!(client.patch(place, json!({ "city": "Rome" })).await.status, 200);
    let later = ask(&client, "order-canary-7", fields.clone()).await;
    assert_eq!(
        (later.status, later.header("etag"), &later.json()["fields"]["city"]),
        (201, Some("\"2\""), &json!("Rome"))
    );
    assert_eq!(names(&client).await.len(), 1);
    // Without a key it is another one, and another key is another request.
    assert_eq!(client.post("/api/v1/contacts", fields.clone()).await.status, 201);
    assert_eq!(ask(&client, "order-canary-8", fields).await.status, 201);
    assert_eq!(names(&client).await.len(), 3);
    app.finish(&["Canary", "canary.example", "order-canary"]).await;
}

/// Sends requests at once and returns what came back.
async fn at_once(client: &Arc<Client>, many: usize, name: impl Fn(usize) -> String) -> Vec<Answer> {
    let mut tasks = JoinSet::new();
    for n in 0..many {
        let (client, name) = (client.clone(), name(n));
        tasks.spawn(async move { ask(&client, "race", json!({ "name": name })).await });
    }
    tasks.join_all().await
}

/// Fails when: the key is taken outside the transaction that makes the record, or not by its first statement.
async fn race(app: App) {
    let client = Arc::new(Client::of(&app, &app.founder().await).await);
    let answers = at_once(&client, 50, |_| "Ann".to_owned()).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    let places: BTreeSet<_> = answers.iter().map(|answer| answer.header("location").unwrap().to_owned()).collect();
    assert_eq!(places.len(), 1);
    assert_eq!(names(&client).await, ["Ann"]);
    app.finish(&[]).await;
}

/// Fails when: what came with the key is not compared.
async fn clash(app: App) {
    let client = Arc::new(Client::of(&app, &app.founder().await).await);
    let answers = at_once(&client, 20, |n| format!("Person {n}")).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let reused = answers.iter().filter(|answer| answer.status == 422).inspect(|answer| {
        assert_eq!(answer.problem()["code"], json!("key-reused"));
    });
    assert_eq!((made, reused.count()), (1, 19), "{answers:?}");
    assert_eq!(names(&client).await.len(), 1);
    app.finish(&[]).await;
}

async fn other_body(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    assert_eq!(ask(&client, "k", json!({ "name": "Ann" })).await.status, 201);
    for fields in [json!({ "name": "Bo" }), json!({ "name": "Ann", "city": "Rome" }), json!({ "name": "ann" })] {
        let answer = ask(&client, "k", fields).await;
        assert_eq!(refused(&answer), (422, json!("key-reused")));
    }
    let body = Some(json!({ "fields": { "name": "Ann" } }));
    let elsewhere = client.send("POST", "/api/v1/companies", &[("idempotency-key", "k")], body).await;
    assert_eq!(refused(&elsewhere), (422, json!("key-reused")));
    assert_eq!(names(&client).await, ["Ann"]);
    assert_eq!(client.get("/api/v1/companies").await.json()["data"], json!([]));
    app.finish(&[]).await;
}

/// Fails when: the key is not bound to whoever asks: then one would be told what another made.
async fn other_token(app: App) {
    let founder = app.founder().await;
    let (one, other) = (Client::of(&app, &founder).await, Client::of(&app, &founder).await);
    let ann = Client::of(&app, &app.person("Ann Lee", Role::Agent).await).await;
    let mut places = BTreeSet::new();
    for (client, name) in [(&one, "Ann"), (&other, "Ann"), (&ann, "Bo")] {
        let made = ask(client, "k", json!({ "name": name })).await;
        assert_eq!(made.status, 201, "{made:?}");
        places.insert(made.header("location").unwrap().to_owned());
    }
    assert_eq!(places.len(), 3);
    app.finish(&[]).await;
}

/// Fails when: the age of a key is not looked at, or old ones stay for good.
async fn forgotten(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let first = ask(&client, "k", json!({ "name": "Ann" })).await;
    app.clock.advance(repeats::KEPT);
    assert_eq!(ask(&client, "k", json!({ "name": "Ann" })).await.header("location"), first.header("location"));
    app.clock.advance(Duration::from_millis(1));
    let (repeats, cx) = (Repeats::new(app.vault.clone()), app.operator());
    // Whether it was cleaned away or not.
    assert_eq!(ask(&client, "k", json!({ "name": "Bo" })).await.status, 201);
    assert_eq!(refused(&ask(&client, "k", json!({ "name": "Ann" })).await), (422, json!("key-reused")));
    assert_eq!(repeats.tidy(&app.db, &cx).await.unwrap(), 0);
    app.clock.advance(repeats::KEPT + Duration::from_millis(1));
    assert_eq!(repeats.tidy(&app.db, &cx).await.unwrap(), 1);
    assert_eq!(ask(&client, "k", json!({ "name": "Cy" })).await.status, 201);
    assert_eq!(names(&client).await.len(), 3);
    app.finish(&[]).await;
}

async fn failed(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    for _ in 0..2 {
        assert_eq!(ask(&client, "k", json!({ "name": "Ann", "email": "x" })).await.wrongs().len(), 1);
    }
    assert_eq!(ask(&client, "k", json!({ "name": "Ann", "email": "ann@example.org" })).await.status, 201);
    assert_eq!(names(&client).await, ["Ann"]);
    app.finish(&[]).await;
}

/// Fails when: the answer is kept instead of being read again.
async fn hidden_since(app: App) {
    let (founder, ann) = (app.founder().await, app.person("Ann Lee", Role::Agent).await);
    let client = Client::of(&app, &ann).await;
    let fields = json!({ "name": "Zoë Canary" });
    let made = ask(&client, "k", fields.clone()).await;
    let id = made.json()["id"].as_str().unwrap().parse::<RecordId>().unwrap();
    let at = RecordRef { object: kernel::ObjectName::parse("contact").unwrap(), id };
    let given = founder.id;
    let moved = founder.write(move |records, tx| {
        let change = Change::new().owned_by(given);
        records.update_record(tx, &at, None, change).map(|_| ())
    });
    moved.await.unwrap();
    let place = made.header("location").unwrap();
    let absent = client.get(&place.replace(&id.to_string(), &RecordId::from_uuid(founder.id.uuid()).to_string())).await;
    let repeat = ask(&client, "k", fields.clone()).await;
    assert_eq!(repeat.status, 404, "{repeat:?}");
    assert_eq!(repeat.seen(), absent.seen(), "what is hidden answers like what is not there");
    // The same of what lies in the bin.
    let boss = Client::of(&app, &founder).await;
    let made = ask(&boss, "b", fields.clone()).await;
    assert_eq!(boss.delete(made.header("location").unwrap()).await.status, 204);
    assert_eq!(ask(&boss, "b", fields).await.status, 404);
    app.finish(&["Canary"]).await;
}

async fn malformed(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"open", "two words", "\"a\";p=1", "\"a\", \"b\"", long.as_str()] {
        assert_eq!(refused(&ask(&client, key, json!({ "name": "Ann" })).await), (400, json!("malformed")), "{key}");
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "a")];
    let body = Some(json!({ "fields": { "name": "Ann" } }));
    assert_eq!(refused(&client.send("POST", "/api/v1/contacts", &twice, body).await), (400, json!("malformed")));
    assert!(names(&client).await.is_empty());
    app.finish(&[]).await;
}
