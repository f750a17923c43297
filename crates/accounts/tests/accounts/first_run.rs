//! The first start.

use accounts::Founder;
use authz::Role;
use ledger::verbs;

use crate::house::{HOUR, House, MINUTE, code, founder, secret, told, wrong};

on_both_engines! {
    the_link_sets_up_once;
    the_link_is_good_for_thirty_minutes;
    a_new_link_takes_the_place_of_the_old;
    only_the_operator_is_told_a_link;
    everything_wrong_is_said_at_once_and_the_link_stays_good;
    init_is_refused_once_somebody_can_sign_in;
    of_two_first_runs_at_once_one_goes_through;
}

async fn the_link_sets_up_once(house: House) {
    let link = house.accounts.first_run_link(&house.operator()).await.unwrap();
    assert_eq!(link.token.expose().len(), 43);
    assert!(house.accounts.workspace(&house.nobody()).await.unwrap().is_none());
    let token = secret(link.token.expose());
    let session = house.accounts.set_up(&house.nobody(), link.token, founder()).await.unwrap();
    let signed = house.signed(&session).await;
    assert_eq!(signed.user.name, "Mei Chen");
    assert_eq!(signed.user.initials, "MC");
    assert_eq!(signed.user.roles, [Role::Administrator, Role::SecurityOfficer, Role::Auditor, Role::Manager]);
    assert_eq!(signed.cx.person(), Some(signed.user.id));
    assert_eq!(signed.cx.session(), Some(session.id));
    assert_eq!(house.accounts.workspace(&signed.cx).await.unwrap().unwrap().name, "Brightloom");
    assert_eq!(code(house.accounts.set_up(&house.nobody(), token, founder()).await), "already-set-up");
    assert_eq!(code(house.accounts.first_run_link(&house.operator()).await), "already-set-up");
    let made = house.lines_of(verbs::USER_CREATE).await;
    assert_eq!(made.len(), 1);
    assert!(told(&made[0], signed.user.id));
    assert_eq!(house.lines_of(verbs::SIGN_IN).await.len(), 1);
}

async fn the_link_is_good_for_thirty_minutes(house: House) {
    let link = house.accounts.first_run_link(&house.operator()).await.unwrap();
    house.clock.advance(30 * MINUTE);
    assert_eq!(code(house.accounts.look_at_link(&house.nobody(), &link.token).await), "link-spent");
    assert_eq!(code(house.accounts.set_up(&house.nobody(), link.token, founder()).await), "link-spent");
    assert_eq!(house.lines_of(verbs::SIGN_IN_FAILED).await.len(), 2);
}

async fn a_new_link_takes_the_place_of_the_old(house: House) {
    let old = house.accounts.first_run_link(&house.operator()).await.unwrap();
    let new = house.accounts.first_run_link(&house.operator()).await.unwrap();
    assert_eq!(code(house.accounts.set_up(&house.nobody(), old.token, founder()).await), "link-spent");
    let made_up = secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(code(house.accounts.set_up(&house.nobody(), made_up, founder()).await), "link-spent");
    assert_eq!(code(house.accounts.set_up(&house.nobody(), secret("'--"), founder()).await), "link-spent");
    assert!(house.accounts.look_at_link(&house.nobody(), &new.token).await.is_ok());
    assert!(house.accounts.set_up(&house.nobody(), new.token, founder()).await.is_ok());
}

async fn only_the_operator_is_told_a_link(house: House) {
    assert_eq!(code(house.accounts.first_run_link(&house.nobody()).await), "not-found");
    assert_eq!(code(house.accounts.init(&house.nobody(), founder()).await), "not-found");
    let signed = house.founded().await;
    assert_eq!(code(house.accounts.first_run_link(&signed.cx).await), "not-found");
    assert_eq!(code(house.accounts.sign_in_link(&signed.cx, signed.user.id).await), "not-found");
}

async fn everything_wrong_is_said_at_once_and_the_link_stays_good(house: House) {
    let link = house.accounts.first_run_link(&house.operator()).await.unwrap();
    let bad = Founder {
        workspace: "\u{0}".to_owned(),
        name: " ".to_owned(),
        email: "mei".to_owned(),
        password: secret("short"),
    };
    let outcome = house.accounts.set_up(&house.nobody(), secret(link.token.expose()), bad).await;
    assert_eq!(
        wrong(outcome),
        [
            ("workspace", "control-character"),
            ("name", "missing"),
            ("email", "not-an-email"),
            ("password", "password-short")
        ]
    );
    let personal = Founder { password: secret("mei.chen@brightloom"), ..founder() };
    let outcome = house.accounts.set_up(&house.nobody(), secret(link.token.expose()), personal).await;
    assert_eq!(wrong(outcome), [("password", "password-personal")]);
    assert!(house.accounts.set_up(&house.nobody(), link.token, founder()).await.is_ok());
}

async fn init_is_refused_once_somebody_can_sign_in(house: House) {
    let user = house.accounts.init(&house.operator(), founder()).await.unwrap();
    assert_eq!(code(house.accounts.init(&house.operator(), founder()).await), "already-set-up");
    assert_eq!(house.sign_in("  Mei.Chen@Brightloom.EXAMPLE ", crate::house::PASSWORD).await.unwrap().user, user);
    let link = house.accounts.sign_in_link(&house.operator(), user).await.unwrap();
    let token = secret(link.token.expose());
    assert_eq!(house.accounts.sign_in_by_link(&house.nobody(), link.token, (None, None)).await.unwrap().user, user);
    assert_eq!(code(house.accounts.sign_in_by_link(&house.nobody(), token, (None, None)).await), "link-spent");
    house.clock.advance(HOUR);
}

async fn of_two_first_runs_at_once_one_goes_through(house: House) {
    let link = house.accounts.first_run_link(&house.operator()).await.unwrap();
    let operator = house.operator();
    let (one, other) = (house.nobody(), house.nobody());
    let (first, second, third) = tokio::join!(
        house.accounts.set_up(&one, secret(link.token.expose()), founder()),
        house.accounts.set_up(&other, secret(link.token.expose()), founder()),
        house.accounts.init(&operator, founder()),
    );
    let through = [first.is_ok(), second.is_ok(), third.is_ok()];
    assert_eq!(through.iter().filter(|ok| **ok).count(), 1, "{through:?}");
    assert_eq!(house.lines_of(verbs::USER_CREATE).await.len(), 1);
}
