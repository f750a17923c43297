//! Cookies that were planted, kept, cut or brought from elsewhere.

use authz::Role;
use crypto::Secret;
use testkit::{Actor, App, PASSWORD};

use crate::support::http::{Client, site};

testkit::on_both_engines! {
    a_planted_cookie_never_becomes_a_session => super::fixation;
    a_kept_cookie_is_worth_nothing_afterwards => super::afterwards;
    a_cookie_opens_its_own_workspace_whole_or_not_at_all => super::foreign;
}

async fn is_in(client: &Client) -> bool {
    let answer = client.get("/settings/account").await;
    assert!(matches!(answer.status, 200 | 303), "{answer:?}");
    answer.status == 200
}

/// Fails when: a sign-in goes on under the cookie that came along with it.
async fn fixation(app: App) {
    let site = site(&app);
    let attacker = app.person("Eve Lee", Role::Viewer).await;
    let made_up = crypto::base64url(&[7; 48]);
    for planted in [attacker.cookie.as_str(), &made_up, ""] {
        let browser = Client::browser(&site, planted);
        let form = [("email", "ada.founder@example.org"), ("password", PASSWORD)];
        let entered = browser.post("/sign-in", &form).await;
        assert_eq!(entered.status, 303, "{entered:?}");
        let fresh = entered.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(fresh.starts_with("__Host-custos=") && !fresh.ends_with(&format!("={planted}")), "{fresh}");
        assert!(!is_in(&browser).await, "the planted cookie opens something");
        assert!(is_in(&browser.with("cookie", &fresh)).await);
    }
    app.finish(&[]).await;
}

/// Fails when: one of these acts does not end the sessions of its person.
async fn afterwards(app: App) {
    let site = site(&app);
    let operator = app.operator();
    let somebody = async |name: &str| {
        let actor: Actor = app.person(name, Role::Agent).await;
        let browser = Client::of(&site, &actor);
        assert!(is_in(&browser).await);
        (actor, browser)
    };
    let (_, browser) = somebody("Out Lee").await;
    assert_eq!(browser.post("/sign-out", &[]).await.status, 303);
    assert!(!is_in(&browser).await, "after sign-out");
    let (actor, browser) = somebody("Gone Lee").await;
    app.accounts.disable_person(&operator, actor.id).await.unwrap();
    assert!(!is_in(&browser).await, "after the account was closed");
    app.accounts.enable_person(&operator, actor.id).await.unwrap();
    assert!(!is_in(&browser).await, "after it was opened again");
    let (actor, browser) = somebody("New Lee").await;
    let new = Secret::new("lagoon-quartz-sparrow-88".to_owned());
    app.accounts.change_password(&actor.cx, Secret::new(PASSWORD.to_owned()), new).await.unwrap();
    assert!(!is_in(&browser).await, "after the password was changed");
    let (actor, browser) = somebody("Less Lee").await;
    app.accounts.change_roles(&operator, actor.id, vec![Role::Viewer]).await.unwrap();
    assert!(!is_in(&browser).await, "after a role was taken");
    app.finish(&[]).await;
}

/// Fails when: a cookie is compared in parts, or a key is not the workspace's own.
async fn foreign(app: App) {
    let engine = if matches!(app.data(), db::Place::File(_)) { "sqlite" } else { "postgres" };
    let elsewhere = App::start(engine).await.unwrap();
    let here = app.founder().await;
    // Both houses draw from the same seed: the second sign-in there is like none here.
    elsewhere.founder().await;
    let there = elsewhere.founder().await;
    assert_ne!(here.cookie, there.cookie);
    let site = site(&app);
    let cookie = here.cookie.as_str();
    assert!(is_in(&Client::browser(&site, cookie)).await);
    let (id, secret) = cookie.split_at(22);
    let mixed = format!("{id}{}", &there.cookie[22..]);
    let wrong = [
        there.cookie.clone(),
        mixed,
        cookie[..63].to_owned(),
        format!("{cookie}{cookie}"),
        format!("{cookie}A"),
        format!("{secret}{id}"),
        cookie.to_lowercase(),
    ];
    for wrong in &wrong {
        assert!(!is_in(&Client::browser(&site, wrong)).await, "{wrong}");
    }
    // Of two the first counts, so that a second one, set by another host of the same name, changes nothing.
    let two = format!("__Host-custos={cookie}; __Host-custos={}", there.cookie);
    assert!(is_in(&Client::browser(&site, "").with("cookie", &two)).await);
    let two = format!("__Host-custos={}; __Host-custos={cookie}", there.cookie);
    assert!(!is_in(&Client::browser(&site, "").with("cookie", &two)).await);
    elsewhere.finish(&[]).await;
    app.finish(&[]).await;
}
