//! One record: made, read, changed, put in the bin.

use authz::Role;
use kernel::RecordId;
use serde_json::json;
use testkit::App;

use crate::client::Client;

testkit::on_both_engines! {
    a_record_is_made_read_changed_and_put_in_the_bin => super::roundtrip;
    every_kind_of_value_comes_back_as_it_went_in => super::kinds;
    a_sensitive_value_is_in_no_answer => super::sensitive;
    what_a_program_reads_stands_in_the_access_log => super::logged;
}

async fn roundtrip(app: App) {
    let ann = app.person("Ann Lee", Role::Agent).await;
    let client = Client::of(&app, &ann).await;
    let fields = json!({ "name": "Zoë Canary", "email": "zoe@canary.example", "city": "Rome" });
    let made = client.post("/api/v1/contacts", fields).await;
    assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")), "{made:?}");
    let place = made.header("location").unwrap().to_owned();
    let record = made.json();
    assert_eq!(place, format!("/api/v1/contacts/{}", record["id"].as_str().unwrap()));
    let expected = json!({
        "id": record["id"],
        "object": "contact",
        "version": 1,
        "created_at": "2026-11-02T09:00:00Z",
        "updated_at": "2026-11-02T09:00:00Z",
        "owner_id": ann.id.to_string(),
        "fields": { "name": "Zoë Canary", "email": "zoe@canary.example", "city": "Rome", "stage": "lead" },
    });
    assert_eq!(record, expected);

    let read = client.get(&place).await;
    assert_eq!((read.status, read.header("etag"), read.json()), (200, Some("\"1\""), expected));
    assert_eq!(
        (read.header("content-type"), read.header("cache-control")),
        (Some("application/json"), Some("no-store"))
    );

    app.clock.advance(std::time::Duration::from_secs(90));
    let changed = client.patch(&place, json!({ "stage": "customer", "city": null })).await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{changed:?}");
    let record = changed.json();
    assert_eq!(record["fields"], json!({ "name": "Zoë Canary", "email": "zoe@canary.example", "stage": "customer" }));
    assert_eq!((&record["version"], &record["updated_at"]), (&json!(2), &json!("2026-11-02T09:01:30Z")));
    assert_eq!(client.patch(&place, json!({})).await.json(), record, "nothing to change is no change");
    assert_eq!(client.get(&place).await.json(), record);

    let gone = client.delete(&place).await;
    assert_eq!((gone.status, gone.text.as_str(), gone.header("etag")), (204, "", None));
    assert_eq!(client.get("/api/v1/contacts").await.json(), json!({ "data": [], "next": null }));
    assert_eq!(client.delete(&place).await.status, 204, "a client may repeat itself");
    let absent = format!("/api/v1/contacts/{}", RecordId::new(kernel::Clock::now(&*app.clock), &*app.chance));
    assert_eq!(client.get(&place).await.seen(), client.get(&absent).await.seen());
    for lines in [&[][..], &[("if-match", "\"1\"")], &[("if-match", "\"3\"")], &[("if-match", "\"1\", \"2\"")]] {
        let body = Some(json!({ "fields": { "city": "Oslo" } }));
        let binned = client.send("PATCH", &place, lines, body.clone()).await;
        assert_eq!(binned.status, 404, "{lines:?}");
        assert_eq!(binned.seen(), client.send("PATCH", &absent, lines, body).await.seen(), "{lines:?}");
    }
    app.finish(&["Zoë", "Canary", "canary.example"]).await;
}

async fn kinds(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let company = client.make("companies", json!({ "name": "Northlight", "employees": 12, "tags": ["a", "b"] })).await;
    let read = client.get(&company).await.json();
    assert_eq!(read["fields"], json!({ "name": "Northlight", "employees": 12, "tags": ["a", "b"] }));
    let deal = json!({
        "name": "Big one",
        "company": read["id"],
        "stage": "won",
        "amount": { "amount": "1250.50", "currency": "EUR" },
        "close_date": "2026-12-01",
    });
    let made = client.make("deals", deal.clone()).await;
    assert_eq!(client.get(&made).await.json()["fields"], deal);
    let cleared = client.patch(&made, json!({ "amount": null, "company": null, "close_date": null })).await;
    assert_eq!(cleared.json()["fields"], json!({ "name": "Big one", "stage": "won" }));

    let task = client.make("tasks", json!({ "title": "Call", "done": true })).await;
    let fields = client.get(&task).await.json()["fields"].clone();
    assert_eq!((&fields["done"], &fields["done_at"]), (&json!(true), &json!("2026-11-02T09:00:00Z")));
    app.finish(&["Northlight GmbH", "Big one"]).await;
}

async fn sensitive(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let (number, day) = ("QX-42-CANARY", "1961-04-12");
    let mut said = Vec::new();
    let fields = json!({ "name": "Ann", "national_id": number, "birthday": day });
    let made = client.post("/api/v1/contacts", fields).await;
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(
        made.json()["fields"],
        json!({ "name": "Ann", "stage": "lead", "national_id": { "sealed": true }, "birthday": { "sealed": true } })
    );
    said.push(made);
    said.push(client.get(&place).await);
    said.push(client.get("/api/v1/contacts").await);
    said.push(client.get("/api/v1").await);
    for list in ["f=national_id:is:QX-42-CANARY", "sort=national_id", "f=birthday:filled"] {
        said.push(client.get(&format!("/api/v1/contacts?{list}")).await);
        assert_eq!(said.last().unwrap().status, 422, "{list}");
    }
    said.push(client.patch(&place, json!({ "national_id": "QX-42-CANARY-2" })).await);
    said.push(client.patch(&place, json!({ "national_id": { "sealed": true } })).await);
    assert_eq!(said.last().unwrap().wrongs(), [("national_id".to_owned(), "wrong-type".to_owned())]);
    let body = Some(json!({ "fields": { "national_id": "QX-42-CANARY-3", "name": "Bo" } }));
    said.push(client.send("PATCH", &place, &[("if-match", "\"1\"")], body).await);
    assert_eq!(said.last().unwrap().status, 412);
    let cleared = client.patch(&place, json!({ "national_id": null })).await;
    assert_eq!(cleared.json()["fields"], json!({ "name": "Ann", "stage": "lead", "birthday": { "sealed": true } }));
    said.push(cleared);
    for answer in said {
        // A filter that is not taken is told back to whoever wrote it; a stored value never is.
        let echoed = answer.status == 422;
        assert!(echoed || !answer.text.contains("CANARY"), "{answer:?}");
        assert!(!answer.text.contains(day), "{answer:?}");
    }
    app.finish(&["QX-42-CANARY", day]).await;
}

async fn logged(app: App) {
    let ann = app.founder().await;
    let client = Client::of(&app, &ann).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    assert_eq!(client.get(&place).await.status, 200);
    assert_eq!(client.get("/api/v1/contacts").await.status, 200);
    sequence::settle(&app.db, &ann.cx).await.unwrap();
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let at = records::RecordRef { object: kernel::ObjectName::parse("contact").unwrap(), id };
    let log = ann.read(move |records, tx| {
        let record = records.read_record(tx, &at)?;
        records.access_log(tx, &record, None, 50)
    });
    let events = log.await.unwrap().events;
    for verb in ["read", "list"] {
        let own = events.iter().find(|event| event.verb == verb).unwrap();
        assert_eq!(own.actor.user(), Some(ann.id), "{verb}");
        assert!(format!("{:?}", own.actor).contains("Token"), "{:?}", own.actor);
    }
    app.finish(&[]).await;
}
