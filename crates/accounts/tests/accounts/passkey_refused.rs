//! Passkeys: everything that does not open the door.

use accounts::Site;
use authz::Role;
use kernel::Fault as _;
use testkit::Authenticator;

use crate::house::{FOUNDER, House, MINUTE, PASSWORD, code, told};
use crate::passkey::{ORIGIN, add, answer, ask, come, enter, site, why, with_passkey};

on_both_engines! {
    a_page_of_another_origin_gets_nothing;
    a_key_for_another_site_gets_nothing;
    an_answer_counts_once;
    an_answer_to_the_question_of_another_counts_for_nothing;
    an_answer_that_comes_late_counts_for_nothing;
    a_device_that_does_not_verify_its_person_opens_nothing;
    a_count_that_goes_back_suspends_the_passkey;
    only_the_key_itself_can_suspend_it;
    every_refusal_is_the_same;
    whoever_left_stays_outside;
    one_answer_twice_at_once_opens_once;
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
        let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), ("Relay", None)).await;
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
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), ("Other", None)).await;
    assert_eq!(code(added), "passkey-refused");
    // A passkey of one name does not open the same house under another.
    let (other, mut device) = (Site::parse("localhost:8080", false).unwrap(), Authenticator::default());
    add(&house, &founder, &mut device, "Laptop").await;
    let question = house.accounts.ask_passkey(&house.nobody(), other.clone()).await.unwrap();
    let signed = answer(&question, device.sign(&question.options, "http://localhost:8080"));
    assert_eq!(
        code(house.accounts.sign_in_by_passkey(&house.nobody(), other, signed, (None, None)).await),
        "wrong-passkey"
    );
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
    let adding = || house.accounts.add_passkey(&founder.cx, site(), answer(&question, made.clone()), ("Two", None));
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
        let stolen = house.accounts.add_passkey(thief, site(), answer(&question, made.clone()), ("Mine", None)).await;
        assert_eq!(code(stolen), "passkey-refused");
        let late = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), ("Mine", None)).await;
        assert_eq!(code(late), "passkey-refused", "it was taken out");
    }
    // A question for a sign-in is none for a new passkey, and the other way about.
    let mut device = Authenticator::default();
    add(&house, &founder, &mut device, "Laptop").await;
    let session = come(&house, &mut device).await.unwrap();
    let founder = house.signed(&session).await;
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
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), ("Late", None)).await;
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
    let added = house.accounts.add_passkey(&founder.cx, site(), answer(&question, made), ("Bare", None)).await;
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
        let added =
            house.accounts.add_passkey(&founder.cx, site(), answer(&question, garbage.to_owned()), ("X", None)).await;
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
