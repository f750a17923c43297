//! Out here and out there.

use serde_json::json;
use testkit::App;

use super::{Town, session_of};
use crate::support::http::Client;
use crate::support::idp::Idp;

testkit::on_both_engines! {
    signing_out_here_leads_on_to_the_provider => super::farewell;
    the_provider_ends_what_it_began => super::back_channel;
    a_logout_token_that_is_not_one_ends_nothing => super::wrong_tokens;
}

async fn farewell(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    let by_password = town.browser(&town.founder).post("/sign-out", &[]).await;
    assert_eq!((by_password.status, by_password.header("location")), (303, "/sign-in?out=1"));
    let browser = Client::browser(&town.site, &session_of(&town.enter().await).unwrap());
    let out = browser.post("/sign-out", &[]).await;
    let url = out.header("refresh").strip_prefix("0; url=").unwrap();
    let (end, query) = url.split_once('?').unwrap();
    assert_eq!(end, format!("{}/end", town.idp.issuer()));
    let pairs = httpkit::Pairs::parse(query.as_bytes()).unwrap();
    assert_eq!(pairs.get("id_token_hint").unwrap().split('.').count(), 3);
    assert_eq!(pairs.get("post_logout_redirect_uri"), Some("http://localhost/sign-in"));
    assert!(
        out.header("set-cookie").contains("Max-Age=0") && out.header("clear-site-data").contains("cache"),
        "{out:?}"
    );
    assert!(browser.get("/").await.header("location").starts_with("/sign-in"));
    // The provider does not answer: out here is out all the same.
    let browser = Client::browser(&town.site, &session_of(&town.enter().await).unwrap());
    town.idp.lie(|lies| lies.down = true);
    assert!(browser.post("/sign-out", &[]).await.status < 400);
    assert!(browser.get("/").await.header("location").starts_with("/sign-in"));
    town.app.finish(&["s-1"]).await;
}

async fn told(town: &Town, idp: &Idp, changes: &serde_json::Value) -> u16 {
    let mut changes = changes.clone();
    let fresh = json!(town.app.request().to_string());
    changes.as_object_mut().unwrap().entry("jti").or_insert(fresh);
    // Server to server: no browser says where it comes from.
    let server = Client::nobody(&town.site);
    server.post("/sign-in/provider/logout", &[("logout_token", &idp.logout_token(&changes))]).await.status
}

async fn back_channel(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    let one = session_of(&town.enter().await).unwrap();
    town.idp.claim(json!({"sid": "s-2"}));
    let two = session_of(&town.enter().await).unwrap();
    let lives = async |cookie: &str| Client::browser(&town.site, cookie).get("/").await.status == 200;
    assert!(lives(&one).await && lives(&two).await);
    assert_eq!(told(&town, &town.idp, &json!({"sid": "s-1"})).await, 200);
    assert!(!lives(&one).await && lives(&two).await, "that session and no other");
    assert_eq!(told(&town, &town.idp, &json!({"sid": "s-9"})).await, 200);
    assert_eq!(told(&town, &town.idp, &json!({"sub": "somebody else"})).await, 200);
    assert!(lives(&two).await && lives(&town.founder.cookie).await);
    // Whoever has signed out here meanwhile is out, and the provider is not told that anything went wrong.
    town.idp.claim(json!({"sid": "s-3"}));
    let out = Client::browser(&town.site, &session_of(&town.enter().await).unwrap());
    assert!(out.post("/sign-out", &[]).await.status < 400);
    assert_eq!(told(&town, &town.idp, &json!({"sid": "s-3"})).await, 200);
    // A session that rose in rights has another name here, and the same there.
    let signed = town.app.accounts.authenticate_session(
        &two,
        ledger::Origin::via(ledger::Via::Web),
        town.app.request(),
        kernel::Lang::En,
    );
    let renewed = town.app.accounts.renew_session(&signed.await.unwrap().cx).await.unwrap();
    let renewed = renewed.cookie.expose().clone();
    assert!(lives(&renewed).await);
    assert_eq!(told(&town, &town.idp, &json!({})).await, 200);
    assert!(!lives(&renewed).await, "all that somebody began");
    assert!(lives(&town.founder.cookie).await, "and not what a password began");
    town.app.finish(&[]).await;
}

async fn wrong_tokens(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    let cookie = session_of(&town.enter().await).unwrap();
    let browser = Client::browser(&town.site, &cookie);
    for changes in [
        json!({"iss": "https://evil.example"}),
        json!({"aud": "somebody else"}),
        json!({"events": null}),
        json!({"nonce": "n"}),
        json!({"sub": null}),
        json!({"exp": 1}),
        json!({"jti": null}),
    ] {
        assert_eq!(told(&town, &town.idp, &changes).await, 400, "{changes}");
    }
    for text in ["", "a.b.c", "null"] {
        let answer = Client::nobody(&town.site).post("/sign-in/provider/logout", &[("logout_token", text)]).await;
        assert_eq!(answer.status, 400, "{text}");
    }
    town.idp.lie(|lies| lies.key = ("one", 7, false));
    assert_eq!(told(&town, &town.idp, &json!({})).await, 400, "signed by somebody else");
    town.idp.lie(|lies| lies.key = ("one", 1, true));
    assert_eq!(browser.get("/").await.status, 200, "nothing was ended");
    // A token is good once: who keeps one cannot sign somebody out again.
    let token = town.idp.logout_token(&json!({"jti": "once"}));
    let server = Client::nobody(&town.site);
    assert_eq!(server.post("/sign-in/provider/logout", &[("logout_token", &token)]).await.status, 200);
    let again = Client::browser(&town.site, &session_of(&town.enter().await).unwrap());
    assert_eq!(server.post("/sign-in/provider/logout", &[("logout_token", &token)]).await.status, 400);
    assert_eq!(again.get("/").await.status, 200);
    town.app.finish(&[]).await;
}
