//! Signing in with a company's identity provider, and everything that can be wrong about what comes back.
//!
//! What one claim of a token does is tested beside the checks, in `sso`; here it is whether the checks are asked at all.

mod attack;
mod out;

use std::time::Duration;

use authz::{Level, Role};
use axum::Router;
use kernel::Lang;
use ledger::{Origin, Via};
use serde_json::json;
use testkit::{Actor, App};

use crate::support::http::{Answer, Client, site_with};
use crate::support::idp::{Idp, away_with, query_of};
use crate::support::ledger::done_in;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    whoever_has_linked_their_account_signs_in_with_it => super::sign_in;
    nobody_is_recognised_who_has_not_linked => super::unknown;
    an_invited_person_joins_with_the_provider => super::join;
    people_sign_up_only_where_the_operator_says_so => super::sign_up;
    roles_follow_the_provider_and_the_last_administrator_stays => super::roles;
    an_old_proof_at_the_provider_is_old_here_too => super::old_proof;
    nobody_disconnects_what_alone_lets_them_in => super::last_way;
}

/// A house with a provider.
pub(super) struct Town {
    pub(super) app: App,
    pub(super) idp: Idp,
    pub(super) site: Router,
    pub(super) founder: Actor,
}

impl Town {
    pub(super) async fn of(app: App) -> Self {
        Self::as_said(app, |_| {}).await
    }

    pub(super) async fn as_said(app: App, change: impl FnOnce(&mut sso::Settings)) -> Self {
        let (founder, idp) = (app.founder().await, Idp::start_as(&app, change).await);
        let approvals = approvals::Approvals::new(app.accounts.clone(), Vec::new());
        Self { site: site_with(&app, Some(idp.sso.clone()), approvals), founder, app, idp }
    }

    pub(super) fn nobody(&self) -> Client {
        Client::nobody(&self.site).with("sec-fetch-site", "same-origin")
    }

    pub(super) fn browser(&self, actor: &Actor) -> Client {
        Client::of(&self.site, actor)
    }

    /// Links the provider's account to somebody's.
    pub(super) async fn link(&self, actor: &Actor) {
        let back = self.idp.round(&self.browser(actor), "/settings/account/provider", &[]).await;
        assert_eq!((back.status, back.header("location")), (303, "/settings/account"), "{back:?}");
    }

    /// Signs in with the provider.
    pub(super) async fn enter(&self) -> Answer {
        self.idp.round(&self.nobody(), "/sign-in/provider", &[("next", "/contacts")]).await
    }

    pub(super) async fn roles_of(&self, cookie: &str) -> Vec<Role> {
        let recognising =
            self.app.accounts.authenticate_session(cookie, Origin::via(Via::Web), self.app.request(), Lang::En);
        recognising.await.unwrap().cx.roles().to_vec()
    }
}

/// Returns the session that an answer gives a browser.
pub(super) fn session_of(answer: &Answer) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let value = lines.filter_map(|line| line.strip_prefix("__Host-custos=")).next()?;
    value.split(';').next().filter(|value| !value.is_empty()).map(str::to_owned)
}

/// An answer that lets nobody in, says why in words, and takes the cookie of the way away.
pub(super) fn is_refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.text.contains(words), "{words}: {answer:?}");
    assert_eq!(session_of(answer), None, "{answer:?}");
}

async fn sign_in(app: App) {
    let town = Town::of(app).await;
    let page = town.nobody().get("/sign-in").await;
    assert!(page.text.contains("Continue with Northlight ID"), "{page:?}");
    let away = town.nobody().post("/sign-in/provider", &[("next", "/contacts")]).await;
    let asked = query_of(&away);
    for (name, value) in [
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("redirect_uri", "http://localhost/sign-in/provider/back"),
        ("code_challenge_method", "S256"),
        ("max_age", "43200"),
    ] {
        assert_eq!(asked[name], value);
    }
    assert!(!asked.contains_key("prompt") && asked["state"].len() > 60 && asked["nonce"].len() == 43, "{asked:?}");
    // Nothing of it is the same for the next one who goes.
    let other = query_of(&town.nobody().post("/sign-in/provider", &[("next", "/contacts")]).await);
    for own in ["state", "nonce", "code_challenge"] {
        assert_ne!(asked[own], other[own], "{own}");
    }
    town.link(&town.founder).await;
    let back = town.enter().await;
    assert_eq!((back.status, back.header("location")), (303, "/contacts"), "{back:?}");
    let cookie = session_of(&back).unwrap();
    let browser = Client::browser(&town.site, &cookie);
    assert_eq!(browser.get("/contacts").await.status, 200);
    assert!(browser.get("/settings/account").await.text.contains("Disconnect"));
    let signed = town.app.accounts.authenticate_session(&cookie, Origin::via(Via::Web), town.app.request(), Lang::En);
    let proof = signed.await.unwrap().cx.assurance().unwrap();
    assert_eq!((proof.level, proof.at), (Level::Single, kernel::Clock::now(&*town.app.clock)));
    let raw = Raw::data(&town.app).await;
    let lines = done_in(&raw, back.header("x-request-id").parse().unwrap()).await;
    assert!(lines.iter().any(|line| line == "sign-in user Done"), "{lines:?}");
    // Whoever is signed in and comes again is asked by the provider, whatever it remembers.
    let again = query_of(&browser.post("/sign-in/provider", &[]).await);
    assert_eq!((again["prompt"].as_str(), again["max_age"].as_str()), ("login", "0"));
    town.app.finish(&["ada.founder@example.org", "s-1"]).await;
}

async fn unknown(app: App) {
    let town = Town::of(app).await;
    // The address is the founder's own, and the provider says that it is verified: it proves nothing here.
    town.idp.claim(json!({"sub": "stranger", "email": "ada.founder@example.org", "email_verified": true}));
    let stranger = town.enter().await;
    is_refused(&stranger, 401, "not connected to anybody here");
    // Nor is a closed account told from none.
    town.idp.claim(json!({}));
    let bo = town.app.person("Bo Chen", Role::Agent).await;
    town.link(&bo).await;
    assert_eq!(town.enter().await.status, 303);
    town.app.accounts.disable_person(&town.founder.cx, bo.id).await.unwrap();
    let closed = town.enter().await;
    is_refused(&closed, 401, "not connected to anybody here");
    assert_eq!(closed.text, stranger.text);
    // And nobody takes over what is somebody's.
    town.app.accounts.enable_person(&town.founder.cx, bo.id).await.unwrap();
    let taken = town.idp.round(&town.browser(&town.founder), "/settings/account/provider", &[]).await;
    is_refused(&taken, 409, "connected already");
    town.app.finish(&["stranger"]).await;
}

async fn invited(town: &Town, email: &str, roles: Vec<Role>) -> (kernel::UserId, String) {
    let invitation = accounts::Invitation { email: email.to_owned(), name: "Mei Lin".to_owned(), roles };
    let (id, link) = town.app.accounts.invite(&town.founder.cx, invitation).await.unwrap();
    (id, link.token.expose().clone())
}

async fn join(app: App) {
    let town = Town::of(app).await;
    let (mei, token) = invited(&town, "mei@example.org", vec![Role::Agent]).await;
    let page = town.nobody().get(&format!("/join/{token}")).await;
    assert!(page.text.contains(&format!("/join/{token}/provider")), "{page:?}");
    let from = format!("/join/{token}/provider");
    let joined = town.idp.round(&town.nobody(), &from, &[]).await;
    assert_eq!((joined.status, joined.header("location")), (303, "/"), "{joined:?}");
    assert_eq!(town.roles_of(&session_of(&joined).unwrap()).await, [Role::Agent]);
    // The link is used up, for a password too.
    let again = town.idp.round(&town.nobody(), &from, &[]).await;
    is_refused(&again, 404, "does not work any more");
    assert_eq!(town.nobody().get(&format!("/join/{token}")).await.status, 404);
    // Closed and opened again, they are who they were and not invited.
    town.app.accounts.disable_person(&town.founder.cx, mei).await.unwrap();
    town.app.accounts.enable_person(&town.founder.cx, mei).await.unwrap();
    assert_eq!(town.enter().await.status, 303);
    // Two people do not have one account of the provider.
    let (_, token) = invited(&town, "bo@example.org", vec![Role::Agent]).await;
    let taken = town.idp.round(&town.nobody(), &format!("/join/{token}/provider"), &[]).await;
    is_refused(&taken, 409, "connected already");
    assert_eq!(town.nobody().get(&format!("/join/{token}")).await.status, 200, "the invitation is still good");
    town.app.finish(&["mei@example.org"]).await;
}

async fn sign_up(app: App) {
    let town = Town::as_said(app, |settings| {
        settings.sign_up_domains = vec!["example.org".to_owned()];
        settings.sign_up_roles = vec![Role::Viewer];
    })
    .await;
    let kim = json!({"sub": "kim", "email": "kim@example.org", "email_verified": true, "name": "Kim"});
    for change in [
        json!({"sub": "kim", "email": "kim@example.org", "email_verified": false}),
        json!({"sub": "kim", "email": "kim@example.com", "email_verified": true}),
        json!({"sub": "kim", "email": "ada.founder@example.org", "email_verified": true}),
    ] {
        town.idp.claim(change);
        is_refused(&town.enter().await, 401, "not connected to anybody here");
    }
    town.idp.claim(kim);
    let first = town.enter().await;
    assert_eq!(town.roles_of(&session_of(&first).unwrap()).await, [Role::Viewer]);
    assert_eq!(town.enter().await.status, 303, "and again, as the same person");
    assert_eq!(town.app.accounts.list_people(&town.founder.cx).await.unwrap().len(), 2);
    // What the token leaves out is asked for, of the same person.
    town.idp.claim(json!({"sub": "lee"}));
    town.idp.lie(|lies| lies.user_info = json!({"sub": "kim", "email": "lee@example.org", "email_verified": true}));
    is_refused(&town.enter().await, 401, "cannot be trusted");
    town.idp.lie(|lies| lies.user_info = json!({"sub": "lee", "email": "lee@example.org", "email_verified": true}));
    assert_eq!(town.enter().await.status, 303);
    town.app.finish(&["kim@example.org", "lee@example.org"]).await;
}

async fn roles(app: App) {
    let town = Town::as_said(app, |settings| {
        settings.role_claim = Some("groups".to_owned());
        settings.roles.insert("crm".to_owned(), vec![Role::Agent]);
        settings.roles.insert("leads".to_owned(), vec![Role::Manager]);
        settings.roles.insert("it".to_owned(), vec![Role::Administrator]);
    })
    .await;
    town.idp.claim(json!({"groups": ["leads"]}));
    town.link(&town.founder).await;
    // The founder is the only administrator: the provider does not know that, and the house keeps one.
    let cookie = session_of(&town.enter().await).unwrap();
    assert_eq!(town.roles_of(&cookie).await, [Role::Administrator, Role::Manager]);
    assert!(
        town.browser(&town.founder).get("/").await.header("location").starts_with("/sign-in"),
        "other rights, other session"
    );
    let bo = town.app.person("Bo Chen", Role::Viewer).await;
    town.idp.claim(json!({"sub": "bo", "groups": ["crm", "cooks"]}));
    town.link(&bo).await;
    assert_eq!(town.roles_of(&session_of(&town.enter().await).unwrap()).await, [Role::Agent]);
    town.idp.claim(json!({"sub": "bo", "groups": ["it"]}));
    assert_eq!(town.roles_of(&session_of(&town.enter().await).unwrap()).await, [Role::Administrator]);
    town.idp.claim(json!({"sub": "bo", "groups": ["cooks", "administrator"]}));
    is_refused(&town.enter().await, 403, "gives you no role here");
    // Now there is another administrator, and the founder is what the provider says.
    town.idp.claim(json!({"groups": ["leads"]}));
    assert_eq!(town.roles_of(&session_of(&town.enter().await).unwrap()).await, [Role::Manager]);
    town.app.finish(&[]).await;
}

async fn old_proof(app: App) {
    let town = Town::of(app).await;
    town.link(&town.founder).await;
    town.app.asks(Level::Single, 10).await;
    let now = kernel::Clock::now(&*town.app.clock).micros() / 1_000_000;
    for said in [json!(now - 3_600), json!(null)] {
        town.idp.claim(json!({ "auth_time": said }));
        let browser = Client::browser(&town.site, &session_of(&town.enter().await).unwrap());
        let refused = browser.post("/settings/account/provider", &[]).await;
        assert_eq!(refused.header("refresh"), "", "{refused:?}");
        assert_eq!(refused.status, 403, "{refused:?}");
    }
    // Thirteen hours are longer than any session here.
    town.idp.claim(json!({"auth_time": now - 13 * 3_600}));
    is_refused(&town.enter().await, 401, "cannot be trusted");
    // To link, the provider must have asked just now.
    town.idp.claim(json!({"sub": "other", "auth_time": now - 3_600}));
    let back = town.idp.round(&town.browser(&town.founder), "/settings/account/provider", &[]).await;
    is_refused(&back, 401, "cannot be trusted");
    town.app.finish(&[]).await;
}

async fn last_way(app: App) {
    let town = Town::of(app).await;
    let (_, token) = invited(&town, "mei@example.org", vec![Role::Agent]).await;
    let joined = town.idp.round(&town.nobody(), &format!("/join/{token}/provider"), &[]).await;
    let browser = Client::browser(&town.site, &session_of(&joined).unwrap());
    let page = browser.get("/settings/account").await;
    let at = page.text.split("/settings/account/provider/").nth(1).unwrap().split('/').next().unwrap();
    let remove = format!("/settings/account/provider/{at}/remove");
    let refused = browser.post(&remove, &[]).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert!(refused.text.contains("Nothing would be left"), "{refused:?}");
    assert_eq!(town.browser(&town.founder).post(&remove, &[]).await.status, 404, "not somebody else's");
    assert_eq!(town.enter().await.status, 303, "it was put back");
    // The founder has a password, and may.
    town.idp.claim(json!({"sub": "ada"}));
    town.link(&town.founder).await;
    let own = town.browser(&town.founder).get("/settings/account").await;
    let at = own.text.split("/settings/account/provider/").nth(1).unwrap().split('/').next().unwrap();
    let removed = town.browser(&town.founder).post(&format!("/settings/account/provider/{at}/remove"), &[]).await;
    assert_eq!(removed.status, 303, "{removed:?}");
    is_refused(&town.enter().await, 401, "not connected to anybody here");
    town.app.finish(&[]).await;
}

/// Keeps the browser that went, for the tests that come back in another way.
pub(super) async fn gone(town: &Town, client: &Client, from: &str) -> (Client, String) {
    let away = client.post(from, &[]).await;
    (away_with(client, &away), town.idp.sends_back(&away))
}

/// Longer than anybody is waited for.
pub(super) const TOO_LONG: Duration = Duration::from_secs(601);
