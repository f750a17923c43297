//! What a token may do: what its owner may, and no more than it was made for.

use std::time::Duration;

use authz::Role;
use serde_json::json;
use testkit::{Actor, App};
use tokens::TokenForm;

use crate::client::{raw, router};

testkit::on_both_engines! {
    a_token_does_what_it_was_made_for_and_nothing_else => super::narrow;
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
    app.accounts.change_roles(&founder.cx, manager.id, vec![Role::Auditor]).await.unwrap();
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
