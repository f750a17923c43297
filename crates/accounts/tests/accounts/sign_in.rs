//! Signing in, and trying to.

use std::time::Duration;

use accounts::{AccountFault, Invitation, SignIn};
use authz::Role;
use ledger::{ActorRef, Outcome, verbs};

use crate::house::{FOUNDER, House, MINUTE, PASSWORD, code, secret, told};

on_both_engines! {
    every_refusal_is_the_same;
    a_failure_is_told_without_the_address;
    the_eleventh_try_waits_and_nobody_is_locked_out;
    guesses_at_the_same_moment_are_all_counted;
    a_network_that_tries_everybody_is_stopped;
    a_success_forgets_the_failures_before_it;
    a_session_presented_at_sign_in_is_replaced;
    a_cheaper_hash_is_made_again;
    a_copy_of_the_database_is_no_help_in_guessing_passwords;
    guesses_from_elsewhere_do_not_keep_a_known_browser_out;
}

async fn every_refusal_is_the_same(house: House) {
    let founder = house.founded().await;
    let left = house.joined(&founder.cx, "left@brightloom.example", &[Role::Agent]).await;
    house.accounts.disable_person(&founder.cx, left.user.id).await.unwrap();
    let invitation =
        Invitation { email: "new@brightloom.example".to_owned(), name: "New".to_owned(), roles: vec![Role::Viewer] };
    house.accounts.invite(&founder.cx, invitation).await.unwrap();
    for (email, password) in [
        (FOUNDER, "wrasse-topaz-inkwell-42"),
        (FOUNDER, ""),
        ("left@brightloom.example", PASSWORD),
        ("new@brightloom.example", PASSWORD),
        ("nobody@brightloom.example", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
        ("' or 1=1 --", "\u{0}\u{202e}"),
    ] {
        let outcome = house.sign_in(email, password).await;
        assert!(matches!(outcome, Err(AccountFault::WrongCredentials)), "{email}");
    }
    assert_eq!(house.lines_of(verbs::SIGN_IN_FAILED).await.len(), 8);
}

async fn a_failure_is_told_without_the_address(house: House) {
    let founder = house.founded().await;
    for email in [FOUNDER, "nobody@brightloom.example"] {
        assert_eq!(code(house.sign_in(email, "wrong").await), "wrong-credentials");
    }
    let lines = house.lines().await;
    let failed: Vec<_> = lines.iter().filter(|(_, line)| line.verb == verbs::SIGN_IN_FAILED).collect();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|(actor, line)| {
        *actor == ActorRef::Nobody
            && line.outcome == Outcome::Failed("wrong-credentials".into())
            && line.facts.is_empty()
    }));
    assert_eq!(failed.iter().filter(|(_, line)| told(line, founder.user.id)).count(), 1);
    assert_eq!(failed.iter().filter(|(_, line)| line.ids.is_empty()).count(), 1);
}

async fn the_eleventh_try_waits_and_nobody_is_locked_out(house: House) {
    house.founded().await;
    for email in [FOUNDER, "nobody@brightloom.example"] {
        for n in 0..10 {
            let outcome = house.sign_in_from(&format!("198.51.{n}.1"), email, "wrong").await;
            assert_eq!(code(outcome), "wrong-credentials");
        }
        house.clock.advance(5 * MINUTE);
        let Err(fault) = house.sign_in_from("192.0.2.1", email, PASSWORD).await else { panic!("heard") };
        assert_eq!(fault.retry_after(), Some(10 * MINUTE));
        assert!(matches!(fault, AccountFault::TooManyTries(_)));
        house.clock.advance(10 * MINUTE);
    }
    assert!(house.sign_in(FOUNDER, PASSWORD).await.is_ok());
    assert_eq!(house.lines_of(verbs::LOCK_OUT).await.len(), 2);
}

async fn guesses_at_the_same_moment_are_all_counted(house: House) {
    house.founded().await;
    let mut guesses = tokio::task::JoinSet::new();
    for n in 0..60 {
        let (accounts, cx) = (house.accounts.clone(), house.from(&format!("198.51.{n}.1")));
        let attempt = SignIn { email: FOUNDER.to_owned(), password: secret("wrong"), previous: None, device: None };
        guesses.spawn(async move { code(accounts.sign_in(&cx, attempt).await) });
    }
    let codes = guesses.join_all().await;
    assert_eq!(codes.iter().filter(|code| **code == "wrong-credentials").count(), 10);
    assert_eq!(codes.iter().filter(|code| **code == "too-many-tries").count(), 50);
    assert_eq!(house.lines_of(verbs::SIGN_IN_FAILED).await.len(), 10);
    assert_eq!(house.lines_of(verbs::LOCK_OUT).await.len(), 2);
}

async fn a_network_that_tries_everybody_is_stopped(house: House) {
    house.founded().await;
    for n in 0..10 {
        let outcome =
            house.sign_in_from(&format!("198.51.100.{n}"), &format!("u{n}@brightloom.example"), "wrong").await;
        assert_eq!(code(outcome), "wrong-credentials");
    }
    assert_eq!(code(house.sign_in_from("198.51.100.99", FOUNDER, PASSWORD).await), "too-many-tries");
    // What was not heard there counts against nobody elsewhere.
    for _ in 0..20 {
        let _ = house.sign_in_from("198.51.100.99", FOUNDER, "wrong").await;
    }
    assert!(house.sign_in_from("203.0.113.7", FOUNDER, PASSWORD).await.is_ok());
}

async fn a_success_forgets_the_failures_before_it(house: House) {
    house.founded().await;
    for _ in 0..3 {
        for n in 0..9 {
            let outcome = house.sign_in_from(&format!("198.51.{n}.1"), FOUNDER, "wrong").await;
            assert_eq!(code(outcome), "wrong-credentials");
        }
        assert!(house.sign_in(FOUNDER, PASSWORD).await.is_ok());
    }
}

async fn a_session_presented_at_sign_in_is_replaced(house: House) {
    house.founded().await;
    let old = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    house.signed(&old).await;
    let previous = Some(old.cookie.expose().clone());
    let attempt = SignIn { email: FOUNDER.to_owned(), password: secret(PASSWORD), previous, device: None };
    let new = house.accounts.sign_in(&house.nobody(), attempt).await.unwrap();
    assert_ne!(old.id, new.id);
    assert_eq!(code(house.recognise(&old).await), "signed-out");
    house.signed(&new).await;
    // Somebody else's cookie, or none, is no reason to refuse; and only a whole one ends anything.
    let mut broken = new.cookie.expose().clone();
    broken.replace_range(40..44, "____");
    let attempt =
        SignIn { email: FOUNDER.to_owned(), password: secret(PASSWORD), previous: Some(broken), device: None };
    house.accounts.sign_in(&house.nobody(), attempt).await.unwrap();
    house.signed(&new).await;
}

async fn a_cheaper_hash_is_made_again(house: House) {
    house.founded().await;
    let dearer = crypto::Cost { memory: 128, ..crate::house::CHEAP };
    let passwords = crypto::Passwords::new(dearer, 2).unwrap();
    let accounts = accounts::Accounts::new(house.db.clone(), house.vault.clone(), passwords);
    for _ in 0..2 {
        let attempt = SignIn { email: FOUNDER.to_owned(), password: secret(PASSWORD), previous: None, device: None };
        accounts.sign_in(&house.nobody(), attempt).await.unwrap();
    }
    house.clock.advance(Duration::from_secs(1));
    assert!(house.sign_in(FOUNDER, PASSWORD).await.is_ok());
}

/// A hash as it is stored.
struct Stored(String);

// Who has a copy of the database has it.
impl db::Bare for Stored {}

/// Fails when: passwords are hashed without a secret that lies in the keyring.
async fn a_copy_of_the_database_is_no_help_in_guessing_passwords(house: House) {
    house.founded().await;
    let read = |tx: &db::ReadTx<'_>| {
        tx.bare("select password from app_user where password is not null", &[], |row| Ok(Stored(row.get(0)?)))
    };
    let stored = house.db.read(&house.nobody(), read).await.unwrap();
    assert_eq!(stored.len(), 1);
    let anybody = crypto::Passwords::new(crate::house::CHEAP, 1).unwrap();
    let verdict = |with: &crypto::Passwords| with.verify(&secret(PASSWORD), &stored[0].0, crypto::Turn::Known);
    assert_eq!(verdict(&anybody), Ok(crypto::Verdict::Mismatch));
    let own = anybody.peppered(house.vault.pepper());
    assert_eq!(verdict(&own), Ok(crypto::Verdict::Match { upgrade: false }));
}

async fn guesses_from_elsewhere_do_not_keep_a_known_browser_out(house: House) {
    let founder = house.founded().await;
    let other = house.joined(&founder.cx, "tomas@brightloom.example", &[Role::Agent]).await;
    let attempt = |device: Option<&str>, email: &str, password: &str| {
        let (accounts, cx, device) = (house.accounts.clone(), house.nobody(), device.map(str::to_owned));
        let attempt = SignIn { email: email.to_owned(), password: secret(password), previous: None, device };
        async move { accounts.sign_in(&cx, attempt).await }
    };
    let session = attempt(None, FOUNDER, PASSWORD).await.unwrap();
    let device = session.device.unwrap().expose().clone();
    for n in 0..20 {
        let _ = house.sign_in_from(&format!("198.51.{n}.1"), FOUNDER, "wrong").await;
        let _ = house.sign_in_from("203.0.113.7", &format!("u{n}@brightloom.example"), "wrong").await;
    }
    // Address and network are full; the browser is not, and goes on under the same name.
    assert_eq!(code(house.sign_in_from("192.0.2.1", FOUNDER, PASSWORD).await), "too-many-tries");
    let known = attempt(Some(&device), FOUNDER, PASSWORD).await.unwrap();
    assert_eq!(*known.device.unwrap().expose(), device);
    // It is known for its person only, and worth no more than ten tries.
    assert_eq!(code(attempt(Some(&device), "tomas@brightloom.example", PASSWORD).await), "too-many-tries");
    let mut altered = device.clone();
    altered.replace_range(0..4, "____");
    for wrong in ["", "x", &altered, device.get(..42).unwrap()] {
        assert_eq!(code(attempt(Some(wrong), FOUNDER, PASSWORD).await), "too-many-tries");
    }
    for _ in 0..10 {
        assert_eq!(code(attempt(Some(&device), FOUNDER, "wrong").await), "wrong-credentials");
    }
    assert_eq!(code(attempt(Some(&device), FOUNDER, PASSWORD).await), "too-many-tries");
    house.clock.advance(15 * MINUTE);
    assert!(attempt(Some(&device), FOUNDER, PASSWORD).await.is_ok());
    // What the browser made up itself is not taken on.
    let planted = crypto::base64url(&[7; 32]);
    let given = attempt(Some(&planted), "tomas@brightloom.example", PASSWORD).await.unwrap().device.unwrap();
    assert_ne!(*given.expose(), planted);
    assert_eq!(other.user.email, "tomas@brightloom.example");
    house.clock.advance(366 * 24 * crate::house::HOUR);
    assert!(house.accounts.tidy(&house.operator()).await.is_ok());
    for n in 0..11 {
        let _ = house.sign_in_from(&format!("198.51.{n}.1"), FOUNDER, "wrong").await;
    }
    assert_eq!(code(attempt(Some(&device), FOUNDER, PASSWORD).await), "too-many-tries");
}
