//! Sessions, from start to end.

use std::time::Duration;

use accounts::{Accounts, Preferences, Theme};
use authz::Role;
use crypto::Passwords;
use kernel::Lang;
use ledger::verbs;

use crate::house::{CHEAP, FOUNDER, HOUR, House, MINUTE, PASSWORD, code, secret, wrong};

on_both_engines! {
    a_session_of_no_browser_ends_when_it_is_not_used_for_ten_minutes;
    a_session_of_no_browser_ends_after_two_hours_however_much_it_is_used;
    only_the_whole_cookie_is_recognised;
    signing_out_ends_a_session_at_once;
    signing_out_everywhere_ends_all;
    a_person_ends_only_their_own_sessions;
    what_another_process_ends_is_over_within_a_second;
    a_renewed_session_has_a_new_id_and_the_old_end;
    a_new_password_ends_every_session_and_renews_the_one_that_acts;
    what_a_person_chose_goes_before_the_browser;
}

async fn a_session_of_no_browser_ends_when_it_is_not_used_for_ten_minutes(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    for _ in 0..4 {
        house.clock.advance(9 * MINUTE);
        house.signed(&session).await;
    }
    house.clock.advance(10 * MINUTE);
    assert_eq!(code(house.recognise(&session).await), "signed-out");
}

async fn a_session_of_no_browser_ends_after_two_hours_however_much_it_is_used(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    for _ in 0..23 {
        house.clock.advance(5 * MINUTE);
        house.signed(&session).await;
    }
    house.clock.advance(5 * MINUTE);
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    let signed = house.signed(&house.sign_in(FOUNDER, PASSWORD).await.unwrap()).await;
    assert_eq!(house.accounts.list_sessions(&signed.cx).await.unwrap().len(), 1);
    house.clock.advance(31 * 24 * HOUR);
    assert!(house.accounts.tidy(&house.operator()).await.unwrap() >= 2);
}

async fn only_the_whole_cookie_is_recognised(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let cookie = session.cookie.expose().clone();
    let mut other_secret = cookie.clone();
    other_secret.replace_range(60..64, "AAAA");
    for wrong in ["", "x", cookie.get(..63).unwrap(), &format!("{cookie}{cookie}"), &other_secret, &"A".repeat(64)] {
        assert_eq!(code(house.present(wrong).await), "signed-out", "{wrong}");
    }
    let signed = house.present(&cookie).await.ok().unwrap();
    // And while it is remembered.
    assert_eq!(code(house.present(&other_secret).await), "signed-out");
    assert!(house.vault.csrf_fits(session.id, &signed.csrf));
    let failed = house.lines_of(verbs::SIGN_IN_FAILED).await;
    assert_eq!(failed.len(), 1, "the one with a session's id and another secret");
}

async fn signing_out_ends_a_session_at_once(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let signed = house.signed(&session).await;
    house.accounts.sign_out(&signed.cx).await.unwrap();
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    assert_eq!(house.lines_of(verbs::SIGN_OUT).await.len(), 1);
}

async fn signing_out_everywhere_ends_all(house: House) {
    house.founded().await;
    let one = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let other = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let signed = house.signed(&one).await;
    house.signed(&other).await;
    let listed = house.accounts.list_sessions(&signed.cx).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|session| session.current).map(|s| s.id).collect::<Vec<_>>(), [one.id]);
    assert_eq!(listed[0].agent.as_deref(), Some("Firefox"));
    house.accounts.sign_out_everywhere(&signed.cx).await.unwrap();
    for session in [one, other] {
        assert_eq!(code(house.recognise(&session).await), "signed-out");
    }
}

async fn a_person_ends_only_their_own_sessions(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, "tomas@brightloom.example", &[Role::Agent]).await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    assert_eq!(code(house.accounts.end_session(&agent.cx, session.id).await), "not-found");
    house.signed(&session).await;
    house.accounts.end_session(&founder.cx, session.id).await.unwrap();
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    assert_eq!(code(house.accounts.end_session(&founder.cx, session.id).await), "not-found");
}

async fn what_another_process_ends_is_over_within_a_second(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, "tomas@brightloom.example", &[Role::Agent]).await;
    let session = house.sign_in("tomas@brightloom.example", PASSWORD).await.unwrap();
    house.signed(&session).await;
    let elsewhere = Accounts::new(house.db.clone(), house.vault.clone(), Passwords::new(CHEAP, 1).unwrap());
    elsewhere.disable_person(&founder.cx, agent.user.id).await.unwrap();
    house.clock.advance(Duration::from_millis(999));
    house.signed(&session).await;
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(code(house.recognise(&session).await), "signed-out");
}

async fn a_renewed_session_has_a_new_id_and_the_old_end(house: House) {
    house.founded().await;
    let old = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let signed = house.signed(&old).await;
    house.clock.advance(5 * MINUTE);
    let new = house.accounts.renew_session(&signed.cx).await.unwrap();
    assert_eq!(new.until, old.until);
    assert_ne!(new.id, old.id);
    assert_eq!(code(house.recognise(&old).await), "signed-out");
    house.signed(&new).await;
    assert_eq!(code(house.accounts.renew_session(&signed.cx).await), "signed-out");
}

async fn a_new_password_ends_every_session_and_renews_the_one_that_acts(house: House) {
    house.founded().await;
    let (here, there) =
        (house.sign_in(FOUNDER, PASSWORD).await.unwrap(), house.sign_in(FOUNDER, PASSWORD).await.unwrap());
    let cx = house.signed(&here).await.cx;
    let change = |current: &str, new: &str| house.accounts.change_password(&cx, secret(current), secret(new));
    assert_eq!(wrong(change("wrong", "lagoon-quartz-sparrow-88").await), [("current", "wrong")]);
    assert_eq!(wrong(change(PASSWORD, "Brightloom-Mei-Chen").await), [("password", "password-personal")]);
    let new = change(PASSWORD, "lagoon-quartz-sparrow-88").await.unwrap();
    for session in [here, there] {
        assert_eq!(code(house.recognise(&session).await), "signed-out");
    }
    let cx = house.signed(&new).await.cx;
    assert_eq!(code(house.sign_in(FOUNDER, PASSWORD).await), "wrong-credentials");
    assert!(house.sign_in(FOUNDER, "lagoon-quartz-sparrow-88").await.is_ok());
    for _ in 0..10 {
        let _ = house.accounts.change_password(&cx, secret("wrong"), secret(PASSWORD)).await;
    }
    let outcome = house.accounts.change_password(&cx, secret("lagoon-quartz-sparrow-88"), secret(PASSWORD)).await;
    assert_eq!(code(outcome), "too-many-tries");
}

async fn what_a_person_chose_goes_before_the_browser(house: House) {
    house.founded().await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let signed = house.signed(&session).await;
    assert_eq!((signed.cx.lang(), signed.user.preferences.single_keys), (Lang::En, true));
    let chosen = Preferences { lang: Some(Lang::Zh), theme: Theme::Dark, single_keys: false };
    house.accounts.set_preferences(&signed.cx, chosen).await.unwrap();
    let signed = house.signed(&session).await;
    assert_eq!(signed.cx.lang(), Lang::Zh);
    assert_eq!(signed.user.preferences, chosen);
    assert_eq!(signed.user.name, "Mei Chen");
}
