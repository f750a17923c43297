//! What is not taken, and what is not shown.

use authz::Role;
use serde_json::{Value, json};
use testkit::App;

use crate::client::{BODY_LIMIT, Client};

testkit::on_both_engines! {
    every_wrong_field_is_named => super::fields;
    a_body_of_another_shape_is_refused => super::shapes;
    what_is_hidden_is_answered_like_what_is_absent => super::hidden;
    what_may_be_seen_but_not_done_is_forbidden => super::forbidden;
    a_link_to_what_is_hidden_is_a_link_to_nothing => super::links;
}

fn wrongs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect()
}

async fn fields(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    let fields = json!({
        "email": "x", "phone": 5, "colour": "red", "stage": "nowhere", "tags": "a", "version": 7, "owner_id": "x",
    });
    let expected = wrongs(&[
        ("colour", "unknown-field"),
        ("email", "not-an-email"),
        ("owner_id", "unknown-field"),
        ("phone", "wrong-type"),
        ("stage", "not-a-choice"),
        ("tags", "wrong-type"),
        ("version", "unknown-field"),
    ]);
    let refused = client.patch(&place, fields.clone()).await;
    assert_eq!((refused.status, refused.wrongs()), (422, expected.clone()));
    let mut whole = fields;
    whole["name"] = json!("Bo");
    assert_eq!(client.post("/api/v1/contacts", whole).await.wrongs(), expected);
    assert_eq!(client.post("/api/v1/contacts", json!({})).await.wrongs(), wrongs(&[("name", "required")]));
    assert_eq!(client.patch(&place, json!({ "name": null })).await.wrongs(), wrongs(&[("name", "required")]));
    let stamped = client.post("/api/v1/tasks", json!({ "title": "Call", "done_at": "2020-01-01T00:00:00Z" })).await;
    assert_eq!(stamped.wrongs(), wrongs(&[("done_at", "unknown-field")]), "nobody writes what is stamped");
    let read = client.get(&place).await.json();
    assert_eq!((&read["version"], &read["fields"]), (&json!(1), &json!({ "name": "Ann", "stage": "lead" })));
    app.finish(&[]).await;
}

async fn shapes(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    let others: [(Value, &[(&str, &str)]); 5] = [
        (json!({}), &[("fields", "required")]),
        (json!({ "name": "Ann" }), &[("name", "unknown-member"), ("fields", "required")]),
        (json!({ "fields": ["Ann"] }), &[("fields", "wrong-type")]),
        (json!({ "fields": { "name": "Ann" }, "owner_id": null }), &[("owner_id", "unknown-member")]),
        (json!([{ "name": "Ann" }]), &[]),
    ];
    for (method, url) in [("POST", "/api/v1/contacts"), ("PATCH", &place)] {
        for (body, expected) in &others {
            let refused = client.send(method, url, &[], Some(body.clone())).await;
            assert_eq!((refused.status, refused.wrongs()), (422, wrongs(expected)), "{method} {body}");
        }
        for (kind, text, status) in [
            ("application/json", "{\"fields\": {\"name\": \"An", 400),
            ("application/json", "", 400),
            ("application/json", &format!("{{\"fields\": {}", "[".repeat(1_000)), 400),
            ("application/x-www-form-urlencoded", "fields=1", 415),
            ("text/plain", "{\"fields\": {\"name\": \"Ann\"}}", 415),
            ("application/json", &format!("{{\"fields\": {{\"name\": \"{}\"}}}}", "x".repeat(BODY_LIMIT)), 413),
        ] {
            let refused = client.send_text(method, url, kind, text.to_owned()).await;
            assert_eq!((refused.status, refused.wrongs()), (status, Vec::new()), "{method} {kind} {}", text.len());
        }
    }
    assert_eq!(client.get("/api/v1/contacts").await.json()["data"].as_array().unwrap().len(), 1);
    app.finish(&[]).await;
}

async fn hidden(app: App) {
    let ann = Client::of(&app, &app.person("Ann Lee", Role::Agent).await).await;
    let bo = Client::of(&app, &app.person("Bo Chen", Role::Agent).await).await;
    let place = ann.make("contacts", json!({ "name": "Zoë Canary" })).await;
    let id = place.rsplit('/').next().unwrap();
    let absent = format!("/api/v1/contacts/{}", kernel::Uuid::from_u128(7));
    let elsewhere = [
        format!("/api/v1/deals/{id}"),
        format!("/api/v1/contact/{id}"),
        format!("/api/v1/contacts/{}", id.to_uppercase()),
        "/api/v1/contacts/7".to_owned(),
        "/api/v1/contacts/%ff".to_owned(),
    ];
    for method in ["GET", "PATCH", "DELETE"] {
        for lines in [&[][..], &[("if-match", "\"1\"")], &[("if-match", "\"1\", \"2\"")], &[("if-match", "*")]] {
            let body = (method == "PATCH").then(|| json!({ "fields": { "city": "Oslo" } }));
            let nothing = bo.send(method, &absent, lines, body.clone()).await;
            assert_eq!(nothing.status, 404, "{method} {lines:?}");
            let nothing = nothing.seen();
            for url in std::iter::once(&place).chain(&elsewhere) {
                let same = bo.send(method, url, lines, body.clone()).await;
                assert_eq!(same.seen(), nothing, "{method} {url} {lines:?}");
            }
        }
    }
    assert_eq!(ann.get(&place).await.header("etag"), Some("\"1\""));
    app.finish(&["Canary"]).await;
}

async fn forbidden(app: App) {
    let ann = Client::of(&app, &app.founder().await).await;
    let viewer = Client::of(&app, &app.person("Vi Young", Role::Viewer).await).await;
    let place = ann.make("contacts", json!({ "name": "Ann" })).await;
    assert_eq!(viewer.get(&place).await.status, 200);
    for refused in [
        viewer.patch(&place, json!({ "name": "Bo" })).await,
        viewer.delete(&place).await,
        viewer.post("/api/v1/contacts", json!({ "name": "Bo" })).await,
    ] {
        assert_eq!((refused.status, &refused.problem()["code"]), (403, &json!("forbidden")));
    }
    assert_eq!(ann.get(&place).await.header("etag"), Some("\"1\""));
    app.finish(&[]).await;
}

async fn links(app: App) {
    let ann = Client::of(&app, &app.person("Ann Lee", Role::Agent).await).await;
    let bo = Client::of(&app, &app.person("Bo Chen", Role::Agent).await).await;
    let place = ann.make("companies", json!({ "name": "Northlight" })).await;
    let hidden = json!(place.rsplit('/').next().unwrap());
    let absent = json!(kernel::Uuid::from_u128(7).to_string());
    let contact = bo.make("contacts", json!({ "name": "Max" })).await;
    let refused = bo.patch(&contact, json!({ "company": hidden })).await;
    assert_eq!(refused.wrongs(), wrongs(&[("company", "link-not-found")]));
    assert_eq!(refused.seen(), bo.patch(&contact, json!({ "company": absent })).await.seen());
    app.finish(&[]).await;
}
