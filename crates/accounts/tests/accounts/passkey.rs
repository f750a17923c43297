//! Passkeys: made, presented without a user name, named and removed.

use accounts::{AccountFault, NewSession, PasskeyAnswer, PasskeyQuestion, Signed, Site};
use authz::{Level, Role};
use kernel::FactorId;
use ledger::{Outcome, verbs};
use testkit::Authenticator;

use crate::house::{FOUNDER, House, MINUTE, PASSWORD, code, secret, told, wrong};

on_both_engines! {
    a_passkey_signs_in_without_a_user_name;
    a_session_presented_at_sign_in_is_replaced;
    keys_that_sync_do_not_count;
    a_passkey_is_added_once_and_known_to_the_device;
    several_have_names_and_go_one_by_one;
    a_short_password_keeps_the_passkey_it_leans_on;
    a_session_left_open_becomes_no_key_for_good;
    nobody_touches_the_passkeys_of_another;
    failures_count_nothing_against_the_password;
}

pub(crate) const ORIGIN: &str = "https://crm.example";

pub(crate) fn site() -> Site {
    Site::parse("crm.example", true).unwrap()
}

pub(crate) fn answer(question: &PasskeyQuestion, credential: String) -> PasskeyAnswer {
    PasskeyAnswer { challenge: question.challenge, credential }
}

/// Makes a passkey on a device and adds it.
pub(crate) async fn add(house: &House, by: &Signed, device: &mut Authenticator, name: &str) -> FactorId {
    let question = house.accounts.ask_new_passkey(&by.cx, site()).await.unwrap();
    let made = device.make(&question.options, ORIGIN);
    house.accounts.add_passkey(&by.cx, site(), answer(&question, made), (name, None)).await.unwrap()
}

/// A person with one passkey, who has signed in with it.
pub(crate) async fn with_passkey(house: &House) -> (Signed, Authenticator) {
    let (founder, mut device) = (house.founded().await, Authenticator::default());
    add(house, &founder, &mut device, "Laptop").await;
    let session = come(house, &mut device).await.unwrap();
    (house.signed(&session).await, device)
}

pub(crate) async fn ask(house: &House) -> PasskeyQuestion {
    house.accounts.ask_passkey(&house.nobody(), site()).await.unwrap()
}

pub(crate) async fn enter(house: &House, answer: PasskeyAnswer) -> Result<NewSession, AccountFault> {
    house.accounts.sign_in_by_passkey(&house.nobody(), site(), answer, (None, None)).await
}

/// Signs in as an honest browser would.
pub(crate) async fn come(house: &House, device: &mut Authenticator) -> Result<NewSession, AccountFault> {
    let question = ask(house).await;
    enter(house, answer(&question, device.sign(&question.options, ORIGIN))).await
}

/// Returns why the last sign-in failed, as the ledger has it.
pub(crate) async fn why(house: &House) -> String {
    let lines = house.lines_of(verbs::SIGN_IN_FAILED).await;
    let last = lines.last().unwrap();
    assert_eq!(last.outcome, Outcome::Failed("wrong-passkey".into()));
    assert_eq!(last.fact_of("by"), Some("passkey"));
    last.fact_of("why").unwrap().to_owned()
}

async fn a_passkey_signs_in_without_a_user_name(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    for n in 2..=4 {
        house.clock.advance(MINUTE);
        let session = come(&house, &mut device).await.unwrap();
        let signed = house.signed(&session).await;
        assert_eq!(signed.user.id, founder.user.id);
        assert_eq!(signed.cx.assurance().map(|a| a.level), Some(Level::Resistant));
        assert_eq!(device.count, n);
    }
    let [passkey] = &house.accounts.list_passkeys(&founder.cx).await.unwrap()[..] else { panic!("one") };
    assert_eq!((passkey.name.as_str(), passkey.site.as_str()), ("Laptop", "crm.example"));
    assert_eq!((passkey.agent.as_deref(), passkey.ip.as_deref()), (Some("Firefox"), Some("203.0.113.7")));
    assert!(passkey.used_at.unwrap() > passkey.added_at && !passkey.suspended && !passkey.synced);
    let added = house.lines_of(verbs::FACTOR_ADD).await;
    assert!(told(&added[0], founder.user.id) && added[0].fact_of("kind") == Some("passkey"));
    let entered = house.lines_of(verbs::SIGN_IN).await;
    assert_eq!(entered.last().unwrap().fact_of("by"), Some("passkey"));
}

async fn a_session_presented_at_sign_in_is_replaced(house: House) {
    let (_, mut device) = with_passkey(&house).await;
    let old = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let _ = house.signed(&old).await;
    let question = ask(&house).await;
    let signed = answer(&question, device.sign(&question.options, ORIGIN));
    let previous = Some(old.cookie.expose().clone());
    let new = house.accounts.sign_in_by_passkey(&house.nobody(), site(), signed, (previous, None)).await.unwrap();
    assert_ne!(new.id, old.id);
    assert_eq!(code(house.recognise(&old).await), "signed-out");
    assert!(house.recognise(&new).await.is_ok());
}

async fn keys_that_sync_do_not_count(house: House) {
    let founder = house.founded().await;
    let mut device = Authenticator::default();
    (device.counts, device.syncs) = (false, true);
    add(&house, &founder, &mut device, "Phone").await;
    for _ in 0..3 {
        assert!(come(&house, &mut device).await.is_ok());
    }
    assert!(house.accounts.list_passkeys(&founder.cx).await.unwrap()[0].synced);
    // What could never leave its device cannot begin to.
    device.syncs = false;
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    assert_eq!(why(&house).await, "backup-changed");
}

async fn a_passkey_is_added_once_and_known_to_the_device(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let options: serde_json::Value = serde_json::from_str(&question.options).unwrap();
    let signed: serde_json::Value = serde_json::from_str(&device.sign(&ask(&house).await.options, ORIGIN)).unwrap();
    assert_eq!(options["excludeCredentials"][0]["id"], signed["id"]);
    assert_eq!((&options["rp"]["id"], &options["user"]["name"]), (&"crm.example".into(), &FOUNDER.into()));
    // A credential of one person is not taken for another, whatever the device says.
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    let first = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let mut copy = Authenticator::default();
    let made = copy.make(&first.options, ORIGIN);
    assert!(house.accounts.add_passkey(&founder.cx, site(), answer(&first, made), ("Copy", None)).await.is_ok());
    let second = house.accounts.ask_new_passkey(&other.cx, site()).await.unwrap();
    let made = copy.make_again(&second.options, ORIGIN);
    let added = house.accounts.add_passkey(&other.cx, site(), answer(&second, made), ("Copy", None)).await;
    assert_eq!(code(added), "passkey-refused");
}

async fn several_have_names_and_go_one_by_one(house: House) {
    let (founder, mut laptop) = with_passkey(&house).await;
    house.clock.advance(MINUTE);
    let mut key = Authenticator::default();
    let id = add(&house, &founder, &mut key, " Key ").await;
    house.accounts.rename_passkey(&founder.cx, id, "Blue key").await.unwrap();
    assert_eq!(wrong(house.accounts.rename_passkey(&founder.cx, id, " ").await), [("name", "missing")]);
    let names: Vec<String> =
        house.accounts.list_passkeys(&founder.cx).await.unwrap().into_iter().map(|passkey| passkey.name).collect();
    assert_eq!(names, ["Laptop", "Blue key"]);
    assert!(come(&house, &mut key).await.is_ok() && come(&house, &mut laptop).await.is_ok());
    house.accounts.remove_passkey(&founder.cx, id).await.unwrap();
    assert_eq!(code(come(&house, &mut key).await), "wrong-passkey");
    assert!(come(&house, &mut laptop).await.is_ok());
    assert_eq!(house.lines_of(verbs::FACTOR_REMOVE).await.len(), 1);
    assert_eq!(house.lines_of("factor-rename").await.len(), 1);
}

async fn a_short_password_keeps_the_passkey_it_leans_on(house: House) {
    let (founder, _) = with_passkey(&house).await;
    let changed = house.accounts.change_password(&founder.cx, secret(PASSWORD), secret("x7#Kq9wLz")).await.unwrap();
    let founder = house.signed(&changed).await;
    let [passkey] = &house.accounts.list_passkeys(&founder.cx).await.unwrap()[..] else { panic!("one") };
    assert_eq!(code(house.accounts.remove_passkey(&founder.cx, passkey.id).await), "password-leans");
    add(&house, &founder, &mut Authenticator::default(), "Key").await;
    assert!(house.accounts.remove_passkey(&founder.cx, passkey.id).await.is_ok());
}

async fn a_session_left_open_becomes_no_key_for_good(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    let [passkey] = &house.accounts.list_passkeys(&founder.cx).await.unwrap()[..] else { panic!("one") };
    house.asks(Level::Resistant, 10).await;
    let left_open = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    house.clock.advance(6 * MINUTE);
    house.signed(&left_open).await;
    house.clock.advance(5 * MINUTE);
    let founder = house.signed(&left_open).await;
    assert_eq!(code(house.accounts.ask_new_passkey(&founder.cx, site()).await), "step-up-resistant");
    assert_eq!(code(house.accounts.remove_passkey(&founder.cx, passkey.id).await), "step-up-resistant");
    assert_eq!(house.lines_of(verbs::FACTOR_REMOVE).await.len(), 1);
    let again = come(&house, &mut device).await.unwrap();
    let again = house.signed(&again).await;
    assert!(house.accounts.remove_passkey(&again.cx, passkey.id).await.is_ok());
}

async fn nobody_touches_the_passkeys_of_another(house: House) {
    let founder = house.founded().await;
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    let id = add(&house, &other, &mut Authenticator::default(), "Laptop").await;
    assert!(house.accounts.list_passkeys(&founder.cx).await.unwrap().is_empty());
    assert_eq!(code(house.accounts.rename_passkey(&founder.cx, id, "Mine").await), "not-found");
    assert_eq!(code(house.accounts.remove_passkey(&founder.cx, id).await), "not-found");
    assert_eq!(code(house.accounts.list_passkeys(&house.nobody()).await), "signed-out");
    assert_eq!(code(house.accounts.ask_new_passkey(&house.nobody(), site()).await), "signed-out");
    assert_eq!(house.accounts.list_passkeys(&other.cx).await.unwrap()[0].name, "Laptop");
}

async fn failures_count_nothing_against_the_password(house: House) {
    let (_, mut device) = with_passkey(&house).await;
    device.verifies = false;
    for _ in 0..15 {
        assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    }
    // And guesses at the password do not keep the passkey out.
    for _ in 0..12 {
        assert!(house.sign_in(FOUNDER, "wrong").await.is_err());
    }
    device.verifies = true;
    assert!(come(&house, &mut device).await.is_ok());
}
