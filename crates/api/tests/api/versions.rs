//! Versions: `ETag` and `If-Match`.

use serde_json::json;
use testkit::App;

use crate::client::Client;

testkit::on_both_engines! {
    a_stale_version_changes_nothing => super::stale;
    a_condition_that_holds_lets_a_change_through => super::holds;
    a_condition_that_cannot_be_read_is_malformed => super::malformed;
}

fn body(city: &str) -> Option<serde_json::Value> {
    Some(json!({ "fields": { "city": city } }))
}

async fn stale(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann", "city": "Rome" })).await;
    assert_eq!(client.send("PATCH", &place, &[("if-match", "\"1\"")], body("Oslo")).await.status, 200);
    for line in ["\"1\"", "\"3\"", "\"abc\"", "W/\"2\"", "\"02\"", "\"1\", \"3\"", "\"\""] {
        for method in ["PATCH", "DELETE"] {
            let refused = client.send(method, &place, &[("if-match", line)], body("Bern")).await;
            assert_eq!((refused.status, &refused.problem()["code"]), (412, &json!("stale")), "{method} {line}");
        }
    }
    let kept = client.get(&place).await;
    assert_eq!((kept.header("etag"), &kept.json()["fields"]["city"]), (Some("\"2\""), &json!("Oslo")));
    // What is wrong without the condition is wrong with it (RFC 9110 §13.2.1).
    let wrong = Some(json!({ "fields": { "email": "x" } }));
    assert_eq!(client.send("PATCH", &place, &[("if-match", "\"1\"")], wrong).await.status, 422);
    app.finish(&[]).await;
}

async fn holds(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    for (line, version) in [("*", "\"2\""), ("\"2\"", "\"3\""), ("\"1\", \"3\"", "\"4\""), ("W/\"9\", \"4\"", "\"5\"")]
    {
        let changed = client.send("PATCH", &place, &[("if-match", line)], body(line.trim_matches('"'))).await;
        assert_eq!((changed.status, changed.header("etag")), (200, Some(version)), "{line}");
    }
    let lines = [("if-match", "\"1\""), ("if-match", "\"5\"")];
    let gone = client.send("DELETE", &place, &lines, None).await;
    assert_eq!(gone.status, 204, "several lines are one list");
    app.finish(&[]).await;
}

async fn malformed(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let place = client.make("contacts", json!({ "name": "Ann" })).await;
    for line in ["1", "", "\"1", "\"1\" \"2\"", "*, \"1\"", "w/\"1\""] {
        for method in ["PATCH", "DELETE"] {
            let refused = client.send(method, &place, &[("if-match", line)], body("Bern")).await;
            assert_eq!((refused.status, &refused.problem()["code"]), (400, &json!("malformed")), "{method} {line}");
        }
    }
    assert_eq!(client.get(&place).await.header("etag"), Some("\"1\""));
    app.finish(&[]).await;
}
