//! Codes of an app, codes on paper, and the sign-in that asks for them.

use accounts::{AccountFault, CodeSignIn, Enrolment, NewSession, Step};
use authz::{Cx, Level};
use crypto::Secret;
use kernel::{Clock as _, Timestamp};
use ledger::{Outcome, verbs};

use crate::house::{FOUNDER, House, MINUTE, PASSWORD, code, secret, wrong};

on_both_engines! {
    a_password_alone_opens_nothing_once_there_is_an_app;
    an_app_counts_only_once_a_code_came_back;
    only_who_knows_the_password_adds_an_app;
    a_code_is_good_once_also_for_two_at_the_same_moment;
    a_step_is_answered_once_in_time_and_by_the_same_account;
    ten_wrong_codes_are_heard;
    a_recovery_code_is_good_once_and_new_ones_replace_all;
    an_app_goes_with_a_code_and_its_recovery_codes_with_it;
    a_short_password_needs_its_second_factor;
}

/// An app with a secret in it.
#[derive(Clone)]
pub(crate) struct App(Vec<u8>);

impl App {
    /// Reads the secret as a person types it: base32 in groups.
    pub(crate) fn typed(text: &str) -> Self {
        let mut bits = Vec::new();
        for letter in text.chars().filter(|c| *c != ' ') {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
            bits.extend((0..5).rev().map(|at| value >> at & 1 == 1));
        }
        Self(bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect())
    }

    /// Shows the code of a moment (RFC 6238).
    fn at(&self, now: Timestamp) -> String {
        let step = u64::try_from(now.micros() / 30_000_000).unwrap();
        let tag = crypto::mac_sha1(&self.0, &step.to_be_bytes());
        let at = usize::from(tag[19] & 15);
        let part = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
        format!("{:06}", part % 1_000_000)
    }

    pub(crate) fn now(&self, house: &House) -> String {
        self.at(house.clock.now())
    }
}

/// Puts an app in, and returns it with the session that goes on and the recovery codes.
pub(crate) async fn enrolled(house: &House, cx: &Cx) -> (App, NewSession, Vec<Secret<String>>) {
    let offer = house.accounts.offer_totp(cx, secret(PASSWORD)).await.unwrap();
    let app = App::typed(offer.text.expose());
    let outcome = house.accounts.confirm_totp(cx, &offer.id.to_string(), secret(&app.now(house))).await.unwrap();
    let Enrolment::Done { session, codes } = outcome else { panic!("wrong code") };
    house.clock.advance(MINUTE);
    (app, session, codes.unwrap())
}

/// Gives the password and returns the step that is asked then.
async fn step(house: &House) -> Step {
    match house.sign_in(FOUNDER, PASSWORD).await {
        Err(AccountFault::SecondStep(step)) => step,
        other => panic!("{:?}", other.err()),
    }
}

async fn answer(house: &House, step: Step, code: &str) -> Result<NewSession, AccountFault> {
    let attempt = CodeSignIn { step: step.id.to_string(), code: secret(code), previous: None, device: None };
    house.accounts.sign_in_by_code(&house.nobody(), attempt).await
}

async fn a_password_alone_opens_nothing_once_there_is_an_app(house: House) {
    let founder = house.founded().await;
    let (app, session, codes) = enrolled(&house, &founder.cx).await;
    assert_eq!(codes.len(), 10);
    // The session that acts has proved both, under a new id.
    let renewed = house.signed(&session).await;
    assert_eq!(renewed.cx.assurance().unwrap().level, Level::Multi);
    assert_ne!(renewed.cx.session(), founder.cx.session());
    let before = house.accounts.list_sessions(&renewed.cx).await.unwrap().len();
    let first = step(&house).await;
    assert!(!first.passkey && !first.wrong);
    assert_eq!(house.accounts.list_sessions(&renewed.cx).await.unwrap().len(), before);
    let Err(AccountFault::SecondStep(second)) = answer(&house, first, "000000").await else { panic!("entered") };
    assert!(second.wrong);
    let entered = answer(&house, second, &app.now(&house)).await.unwrap();
    assert_eq!(house.signed(&entered).await.cx.assurance().unwrap().level, Level::Multi);
    let lines = house.lines_of(verbs::SIGN_IN).await;
    assert!(lines.last().unwrap().facts.iter().any(|(_, value)| value == "password, app"));
    let failed = house.lines_of(verbs::SIGN_IN_FAILED).await;
    assert_eq!(failed[0].outcome, Outcome::Failed("wrong-code".into()));
    assert_eq!(code(house.sign_in(FOUNDER, "wrong").await), "wrong-credentials");
}

async fn an_app_counts_only_once_a_code_came_back(house: House) {
    let founder = house.founded().await;
    let offer = house.accounts.offer_totp(&founder.cx, secret(PASSWORD)).await.unwrap();
    assert!(offer.link.expose().starts_with("otpauth://totp/Brightloom:mei.chen%40brightloom.example?secret="));
    assert!(house.sign_in(FOUNDER, PASSWORD).await.is_ok());
    let Ok(Enrolment::Again(again)) =
        house.accounts.confirm_totp(&founder.cx, &offer.id.to_string(), secret("000000")).await
    else {
        panic!("taken")
    };
    assert_eq!(again.text.expose(), offer.text.expose());
    let app = App::typed(again.text.expose());
    for id in [offer.id.to_string(), "x".to_owned(), String::new()] {
        let outcome = house.accounts.confirm_totp(&founder.cx, &id, secret(&app.now(&house))).await;
        assert_eq!(code(outcome), "step-spent");
    }
    let id = again.id.to_string();
    // Not in another session, and not too late.
    let other = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let other = house.signed(&other).await;
    assert_eq!(code(house.accounts.confirm_totp(&other.cx, &id, secret(&app.now(&house))).await), "step-spent");
    assert!(house.accounts.list_factors(&founder.cx).await.unwrap().totp.is_none());
    let offer = house.accounts.offer_totp(&founder.cx, secret(PASSWORD)).await.unwrap();
    house.clock.advance(5 * MINUTE);
    let app = App::typed(offer.text.expose());
    let late = house.accounts.confirm_totp(&founder.cx, &offer.id.to_string(), secret(&app.now(&house))).await;
    assert_eq!(code(late), "step-spent");
    assert!(house.sign_in(FOUNDER, PASSWORD).await.is_ok());
}

async fn only_who_knows_the_password_adds_an_app(house: House) {
    let founder = house.founded().await;
    assert_eq!(wrong(house.accounts.offer_totp(&founder.cx, secret("wrong")).await), [("current", "wrong")]);
    let (_, session, _) = enrolled(&house, &founder.cx).await;
    let cx = house.signed(&session).await.cx;
    assert_eq!(code(house.accounts.offer_totp(&cx, secret(PASSWORD)).await), "wrong-state");
    assert_eq!(code(house.accounts.offer_totp(&house.nobody(), secret(PASSWORD)).await), "signed-out");
    for _ in 0..11 {
        let _ = house.accounts.offer_totp(&cx, secret("wrong")).await;
    }
    assert_eq!(code(house.accounts.offer_totp(&cx, secret(PASSWORD)).await), "too-many-tries");
}

async fn a_code_is_good_once_also_for_two_at_the_same_moment(house: House) {
    let founder = house.founded().await;
    let (app, ..) = enrolled(&house, &founder.cx).await;
    let typed = app.now(&house);
    let (one, other) = (step(&house).await, step(&house).await);
    let (first, second) = tokio::join!(answer(&house, one, &typed), answer(&house, other, &typed));
    let codes = [code(first), code(second)];
    assert!(codes.contains(&"no fault") && codes.contains(&"wrong-code"), "{codes:?}");
    // Nor the code of a step before the one that was used, which would still be in time.
    let before = app.at(house.clock.now().minus(MINUTE / 2));
    assert_eq!(code(answer(&house, step(&house).await, &before).await), "wrong-code");
    house.clock.advance(MINUTE / 2);
    assert!(answer(&house, step(&house).await, &app.now(&house)).await.is_ok());
}

async fn a_step_is_answered_once_in_time_and_by_the_same_account(house: House) {
    let founder = house.founded().await;
    let (app, session, _) = enrolled(&house, &founder.cx).await;
    let cx = house.signed(&session).await.cx;
    let first = step(&house).await;
    assert!(answer(&house, first, &app.now(&house)).await.is_ok());
    house.clock.advance(MINUTE);
    assert_eq!(code(answer(&house, first, &app.now(&house)).await), "step-spent");
    // A wrong code does not put the end off.
    let mut waiting = step(&house).await;
    house.clock.advance(4 * MINUTE);
    let Err(AccountFault::SecondStep(again)) = answer(&house, waiting, "wrong").await else { panic!("entered") };
    waiting = again;
    house.clock.advance(MINUTE);
    assert_eq!(code(answer(&house, waiting, &app.now(&house)).await), "step-spent");
    // What was asked inside a session is answered by nobody outside of it, and the other way round.
    let outside = step(&house).await;
    let inside =
        CodeSignIn { step: outside.id.to_string(), code: secret(&app.now(&house)), previous: None, device: None };
    assert_eq!(code(house.accounts.sign_in_by_code(&cx, inside).await), "step-spent");
    // A new password between the steps ends them.
    let waiting = step(&house).await;
    house.accounts.change_password(&cx, secret(PASSWORD), secret("lagoon-quartz-sparrow-88")).await.unwrap();
    assert_eq!(code(answer(&house, waiting, &app.now(&house)).await), "step-spent");
    for wrong in ["", "x", "00000000-0000-0000-0000-000000000000"] {
        let attempt = CodeSignIn { step: wrong.to_owned(), code: secret("1"), previous: None, device: None };
        assert_eq!(code(house.accounts.sign_in_by_code(&house.nobody(), attempt).await), "step-spent");
    }
}

async fn ten_wrong_codes_are_heard(house: House) {
    let founder = house.founded().await;
    let (app, ..) = enrolled(&house, &founder.cx).await;
    let steps = {
        let mut steps = Vec::new();
        for _ in 0..30 {
            steps.push(step(&house).await);
        }
        steps
    };
    let mut guesses = tokio::task::JoinSet::new();
    for step in steps {
        let (accounts, cx) = (house.accounts.clone(), house.nobody());
        let attempt = CodeSignIn { step: step.id.to_string(), code: secret("000000"), previous: None, device: None };
        guesses.spawn(async move { code(accounts.sign_in_by_code(&cx, attempt).await) });
    }
    let codes = guesses.join_all().await;
    assert_eq!(codes.iter().filter(|code| **code == "wrong-code").count(), 10);
    assert_eq!(codes.iter().filter(|code| **code == "too-many-tries").count(), 20);
    let waiting = step(&house).await;
    assert_eq!(code(answer(&house, waiting, &app.now(&house)).await), "too-many-tries");
    house.clock.advance(15 * MINUTE);
    let waiting = step(&house).await;
    assert!(answer(&house, waiting, &app.now(&house)).await.is_ok());
}

async fn a_recovery_code_is_good_once_and_new_ones_replace_all(house: House) {
    let founder = house.founded().await;
    let (app, session, codes) = enrolled(&house, &founder.cx).await;
    let cx = house.signed(&session).await.cx;
    let typed = codes[3].expose().to_uppercase();
    assert!(answer(&house, step(&house).await, &typed).await.is_ok());
    assert_eq!(code(answer(&house, step(&house).await, &typed).await), "wrong-code");
    assert_eq!(house.accounts.list_factors(&cx).await.unwrap().recovery, Some(9));
    assert_eq!(wrong(house.accounts.renew_recovery(&cx, secret("nonsense")).await), [("code", "wrong-code")]);
    let new = house.accounts.renew_recovery(&cx, secret(&app.now(&house))).await.unwrap();
    assert_eq!(new.len(), 10);
    assert_eq!(code(answer(&house, step(&house).await, codes[4].expose()).await), "wrong-code");
    assert!(answer(&house, step(&house).await, new[0].expose()).await.is_ok());
    let (one, other) = (step(&house).await, step(&house).await);
    let twice = tokio::join!(answer(&house, one, new[1].expose()), answer(&house, other, new[1].expose()));
    let outcomes = [code(twice.0), code(twice.1)];
    assert!(outcomes.contains(&"no fault") && outcomes.contains(&"wrong-code"), "{outcomes:?}");
    assert_eq!(house.accounts.list_factors(&cx).await.unwrap().recovery, Some(8));
}

async fn an_app_goes_with_a_code_and_its_recovery_codes_with_it(house: House) {
    let founder = house.founded().await;
    let (_, session, codes) = enrolled(&house, &founder.cx).await;
    let cx = house.signed(&session).await.cx;
    assert_eq!(wrong(house.accounts.remove_totp(&cx, secret("000000")).await), [("code", "wrong-code")]);
    assert!(house.accounts.list_factors(&cx).await.unwrap().asked_for);
    house.accounts.remove_totp(&cx, Secret::new(codes[0].expose().clone())).await.unwrap();
    let none = house.accounts.list_factors(&cx).await.unwrap();
    assert!(none.totp.is_none() && none.recovery.is_none() && !none.asked_for);
    let entered = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    assert_eq!(house.signed(&entered).await.cx.assurance().unwrap().level, Level::Single);
    assert_eq!(house.lines_of(verbs::FACTOR_REMOVE).await.len(), 3);
}

async fn a_short_password_needs_its_second_factor(house: House) {
    let founder = house.founded().await;
    let change = |cx: Cx, old: &str, new: &str| {
        let (accounts, old, new) = (house.accounts.clone(), secret(old), secret(new));
        async move { accounts.change_password(&cx, old, new).await }
    };
    let short = "ruz Vek9 tol";
    assert_eq!(wrong(change(founder.cx.clone(), PASSWORD, short).await), [("password", "password-short")]);
    let (app, session, _) = enrolled(&house, &founder.cx).await;
    let cx = house.signed(&session).await.cx;
    let session = change(cx, PASSWORD, short).await.unwrap();
    let cx = house.signed(&session).await.cx;
    assert_eq!(code(house.accounts.remove_totp(&cx, secret(&app.now(&house))).await), "password-leans");
    let session = change(cx, short, PASSWORD).await.unwrap();
    let cx = house.signed(&session).await.cx;
    house.clock.advance(MINUTE);
    house.accounts.remove_totp(&cx, secret(&app.now(&house))).await.unwrap();
}
