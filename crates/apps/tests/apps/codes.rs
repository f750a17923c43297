//! From the second person to the token, and every way to steal one in between.

use std::time::Duration;

use apps::Wish;
use authz::{Level, Role, Verb};
use kernel::Fault as _;
use notices::Kind;
use testkit::{Actor, App};
use tokio::task::JoinSet;

use crate::set::{BACK, Set, VERIFIER, code, form, wish};

testkit::on_both_engines! {
    an_app_that_two_people_agreed_to_acts_for_whoever_agrees => super::whole;
    before_a_second_person_agreed_there_is_no_app => super::second;
    nobody_is_led_to_an_address_that_is_not_registered => super::led;
    a_code_is_worth_nothing_to_whoever_stole_it => super::stolen;
    a_code_is_exchanged_once_however_many_try => super::race;
    what_renews_a_token_is_good_once => super::renewed;
    nobody_renews_beyond_half_a_year_what_somebody_agreed_to_once => super::half_a_year;
    agreeing_takes_a_person_and_a_fresh_proof => super::proof;
    an_account_that_was_closed_lets_no_app_back_in => super::closed;
}

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn told(set: &Set, kind: Kind) -> usize {
    let list = set.app.accounts.notices().list(&set.agent.cx, None).await.unwrap();
    list.iter().filter(|notice| notice.kind == kind).count()
}

/// Fails when: the token has more than the scopes, or an hour does not end its secret.
async fn whole(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read", "deal:read"]).await;
    let asked = set.apps.look(&set.agent.cx, &wish(id)).await.unwrap();
    assert_eq!((asked.app.name.as_str(), asked.app.maker.as_str()), ("Mailer", "Mailer GmbH"));
    let narrow = Wish { scope: Some("contact:read".to_owned()), ..wish(id) };
    let made = set.apps.agree(&set.agent.cx, &narrow).await.unwrap();
    let granted = set.exchange(id, made.expose()).await.unwrap();
    assert_eq!((granted.lasts, granted.scopes.as_deref()), (HOUR, Some("contact:read")));
    let cx = set.bearer(&granted).await.unwrap();
    assert_eq!((cx.person(), cx.session()), (Some(set.agent.id), None));
    let reach = |object, verb| cx.rights().reach(object, verb);
    assert!(reach("contact", Verb::Read).is_some() && reach("contact", Verb::Update).is_none());
    assert!(reach("deal", Verb::Read).is_none() && reach("contact", Verb::Export).is_none());
    assert_eq!(told(&set, Kind::TokenMade).await, 1);
    // It is one of its owner's tokens, and stays the same one when it is renewed.
    let listed = set.app.tokens.list(&set.agent.cx).await.unwrap();
    assert_eq!((listed.len(), listed[0].label.as_str(), listed[0].app), (1, "Mailer", Some(id.uuid())));
    let renewed = set.renew(id, &granted).await.unwrap();
    assert!(set.bearer(&renewed).await.is_ok());
    assert_eq!(set.app.tokens.list(&set.agent.cx).await.unwrap()[0].id, listed[0].id);
    set.app.clock.advance(HOUR);
    assert_eq!(set.bearer(&renewed).await.unwrap_err().code(), "signed-out");
    let renewed = set.renew(id, &renewed).await.unwrap();
    assert!(set.bearer(&renewed).await.is_ok());
    // Its owner ends it like every other.
    set.app.tokens.revoke(&set.agent.cx, listed[0].id).await.unwrap();
    assert!(set.bearer(&renewed).await.is_err());
    assert_eq!(code(set.renew(id, &renewed).await), "invalid_grant");
    set.app.finish(&["Mailer GmbH", "mailer.example"]).await;
}

/// Fails when: an app is there before `carry_out`, or who asked can agree.
async fn second(app: App) {
    let set = Set::new(app).await;
    let id = set.ask(&form("Mailer", &["contact:read"])).await;
    assert!(set.apps.list(&set.founder.cx).await.unwrap().is_empty());
    let own = set.founder.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&own, id).await.unwrap_err().code(), "approval-own");
    let terms = apps::terms(&form("Mine", &["contact:read"])).unwrap();
    let other = set.approvals.ask(&set.agent.cx, apps::RULE, terms, "mine").await;
    assert_eq!(other.unwrap_err().code(), "forbidden");
    assert_eq!(code(set.apps.list(&set.agent.cx).await), "forbidden");
    assert_eq!(set.agree(id).await, approvals::State::Done);
    let listed = set.apps.list(&set.founder.cx).await.unwrap();
    assert_eq!((listed[0].by, listed[0].approved_by), (set.founder.id, Some(set.officer.id)));
    set.app.finish(&["Mailer GmbH"]).await;
}

/// Fails when: an address is compared by its beginning, or without its letters' case, or a challenge may be plain.
async fn led(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    for redirect in
        ["", "https://mailer.example/back/", "https://mailer.example/back?x=1", "https://MAILER.example/back"]
    {
        let wrong = Wish { redirect: redirect.to_owned(), ..wish(id) };
        assert_eq!(code(set.apps.look(&set.agent.cx, &wrong).await), "app-unknown", "{redirect}");
        assert_eq!(code(set.apps.agree(&set.agent.cx, &wrong).await), "app-unknown", "{redirect}");
    }
    let absent = Wish { client: apps::AppId::from_uuid(kernel::Uuid::from_u128(7)).to_string(), ..wish(id) };
    assert_eq!(code(set.apps.look(&set.agent.cx, &absent).await), "app-unknown");
    let refused = [
        (Wish { kind: "token".to_owned(), ..wish(id) }, "unsupported_response_type"),
        (Wish { method: "plain".to_owned(), ..wish(id) }, "invalid_request"),
        (Wish { challenge: String::new(), ..wish(id) }, "invalid_request"),
        (Wish { scope: Some("contact:read contact:update".to_owned()), ..wish(id) }, "invalid_scope"),
    ];
    for (wrong, why) in refused {
        assert_eq!(code(set.apps.look(&set.agent.cx, &wrong).await), why);
        assert_eq!(code(set.apps.agree(&set.agent.cx, &wrong).await), why);
    }
    set.app.finish(&[]).await;
}

/// Fails when: a code is not bound to verifier, address, app or a minute, or one that was tried wrongly stays good.
async fn stolen(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let other = set.registered("Other", &["contact:read"]).await;
    let (own, foreign, verifier) = (id.to_string(), other.to_string(), VERIFIER.replace('d', "e"));
    let tries = [
        (&own, BACK, verifier.as_str()),
        (&own, BACK, ""),
        (&own, "https://mailer.example/", VERIFIER),
        (&foreign, BACK, VERIFIER),
    ];
    for (client, redirect, verifier) in tries {
        let made = set.code(&set.agent, id).await;
        let tried = set.apps.exchange(&set.nobody(), client, (&made, redirect, verifier)).await;
        assert_eq!(code(tried), "invalid_grant");
        assert_eq!(code(set.exchange(id, &made).await), "invalid_grant", "it was tried");
    }
    let late = set.code(&set.agent, id).await;
    set.app.clock.advance(Duration::from_secs(60));
    assert_eq!(code(set.exchange(id, &late).await), "invalid_grant");
    assert_eq!(code(set.exchange(id, "nonsense").await), "invalid_grant");
    assert!(set.app.tokens.list(&set.agent.cx).await.unwrap().is_empty());
    // A code that comes again ends what was made of it.
    let made = set.code(&set.agent, id).await;
    let granted = set.exchange(id, &made).await.unwrap();
    assert!(set.bearer(&granted).await.is_ok());
    assert_eq!(code(set.exchange(id, &made).await), "invalid_grant");
    assert_eq!(set.bearer(&granted).await.unwrap_err().code(), "signed-out");
    assert_eq!(code(set.renew(id, &granted).await), "invalid_grant");
    assert_eq!(told(&set, Kind::TokenTwice).await, 1);
    set.app.finish(&[&made]).await;
}

/// Fails when: `take_code` does not look at `taken_at`.
async fn race(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let made = set.code(&set.agent, id).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (apps, cx, made) = (set.apps.clone(), set.nobody(), made.clone());
        tasks.spawn(async move { apps.exchange(&cx, &id.to_string(), (&made, BACK, VERIFIER)).await });
    }
    let granted: Vec<_> = tasks.join_all().await.into_iter().filter_map(Result::ok).collect();
    assert_eq!(granted.len(), 1);
    assert!(set.bearer(&granted[0]).await.is_err(), "one of the others stole it");
    assert_eq!(set.app.tokens.list(&set.agent.cx).await.unwrap().len(), 1);
    set.app.finish(&[]).await;
}

/// Fails when: what renewed a token once renews it again, or leaves the token of the thief alive.
async fn renewed(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let other = set.registered("Other", &["contact:read"]).await;
    let first = set.granted(&set.agent, id).await;
    assert_eq!(code(set.renew(other, &first).await), "invalid_grant", "another app's");
    let second = set.renew(id, &first).await.unwrap();
    assert!(set.bearer(&first).await.is_err(), "its secret was replaced");
    let third = set.renew(id, &second).await.unwrap();
    assert!(set.bearer(&third).await.is_ok());
    assert_eq!(code(set.renew(id, &first).await), "invalid_grant");
    assert!(set.bearer(&third).await.is_err());
    assert_eq!(code(set.renew(id, &third).await), "invalid_grant");
    assert_eq!(told(&set, Kind::TokenTwice).await, 1);
    set.app.finish(&[first.refresh.expose(), third.access.expose()]).await;
}

/// Fails when: renewing moves the day on which whoever agreed is asked again.
async fn half_a_year(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let mut granted = set.granted(&set.agent, id).await;
    for _ in 0..5 {
        set.app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
        granted = set.renew(id, &granted).await.unwrap();
        assert!(set.bearer(&granted).await.is_ok());
    }
    set.app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60 - 600));
    granted = set.renew(id, &granted).await.unwrap();
    assert_eq!(granted.lasts, Duration::from_secs(600), "no secret outlives it");
    set.app.clock.advance(Duration::from_secs(600));
    assert!(set.bearer(&granted).await.is_err());
    assert_eq!(code(set.renew(id, &granted).await), "invalid_grant");
    set.app.finish(&[]).await;
}

/// Fails when: `agree` does not dare, or a token can agree.
async fn proof(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let program = set.app.program(&set.app.token(&set.agent).await).await;
    assert_eq!(code(set.apps.agree(&program, &wish(id)).await), "not-found");
    assert_eq!(code(set.apps.look(&set.nobody(), &wish(id)).await), "not-found");
    set.app.asks(Level::Resistant, 1).await;
    let weak = Actor::again(&set.app, &set.agent.email).await;
    assert_eq!(code(set.apps.agree(&weak.cx, &wish(id)).await), "step-up-resistant");
    assert_eq!(code(set.apps.look(&weak.cx, &wish(id)).await), "fine", "reading what is asked takes none");
    assert_eq!(code(set.apps.agree(&weak.proved(&set.app, Level::Resistant), &wish(id)).await), "fine");
    set.app.finish(&[]).await;
}

/// Fails when: a token can be renewed, or a code exchanged, for somebody who was disabled, also when they are back.
async fn closed(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let gone = set.app.person("Gia Gone", Role::Viewer).await;
    let granted = set.granted(&gone, id).await;
    let made = set.code(&gone, id).await;
    set.app.accounts.disable_person(&set.founder.cx, gone.id).await.unwrap();
    assert_eq!(code(set.exchange(id, &made).await), "invalid_grant");
    assert_eq!(code(set.renew(id, &granted).await), "invalid_grant");
    set.app.accounts.enable_person(&set.founder.cx, gone.id).await.unwrap();
    assert!(set.bearer(&granted).await.is_err());
    assert_eq!(code(set.exchange(id, &made).await), "invalid_grant");
    assert_eq!(code(set.renew(id, &granted).await), "invalid_grant");
    set.app.finish(&[]).await;
}
