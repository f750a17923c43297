//! Many records.

use std::collections::BTreeSet;

use authz::Role;
use serde_json::{Value, json};
use testkit::App;

use crate::client::{Answer, Client};

testkit::on_both_engines! {
    a_list_is_walked_to_its_end_and_meets_each_record_once => super::walk;
    a_list_filters_as_on_pages => super::filters;
    a_search_finds_what_the_list_of_its_parameters_shows => super::search;
    fields_that_are_picked_are_answered_and_no_others => super::picked;
    a_parameter_that_is_wrong_is_named => super::parameters;
    an_agent_lists_only_what_is_theirs => super::own;
}

/// Returns where the next page is, as the `Link` says.
fn linked(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

fn ids(answer: &Answer) -> Vec<String> {
    let records = answer.json()["data"].as_array().unwrap().clone();
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

async fn walk(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let mut made = BTreeSet::new();
    for n in 0..23 {
        app.clock.advance(std::time::Duration::from_secs(n % 3));
        let amount = if n % 5 == 0 { Value::Null } else { json!({ "amount": (n % 7).to_string(), "currency": "EUR" }) };
        let place = client.make("deals", json!({ "name": format!("Deal {n}"), "amount": amount })).await;
        made.insert(place.rsplit('/').next().unwrap().to_owned());
    }
    for sort in ["", "&sort=amount", "&sort=-amount", "&sort=created_at", "&sort=-stage"] {
        let first =
            format!("/api/v1/deals?limit=4{sort}&f=stage:not:lost&f=created_at:after:2020-01-01T00:00:00%2B01:00");
        let (mut seen, mut url, mut pages) = (Vec::new(), first.clone(), 0);
        loop {
            let page = client.get(&url).await;
            assert_eq!(page.status, 200, "{page:?}");
            seen.extend(ids(&page));
            pages += 1;
            let (cursor, link) = (page.json()["next"].clone(), linked(&page));
            assert_eq!(cursor.is_null(), link.is_none());
            let (Some(cursor), Some(link)) = (cursor.as_str(), link) else { break };
            let by_hand = client.get(&format!("{first}&after={cursor}")).await;
            assert_eq!(by_hand.text, client.get(&link).await.text, "link and cursor lead to the same page");
            url = link;
        }
        assert_eq!((seen.len(), pages), (23, 6), "{sort}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made, "{sort}");
    }
    let whole = client.get("/api/v1/deals?limit=200").await;
    assert_eq!((ids(&whole).len(), whole.json()["next"].clone(), linked(&whole)), (23, Value::Null, None));
    assert_eq!(client.get("/api/v1/deals?limit=23").await.json()["next"], Value::Null, "a full last page is the last");
    app.finish(&[]).await;
}

async fn filters(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let ann = json!({ "name": "Ann Lee", "email": "ann@example.org", "tags": ["vip"], "stage": "customer" });
    let ann = client.make("contacts", ann).await;
    client.make("contacts", json!({ "name": "Bo Chen" })).await;
    let single = client.get(&ann).await.json();
    for filter in
        ["email:is:ANN@example.org", "name:has:lee", "tags:has:vip", "stage:is:customer", "stage:any:customer,former"]
    {
        let page = client.get(&format!("/api/v1/contacts?f={filter}")).await;
        assert_eq!(page.json(), json!({ "data": [single], "next": null }), "{filter}");
    }
    let mine = client.get("/api/v1/contacts?f=owner:is:me").await;
    assert_eq!(ids(&mine).len(), 2, "me is whose token it is");
    app.finish(&["Ann Lee", "Bo Chen"]).await;
}

async fn search(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    for n in 0..7 {
        let stage = if n == 3 { "lead" } else { "customer" };
        client.make("contacts", json!({ "name": format!("Lee {n}"), "stage": stage, "email": "l@example.org" })).await;
    }
    let ask = async |body: Value| client.send("POST", "/api/v1/contacts/search", &[], Some(body)).await;
    assert_eq!(ask(json!({})).await.text, client.get("/api/v1/contacts").await.text);
    let mut after = Value::Null;
    let mut met = BTreeSet::new();
    for _ in 0..2 {
        let body = json!({
            "filters": ["email:is:l@example.org", "stage:is:customer"], "sort": "created_at", "limit": 3, "after": after,
            "fields": ["name"],
        });
        let page = ask(body).await;
        let cursor = after.as_str().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let list = "/api/v1/contacts?f=email:is:l@example.org&f=stage:is:customer&sort=created_at&limit=3&fields=name";
        assert_eq!(page.text, client.get(&format!("{list}{cursor}")).await.text);
        assert_eq!((page.status, page.header("link")), (200, None), "an address would hold what was looked for");
        met.extend(ids(&page));
        after = page.json()["next"].clone();
    }
    assert_eq!((met.len(), after), (6, Value::Null));
    for (body, field, code) in [
        (json!({ "colour": "red" }), "colour", "unknown-member"),
        (json!({ "bin": "1" }), "bin", "unknown-member"),
        (json!({ "filters": "stage:is:lead" }), "filters", "wrong-type"),
        (json!({ "filters": ["stage:is:x"] }), "filters", "filter-value"),
        (json!({ "filters": ["national_id:is:1"] }), "filters", "filter-column"),
        (json!({ "filters": vec!["stage:filled"; 21] }), "filters", "filter-form"),
        (json!({ "limit": 201 }), "limit", "limit"),
        (json!({ "limit": -1 }), "limit", "limit"),
        (json!({ "sort": "notes" }), "sort", "sort-column"),
        (json!({ "after": "x" }), "after", "cursor"),
        (json!({ "fields": ["name", "colour"] }), "fields", "unknown-field"),
    ] {
        let refused = ask(body.clone()).await;
        assert_eq!((refused.status, refused.wrongs()), (422, vec![(field.to_owned(), code.to_owned())]), "{body}");
    }
    let costly = ask(json!({ "filters": vec!["name:has:lee"; 6] })).await;
    assert_eq!((costly.status, costly.wrongs()), (400, vec![("filters".to_owned(), "filter-costly".to_owned())]));
    for url in ["/api/v1/contact/search", "/api/v1/nothing/search"] {
        assert_eq!(client.send("POST", url, &[], Some(json!({}))).await.status, 404, "{url}");
    }
    app.finish(&["Lee", "l@example.org"]).await;
}

async fn picked(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let ann = json!({ "name": "Ann Lee", "email": "ann@example.org", "national_id": "AB123", "stage": "lead" });
    let place = client.make("contacts", ann).await;
    let whole = client.get(&place).await;
    for (names, fields) in [
        ("name,stage", json!({ "name": "Ann Lee", "stage": "lead" })),
        ("national_id", json!({ "national_id": { "sealed": true } })),
        ("city", json!({})),
        ("", json!({})),
    ] {
        let mut expected = whole.json();
        expected["fields"] = fields;
        let one = client.get(&format!("{place}?fields={names}")).await;
        assert_eq!((one.json(), one.header("etag")), (expected.clone(), Some("\"1\"")), "{names}");
        let page = client.get(&format!("/api/v1/contacts?fields={names}")).await;
        assert_eq!(page.json(), json!({ "data": [expected], "next": null }), "{names}");
    }
    client.make("contacts", json!({ "name": "Bo Chen" })).await;
    let page = client.get("/api/v1/contacts?fields=stage,name&limit=1").await;
    let next = client.get(&linked(&page).unwrap()).await;
    let names: Vec<_> = next.json()["data"][0]["fields"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["name", "stage"], "the next page is picked, too");
    for url in [format!("{place}?fields=name,colour"), "/api/v1/contacts?fields=id".to_owned()] {
        let refused = client.get(&url).await;
        assert_eq!(refused.wrongs(), [("fields".to_owned(), "unknown-field".to_owned())], "{url}");
    }
    let twice = client.get(&format!("{place}?fields=name&fields=city")).await;
    assert_eq!(twice.wrongs(), [("fields".to_owned(), "repeated".to_owned())]);
    app.finish(&["Ann Lee", "Bo Chen", "AB123"]).await;
}

async fn parameters(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    for (query, field, code) in [
        ("colour=red", "colour", "unknown-parameter"),
        ("bin=1", "bin", "unknown-parameter"),
        ("Limit=1", "Limit", "unknown-parameter"),
        ("limit=1&limit=2", "limit", "repeated"),
        ("limit=0", "limit", "limit"),
        ("limit=201", "limit", "limit"),
        ("limit=x", "limit", "limit"),
        ("sort=notes", "sort", "sort-column"),
        ("sort=version", "sort", "sort-column"),
        ("after=x", "after", "cursor"),
        ("f=stage", "f", "filter-form"),
        ("f=colour:is:red", "f", "filter-column"),
        ("f=national_id:is:1", "f", "filter-column"),
        ("f=stage:like:x", "f", "filter-operation"),
        ("f=stage:is:x", "f", "filter-value"),
    ] {
        let refused = client.get(&format!("/api/v1/contacts?{query}")).await;
        assert_eq!(refused.status, 422, "{query}");
        assert_eq!(refused.wrongs(), [(field.to_owned(), code.to_owned())], "{query}");
    }
    let both = client.get("/api/v1/contacts?a=1&limit=1&b=2").await.wrongs();
    assert_eq!(both.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(client.get("/api/v1/contacts?f=%ff").await.status, 400);
    for (method, url) in
        [("GET", "/api/v1"), ("POST", "/api/v1/contacts"), ("GET", &place), ("PATCH", &place), ("DELETE", &place)]
    {
        let refused =
            client.send(method, &format!("{url}?dry=1"), &[], Some(json!({ "fields": { "name": "Bo" } }))).await;
        assert_eq!(refused.wrongs(), [("dry".to_owned(), "unknown-parameter".to_owned())], "{method} {url}");
    }
    assert_eq!(ids(&client.get("/api/v1/contacts").await).len(), 1, "nothing was made or deleted");
    assert_eq!(client.get(&place).await.header("etag"), Some("\"1\""));
    app.finish(&[]).await;
}

async fn own(app: App) {
    let ann = Client::of(&app, &app.person("Ann Lee", Role::Agent).await).await;
    let bo = Client::of(&app, &app.person("Bo Chen", Role::Agent).await).await;
    ann.make("contacts", json!({ "name": "Zoë" })).await;
    let theirs = bo.make("contacts", json!({ "name": "Max" })).await;
    let listed = ids(&bo.get("/api/v1/contacts?limit=1").await);
    assert_eq!(listed, [theirs.rsplit('/').next().unwrap()]);
    let found = bo.send("POST", "/api/v1/contacts/search", &[], Some(json!({ "filters": ["name:has:zoe"] }))).await;
    assert_eq!((found.status, ids(&found)), (200, vec![]), "another's is not found either");
    let auditor = Client::of(&app, &app.person("Cy Gray", Role::Auditor).await).await;
    assert_eq!(auditor.get("/api/v1/contacts").await.status, 403);
    assert_eq!(auditor.send("POST", "/api/v1/contacts/search", &[], Some(json!({}))).await.status, 403);
    app.finish(&[]).await;
}
