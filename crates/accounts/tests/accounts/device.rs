//! Sessions that are tied to a browser.

use std::time::Duration;

use accounts::{AccountFault, Accounts, DeviceAnswer, NewSession};
use binding::Purpose;
use crypto::Passwords;
use kernel::Fault as _;
use ledger::verbs;
use testkit::Device;

use crate::house::{CHEAP, FOUNDER, House, MINUTE, PASSWORD, code, told};

const SECOND: Duration = Duration::from_secs(1);

on_both_engines! {
    a_tied_session_lasts_as_long_as_its_browser_signs;
    a_signature_replaces_the_secret_and_the_old_one_has_a_grace;
    a_copied_cookie_that_is_shown_later_ends_the_session;
    a_wrong_signature_ends_the_session_and_a_spent_question_does_not;
    a_question_is_for_one_session_one_use_and_one_minute;
    two_signatures_at_once_leave_a_session_that_goes_on;
    a_renewed_session_is_tied_to_the_same_browser;
    another_process_takes_the_new_secret_at_once;
    another_browser_in_another_network_proves_anew_before_dangerous_acts;
    what_is_no_key_ties_nothing;
}

/// A browser in which the founder is signed in.
struct Browser {
    device: Device,
    session: NewSession,
    cookie: String,
}

impl Browser {
    async fn enter(house: &House) -> Self {
        let device = Device::default();
        let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
        let session = house.accounts.bind_session(&house.nobody(), session, &device.key()).await.unwrap();
        Self { device, cookie: session.cookie.expose().clone(), session }
    }

    async fn answer(&self, house: &House, cookie: &str, purpose: Purpose) -> Result<DeviceAnswer, AccountFault> {
        let asked = house.accounts.ask_device(&house.nobody(), cookie, purpose).await?;
        assert_eq!(asked.key, self.device.key());
        let (session, challenge) = (asked.session.to_string(), asked.challenge.to_string());
        let signature = self.device.answer(purpose.word(), &session, &challenge);
        Ok(DeviceAnswer { purpose, challenge: asked.challenge, signature })
    }

    /// Signs with whatever cookie it holds, and holds the one that comes.
    async fn prove(&mut self, house: &House, purpose: Purpose) -> Result<(), AccountFault> {
        let answer = self.answer(house, &self.cookie, purpose).await?;
        if let Some(cookie) = house.accounts.prove_device(&house.nobody(), &self.cookie, answer).await? {
            self.cookie = cookie.expose().clone();
        }
        Ok(())
    }

    async fn seen(&self, house: &House) -> &'static str {
        code(house.present(&self.cookie).await)
    }
}

async fn a_tied_session_lasts_as_long_as_its_browser_signs(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    assert_eq!(house.signed(&browser.session).await.fresh, Some(5 * MINUTE));
    for _ in 0..179 {
        house.clock.advance(4 * MINUTE);
        assert_eq!(browser.seen(&house).await, "no fault");
        browser.prove(&house, Purpose::Refresh).await.unwrap();
    }
    house.clock.advance(4 * MINUTE);
    assert_eq!(browser.seen(&house).await, "signed-out", "after twelve hours");
    let mut browser = Browser::enter(&house).await;
    for _ in 0..8 {
        house.clock.advance(4 * MINUTE);
        if browser.prove(&house, Purpose::Refresh).await.is_err() {
            break;
        }
    }
    assert_eq!(browser.seen(&house).await, "signed-out", "signatures alone are no use of it");
}

async fn a_signature_replaces_the_secret_and_the_old_one_has_a_grace(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let old = browser.cookie.clone();
    browser.prove(&house, Purpose::Refresh).await.unwrap();
    assert_ne!(old, browser.cookie);
    house.clock.advance(10 * SECOND);
    for cookie in [&old, &browser.cookie] {
        assert_eq!(code(house.present(cookie).await), "no fault");
    }
    house.clock.advance(SECOND);
    assert_eq!(code(house.present(&old).await), "prove-device");
    assert_eq!(browser.seen(&house).await, "no fault");
}

async fn a_copied_cookie_that_is_shown_later_ends_the_session(house: House) {
    let founder = house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let copied = browser.cookie.clone();
    for _ in 0..3 {
        house.clock.advance(4 * MINUTE);
        assert_eq!(browser.seen(&house).await, "no fault");
        browser.prove(&house, Purpose::Refresh).await.unwrap();
    }
    // However old it is, it is known for what it is.
    assert_eq!(code(house.present(&copied).await), "prove-device");
    house.clock.advance(60 * SECOND);
    assert_eq!(browser.seen(&house).await, "no fault");
    house.clock.advance(SECOND);
    assert_eq!(code(house.present(&copied).await), "signed-out");
    assert_eq!(browser.seen(&house).await, "signed-out");
    let ended = house.lines_of(verbs::SESSION_END).await;
    assert!(ended.iter().any(|line| told(line, founder.user.id) && format!("{line:?}").contains("device-silent")));
    // Its owner is not kept out.
    let mut browser = Browser::enter(&house).await;
    house.clock.advance(5 * MINUTE);
    assert_eq!(browser.seen(&house).await, "prove-device");
    house.clock.advance(30 * SECOND);
    browser.prove(&house, Purpose::Refresh).await.unwrap();
    house.clock.advance(3 * MINUTE);
    assert_eq!(browser.seen(&house).await, "no fault", "a right answer is the end of it");
}

async fn a_wrong_signature_ends_the_session_and_a_spent_question_does_not(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let answer = browser.answer(&house, &browser.cookie, Purpose::Refresh).await.unwrap();
    let again =
        DeviceAnswer { purpose: answer.purpose, challenge: answer.challenge, signature: answer.signature.clone() };
    let cookie = house.accounts.prove_device(&house.nobody(), &browser.cookie, answer).await.unwrap().unwrap();
    browser.cookie = cookie.expose().clone();
    assert_eq!(code(house.accounts.prove_device(&house.nobody(), &browser.cookie, again).await), "step-spent");
    assert_eq!(browser.seen(&house).await, "no fault");
    let thief = Browser { device: Device::default(), ..Browser::enter(&house).await };
    let asked = house.accounts.ask_device(&house.nobody(), &browser.cookie, Purpose::Refresh).await.unwrap();
    let signature = thief.device.answer("refresh", &asked.session.to_string(), &asked.challenge.to_string());
    let forged = DeviceAnswer { purpose: Purpose::Refresh, challenge: asked.challenge, signature };
    assert_eq!(code(house.accounts.prove_device(&house.nobody(), &browser.cookie, forged).await), "signed-out");
    assert_eq!(browser.seen(&house).await, "signed-out");
    let failed = house.lines_of("session-prove").await;
    assert_eq!(failed.len(), 2);
}

async fn a_question_is_for_one_session_one_use_and_one_minute(house: House) {
    house.founded().await;
    let (one, other) = (Browser::enter(&house).await, Browser::enter(&house).await);
    // The other session's question, signed rightly for this session.
    let asked = house.accounts.ask_device(&house.nobody(), &other.cookie, Purpose::Refresh).await.unwrap();
    let signature = one.device.answer("refresh", &one.session.id.to_string(), &asked.challenge.to_string());
    let crossed = DeviceAnswer { purpose: Purpose::Refresh, challenge: asked.challenge, signature };
    assert_eq!(code(house.accounts.prove_device(&house.nobody(), &one.cookie, crossed).await), "step-spent");
    // A question to go on, answered as if it were one to act.
    let asked = house.accounts.ask_device(&house.nobody(), &one.cookie, Purpose::Refresh).await.unwrap();
    let signature = one.device.answer("act", &asked.session.to_string(), &asked.challenge.to_string());
    let raised = DeviceAnswer { purpose: Purpose::Act, challenge: asked.challenge, signature };
    assert_eq!(code(house.accounts.prove_device(&house.nobody(), &one.cookie, raised).await), "step-spent");
    let late = one.answer(&house, &one.cookie, Purpose::Refresh).await.unwrap();
    house.clock.advance(60 * SECOND);
    assert_eq!(code(house.accounts.prove_device(&house.nobody(), &one.cookie, late).await), "step-spent");
    for cookie in [&one.cookie, &other.cookie] {
        assert_eq!(code(house.present(cookie).await), "no fault");
    }
}

async fn two_signatures_at_once_leave_a_session_that_goes_on(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let first = browser.answer(&house, &browser.cookie, Purpose::Refresh).await.unwrap();
    let second = browser.answer(&house, &browser.cookie, Purpose::Refresh).await.unwrap();
    let (nobody, before) = (house.nobody(), browser.cookie.clone());
    let (first, second) = tokio::join!(
        house.accounts.prove_device(&nobody, &before, first),
        house.accounts.prove_device(&nobody, &before, second)
    );
    let cookies: Vec<_> = [first, second].into_iter().filter_map(|outcome| outcome.ok().flatten()).collect();
    assert_eq!(cookies.len(), 1, "one of them brings the cookie");
    browser.cookie = cookies[0].expose().clone();
    house.clock.advance(20 * SECOND);
    assert_eq!(browser.seen(&house).await, "no fault");
    // An answer that was lost on the way: the browser goes on signing with the cookie it has.
    browser.cookie = before;
    browser.prove(&house, Purpose::Refresh).await.unwrap();
    assert_eq!(browser.seen(&house).await, "no fault");
}

async fn a_renewed_session_is_tied_to_the_same_browser(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let signed = house.present(&browser.cookie).await.ok().unwrap();
    let new = house.accounts.renew_session(&signed.cx).await.unwrap();
    let before = std::mem::replace(&mut browser.cookie, new.cookie.expose().clone());
    assert_eq!(code(house.present(&before).await), "signed-out");
    house.clock.advance(5 * MINUTE);
    assert_eq!(browser.seen(&house).await, "prove-device");
    browser.prove(&house, Purpose::Refresh).await.unwrap();
    assert_eq!(browser.seen(&house).await, "no fault");
}

async fn another_process_takes_the_new_secret_at_once(house: House) {
    house.founded().await;
    let mut browser = Browser::enter(&house).await;
    let elsewhere = Accounts::new(house.db.clone(), house.vault.clone(), Passwords::new(CHEAP, 1).unwrap());
    let present = async |cookie: &str| {
        let outcome =
            elsewhere.authenticate_session(cookie, house.origin("203.0.113.7"), house.request(), kernel::Lang::En);
        outcome.await.map_or_else(|fault| fault.code(), |_| "no fault")
    };
    let old = browser.cookie.clone();
    assert_eq!(present(&old).await, "no fault");
    browser.prove(&house, Purpose::Refresh).await.unwrap();
    assert_eq!(present(&browser.cookie).await, "no fault", "while it remembers the old one");
    house.clock.advance(11 * SECOND);
    assert_eq!(present(&browser.cookie).await, "no fault");
    assert_eq!(present(&old).await, "prove-device");
    house.clock.advance(61 * SECOND);
    assert_eq!(present(&old).await, "signed-out");
    house.clock.advance(SECOND);
    assert_eq!(browser.seen(&house).await, "signed-out");
}

async fn what_is_no_key_ties_nothing(house: House) {
    house.founded().await;
    for key in ["", "x", &"A".repeat(87), &"é".repeat(40)] {
        let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
        let session = house.accounts.bind_session(&house.nobody(), session, key).await.unwrap();
        assert_eq!(house.signed(&session).await.fresh, None);
        let cookie = session.cookie.expose();
        let asked = house.accounts.ask_device(&house.nobody(), cookie, Purpose::Refresh).await;
        assert_eq!(code(asked), "wrong-state");
    }
    for cookie in ["", "x", &"A".repeat(64)] {
        let asked = house.accounts.ask_device(&house.nobody(), cookie, Purpose::Refresh).await;
        assert_eq!(code(asked), "signed-out");
    }
}

async fn another_browser_in_another_network_proves_anew_before_dangerous_acts(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let cookie = session.cookie.expose();
    let from = async |ip: &str, agent: &str| {
        let origin = ledger::Origin { agent: Some(agent.to_owned()), ..house.origin(ip) };
        house.accounts.authenticate_session(cookie, origin, house.request(), kernel::Lang::En).await.ok().unwrap().cx
    };
    for (ip, agent, goes_on) in [
        ("203.0.113.7", "Firefox", true),
        ("198.51.100.7", "Firefox", true),
        ("203.0.113.9", "Chrome", true),
        ("198.51.100.7", "Chrome", false),
    ] {
        let dared = from(ip, agent).await.proved(authz::Level::Single);
        assert_eq!(dared.is_ok(), goes_on, "{ip} {agent}: {dared:?}");
        assert!(goes_on || dared.unwrap_err().code().starts_with("step-up"));
    }
    // Another id is no other proof.
    let cx = from("198.51.100.7", "Chrome").await;
    let renewed = house.accounts.renew_session(&cx).await.unwrap();
    let origin = ledger::Origin { agent: Some("Chrome".to_owned()), ..house.origin("198.51.100.7") };
    let cookie = renewed.cookie.expose();
    let signed = house.accounts.authenticate_session(cookie, origin, house.request(), kernel::Lang::En).await;
    assert!(signed.ok().unwrap().cx.proved(authz::Level::Single).is_err());
}
