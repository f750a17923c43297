//! Proving again who one is: the gate before dangerous acts, the proofs, and what a relayed session cannot turn itself into.

use accounts::{AccountFault, CodeSignIn, Invitation, NewSession, PasskeyAnswer, Signed, Vouched};
use authz::{Assurance, Demand, Level, Role};
use crypto::Secret;
use kernel::{Clock as _, FactorId};
use ledger::verbs;
use testkit::Authenticator;
use testkit::tokens::TokenForm;

use crate::house::{FOUNDER, HOUR, House, MINUTE, PASSWORD, code, secret, wrong};
use crate::passkey::{ORIGIN, add, answer, ask, come, enter, site, with_passkey};
use crate::second_step::{App, enrolled};

on_both_engines! {
    a_token_needs_a_fresh_passkey;
    a_relayed_session_makes_itself_no_strong_one;
    a_passkey_added_at_home_counts_at_once;
    a_passkey_nobody_vouches_for_can_be_taken_away_by_its_owner;
    each_proof_is_worth_what_it_is;
    a_question_is_answered_by_its_person_in_its_session_once;
    wrong_proofs_are_counted_and_told;
    a_password_is_not_taken_from_the_owner_of_a_passkey;
    a_relayed_session_changes_nothing_its_owner_signs_in_with;
    a_lost_passkey_is_replaced_by_a_code_on_paper;
    there_is_an_end_to_passkeys;
    who_has_no_password_sets_one;
    who_owes_a_proof_has_no_roles_until_it_is_given;
    nobody_shuts_themselves_out_of_the_settings;
    where_no_browser_knows_passkeys_two_factors_do;
}

fn form() -> TokenForm {
    TokenForm { label: "reports".to_owned(), lasts: 24 * HOUR, ..TokenForm::default() }
}

/// A house a month later, as it really asks: what was vouched for by youth is not any more.
async fn settled(house: &House) -> Signed {
    let founder = house.founded().await;
    house.asks(Level::Resistant, 10).await;
    house.clock.advance(24 * 30 * HOUR);
    founder
}

async fn by_password(house: &House) -> Signed {
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    house.signed(&session).await
}

async fn prove(house: &House, signed: &Signed, device: &mut Authenticator) -> Result<NewSession, &'static str> {
    let question = house.accounts.ask_proof(&signed.cx, site()).await.unwrap();
    let signature = device.sign(&question.options, ORIGIN);
    let proving = house.accounts.prove_by_passkey(&signed.cx, site(), answer(&question, signature));
    proving.await.map_err(|fault| kernel::Fault::code(&fault))
}

async fn token(house: &House, signed: &Signed) -> &'static str {
    code(house.tokens.create(&signed.cx, signed.user.id, form()).await)
}

async fn a_token_needs_a_fresh_passkey(house: House) {
    let founder = house.founded().await;
    let mut device = Authenticator::default();
    add(&house, &founder, &mut device, "Laptop").await;
    house.asks(Level::Resistant, 5).await;
    let session = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let weak = house.signed(&session).await;
    assert_eq!(token(&house, &weak).await, "step-up-resistant");
    let proved = prove(&house, &weak, &mut device).await.unwrap();
    assert!(house.recognise(&session).await.is_err(), "the id rotates at a rise");
    let strong = house.signed(&proved).await;
    assert_eq!(token(&house, &strong).await, "no fault");
    house.clock.advance(6 * MINUTE);
    let later = house.signed(&proved).await;
    assert_eq!(token(&house, &later).await, "step-up-resistant");
    // A weaker proof makes it no fresher.
    let proved = house.accounts.prove_by_password(&later.cx, secret(PASSWORD)).await.unwrap();
    assert_eq!(token(&house, &house.signed(&proved).await).await, "step-up-resistant");
    assert!(house.lines_of(verbs::TOKEN_CREATE).await.len() >= 4);
}

/// Issue 3: somebody is tricked out of password and code; the session that was relayed gets no dangerous act.
async fn a_relayed_session_makes_itself_no_strong_one(house: House) {
    settled(&house).await;
    let relayed = by_password(&house).await;
    let mut own = Authenticator::default();
    add(&house, &relayed, &mut own, "Mine").await;
    for hours in [0, 12, 23] {
        let session = come(&house, &mut own).await.unwrap();
        let session = house.signed(&session).await;
        assert_eq!(session.cx.assurance().unwrap().level, Level::Multi, "after {hours} h");
        assert_eq!(token(&house, &session).await, "step-up-resistant");
        let proved = prove(&house, &session, &mut own).await.unwrap();
        assert_eq!(token(&house, &house.signed(&proved).await).await, "step-up-resistant");
        let ways = house.accounts.ways_to_prove(&session.cx, Level::Resistant).await.unwrap();
        assert!(!ways.any() && ways.waits.is_some());
        let next = [12, 11, 0][[0, 12, 23].iter().position(|h| *h == hours).unwrap()];
        house.clock.advance(next * HOUR);
    }
    // Neither can it take what its owner has, nor vouch for another by it.
    let other = add(&house, &by_password(&house).await, &mut Authenticator::default(), "Another").await;
    let shown = house.accounts.list_passkeys(&by_password(&house).await.cx).await.unwrap();
    assert!(shown.iter().find(|passkey| passkey.id == other).unwrap().counts_from.is_some());
    // A day later it counts: its owner was told, and had a day to take it away.
    house.clock.advance(2 * HOUR);
    let ripe = come(&house, &mut own).await.unwrap();
    assert_eq!(house.signed(&ripe).await.cx.assurance().unwrap().level, Level::Resistant);
}

/// Adds a passkey in a browser that is known by something.
async fn add_from(house: &House, by: &Signed, device: Option<String>) -> (FactorId, Authenticator) {
    let mut made = Authenticator::default();
    let question = house.accounts.ask_new_passkey(&by.cx, site()).await.unwrap();
    let credential = made.make(&question.options, ORIGIN);
    let added = house.accounts.add_passkey(&by.cx, site(), answer(&question, credential), ("Key", device)).await;
    (added.unwrap(), made)
}

async fn a_passkey_added_at_home_counts_at_once(house: House) {
    settled(&house).await;
    let level = async |device: &mut Authenticator| {
        let session = come(&house, device).await.unwrap();
        house.signed(&session).await.cx.assurance().unwrap().level
    };
    // The browser is known from today on: tomorrow it vouches.
    let first = house.sign_in(FOUNDER, PASSWORD).await.unwrap();
    let known = first.device.as_ref().unwrap().expose().clone();
    let (id, mut young) = add_from(&house, &house.signed(&first).await, Some(known.clone())).await;
    assert_eq!(level(&mut young).await, Level::Multi);
    house.clock.advance(23 * HOUR);
    let (other, mut still) = add_from(&house, &by_password(&house).await, Some(known.clone())).await;
    assert_eq!(level(&mut still).await, Level::Multi);
    for young in [id, other] {
        house.accounts.remove_passkey(&by_password(&house).await.cx, young).await.unwrap();
    }
    house.clock.advance(HOUR);
    let now = by_password(&house).await;
    let (_, mut vouched) = add_from(&house, &now, Some(known.clone())).await;
    assert_eq!(level(&mut vouched).await, Level::Resistant);
    // What is made up, or is another person's, vouches for nothing.
    let other = house.joined(&house.operator(), "bo@brightloom.example", &[Role::Agent]).await;
    house.clock.advance(48 * HOUR);
    let theirs = house.sign_in("bo@brightloom.example", PASSWORD).await.unwrap();
    let (_, mut borrowed) = add_from(&house, &house.signed(&theirs).await, Some(known)).await;
    let session = come(&house, &mut borrowed).await.unwrap();
    assert_eq!(session.user, other.user.id);
    assert_eq!(house.signed(&session).await.cx.assurance().unwrap().level, Level::Multi);
}

async fn a_passkey_nobody_vouches_for_can_be_taken_away_by_its_owner(house: House) {
    settled(&house).await;
    let mut theirs = Authenticator::default();
    let id = add(&house, &by_password(&house).await, &mut theirs, "Not mine").await;
    let owner = by_password(&house).await;
    assert!(house.accounts.remove_passkey(&owner.cx, id).await.is_ok());
    // One that counts is taken away only by who has one.
    let (id, _) = {
        house.clock.advance(HOUR);
        add_from(&house, &by_password(&house).await, None).await
    };
    house.clock.advance(25 * HOUR);
    assert_eq!(code(house.accounts.remove_passkey(&by_password(&house).await.cx, id).await), "step-up-resistant");
}

async fn each_proof_is_worth_what_it_is(house: House) {
    let founder = settled(&house).await;
    assert!(house.present("nothing").await.is_err());
    drop(founder);
    let weak = by_password(&house).await;
    let ways = house.accounts.ways_to_prove(&weak.cx, Level::Resistant).await.unwrap();
    assert!(!ways.any() && ways.waits.is_none() && ways.asked == Level::Resistant);
    let ways = house.accounts.ways_to_prove(&weak.cx, Level::Single).await.unwrap();
    assert!(ways.password && !ways.code && !ways.passkey);
    let proved = house.accounts.prove_by_password(&weak.cx, secret(PASSWORD)).await.unwrap();
    let proved = house.signed(&proved).await;
    assert_eq!(proved.cx.assurance().unwrap().level, Level::Single);
    house.asks(Level::Single, 10).await;
    assert_eq!(token(&house, &by_password(&house).await).await, "no fault");
    house.clock.advance(MINUTE);
    let nobody = house.nobody();
    assert_eq!(code(house.accounts.prove_by_password(&nobody, secret(PASSWORD)).await), "signed-out");
    assert_eq!(code(house.accounts.ask_proof(&nobody, site()).await), "signed-out");
    let empty =
        PasskeyAnswer { challenge: kernel::ChallengeId::from_uuid(kernel::Uuid::nil()), credential: String::new() };
    assert_eq!(code(house.accounts.prove_by_passkey(&nobody, site(), empty).await), "signed-out");
}

async fn a_question_is_answered_by_its_person_in_its_session_once(house: House) {
    let founder = house.founded().await;
    let (mut own, mut theirs) = (Authenticator::default(), Authenticator::default());
    add(&house, &founder, &mut own, "Laptop").await;
    let other = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    add(&house, &other, &mut theirs, "Phone").await;
    house.asks(Level::Resistant, 10).await;
    let (one, two) = (by_password(&house).await, by_password(&house).await);
    // Another person's passkey proves nothing about me.
    assert_eq!(prove(&house, &one, &mut theirs).await.err(), Some("wrong-passkey"));
    // A question of one session is not answered in another, nor by another, nor at the door.
    for asker in [&two, &other] {
        let question = house.accounts.ask_proof(&one.cx, site()).await.unwrap();
        let signature = own.sign(&question.options, ORIGIN);
        let crossed = house.accounts.prove_by_passkey(&asker.cx, site(), answer(&question, signature)).await;
        assert_eq!(code(crossed), "wrong-passkey");
    }
    let question = house.accounts.ask_proof(&one.cx, site()).await.unwrap();
    let signature = own.sign(&question.options, ORIGIN);
    assert_eq!(code(enter(&house, answer(&question, signature)).await), "wrong-passkey");
    let door = ask(&house).await;
    let signature = own.sign(&door.options, ORIGIN);
    assert_eq!(code(house.accounts.prove_by_passkey(&one.cx, site(), answer(&door, signature)).await), "wrong-passkey");
    // Once.
    let question = house.accounts.ask_proof(&one.cx, site()).await.unwrap();
    let signature = own.sign(&question.options, ORIGIN);
    let again = answer(&question, signature.clone());
    let proved = house.accounts.prove_by_passkey(&one.cx, site(), answer(&question, signature)).await.unwrap();
    let strong = house.signed(&proved).await;
    assert_eq!(code(house.accounts.prove_by_passkey(&strong.cx, site(), again).await), "wrong-passkey");
    // Too late.
    let question = house.accounts.ask_proof(&strong.cx, site()).await.unwrap();
    let signature = own.sign(&question.options, ORIGIN);
    house.clock.advance(5 * MINUTE);
    assert_eq!(
        code(house.accounts.prove_by_passkey(&strong.cx, site(), answer(&question, signature)).await),
        "wrong-passkey"
    );
}

async fn wrong_proofs_are_counted_and_told(house: House) {
    let founder = settled(&house).await;
    drop(founder);
    let weak = by_password(&house).await;
    for _ in 0..10 {
        assert_eq!(wrong(house.accounts.prove_by_password(&weak.cx, secret("wrong")).await), [("current", "wrong")]);
    }
    assert_eq!(code(house.accounts.prove_by_password(&weak.cx, secret(PASSWORD)).await), "too-many-tries");
    for _ in 0..10 {
        assert_eq!(wrong(house.accounts.prove_by_code(&weak.cx, secret("000000")).await), [("code", "wrong-code")]);
    }
    assert_eq!(code(house.accounts.prove_by_code(&weak.cx, secret("000000")).await), "too-many-tries");
    let failed = house.lines_of(verbs::STEP_UP).await;
    assert_eq!(failed.len(), 20);
    house.clock.advance(16 * MINUTE);
    assert!(house.accounts.prove_by_password(&by_password(&house).await.cx, secret(PASSWORD)).await.is_ok());
}

async fn a_password_is_not_taken_from_the_owner_of_a_passkey(house: House) {
    let founder = house.founded().await;
    let mut device = Authenticator::default();
    add(&house, &founder, &mut device, "Laptop").await;
    house.asks(Level::Resistant, 10).await;
    let relayed = by_password(&house).await;
    let change = |cx| house.accounts.change_password(cx, secret(PASSWORD), secret("lagoon-quartz-sparrow-88"));
    assert_eq!(code(change(&relayed.cx).await), "step-up-resistant");
    let proved = prove(&house, &relayed, &mut device).await.unwrap();
    assert!(change(&house.signed(&proved).await.cx).await.is_ok());
}

/// The owner of a passkey and an app, in a house that asks for no more than two steps before anything.
async fn with_both(house: &House) -> (Authenticator, App, Vec<Secret<String>>) {
    settled(house).await;
    let mut device = Authenticator::default();
    let (app, session, codes) = enrolled(house, &by_password(house).await.cx).await;
    add(house, &house.signed(&session).await, &mut device, "Laptop").await;
    house.clock.advance(25 * HOUR);
    house.asks(Level::Multi, 10).await;
    (device, app, codes)
}

/// Password and code were relayed: that much is proved, and lately.
async fn relayed(house: &House, code: &str) -> Signed {
    let Err(AccountFault::SecondStep(step)) = house.sign_in(FOUNDER, PASSWORD).await else { panic!("no step") };
    let attempt = CodeSignIn { step: step.id.to_string(), code: secret(code), previous: None, device: None };
    let session = house.accounts.sign_in_by_code(&house.nobody(), attempt).await.unwrap();
    house.signed(&session).await
}

/// Fails when: the policy lowers what is asked before a change of factors, or one of the ways forgets to ask.
async fn a_relayed_session_changes_nothing_its_owner_signs_in_with(house: House) {
    let (mut device, app, _) = with_both(&house).await;
    let thief = relayed(&house, &app.now(&house)).await;
    assert_eq!(token(&house, &thief).await, "no fault", "two steps are enough for other dangers here");
    house.clock.advance(MINUTE);
    let [passkey] = &house.accounts.list_passkeys(&thief.cx).await.unwrap()[..] else { panic!("one") };
    let (id, cx) = (passkey.id, &thief.cx);
    let refused = "step-up-resistant";
    assert_eq!(code(house.accounts.ask_new_passkey(cx, site()).await), refused);
    assert_eq!(code(house.accounts.remove_passkey(cx, id).await), refused);
    assert_eq!(code(house.accounts.remove_totp(cx, secret(&app.now(&house))).await), refused);
    assert_eq!(code(house.accounts.offer_totp(cx, secret(PASSWORD)).await), refused);
    assert_eq!(code(house.accounts.renew_recovery(cx, secret(&app.now(&house))).await), refused);
    let new = secret("lagoon-quartz-sparrow-88");
    assert_eq!(code(house.accounts.change_password(cx, secret(PASSWORD), new).await), refused);
    assert_eq!(code(house.accounts.prove_before_vouching(cx, verbs::FACTOR_ADD).await), refused);
    let denied = house.lines().await.into_iter().filter(|(_, line)| matches!(line.outcome, ledger::Outcome::Denied(_)));
    assert!(denied.count() >= 7);
    // Its owner does all of it with the passkey, and without typing anything again.
    let owner = house.signed(&prove(&house, &thief, &mut device).await.unwrap()).await;
    assert_eq!(house.accounts.renew_recovery(&owner.cx, secret("")).await.unwrap().len(), 10);
    house.accounts.remove_totp(&owner.cx, secret("")).await.unwrap();
    let left = house.accounts.list_factors(&owner.cx).await.unwrap();
    assert!(left.totp.is_none() && left.recovery == Some(10), "the codes stand in for the passkey");
    let offer = house.accounts.offer_totp(&owner.cx, secret("")).await.unwrap();
    let again = App::typed(offer.text.expose()).now(&house);
    assert!(house.accounts.confirm_totp(&owner.cx, &offer.id.to_string(), secret(&again)).await.is_ok());
}

/// Fails when: whoever lost the only passkey is kept out for good, or what they add counts at once.
async fn a_lost_passkey_is_replaced_by_a_code_on_paper(house: House) {
    let (_, app, codes) = with_both(&house).await;
    let owner = relayed(&house, &app.now(&house)).await;
    let ways = house.accounts.ways_to_prove(&owner.cx, Level::Resistant).await.unwrap();
    assert!(ways.paper && !ways.code);
    let proved = house.accounts.prove_by_code(&owner.cx, secret(codes[0].expose())).await.unwrap();
    let owner = house.signed(&proved).await;
    let mut new = Authenticator::default();
    let id = add(&house, &owner, &mut new, "New").await;
    let shown = house.accounts.list_passkeys(&owner.cx).await.unwrap();
    assert!(shown.iter().find(|passkey| passkey.id == id).unwrap().counts_from.is_some());
    // The code says so for a quarter of an hour, and about nothing else.
    assert_eq!(code(house.accounts.remove_totp(&owner.cx, secret(codes[1].expose())).await), "step-up-resistant");
    house.clock.advance(15 * MINUTE);
    assert_eq!(code(house.accounts.ask_new_passkey(&owner.cx, site()).await), "step-up-resistant");
}

async fn there_is_an_end_to_passkeys(house: House) {
    let (owner, _) = with_passkey(&house).await;
    let late = house.accounts.ask_new_passkey(&owner.cx, site()).await.unwrap();
    for n in 1..20 {
        add(&house, &owner, &mut Authenticator::default(), &format!("Key {n}")).await;
    }
    let enough = [("name", "passkeys-enough")];
    assert_eq!(wrong(house.accounts.ask_new_passkey(&owner.cx, site()).await), enough);
    let made = Authenticator::default().make(&late.options, ORIGIN);
    assert_eq!(wrong(house.accounts.add_passkey(&owner.cx, site(), answer(&late, made), ("x", None)).await), enough);
}

/// Fails when: a first password needs one, or is set without the strongest proof there is.
async fn who_has_no_password_sets_one(house: House) {
    const BO: &str = "bo@brightloom.example";
    let founder = house.founded().await;
    let invitation = Invitation { email: BO.to_owned(), name: "Bo Chen".to_owned(), roles: vec![Role::Agent] };
    let (_, link) = house.accounts.invite(&founder.cx, invitation).await.unwrap();
    let accounts = house.accounts.clone();
    let assurance = Assurance { level: Level::Single, at: house.clock.now() };
    let vouched = Vouched { by: "provider", assurance, roles: None, previous: None, device: None };
    let nobody = house.nobody();
    let joining = house.db.write(&nobody, move |tx| {
        let user = accounts.join_vouched(tx, link.token.expose())?;
        accounts.enter_vouched(tx, user, vouched)
    });
    let session = house.accounts.entered_vouched(joining.await.unwrap());
    let mut device = Authenticator::default();
    add(&house, &house.signed(&session).await, &mut device, "Phone").await;
    house.clock.advance(15 * MINUTE);
    house.asks(Level::Single, 10).await;
    let session = come(&house, &mut device).await.unwrap();
    house.clock.advance(9 * MINUTE);
    house.signed(&session).await;
    house.clock.advance(2 * MINUTE);
    let late = house.signed(&session).await;
    let new = || secret("x7#Kq9wLz");
    assert_eq!(code(house.accounts.change_password(&late.cx, secret(""), new()).await), "step-up-resistant");
    let proved = house.signed(&prove(&house, &late, &mut device).await.unwrap()).await;
    assert!(!house.accounts.list_factors(&proved.cx).await.unwrap().password);
    let short = house.accounts.change_password(&proved.cx, secret("whatever"), secret("short")).await;
    assert_eq!(wrong(short), [("password", "password-short-of-two")]);
    let set = house.accounts.change_password(&proved.cx, secret(""), new()).await.unwrap();
    // Eight characters lean on the passkey; from now on the present one is asked for.
    assert!(matches!(house.sign_in(BO, "x7#Kq9wLz").await, Err(AccountFault::SecondStep(_))));
    let set = house.signed(&set).await;
    let again = house.accounts.change_password(&set.cx, secret(""), secret(PASSWORD)).await;
    assert_eq!(wrong(again), [("current", "wrong")]);
}

async fn who_owes_a_proof_has_no_roles_until_it_is_given(house: House) {
    let founder = house.founded().await;
    let mut device = Authenticator::default();
    add(&house, &founder, &mut device, "Laptop").await;
    let asks = Demand { sign_in: Level::Resistant, ..Demand::default() };
    house.accounts.set_role_policy(&house.operator(), vec![(Role::Auditor, asks)]).await.unwrap();
    let owing = by_password(&house).await;
    assert_eq!((owing.cx.owes(), owing.cx.roles()), (Some(Level::Resistant), &[][..]));
    assert_eq!(code(house.accounts.list_people(&owing.cx).await), "forbidden");
    let proved = prove(&house, &owing, &mut device).await.unwrap();
    let proved = house.signed(&proved).await;
    assert_eq!(proved.cx.owes(), None);
    assert!(house.accounts.list_people(&proved.cx).await.is_ok());
}

async fn nobody_shuts_themselves_out_of_the_settings(house: House) {
    let founder = house.founded().await;
    let strict = Demand { danger: Level::Resistant, ..Demand::default() };
    let wanted = || vec![(Role::Administrator, strict)];
    assert_eq!(code(house.accounts.change_role_policy(&founder.cx, wanted()).await), "policy-beyond");
    assert_ne!(house.accounts.role_policy(&founder.cx).await.unwrap()[0].1, strict);
    let agent = house.joined(&founder.cx, "bo@brightloom.example", &[Role::Agent]).await;
    assert_eq!(code(house.accounts.role_policy(&agent.cx).await), "forbidden");
    assert_eq!(code(house.accounts.change_role_policy(&agent.cx, wanted()).await), "forbidden");
    assert_eq!(code(house.accounts.set_role_policy(&founder.cx, wanted()).await), "not-found");
    // For others it is theirs to say; and the operator always may.
    let others = vec![(Role::Viewer, strict)];
    house.accounts.change_role_policy(&founder.cx, others).await.unwrap();
    house.asks(Level::Resistant, 10).await;
    let weak = by_password(&house).await;
    assert_eq!(
        code(house.accounts.change_role_policy(&weak.cx, vec![(Role::Viewer, Demand::default())]).await),
        "step-up-resistant"
    );
    house.asks(Level::Single, 10).await;
    assert_eq!(token(&house, &by_password(&house).await).await, "no fault");
    assert!(house.lines_of(verbs::CONFIGURE).await.iter().any(|line| line.fact_of("role") == Some("viewer")));
}

async fn where_no_browser_knows_passkeys_two_factors_do(house: House) {
    settled(&house).await;
    house.accounts.without_passkeys();
    assert_eq!(token(&house, &by_password(&house).await).await, "step-up-multi");
}
