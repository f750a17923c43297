//! Passkeys: what opens the door, and everything that does not.

use accounts::{AccountFault, NewSession, PasskeyAnswer, PasskeyQuestion, Signed, Site};
use authz::{Level, Role};
use kernel::{FactorId, Fault as _};
use ledger::{Outcome, verbs};
use testkit::Authenticator;

use crate::house::{FOUNDER, House, MINUTE, PASSWORD, code, secret, told, wrong};

on_both_engines! {
    a_passkey_signs_in_without_a_user_name;
    a_page_of_another_origin_gets_nothing;
    a_key_for_another_site_gets_nothing;
    an_answer_counts_once;
    an_answer_to_the_question_of_another_counts_for_nothing;
    an_answer_that_comes_late_counts_for_nothing;
    a_device_that_does_not_verify_its_person_opens_nothing;
    a_count_that_goes_back_suspends_the_passkey;
    only_the_key_itself_can_suspend_it;
    keys_that_sync_do_not_count;
    every_refusal_is_the_same;
    whoever_left_stays_outside;
    one_answer_twice_at_once_opens_once;
    a_passkey_is_added_once_and_known_to_the_device;
    several_have_names_and_go_one_by_one;
    a_short_password_keeps_the_passkey_it_leans_on;
    nobody_touches_the_passkeys_of_another;
    failures_count_nothing_against_the_password;
}

const ORIGIN: &str = "https://crm.example";

fn site() -> Site {
    Site::parse("crm.example", true).unwrap()
}

fn answer(question: &PasskeyQuestion, credential: String) -> PasskeyAnswer {
    PasskeyAnswer { challenge: question.challenge, credential }
}

/// Makes a passkey on a device and adds it.
async fn add(house: &House, by: &Signed, device: &mut Authenticator, name: &str) -> FactorId {
    let question = house.accounts.ask_new_passkey(&by.cx, site()).await.unwrap();
    let made = device.make(&question.options, ORIGIN);
    house.accounts.add_passkey(&by.cx, site(), answer(&question, made), name).await.unwrap()
}

/// A person with one passkey.
async fn with_passkey(house: &House) -> (Signed, Authenticator) {
    let (founder, mut device) = (house.founded().await, Authenticator::default());
    add(house, &founder, &mut device, "Laptop").await;
    (founder, device)
}

async fn ask(house: &House) -> PasskeyQuestion {
    house.accounts.ask_passkey(&house.nobody(), site()).await.unwrap()
}

async fn enter(house: &House, answer: PasskeyAnswer) -> Result<NewSession, AccountFault> {
    house.accounts.sign_in_by_passkey(&house.nobody(), site(), answer, None).await
}

/// Signs in as an honest browser would.
async fn come(house: &House, device: &mut Authenticator) -> Result<NewSession, AccountFault> {
    let question = ask(house).await;
    enter(house, answer(&question, device.sign(&question.options, ORIGIN))).await
}

/// Returns why the last sign-in failed, as the ledger has it.
async fn why(house: &House) -> String {
    let lines = house.lines_of(verbs::SIGN_IN_FAILED).await;
    let last = lines.last().unwrap();
    assert_eq!(last.outcome, Outcome::Failed("wrong-passkey".into()));
    assert_eq!(last.fact_of("by"), Some("passkey"));
    last.fact_of("why").unwrap().to_owned()
}

async fn a_passkey_signs_in_without_a_user_name(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    for n in 1..=3 {
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

async fn a_page_of_another_origin_gets_nothing(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    for origin in
        ["https://crm.example.evil", "https://evil.crm.example", "http://crm.example", "https://crm.example:8443"]
    {
        let question = ask(&house).await;
        let relayed = answer(&question, device.sign(&question.options, origin));
        assert_eq!(code(enter(&house, relayed).await), "wrong-passkey", "{origin}");
        assert_eq!(why(&house).await, "another-origin");
        let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
        let made = Authenticator::default().make(&question.options, origin);
        let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), "Relay").await;
        assert_eq!(code(added), "passkey-refused", "{origin}");
    }
    assert_eq!(house.accounts.list_passkeys(&founder.cx).await.unwrap().len(), 1);
}

async fn a_key_for_another_site_gets_nothing(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    device.lies_about_site = Some("evil.example".to_owned());
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    assert_eq!(why(&house).await, "another-site");
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let made = device.make(&question.options, ORIGIN);
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), "Other").await;
    assert_eq!(code(added), "passkey-refused");
    // A passkey of one name does not open the same house under another.
    let (other, mut device) = (Site::parse("localhost:8080", false).unwrap(), Authenticator::default());
    add(&house, &founder, &mut device, "Laptop").await;
    let question = house.accounts.ask_passkey(&house.nobody(), other.clone()).await.unwrap();
    let signed = answer(&question, device.sign(&question.options, "http://localhost:8080"));
    assert_eq!(code(house.accounts.sign_in_by_passkey(&house.nobody(), other, signed, None).await), "wrong-passkey");
}

async fn an_answer_counts_once(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    let question = ask(&house).await;
    let signed = device.sign(&question.options, ORIGIN);
    assert!(enter(&house, answer(&question, signed.clone())).await.is_ok());
    assert_eq!(code(enter(&house, answer(&question, signed.clone())).await), "wrong-passkey");
    assert_eq!(why(&house).await, "no-question");
    // The same signature does not answer a new question.
    assert_eq!(code(enter(&house, answer(&ask(&house).await, signed)).await), "wrong-passkey");
    assert_eq!(why(&house).await, "another-question");
    // A wrong answer uses the question up too.
    let question = ask(&house).await;
    let wrong = answer(&question, device.sign(&question.options, "https://evil.example"));
    assert_eq!(code(enter(&house, wrong).await), "wrong-passkey");
    let right = answer(&question, device.sign(&question.options, ORIGIN));
    assert_eq!(code(enter(&house, right).await), "wrong-passkey");
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let made = Authenticator::default().make(&question.options, ORIGIN);
    let adding = || house.accounts.add_passkey(&founder.cx, site(), answer(&question, made.clone()), "Two");
    assert!(adding().await.is_ok());
    assert_eq!(code(adding().await), "passkey-refused");
}

async fn an_answer_to_the_question_of_another_counts_for_nothing(house: House) {
    let founder = house.founded().await;
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    let again = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let again = house.signed(&again).await;
    for thief in [&other.cx, &again.cx] {
        let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
        let made = Authenticator::default().make(&question.options, ORIGIN);
        let stolen = house.accounts.add_passkey(thief, site(), answer(&question, made.clone()), "Mine").await;
        assert_eq!(code(stolen), "passkey-refused");
        let late = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), "Mine").await;
        assert_eq!(code(late), "passkey-refused", "it was taken out");
    }
    // A question for a sign-in is none for a new passkey, and the other way about.
    let mut device = Authenticator::default();
    add(&house, &founder, &mut device, "Laptop").await;
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let crossed = answer(&question, device.sign(&question.options, ORIGIN));
    assert_eq!(code(enter(&house, crossed).await), "wrong-passkey");
    assert_eq!(house.accounts.list_passkeys(&founder.cx).await.unwrap().len(), 1);
}

async fn an_answer_that_comes_late_counts_for_nothing(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    let question = ask(&house).await;
    let signed = answer(&question, device.sign(&question.options, ORIGIN));
    house.clock.advance(5 * MINUTE);
    assert_eq!(code(enter(&house, signed).await), "wrong-passkey");
    assert_eq!(why(&house).await, "no-question");
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let made = Authenticator::default().make(&question.options, ORIGIN);
    house.clock.advance(5 * MINUTE);
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), "Late").await;
    assert_eq!(code(added), "passkey-refused");
    assert!(come(&house, &mut device).await.is_ok());
}

async fn a_device_that_does_not_verify_its_person_opens_nothing(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    device.verifies = false;
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    assert_eq!(why(&house).await, "not-verified");
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    assert!(question.options.contains(r#""userVerification":"required""#), "{}", question.options);
    assert!(question.options.contains(r#""residentKey":"required""#), "{}", question.options);
    let made = device.make(&question.options, ORIGIN);
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), "Bare").await;
    assert_eq!(code(added), "passkey-refused");
}

async fn a_count_that_goes_back_suspends_the_passkey(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    for _ in 0..3 {
        assert!(come(&house, &mut device).await.is_ok());
    }
    device.count = 1;
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    assert_eq!(why(&house).await, "count-went-back");
    let suspended = house.lines_of("factor-suspend").await;
    assert!(told(&suspended[0], founder.user.id));
    device.count = 40;
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    assert_eq!(why(&house).await, "suspended");
    let passkeys = house.accounts.list_passkeys(&founder.cx).await.unwrap();
    assert!(passkeys[0].suspended);
    // Its person is not locked out, and makes a new one.
    house.accounts.remove_passkey(&founder.cx, passkeys[0].id).await.unwrap();
    add(&house, &founder, &mut device, "New").await;
    assert!(come(&house, &mut device).await.is_ok());
}

async fn only_the_key_itself_can_suspend_it(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    assert!(come(&house, &mut device).await.is_ok());
    let question = ask(&house).await;
    device.count = 0;
    let signed = device.sign(&question.options, ORIGIN);
    let mut forged: serde_json::Value = serde_json::from_str(&signed).unwrap();
    let other = {
        device.count = 0;
        device.sign(&ask(&house).await.options, ORIGIN)
    };
    let other: serde_json::Value = serde_json::from_str(&other).unwrap();
    forged["response"]["signature"] = other["response"]["signature"].clone();
    assert_eq!(code(enter(&house, answer(&question, forged.to_string())).await), "wrong-passkey");
    assert_eq!(why(&house).await, "signature");
    assert!(!house.accounts.list_passkeys(&founder.cx).await.unwrap()[0].suspended);
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

async fn every_refusal_is_the_same(house: House) {
    let (founder, mut device) = with_passkey(&house).await;
    // Made and never added: nobody knows it.
    let mut stranger = Authenticator::default();
    let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
    let _ = stranger.make(&question.options, ORIGIN);
    let unknown = come(&house, &mut stranger).await.err().unwrap();
    assert_eq!(why(&house).await, "unknown");
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    device.lies_about_person = Some(crypto::base64url(&other.user.id.to_bytes()));
    let crossed = come(&house, &mut device).await.err().unwrap();
    assert_eq!(why(&house).await, "another-person");
    let mut said = vec![(unknown.code(), unknown.class()), (crossed.code(), crossed.class())];
    for garbage in ["", "null", "{}", "[]", "\u{0}", r#"{"id":"AA","rawId":"AA","type":"public-key","response":{}}"#] {
        let fault = enter(&house, answer(&ask(&house).await, garbage.to_owned())).await.err().unwrap();
        said.push((fault.code(), fault.class()));
        let question = house.accounts.ask_new_passkey(&founder.cx, site()).await.unwrap();
        let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, garbage.to_owned()), "X").await;
        assert_eq!(code(added), "passkey-refused", "{garbage}");
    }
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
}

async fn whoever_left_stays_outside(house: House) {
    let founder = house.founded().await;
    let mut device = Authenticator::default();
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    add(&house, &other, &mut device, "Laptop").await;
    let question = ask(&house).await;
    let signed = answer(&question, device.sign(&question.options, ORIGIN));
    house.accounts.disable_person(&founder.cx, other.user.id).await.unwrap();
    assert_eq!(code(enter(&house, signed).await), "wrong-passkey");
    assert_eq!(why(&house).await, "closed");
    assert_eq!(code(come(&house, &mut device).await), "wrong-passkey");
    house.accounts.enable_person(&founder.cx, other.user.id).await.unwrap();
    assert!(come(&house, &mut device).await.is_ok());
}

async fn one_answer_twice_at_once_opens_once(house: House) {
    let (_, mut device) = with_passkey(&house).await;
    for _ in 0..5 {
        let question = ask(&house).await;
        let signed = device.sign(&question.options, ORIGIN);
        let (one, other) = tokio::join!(
            enter(&house, answer(&question, signed.clone())),
            enter(&house, answer(&question, signed.clone()))
        );
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
    }
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
    assert!(house.accounts.add_passkey(&founder.cx, site(), answer(&first, made), "Copy").await.is_ok());
    let second = house.accounts.ask_new_passkey(&other.cx, site()).await.unwrap();
    let made = copy.make_again(&second.options, ORIGIN);
    let added = house.accounts.add_passkey(&other.cx, site(), answer(&second, made), "Copy").await;
    assert_eq!(code(added), "passkey-refused");
}

async fn several_have_names_and_go_one_by_one(house: House) {
    let (founder, mut laptop) = with_passkey(&house).await;
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
