//! The routes of second factors, each asked in its order: they succeed only one after the other.

use authz::Role;
use testkit::{App, PASSWORD};

use crate::support::app::Authenticator;
use crate::support::html::Page;
use crate::support::http::{Answer, Client, site};
use crate::support::ledger::done_in;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    an_app_is_added_used_and_removed_and_each_leaves_a_ledger_line => super::factors;
}

fn texts(answer: &Answer, tag: &str) -> Vec<String> {
    let page = Page::read(&answer.text);
    page.texts.iter().filter(|(within, _)| within == tag).map(|(_, text)| text.clone()).collect()
}

/// Fails when: a use case of `totp` or `recovery` notes no line, or a secret stands in an address or in a cache.
async fn factors(app: App) {
    let (site, raw) = (site(&app), Raw::data(&app).await);
    let person = app.person("Ann Lee", Role::Agent).await;
    let mut browser = Client::of(&site, &person);
    let ledgered = async |answer: &Answer| {
        assert!((200..400).contains(&answer.status), "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let lines = done_in(&raw, answer.header("x-request-id").parse().unwrap()).await;
        assert!(lines.iter().any(|line| line.ends_with("Done")), "{lines:?}");
    };
    let refused = browser.post("/settings/account/app", &[("current", "wrong")]).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let offer = browser.post("/settings/account/app", &[("current", PASSWORD)]).await;
    ledgered(&offer).await;
    let authenticator = Authenticator::typed(&texts(&offer, "code")[0]);
    let page = Page::read(&offer.text);
    let id = page.all("input").find(|input| input.get("name") == Some("id")).unwrap().get("value").unwrap().to_owned();
    let again = browser.post("/settings/account/app/confirm", &[("id", &id), ("code", "000000")]).await;
    assert_eq!(texts(&again, "code"), texts(&offer, "code"));
    let page = Page::read(&again.text);
    let id = page.all("input").find(|input| input.get("name") == Some("id")).unwrap().get("value").unwrap().to_owned();
    let code = authenticator.now(&app);
    let added = browser.post("/settings/account/app/confirm", &[("id", &id), ("code", &code)]).await;
    ledgered(&added).await;
    let codes = texts(&added, "code");
    assert_eq!(codes.len(), 10);
    let cookie = added.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(browser.get("/settings/account").await.status, 303, "the session before it has ended");
    browser = browser.with("cookie", &cookie);
    assert!(browser.get("/settings/account").await.text.contains("10 left"));
    let renewed = browser.post("/settings/account/recovery", &[("renew", &codes[0])]).await;
    ledgered(&renewed).await;
    let fresh = texts(&renewed, "code");
    assert_eq!(browser.post("/settings/account/app/remove", &[("remove", &codes[1])]).await.status, 422);
    let removed = browser.post("/settings/account/app/remove", &[("remove", &fresh[1])]).await;
    ledgered(&removed).await;
    app.finish(&[&codes[2], &fresh[2]]).await;
}
