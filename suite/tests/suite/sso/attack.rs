//! What comes back is not what went: each is refused, leaves a line, and lets nobody in.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::App;

use super::{TOO_LONG, Town, gone, is_refused, session_of};
use crate::support::http::Client;
use crate::support::idp::{Lies, away_with};
use crate::support::ledger::done_in;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    an_answer_that_lies_lets_nobody_in => super::lies;
    what_comes_back_is_taken_once_and_where_it_went_from => super::state;
    linking_belongs_to_the_session_that_went => super::link;
    keys_are_rotated_and_made_up_names_ask_nothing => super::rotation;
    a_provider_that_is_away_keeps_nobody_from_their_password => super::down;
    a_provider_that_says_something_else_is_not_used => super::discovery;
    without_a_provider_there_is_nothing_here => super::nothing;
}

/// Fails when: `Claims::check`, `Token::open` or the check of `iss` is not asked.
async fn lies(app: App) {
    type Lie = fn(&mut Lies);
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    let raw = Raw::data(&town.app).await;
    let claims: &[Value] = &[
        json!({"iss": "https://evil.example"}),
        json!({"aud": "somebody else"}),
        json!({"aud": ["custos & co", "somebody else"]}),
        json!({"azp": "somebody else"}),
        json!({"nonce": "of another sign-in"}),
        json!({"nonce": null}),
        json!({"sub": null}),
        json!({"exp": 1}),
        json!({"iat": 1}),
    ];
    for change in claims {
        town.idp.claim(change.clone());
        let back = town.enter().await;
        let words = if change.get("exp").or(change.get("iat")).is_some() { "clocks" } else { "cannot be trusted" };
        is_refused(&back, 401, words);
        let lines = done_in(&raw, back.header("x-request-id").parse().unwrap()).await;
        assert!(lines.iter().any(|line| line.starts_with("sign-in-failed user Failed")), "{change}: {lines:?}");
    }
    town.idp.claim(json!({}));
    let others: &[Lie] = &[
        |lies| lies.header = json!({"alg": "none"}),
        |lies| lies.header = json!({"alg": "HS256"}),
        |lies| lies.header = json!({"alg": "RS256"}),
        |lies| lies.header = json!({"kid": "another"}),
        |lies| lies.header = json!({"typ": "at+jwt"}),
        |lies| lies.header = json!({"crit": ["x"]}),
        |lies| lies.key = ("one", 2, false),
        |lies| lies.names_itself = Some("https://evil.example".to_owned()),
        |lies| lies.names_itself = None,
    ];
    for lie in others {
        town.idp.lie(lie);
        is_refused(&town.enter().await, 401, "cannot be trusted");
        town.idp.lie(|lies| (lies.header, lies.key) = (json!({}), ("one", 1, true)));
        let issuer = town.idp.issuer();
        town.idp.lie(|lies| lies.names_itself = Some(issuer));
    }
    assert_eq!(town.enter().await.status, 303, "and the truth is believed");
    town.app.finish(&[]).await;
}

/// Fails when: `take` does not compare browser, state or time, or puts back what it took.
async fn state(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    let (other, others) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    let lost = "another tab";
    // Sent to somebody else's browser: what a victim of a forged sign-in would open.
    is_refused(&town.nobody().get(&back).await, 409, lost);
    is_refused(&browser.get(&back).await, 409, lost);
    // Another browser's way with one's own cookie, and nonsense.
    is_refused(&browser.get(&others).await, 409, lost);
    is_refused(&other.get(&others).await, 409, lost);
    for state in ["", "e", "ex", "l", "e%00", "é", "e0000000000000000000000000000000", &"x".repeat(5_000)] {
        is_refused(&browser.get(&format!("/sign-in/provider/back?state={state}&code=x")).await, 409, lost);
    }
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    let altered = back.replacen("state=e", "state=a", 1);
    is_refused(&browser.get(&altered).await, 409, lost);
    // Once.
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    assert!(session_of(&browser.get(&back).await).is_some());
    is_refused(&browser.get(&back).await, 409, lost);
    // Also when many come at once.
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    let (a, b, c) = tokio::join!(browser.get(&back), browser.get(&back), browser.get(&back));
    assert_eq!([a, b, c].iter().filter(|answer| session_of(answer).is_some()).count(), 1);
    // In time.
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    town.app.clock.advance(TOO_LONG);
    is_refused(&browser.get(&back).await, 409, lost);
    // The person there said no, and what was waiting is spent.
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    let no = back.replace("&code=", "&error=access_denied&ignored=");
    is_refused(&browser.get(&no).await, 401, "not completed");
    is_refused(&browser.get(&back).await, 409, lost);
    town.app.finish(&[]).await;
}

/// Fails when: the way of linking is not bound to the session it began in.
async fn link(app: App) {
    let town = Town::of(app).await;
    let bo = town.app.person("Bo Chen", authz::Role::Agent).await;
    let lost = "another tab";
    // Somebody else's browser, signed in as somebody else, with the cookie of the way.
    let away = town.browser(&town.founder).post("/settings/account/provider", &[]).await;
    let back = town.idp.sends_back(&away);
    is_refused(&away_with(&town.browser(&bo), &away).get(&back).await, 409, lost);
    let away = town.browser(&town.founder).post("/settings/account/provider", &[]).await;
    let back = town.idp.sends_back(&away);
    is_refused(&away_with(&town.nobody(), &away).get(&back).await, 409, lost);
    // Signed out meanwhile.
    let signed_out = Client::of(&town.site, &town.app.founder().await);
    let away = signed_out.post("/settings/account/provider", &[]).await;
    let back = town.idp.sends_back(&away);
    signed_out.post("/sign-out", &[]).await;
    is_refused(&away_with(&signed_out, &away).get(&back).await, 409, lost);
    assert!(town.idp.sso.list_linked(&town.founder.cx).await.unwrap().is_empty());
    town.app.finish(&[]).await;
}

/// Fails when: an unknown key is never asked for again, or each time.
async fn rotation(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    town.idp.lie(|lies| lies.key = ("two", 2, true));
    is_refused(&town.enter().await, 401, "cannot be trusted");
    town.app.clock.advance(Duration::from_secs(61));
    assert_eq!(town.enter().await.status, 303);
    let asked = town.idp.keys_asked();
    town.idp.lie(|lies| lies.header = json!({"kid": "made up"}));
    for _ in 0..5 {
        is_refused(&town.enter().await, 401, "cannot be trusted");
    }
    assert_eq!(town.idp.keys_asked(), asked, "made-up names ask nothing within a minute");
    town.app.finish(&[]).await;
}

async fn down(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    town.app.clock.advance(Duration::from_secs(3_700));
    town.idp.lie(|lies| lies.down = true);
    let away = town.nobody().post("/sign-in/provider", &[]).await;
    is_refused(&away, 503, "does not answer");
    let fields = [("email", "ada.founder@example.org"), ("password", testkit::PASSWORD)];
    assert_eq!(town.nobody().post("/sign-in", &fields).await.status, 303);
    town.idp.lie(|lies| lies.down = false);
    let (browser, back) = gone(&town, &town.nobody(), "/sign-in/provider").await;
    town.idp.lie(|lies| lies.down = true);
    is_refused(&browser.get(&back).await, 503, "does not answer");
    town.app.finish(&[]).await;
}

async fn discovery(app: App) {
    let town = Town::of(app).await;
    for change in [
        json!({"issuer": "https://evil.example"}),
        json!({"token_endpoint": "http://169.254.169.254/token"}),
        json!({"token_endpoint": "http://10.0.0.1/token"}),
        json!({"code_challenge_methods_supported": ["plain"]}),
        json!({"jwks_uri": null}),
    ] {
        town.idp.lie(|lies| lies.discovery = change.clone());
        let answer = town.nobody().post("/sign-in/provider", &[]).await;
        if answer.status == 200 {
            let back = town.idp.sends_back(&answer);
            is_refused(&away_with(&town.nobody(), &answer).get(&back).await, 503, "does not answer");
        } else {
            is_refused(&answer, 503, "does not answer");
        }
        town.app.clock.advance(Duration::from_secs(3_700));
    }
    town.app.finish(&[]).await;
}

async fn nothing(app: App) {
    let site = crate::support::http::site(&app);
    let (nobody, founder) =
        (Client::nobody(&site).with("sec-fetch-site", "same-origin"), Client::of(&site, &app.founder().await));
    assert!(!nobody.get("/sign-in").await.text.contains("Continue with"));
    assert_eq!(nobody.get("/sign-in/provider/back?state=e&code=x").await.status, 404);
    for (client, url) in [
        (&nobody, "/sign-in/provider"),
        (&nobody, "/sign-in/provider/logout"),
        (&nobody, "/join/spent/provider"),
        (&founder, "/settings/account/provider"),
    ] {
        assert_eq!(client.post(url, &[]).await.status, 404, "{url}");
    }
    app.finish(&[]).await;
}
