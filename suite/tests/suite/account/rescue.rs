//! Getting back in: who has to agree, how long it takes, and what a talked-over administrator cannot do.

use std::time::Duration;

use accounts::NewSession;
use authz::Role;
use crypto::Secret;
use kernel::{Fault as _, UserId};
use notices::Kind;
use rescue::{Asking, LASTS, NewRequest, Rescue, RescueFault, WAIT, WAIT_STRONG};
use testkit::{Actor, App, PASSWORD};

use crate::support::app::enrolled;
use crate::support::http::{Client, site};

testkit::on_both_engines! {
    two_administrators_and_a_day_let_somebody_in_again => super::whole;
    one_administrator_alone_or_the_person_cannot => super::alone;
    of_two_at_once_both_count_and_the_wait_begins_once => super::race;
    the_code_says_which_request_is_meant => super::codes;
    anybody_concerned_stops_it => super::stopped;
    a_request_waits_a_week_and_a_link_three_days => super::expiry;
    a_recovery_code_shortens_the_wait => super::strong;
    nobody_learns_who_is_here_by_asking => super::enumeration;
    the_operator_waits_too_and_not_past_two_administrators => super::operator;
    agreements_that_nobody_gave_let_nobody_in => super::planted;
}

const NEW: &str = "lagoon-quartz-sparrow-88";

pub(crate) async fn ask(app: &App, email: &str) -> NewRequest {
    ask_with(app, email, "").await
}

async fn ask_with(app: &App, email: &str, recovery: &str) -> NewRequest {
    let nobody = authz::Cx::nobody(ledger::Origin::via(ledger::Via::Web), app.request(), kernel::Lang::En);
    let rescue = Rescue::new(app.accounts.clone());
    let asking = Asking { email: email.to_owned(), recovery: Secret::new(recovery.to_owned()) };
    let new = rescue.ask(&nobody, asking).await.unwrap();
    rescue.settle(&jobs::system_cx(&app.db)).await.unwrap();
    new
}

async fn use_link(app: &App, new: &NewRequest) -> Result<NewSession, RescueFault> {
    let nobody = authz::Cx::nobody(ledger::Origin::via(ledger::Via::Web), app.request(), kernel::Lang::En);
    let password = Secret::new(NEW.to_owned());
    Rescue::new(app.accounts.clone()).finish(&nobody, new.token.expose(), password).await
}

async fn approve(app: &App, by: &Actor, about: UserId, code: &str) -> &'static str {
    match Rescue::new(app.accounts.clone()).approve(&by.cx, about, code).await {
        Ok(()) => "agreed",
        Err(fault) => fault.code(),
    }
}

/// Three administrators and somebody who lost everything.
async fn people(app: &App) -> (Actor, Actor, Actor, Actor) {
    let founder = app.founder().await;
    let second = app.person("Bo Admin", Role::Administrator).await;
    let third = app.person("Cy Admin", Role::Administrator).await;
    (founder, second, third, app.person("Mei Chen", Role::Agent).await)
}

async fn told(app: &App, actor: &Actor) -> Vec<Kind> {
    app.accounts.notices().list(&actor.cx, None).await.unwrap().iter().map(|told| told.kind).collect()
}

async fn code_of(result: Result<NewSession, RescueFault>) -> &'static str {
    result.map_or_else(|fault| fault.code(), |_| "in")
}

/// Fails when: `opened` does not look at the clock, or `replace` leaves a session, a factor or a token.
async fn whole(app: App) {
    let (founder, second, _, person) = people(&app).await;
    let (authenticator, cookie, _) = enrolled(&app, &person).await;
    let _ = authenticator;
    let token = app.token(&person).await;
    let site = site(&app);
    let (browser, program) = (Client::browser(&site, &cookie), Client::program(&site, &token));
    let new = ask(&app, &person.email).await;
    assert!(told(&app, &person).await.contains(&Kind::RescueAsked), "the person is told");
    assert!(told(&app, &founder).await.contains(&Kind::RescueToApprove), "administrators are told");
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open", "nobody agreed");
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "agreed");
    app.clock.advance(WAIT);
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open", "one agreed");
    let (founder, second) = (app.founder().await, Actor::again(&app, &second.email).await);
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "rescue-agreed-already");
    assert_eq!(approve(&app, &second, person.id, &new.code.to_lowercase()).await, "agreed");
    assert!(told(&app, &founder).await.contains(&Kind::RescueAgreed));
    app.clock.advance(WAIT - Duration::from_secs(1));
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open", "a second too soon");
    app.clock.advance(Duration::from_secs(1));
    let fresh = Actor::again(&app, &founder.email).await;
    let link = format!("/recover/link/{}", new.token.expose());
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    assert!(nobody.get(&link).await.text.contains("Set a new password"));
    let weak = nobody.post(&link, &[("password", "password")]).await;
    assert_eq!(weak.status, 422, "{weak:?}");
    assert_eq!(program.get("/api/v1").await.status, 200, "until then nothing has changed");
    let entered = nobody.post(&link, &[("password", NEW)]).await;
    assert!(entered.status == 303 && entered.header("set-cookie").starts_with("__Host-custos="), "{entered:?}");
    assert_eq!(browser.get("/notices").await.status, 303, "old sessions have ended");
    assert_eq!(program.get("/api/v1").await.status, 401, "and tokens");
    for password in [PASSWORD, NEW] {
        let answer = nobody.post("/sign-in", &[("email", &person.email), ("password", password)]).await;
        assert_eq!(answer.status, if password == NEW { 303 } else { 401 }, "{answer:?}");
    }
    let again = nobody.post(&link, &[("password", "another-quartz-sparrow-9")]).await;
    assert!(again.text.contains("This link does not open yet"), "{again:?}");
    assert!(told(&app, &fresh).await.contains(&Kind::RescueUsed));
    app.finish(&[]).await;
}

/// Fails when: `agree` does not compare who agrees with whom it is about, or counts somebody twice.
async fn alone(app: App) {
    let (founder, second, _, person) = people(&app).await;
    let new = ask(&app, &person.email).await;
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "agreed");
    for _ in 0..3 {
        assert_eq!(approve(&app, &founder, person.id, &new.code).await, "rescue-agreed-already");
    }
    assert_eq!(approve(&app, &person, person.id, &new.code).await, "not-found", "who is no administrator sees nobody");
    let viewer = app.person("Vi Lee", Role::SecurityOfficer).await;
    assert_eq!(approve(&app, &viewer, person.id, &new.code).await, "forbidden");
    // An administrator cannot agree to their own.
    let own = ask(&app, &second.email).await;
    assert_eq!(approve(&app, &second, second.id, &own.code).await, "on-oneself");
    assert_eq!(approve(&app, &founder, second.id, &own.code).await, "agreed");
    app.clock.advance(WAIT * 2);
    for new in [&new, &own] {
        assert_eq!(code_of(use_link(&app, new).await).await, "rescue-not-open");
    }
    // Who agreed and has left does not count.
    let (founder, third) = (app.founder().await, app.person("Di Admin", Role::Administrator).await);
    assert_eq!(approve(&app, &third, person.id, &new.code).await, "agreed");
    app.accounts.disable_person(&founder.cx, third.id).await.unwrap();
    app.clock.advance(WAIT);
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open");
    app.finish(&[]).await;
}

/// Fails when: `take_turns` is left out and both see one agreement.
async fn race(app: App) {
    let (founder, second, _, person) = people(&app).await;
    let new = ask(&app, &person.email).await;
    let (one, other) =
        tokio::join!(approve(&app, &founder, person.id, &new.code), approve(&app, &second, person.id, &new.code));
    assert_eq!((one, other), ("agreed", "agreed"));
    let agreed = told(&app, &person).await.into_iter().filter(|kind| *kind == Kind::RescueApproved).count();
    assert_eq!(agreed, 1);
    app.clock.advance(WAIT);
    let (one, other) = tokio::join!(use_link(&app, &new), use_link(&app, &new));
    let mut ends = [code_of(one).await, code_of(other).await];
    ends.sort_unstable();
    assert_eq!(ends, ["in", "rescue-not-open"], "the link is good once");
    app.finish(&[]).await;
}

/// Fails when: `find_spoken` does not ask for the person, or agreements go to the newest request.
async fn codes(app: App) {
    let (founder, second, _, person) = people(&app).await;
    let other = app.person("Eve Lee", Role::Agent).await;
    // Somebody else asked first for the same account, and holds another link.
    let theirs = ask(&app, &person.email).await;
    let own = ask(&app, &person.email).await;
    let strange = ask(&app, &other.email).await;
    assert_eq!(approve(&app, &founder, person.id, &strange.code).await, "rescue-wrong-code");
    assert_eq!(approve(&app, &founder, person.id, "0000-0000").await, "rescue-wrong-code");
    for by in [&founder, &second] {
        assert_eq!(approve(&app, by, person.id, &own.code).await, "agreed");
    }
    app.clock.advance(WAIT);
    for wrong in [&theirs, &strange] {
        assert_eq!(code_of(use_link(&app, wrong).await).await, "rescue-not-open");
    }
    assert_eq!(code_of(use_link(&app, &own).await).await, "in");
    // Guessing codes is throttled.
    let founder = app.founder().await;
    let mut last = "";
    for n in 0..12 {
        last = approve(&app, &founder, other.id, &format!("0000-00{n:02}")).await;
    }
    assert_eq!(last, "too-many-tries");
    app.finish(&[]).await;
}

/// Fails when: `end` ends nothing, or a stopped request is found again.
async fn stopped(app: App) {
    let (founder, second, third, person) = people(&app).await;
    let rescue = Rescue::new(app.accounts.clone());
    let mut requests = Vec::new();
    for by_person in [true, false] {
        let new = ask(&app, &person.email).await;
        for by in [&founder, &second] {
            assert_eq!(approve(&app, by, person.id, &new.code).await, "agreed");
        }
        if by_person {
            let site = site(&app);
            let browser = Client::of(&site, &person);
            assert!(browser.get("/tasks").await.text.contains("/recover/stop"), "one click away on any page");
            assert_eq!(browser.post("/recover/stop", &[]).await.status, 303);
        } else {
            rescue.stop(&third.cx, person.id).await.unwrap();
        }
        assert!(told(&app, &second).await.contains(&Kind::RescueStopped));
        assert_eq!(approve(&app, &third, person.id, &new.code).await, "rescue-wrong-code");
        requests.push(new);
    }
    app.clock.advance(WAIT);
    for new in &requests {
        assert_eq!(code_of(use_link(&app, new).await).await, "rescue-not-open");
    }
    let other = app.person("Eve Lee", Role::Agent).await;
    assert_eq!(rescue.stop(&other.cx, person.id).await.unwrap_err().code(), "not-found");
    app.finish(&[]).await;
}

/// Fails when: nobody looks at `expires_at`.
async fn expiry(app: App) {
    let (_, second, _, person) = people(&app).await;
    let new = ask(&app, &person.email).await;
    app.clock.advance(LASTS);
    let (founder, again) = (app.founder().await, Actor::again(&app, &second.email).await);
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "rescue-wrong-code");
    let new = ask(&app, &person.email).await;
    for by in [&founder, &again] {
        assert_eq!(approve(&app, by, person.id, &new.code).await, "agreed");
    }
    app.clock.advance(WAIT + Duration::from_secs(3 * 24 * 60 * 60));
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open");
    app.finish(&[]).await;
}

/// Fails when: a wrong code shortens the wait, or a right one is good twice.
async fn strong(app: App) {
    let (founder, second, _, person) = people(&app).await;
    let (.., codes) = enrolled(&app, &person).await;
    let first = ask_with(&app, &person.email, &codes[0]).await;
    let again = ask_with(&app, &person.email, &codes[0]).await;
    for new in [&first, &again] {
        for by in [&founder, &second] {
            assert_eq!(approve(&app, by, person.id, &new.code).await, "agreed");
        }
    }
    app.clock.advance(WAIT_STRONG);
    assert_eq!(code_of(use_link(&app, &again).await).await, "rescue-not-open", "the code was used up");
    assert_eq!(code_of(use_link(&app, &first).await).await, "in");
    app.clock.advance(WAIT);
    assert_eq!(code_of(use_link(&app, &again).await).await, "rescue-not-open", "what was asked beside it has ended");
    app.finish(&[]).await;
}

/// Fails when: the answer to an address that is nobody's differs, here or behind its link.
async fn enumeration(app: App) {
    let (founder, _, _, person) = people(&app).await;
    let closed = app.person("Left Lee", Role::Agent).await;
    app.accounts.disable_person(&founder.cx, closed.id).await.unwrap();
    let site = site(&app);
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    let mut seen = Vec::new();
    for email in [person.email.as_str(), "nobody@example.org", &closed.email, "not an address"] {
        let answer = nobody.post("/recover", &[("email", email), ("recovery", "")]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.text.split("/recover/link/").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let code = answer.text.split("spoken\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let same = |text: String| text.replace(&token, "TOKEN").replace(&code, "CODE");
        Rescue::new(app.accounts.clone()).settle(&jobs::system_cx(&app.db)).await.unwrap();
        let behind = nobody.get(&format!("/recover/link/{token}")).await;
        let used = nobody.post(&format!("/recover/link/{token}"), &[("password", NEW)]).await;
        seen.push([same(answer.seen()), same(behind.seen()), same(used.seen())]);
    }
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
    let made_up = nobody.get(&format!("/recover/link/{}", crypto::base64url(&[7; 32]))).await;
    assert!(made_up.status == 200 && made_up.text.contains("This link does not open yet"), "{made_up:?}");
    // The address is throttled whether it is anybody's or not.
    for email in [person.email.as_str(), "nobody@example.org"] {
        let mut last = 0;
        for _ in 0..11 {
            last = nobody.post("/recover", &[("email", email)]).await.status;
        }
        assert_eq!(last, 429, "{email}");
    }
    app.finish(&[]).await;
}

/// Fails when: the operator's link opens at once, or is given where administrators can be asked.
async fn operator(app: App) {
    let founder = app.founder().await;
    let person = app.person("Mei Chen", Role::Agent).await;
    let rescue = Rescue::new(app.accounts.clone());
    assert_eq!(rescue.by_operator(&founder.cx, &person.email).await.err().unwrap().code(), "not-found");
    let (new, opens) = rescue.by_operator(&app.operator(), &person.email).await.unwrap();
    assert_eq!(opens, app.db.now().plus(WAIT));
    assert!(told(&app, &person).await.contains(&Kind::RescueApproved));
    assert_eq!(code_of(use_link(&app, &new).await).await, "rescue-not-open");
    app.clock.advance(WAIT);
    assert_eq!(code_of(use_link(&app, &new).await).await, "in");
    app.person("Bo Admin", Role::Administrator).await;
    let refused = rescue.by_operator(&app.operator(), &person.email).await.err().unwrap();
    assert_eq!(refused.code(), "rescue-ask-administrators");
    app.finish(&[]).await;
}

/// Fails when: requests and agreements bear no mark, or are used without looking at it.
async fn planted(app: App) {
    let (founder, second, third, person) = people(&app).await;
    let new = ask(&app, &person.email).await;
    let raw = crate::support::raw::Raw::data(&app).await;
    raw.run("update rescue set ready_at = 1").await;
    assert_eq!(code_of(use_link(&app, &new).await).await, "row-altered");
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "row-altered");
    raw.run("update rescue set ready_at = null").await;
    assert_eq!(approve(&app, &founder, person.id, &new.code).await, "agreed");
    let (by, of) = (raw.id(second.id.uuid()), raw.number("select count(*) from rescue").await);
    assert_eq!(of, 1);
    raw.run(&format!("insert into rescue_approval (rescue_id, user_id, approved_at) select id, {by}, 1 from rescue"))
        .await;
    assert_eq!(approve(&app, &third, person.id, &new.code).await, "row-altered");
    raw.run(&format!("delete from rescue_approval where user_id = {by}")).await;
    assert_eq!(approve(&app, &third, person.id, &new.code).await, "agreed");
    app.clock.advance(WAIT);
    raw.run(&format!("insert into rescue_approval (rescue_id, user_id, approved_at) select id, {by}, 1 from rescue"))
        .await;
    assert_eq!(code_of(use_link(&app, &new).await).await, "row-altered");
    raw.run(&format!("delete from rescue_approval where user_id = {by}")).await;
    assert_eq!(code_of(use_link(&app, &new).await).await, "in");
    app.finish(&[]).await;
}
