//! How many requests are heard.

use std::time::Duration;

use authz::Role;
use httpkit::Rates;
use serde_json::json;
use testkit::App;

use crate::client::{Client, raw, router_at};

testkit::on_both_engines! {
    a_flood_by_one_hurts_nobody_else => super::flood;
    what_nests_too_deep_or_asks_too_much_is_refused_at_once => super::costly;
}

async fn flood(app: App) {
    let router = router_at(&app, Rates::new(60));
    let (ann, tom) = (app.person("Ann Agent", Role::Agent).await, app.person("Tom Agent", Role::Agent).await);
    let (ann, second, tom) = (app.token(&ann).await, app.token(&ann).await, app.token(&tom).await);
    let ask = async |token: &str| {
        let line = format!("Bearer {token}");
        raw(&router, "GET", "/api/v1/contacts?limit=1", &[("authorization", line.as_str())], String::new()).await
    };
    let first = ask(&ann).await;
    assert_eq!(first.header("ratelimit-policy"), Some("\"person\";q=60;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"person\";r=59;t=1"));
    let mut refused = 0;
    for n in 0..300 {
        // Another token of the same person is no other person.
        let answer = ask(if n % 2 == 0 { &ann } else { &second }).await;
        if answer.status == 429 {
            refused += 1;
            assert_eq!(answer.problem()["code"], json!("too-many-requests"));
            assert_eq!(
                (answer.header("retry-after"), answer.header("ratelimit")),
                (Some("1"), Some("\"person\";r=0;t=60"))
            );
        }
        if n % 10 == 0 {
            assert_eq!(ask(&tom).await.status, 200, "{n}");
        }
    }
    assert_eq!(refused, 300 - 59);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!((ask(&ann).await.status, ask(&ann).await.status), (200, 429));
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(ask(&second).await.status, 200);
}

async fn costly(app: App) {
    let client = Client::of(&app, &app.founder().await).await;
    let body: serde_json::Value = (0..40).fold(json!(1), |inner, _| json!([inner]));
    let refused = client.send("POST", "/api/v1/contacts", &[], Some(json!({ "fields": { "name": body } }))).await;
    assert_eq!((refused.status, &refused.problem()["code"]), (400, &json!("too-deep")));
    let url = format!("/api/v1/contacts?{}", ["f=name:has:wang"; 6].join("&"));
    let refused = client.get(&url).await;
    assert_eq!((refused.status, &refused.problem()["code"]), (400, &json!("filter-costly")));
    assert_eq!(client.get(&format!("/api/v1/contacts?{}", ["f=name:has:wang"; 5].join("&"))).await.status, 200);
}
