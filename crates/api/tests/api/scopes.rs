//! What a token may do: what its owner may, and no more than it was made for.

use std::time::Duration;

use authz::Role;
use serde_json::json;
use testkit::{Actor, App};
use tokens::TokenForm;

use crate::client::{raw, router};

testkit::on_both_engines! {
    a_token_does_what_it_was_made_for_and_nothing_else => super::narrow;
    a_token_sees_the_fields_it_was_made_for_and_no_other => super::fields;
    a_token_loses_what_its_owner_loses => super::owner;
    a_stolen_token_that_is_bound_to_a_key_opens_nothing => super::bound;
}

async fn made(app: &App, owner: &Actor, scopes: &[&str], key: &str) -> String {
    let scopes = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    let lasts = Duration::from_secs(86_400);
    let form = TokenForm { label: "narrow".to_owned(), lasts, scopes, key: key.to_owned(), ..TokenForm::default() };
    app.tokens.create(&app.operator(), owner.id, form).await.unwrap().token.expose().clone()
}

async fn narrow(app: App) {
    let (router, founder) = (router(&app), app.founder().await);
    let contact = founder.create("contact", &[("name", "Wren Alder")]).await.unwrap();
    let deal = founder.create("deal", &[("name", "Wren deal")]).await.unwrap();
    let line = format!("Bearer {}", made(&app, &founder, &["contact:read", "task:create"], "").await);
    let (contact, deal) = (format!("/api/v1/contacts/{}", contact.id), format!("/api/v1/deals/{}", deal.id));
    let body = json!({ "fields": { "name": "x" } }).to_string();
    for (method, url, status) in [
        ("GET", "/api/v1/contacts", 200),
        ("GET", contact.as_str(), 200),
        ("POST", "/api/v1/contacts", 403),
        ("PATCH", contact.as_str(), 403),
        ("DELETE", contact.as_str(), 403),
        ("GET", "/api/v1/deals", 403),
        ("GET", deal.as_str(), 404),
        ("PATCH", deal.as_str(), 404),
        ("DELETE", deal.as_str(), 404),
        ("POST", "/api/v1/deals", 403),
        ("GET", "/api/v1/tasks", 403),
        ("GET", "/api/v1/companies", 403),
        ("POST", "/api/v1/contacts/search", 200),
        ("POST", "/api/v1/deals/search", 403),
    ] {
        let sent = if url.ends_with("/search") {
            "{}".to_owned()
        } else if matches!(method, "POST" | "PATCH") {
            body.clone()
        } else {
            String::new()
        };
        let lines = [("authorization", line.as_str()), ("content-type", "application/json")];
        let answer = raw(&router, method, url, &lines, sent).await;
        assert_eq!(answer.status, status, "{method} {url}: {}", answer.text);
    }
    // What it read is added up out of the access log, for its owner and for nobody else.
    let id = app.tokens.list(&founder.cx).await.unwrap()[0].id;
    let (_, done) = app.tokens.activity(&founder.cx, id).await.unwrap();
    let seen: Vec<(&str, usize)> = done.seen.iter().map(|(object, many)| (object.as_str(), *many)).collect();
    assert_eq!(seen, [("contact", 1)]);
    let agent = app.person("Tomas Agent", Role::Agent).await;
    assert!(app.tokens.activity(&agent.cx, id).await.is_err());
    assert!(founder.record(&founder.create("deal", &[("name", "y")]).await.unwrap()).await.is_ok());
    app.finish(&[]).await;
}

/// Fails when: `Charter::field` does not ask what is kept, or `recognise` forgets the fields of a token.
async fn fields(app: App) {
    let (router, founder) = (router(&app), app.founder().await);
    let values = [("name", "Wren Alder"), ("email", "zqmail@zq.example"), ("city", "Zqcity"), ("stage", "lead")];
    let contact = founder.create("contact", &values).await.unwrap();
    founder.create("deal", &[("name", "Zqdeal")]).await.unwrap();
    let fields = ["contact:city", "contact:stage"].map(str::to_owned).to_vec();
    let lasts = Duration::from_secs(86_400);
    let form = TokenForm { label: "Cities".to_owned(), lasts, fields, ..TokenForm::default() };
    let token = app.tokens.create(&app.operator(), founder.id, form).await.unwrap().token.expose().clone();
    let ask = async |method: &str, url: &str, body: serde_json::Value| {
        let line = format!("Bearer {token}");
        let lines = [("authorization", line.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        raw(&router, method, url, &lines, body).await
    };
    let one = format!("/api/v1/contacts/{}", contact.id);
    let answer = ask("GET", &one, json!(null)).await;
    let shown: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(shown["fields"]["city"], json!("Zqcity"), "{shown}");
    for secret in ["Wren", "zqmail", "\"name\"", "\"email\""] {
        for url in [one.as_str(), "/api/v1/contacts", "/api/v1/contacts?f=stage:filled&sort=-updated_at"] {
            let answer = ask("GET", url, json!(null)).await;
            assert!(answer.status == 200 && !answer.text.contains(secret), "{url}: {}", answer.text);
        }
    }
    // Nor does it know that they are there.
    let described: serde_json::Value =
        serde_json::from_str(&ask("GET", "/api/v1/openapi.json", json!(null)).await.text).unwrap();
    for schema in ["Contact", "ContactNew", "ContactChange"] {
        let at = format!("/components/schemas/{schema}/properties/fields/properties");
        let names: Vec<_> = described.pointer(&at).unwrap().as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["city", "stage"], "{schema}");
    }
    let index: serde_json::Value = serde_json::from_str(&ask("GET", "/api/v1", json!(null)).await.text).unwrap();
    let contact_fields = index["data"].as_array().unwrap().iter().find(|object| object["object"] == "contact").unwrap();
    let names = contact_fields["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>(), ["city", "stage"].into());
    // A field that is not there for it is refused as one that was never defined.
    let same = |hidden: &str, absent: &str, name: &str| assert_eq!(hidden.replace(name, "nonesuch"), absent);
    for (query, name) in [
        ("f=email:is:zqmail@zq.example", "email"),
        ("f=name:has:wren", "name"),
        ("sort=name", "name"),
        ("fields=name", "name"),
    ] {
        let url = format!("/api/v1/contacts?{query}");
        let hidden = ask("GET", &url, json!(null)).await;
        let absent = ask("GET", &url.replacen(name, "nonesuch", 1), json!(null)).await;
        assert!((400..500).contains(&hidden.status) && hidden.status == absent.status, "{query}: {}", hidden.text);
        same(&hidden.text, &absent.text, name);
    }
    for name in ["email", "name", "phone"] {
        let write = |name: &str| json!({ "fields": { name: "x@y.example" } });
        let (hidden, absent) = (ask("PATCH", &one, write(name)).await, ask("PATCH", &one, write("nonesuch")).await);
        assert!((400..500).contains(&hidden.status) && hidden.status == absent.status, "{name}: {}", hidden.text);
        same(&hidden.text, &absent.text, name);
    }
    let patched = ask("PATCH", &one, json!({ "fields": { "city": "Oslo" } })).await;
    assert!(patched.status == 200 && !patched.text.contains("Wren"), "{}", patched.text);
    // Without the field that a contact cannot be made without, none is made.
    assert!(
        (400..500).contains(&ask("POST", "/api/v1/contacts", json!({ "fields": { "city": "Bonn" } })).await.status)
    );
    assert!(ask("GET", "/api/v1/deals", json!(null)).await.text.contains("Zqdeal"));
    let program = app.program(&token).await;
    let finds = async |cx: &authz::Cx, word: &'static str| {
        let records = app.records.clone();
        app.db.read(cx, move |tx| records.search(tx, word, &[], 20).map(|found| found.len())).await.unwrap()
    };
    assert_eq!((finds(&founder.cx, "Wren").await, finds(&founder.cx, "zqmail@zq.example").await), (1, 1));
    assert_eq!((finds(&program, "Wren").await, finds(&program, "zqmail@zq.example").await), (0, 0));
    assert_eq!((finds(&founder.cx, "Oslo").await, finds(&program, "Oslo").await), (1, 1));
    assert_eq!(founder.record(&contact).await.unwrap().title(), "Wren Alder");
    app.finish(&[]).await;
}

async fn owner(app: App) {
    let (router, founder) = (router(&app), app.founder().await);
    let manager = app.person("Mona Manager", Role::Manager).await;
    let contact = founder.create("contact", &[("name", "Wren Alder")]).await.unwrap();
    let line = format!("Bearer {}", made(&app, &manager, &["contact:read", "contact:delete"], "").await);
    let url = format!("/api/v1/contacts/{}", contact.id);
    let ask = async |method: &str| {
        raw(&router, method, &url, &[("authorization", line.as_str())], String::new()).await.status
    };
    assert_eq!(ask("GET").await, 200);
    app.accounts.change_roles(&founder.cx, manager.id, vec![Role::Viewer]).await.unwrap();
    assert_eq!((ask("GET").await, ask("DELETE").await), (200, 403));
    app.accounts.change_roles(&founder.cx, manager.id, vec![Role::Administrator]).await.unwrap();
    assert_eq!(ask("GET").await, 404);
    app.finish(&[]).await;
}

async fn bound(app: App) {
    let (router, founder) = (router(&app), app.founder().await);
    let device = testkit::Device::default();
    let token = made(&app, &founder, &["contact:read"], &device.jwk().to_string()).await;
    let ask =
        async |lines: &[(&str, &str)]| raw(&router, "GET", "/api/v1/contacts?limit=5", lines, String::new()).await;
    let stolen = ask(&[("authorization", &format!("Bearer {token}"))]).await;
    let challenge = "DPoP realm=\"custos\", error=\"invalid_token\", algs=\"ES256 EdDSA\"";
    assert_eq!((stolen.status, stolen.header("www-authenticate")), (401, Some(challenge)));
    let authorization = format!("DPoP {token}");
    let proof = |id: &str, path: &str| {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": device.jwk() });
        let seconds = kernel::Clock::now(&*app.clock).micros() / 1_000_000;
        let hash = crypto::base64url(&crypto::sha256(token.as_bytes()));
        let url = format!("http://localhost{path}");
        device.jws(&header, &json!({ "jti": id, "htm": "GET", "htu": url, "iat": seconds, "ath": hash }))
    };
    let good = proof("1", "/api/v1/contacts");
    assert_eq!(ask(&[("authorization", &authorization), ("dpop", &good)]).await.status, 200);
    let challenge = "DPoP realm=\"custos\", error=\"invalid_dpop_proof\", algs=\"ES256 EdDSA\"";
    let (other, twice) = (proof("2", "/api/v1/deals"), proof("3", "/api/v1/contacts"));
    for lines in [
        vec![("authorization", authorization.as_str())],
        vec![("authorization", authorization.as_str()), ("dpop", good.as_str())],
        vec![("authorization", authorization.as_str()), ("dpop", other.as_str())],
        vec![("authorization", authorization.as_str()), ("dpop", twice.as_str()), ("dpop", twice.as_str())],
    ] {
        let refused = ask(&lines).await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some(challenge)), "{lines:?}");
        assert_eq!(refused.problem()["code"], json!("proof-refused"));
    }
    app.finish(&[]).await;
}
