//! Who is let in, and where.

use std::time::Duration;

use httpkit::RouteInfo;
use kernel::{RecordId, Uuid};
use serde_json::json;
use testkit::App;
use tokens::TokenForm;

use crate::client::{Client, raw, router};

testkit::on_both_engines! {
    nobody_is_let_in_without_a_token => super::tokenless;
    a_token_that_is_no_good_is_no_token => super::no_good;
    an_index_tells_what_there_is => super::index;
    what_is_not_there_is_a_problem_and_not_a_page => super::absent;
    a_wrong_method_is_told_the_right_ones => super::methods;
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn url(route: &RouteInfo) -> String {
    route.path.replace("{plural}", "contacts").replace("{id}", &RecordId::from_uuid(Uuid::from_u128(7)).to_string())
}

async fn tokenless(app: App) {
    let (router, founder) = (router(&app), app.founder().await);
    let cookie = format!("custos={0}; __Host-custos={0}", founder.cookie);
    for route in api::route::all() {
        assert!(!route.public, "{route:?}");
        for method in route.methods {
            for lines in [&[][..], &[("cookie", cookie.as_str())]] {
                let refused = raw(&router, method, &url(route), lines, String::new()).await;
                assert_eq!(
                    (refused.status, &refused.problem()["code"]),
                    (401, &json!("signed-out")),
                    "{route:?} {method}"
                );
                assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"custos\""));
            }
        }
    }
    app.finish(&[]).await;
}

async fn no_good(app: App) {
    let founder = app.founder().await;
    let form = |lasts| TokenForm { label: "short".to_owned(), lasts, ..TokenForm::default() };
    let (hour, day) = (Duration::from_secs(3_600), Duration::from_secs(86_400));
    let short = app.tokens.create(&founder.cx, founder.id, form(hour)).await.unwrap();
    let withdrawn = app.tokens.create(&founder.cx, founder.id, form(day)).await.unwrap();
    let client = Client::of(&app, &founder).await;
    let router = router(&app);
    let [short, spent] = [&short.token, &withdrawn.token].map(|token| format!("Bearer {}", token.expose()));
    for line in [&short, &spent] {
        let read = raw(&router, "GET", "/api/v1", &[("authorization", line)], String::new()).await;
        assert_eq!(read.status, 200);
    }
    app.tokens.revoke(&founder.cx, withdrawn.id).await.unwrap();
    app.clock.advance(hour);
    let altered = format!("{}x", short);
    for line in [&short, &spent, &altered, "Bearer", "Bearer ", "Bearer custos_x", "Basic eDp5", "custos", "\u{e4}"] {
        let refused = raw(&router, "GET", "/api/v1/contacts", &[("authorization", line)], String::new()).await;
        assert_eq!((refused.status, &refused.problem()["code"]), (401, &json!("signed-out")), "{line}");
        let told = refused.header("www-authenticate").unwrap();
        assert_eq!(told, "Bearer realm=\"custos\", error=\"invalid_token\"", "{line}");
    }
    assert_eq!(client.get("/api/v1/contacts").await.status, 200, "another token of the same person still is");
    app.finish(&[]).await;
}

async fn index(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let index = client.get("/api/v1").await.json();
    let objects = index["data"].as_array().unwrap();
    let plurals: Vec<_> = objects.iter().map(|object| object["plural"].as_str().unwrap()).collect();
    assert_eq!(plurals, ["contacts", "companies", "deals", "tasks", "notes"]);
    let contact = &objects[0];
    assert_eq!(
        (&contact["object"], &contact["labels"]),
        (&json!("contact"), &json!({ "en": "Contact", "zh": "联系人" }))
    );
    let field = |object: &serde_json::Value, name: &str| {
        object["fields"].as_array().unwrap().iter().find(|field| field["name"] == *name).unwrap().clone()
    };
    let expected = json!({
        "name": "company",
        "labels": { "en": "Company", "zh": "公司" },
        "kind": "link",
        "class": "open",
        "required": false,
        "read_only": false,
        "sort": false,
        "link": "company",
    });
    assert_eq!(field(contact, "company"), expected);
    assert_eq!(
        field(contact, "stage")["choices"][2],
        json!({ "value": "customer", "labels": { "en": "Customer", "zh": "客户" } })
    );
    assert_eq!(field(contact, "national_id")["class"], "sensitive");
    assert_eq!(field(&objects[3], "done_at")["read_only"], true);
    for plural in plurals {
        assert_eq!(client.get(&format!("/api/v1/{plural}")).await.status, 200, "{plural}");
    }
    app.finish(&[]).await;
}

async fn absent(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    for url in [
        "/api",
        "/api/",
        "/api/v1/",
        "/api/v2",
        "/api/v2/contacts",
        "/api/v1/contact",
        "/api/v1/contacts/",
        "/api/x/edit",
        "/api/x/reveal/y",
    ] {
        for method in METHODS {
            let nothing = client.send(method, url, &[], Some(json!({ "fields": {} }))).await;
            // An object of that name would take no PUT either: methods are of routes, not of what is there.
            let expected = if url == "/api/v1/contact" && !matches!(method, "GET" | "POST") { 405 } else { 404 };
            assert_eq!(nothing.status, expected, "{method} {url}");
            assert!(nothing.problem()["code"].is_string(), "{method} {url}");
        }
    }
    assert_eq!(client.get("/contacts").await.text, "a page of the pages", "the other surface is still there");
    app.finish(&[]).await;
}

async fn methods(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    for route in api::route::all() {
        for method in METHODS.iter().filter(|method| !route.methods.contains(method)) {
            let refused = client.send(method, &url(route), &[], None).await;
            assert_eq!(
                (refused.status, &refused.problem()["code"]),
                (405, &json!("method-not-allowed")),
                "{route:?} {method}"
            );
            let allowed = refused.header("allow").unwrap();
            assert!(route.methods.iter().all(|method| allowed.contains(method)), "{route:?} {allowed}");
        }
    }
    app.finish(&[]).await;
}
