//! Notices: who is told what, where, and who can wave it away.

use std::net::IpAddr;
use std::time::Duration;

use accounts::{Invitation, Joining, NewSession, SignIn};
use authz::{Cx, Role};
use crypto::Secret;
use kernel::Lang;
use ledger::{Origin, Via};
use notices::{Kind, Waiting};
use testkit::{Actor, App, PASSWORD};

use crate::support::app::enrolled;
use crate::support::http::{Client, site};

testkit::on_both_engines! {
    who_came_in_with_a_stolen_password_cannot_wave_the_notice_away => super::intruder;
    every_change_of_the_ways_to_sign_in_is_told => super::changes;
    this_was_not_me_ends_every_other_session => super::not_me;
    the_last_sign_in_and_what_failed_since_are_said_once => super::greeting;
    a_notice_is_its_own_persons_alone => super::others;
}

/// A browser: what it is known by, and where it stands.
#[derive(Clone, Default)]
struct Browser {
    held: Option<String>,
}

impl Browser {
    /// Signs somebody in with it, a minute after whatever was before.
    async fn enter(&mut self, app: &App, email: &str) -> (Cx, NewSession) {
        app.clock.advance(Duration::from_secs(60));
        let ip: IpAddr = "192.0.2.7".parse().unwrap();
        let origin = Origin { via: Via::Web, ip: Some(ip), agent: Some("Firefox".to_owned()) };
        let nobody = Cx::nobody(origin.clone(), app.request(), Lang::En);
        let password = Secret::new(PASSWORD.to_owned());
        let attempt = SignIn { email: email.to_owned(), password, previous: None, device: self.held.clone() };
        let session = app.accounts.sign_in(&nobody, attempt).await.unwrap();
        self.held = Some(session.device.as_ref().unwrap().expose().clone());
        let cookie = session.cookie.expose();
        let signed = app.accounts.authenticate_session(cookie, origin, app.request(), Lang::En).await.unwrap();
        app.clock.advance(Duration::from_secs(60));
        (signed.cx, session)
    }

    /// Lets somebody join with it, and returns their e-mail address.
    async fn join(&mut self, app: &App, name: &str) -> String {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let invitation = Invitation { email: email.clone(), name: name.to_owned(), roles: vec![Role::Agent] };
        let (_, link) = app.accounts.invite(&app.operator(), invitation).await.unwrap();
        let nobody = Cx::nobody(Origin::via(Via::Web), app.request(), Lang::En);
        let joining = Joining { name: name.to_owned(), password: Secret::new(PASSWORD.to_owned()) };
        let session = app.accounts.join(&nobody, link.token, joining).await.unwrap();
        self.held = Some(session.device.unwrap().expose().clone());
        email
    }

    async fn waiting(&self, app: &App, cx: &Cx) -> Waiting {
        app.accounts.notices().waiting(cx, self.held.as_deref()).await.unwrap()
    }
}

fn pressing(waiting: &Waiting) -> Option<Kind> {
    waiting.pressing.as_ref().map(|told| told.kind)
}

/// Fails when: `see` puts a notice out of the way everywhere, whichever browser asks.
async fn intruder(app: App) {
    let (mut own, mut stolen) = (Browser::default(), Browser::default());
    let email = own.join(&app, "Mei Chen").await;
    let (owner, _) = own.enter(&app, &email).await;
    assert_eq!(own.waiting(&app, &owner).await.unseen, 0, "who joined with it is not told of it");
    let (intruder, _) = stolen.enter(&app, &email).await;
    assert_eq!(pressing(&stolen.waiting(&app, &intruder).await), None, "the session it is about is not told");
    let told = own.waiting(&app, &owner).await.pressing.unwrap();
    assert_eq!(
        (told.kind, told.agent.as_deref(), told.ip.as_deref()),
        (Kind::NewDevice, Some("Firefox"), Some("192.0.2.7"))
    );

    // The intruder comes back, and waves away what they see.
    let (again, _) = stolen.enter(&app, &email).await;
    assert_eq!(stolen.waiting(&app, &again).await.pressing.map(|t| t.id), Some(told.id));
    let notices = app.accounts.notices();
    notices.see(&again, stolen.held.as_deref(), told.id).await.unwrap();
    notices.see_all(&again, stolen.held.as_deref()).await.unwrap();
    notices.see(&again, None, told.id).await.unwrap();
    assert_eq!(own.waiting(&app, &owner).await.pressing.map(|t| t.id), Some(told.id), "the owner is told all the same");

    // The owner does so in a browser that was there before, and it is gone everywhere.
    notices.see(&owner, own.held.as_deref(), told.id).await.unwrap();
    let mut third = Browser::default();
    let (elsewhere, _) = third.enter(&app, &email).await;
    assert!(third.waiting(&app, &elsewhere).await.pressing.is_none_or(|t| t.id != told.id));
    app.finish(&[]).await;
}

/// Fails when: one of the places that change how somebody signs in tells nobody.
async fn changes(app: App) {
    let founder = app.founder().await;
    let person = app.person("Mei Chen", Role::Agent).await;
    let mut own = Browser::default();
    let (owner, _) = own.enter(&app, &person.email).await;
    let kinds = async |owner: &Cx| {
        let told = app.accounts.notices().list(owner, None).await.unwrap();
        told.iter().map(|t| (t.kind, t.what.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let (authenticator, ..) = enrolled(&app, &person).await;
    let told = kinds(&owner).await;
    for what in ["totp", "recovery"] {
        assert!(told.contains(&(Kind::FactorAdded, what.to_owned())), "{told:?}");
    }
    app.clock.advance(Duration::from_secs(60));
    app.accounts.remove_totp(&owner, Secret::new(authenticator.now(&app))).await.unwrap();
    assert!(kinds(&owner).await.contains(&(Kind::FactorRemoved, "totp".to_owned())));

    app.accounts.change_roles(&founder.cx, person.id, vec![Role::Viewer, Role::Agent]).await.unwrap();
    let (owner, _) = own.enter(&app, &person.email).await;
    let told = app.accounts.notices().list(&owner, own.held.as_deref()).await.unwrap();
    let roles = told.iter().find(|t| t.kind == Kind::RolesChanged).unwrap();
    assert_eq!((roles.by, roles.what.as_deref()), (Some(founder.id), Some("agent viewer")));
    assert_eq!((&roles.ip, &roles.agent), (&None, &None), "where a colleague sits is nobody's business");

    let new = Secret::new("lagoon-quartz-sparrow-88".to_owned());
    app.accounts.change_password(&owner, Secret::new(PASSWORD.to_owned()), new).await.unwrap();
    let told = app.accounts.notices().list(&owner, None).await.unwrap();
    assert!(told.iter().any(|t| t.kind == Kind::PasswordChanged), "{told:?}");
    app.finish(&[]).await;
}

/// Fails when: the answer leaves another session alive, or the browser known that was not the person's.
async fn not_me(app: App) {
    let site = site(&app);
    let (mut own, mut stolen) = (Browser::default(), Browser::default());
    let email = own.join(&app, "Mei Chen").await;
    let (owner, session) = own.enter(&app, &email).await;
    let (_, theirs) = stolen.enter(&app, &email).await;
    let browser = |cookie: &str, held: &Browser| {
        let cookies = format!("__Host-custos={cookie}; __Host-custos_device={}", held.held.as_deref().unwrap());
        Client::browser(&site, cookie).with("cookie", &cookies)
    };
    let (mine, intruder) = (browser(session.cookie.expose(), &own), browser(theirs.cookie.expose(), &stolen));
    let home = mine.get("/notices").await;
    assert!(home.text.contains("Your account was opened in a new browser"), "{home:?}");
    let told = own.waiting(&app, &owner).await.pressing.unwrap();
    let answer = mine.post(&format!("/notices/{}/not-me", told.id), &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/settings/account?did=not-me"), "{answer:?}");
    assert_eq!(intruder.get("/notices").await.status, 303, "the other session has ended");
    let fresh = answer.header("set-cookie").split(';').next().unwrap().trim_start_matches("__Host-custos=").to_owned();
    let mine = browser(&fresh, &own);
    let account = mine.get("/settings/account?did=not-me").await;
    assert!(account.status == 200 && account.text.contains("You are signed out everywhere else"), "{account:?}");
    assert!(!account.text.contains("/not-me\""), "it is out of the way");
    // The browser holds what it held, and is a new one all the same.
    stolen.enter(&app, &email).await;
    let told = app.accounts.notices().list(&owner, own.held.as_deref()).await.unwrap();
    assert_eq!(told.iter().filter(|t| t.kind == Kind::NewDevice).count(), 2, "{told:?}");
    app.finish(&[]).await;
}

/// Fails when: failed tries are not counted, or the greeting is not kept back after it was shown.
async fn greeting(app: App) {
    let site = site(&app);
    let email = app.person("Mei Chen", Role::Agent).await.email;
    let mut own = Browser::default();
    own.enter(&app, &email).await;
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    for _ in 0..2 {
        assert_eq!(nobody.post("/sign-in", &[("email", &email), ("password", "wrong wrong wrong")]).await.status, 401);
    }
    let (_, session) = own.enter(&app, &email).await;
    let mine = Client::browser(&site, session.cookie.expose());
    let first = mine.get("/tasks").await;
    assert!(first.text.contains("Last sign-in: ") && first.text.contains("2 tries failed after it."), "{first:?}");
    assert!(first.text.contains("Firefox · 192.0.2.7"), "{first:?}");
    assert!(!mine.get("/tasks").await.text.contains("Last sign-in: "), "it is said once");
    let account = mine.get("/settings/account").await;
    assert!(account.text.contains("2 tries failed after it."), "{account:?}");
    app.finish(&[]).await;
}

/// Fails when: a notice is found by its id alone.
async fn others(app: App) {
    let (mine, theirs): (Actor, Actor) =
        (app.person("Mei Chen", Role::Agent).await, app.person("Eve Lee", Role::Administrator).await);
    let notices = app.accounts.notices();
    let told = notices.list(&mine.cx, None).await.unwrap();
    let site = site(&app);
    let eve = Client::of(&site, &theirs);
    for address in ["seen", "not-me"] {
        let strange = eve.post(&format!("/notices/{}/{address}", told[0].id), &[]).await;
        let absent = eve.post(&format!("/notices/{}/{address}", crate::support::scene::absent()), &[]).await;
        assert_eq!((strange.status, strange.seen()), (404, absent.seen()));
    }
    assert!(!notices.list(&mine.cx, None).await.unwrap()[0].seen);
    assert!(notices.list(&theirs.cx, None).await.unwrap().iter().all(|t| told.iter().all(|other| other.id != t.id)));
    app.finish(&[]).await;
}
