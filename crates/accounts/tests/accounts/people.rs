//! Inviting, joining, giving and taking rights.

use accounts::{Invitation, Joining};
use authz::Role;
use kernel::{Id, UserId, Uuid};
use ledger::{Outcome, verbs};

use crate::house::{FOUNDER, HOUR, House, MINUTE, PASSWORD, code, secret, told, wrong};

const AGENT: &str = "tomas@brightloom.example";

on_both_engines! {
    who_is_invited_joins_once_within_three_days;
    inviting_again_takes_the_place_of_the_first_link;
    an_invitation_is_taken_back;
    an_agent_cannot_invite_or_learn_who_is_here;
    nobody_changes_their_own_roles;
    the_last_administrator_stays;
    two_administrators_cannot_remove_each_other;
    other_roles_end_the_sessions_that_had_the_old_ones;
    a_disabled_person_is_out_at_once;
}

fn invitation(email: &str) -> Invitation {
    Invitation { email: email.to_owned(), name: "Tomás".to_owned(), roles: vec![Role::Agent] }
}

fn joining() -> Joining {
    Joining { name: "Tomás Bergström".to_owned(), password: secret(PASSWORD) }
}

async fn who_is_invited_joins_once_within_three_days(house: House) {
    let founder = house.founded().await;
    let (user, link) = house.accounts.invite(&founder.cx, invitation(AGENT)).await.unwrap();
    house.clock.advance(72 * HOUR - MINUTE);
    let view = house.accounts.look_at_link(&house.nobody(), &link.token).await.unwrap();
    assert_eq!(view.person, Some(("Tomás".to_owned(), AGENT.to_owned())));
    let bad = Joining { name: String::new(), password: secret("Tomas@Brightloom") };
    let outcome = house.accounts.join(&house.nobody(), secret(link.token.expose()), bad).await;
    assert_eq!(wrong(outcome), [("name", "missing"), ("password", "password-personal")]);
    let token = secret(link.token.expose());
    let session = house.accounts.join(&house.nobody(), link.token, joining()).await.unwrap();
    let signed = house.signed(&session).await;
    assert_eq!((signed.user.id, signed.user.name.as_str()), (user, "Tomás Bergström"));
    assert_eq!(signed.user.roles, [Role::Agent]);
    assert_eq!(code(house.accounts.join(&house.nobody(), token, joining()).await), "link-spent");
    assert!(house.sign_in(AGENT, PASSWORD).await.is_ok());

    let (_, late) = house.accounts.invite(&house.operator(), invitation("late@brightloom.example")).await.unwrap();
    house.clock.advance(72 * HOUR);
    assert_eq!(code(house.accounts.join(&house.nobody(), late.token, joining()).await), "link-spent");
    let invited = house.lines_of(verbs::INVITE).await;
    assert_eq!(invited.len(), 2);
    assert_eq!(invited[0].fact_of("roles"), Some("agent"));
}

async fn inviting_again_takes_the_place_of_the_first_link(house: House) {
    let founder = house.founded().await;
    let (user, old) = house.accounts.invite(&founder.cx, invitation(AGENT)).await.unwrap();
    let again = Invitation { roles: vec![Role::Viewer, Role::Viewer], ..invitation("TOMAS@brightloom.example") };
    let (same, new) = house.accounts.invite(&founder.cx, again).await.unwrap();
    assert_eq!(user, same);
    assert_eq!(code(house.accounts.join(&house.nobody(), old.token, joining()).await), "link-spent");
    let session = house.accounts.join(&house.nobody(), new.token, joining()).await.unwrap();
    assert_eq!(house.signed(&session).await.user.roles, [Role::Viewer]);
    for taken in [AGENT, FOUNDER] {
        assert_eq!(code(house.accounts.invite(&founder.cx, invitation(taken)).await), "email-taken");
    }
    let nothing = Invitation { email: "x".to_owned(), name: String::new(), roles: Vec::new() };
    let outcome = house.accounts.invite(&founder.cx, nothing).await;
    assert_eq!(wrong(outcome), [("email", "not-an-email"), ("name", "missing"), ("roles", "missing")]);
}

async fn an_invitation_is_taken_back(house: House) {
    let founder = house.founded().await;
    let (user, link) = house.accounts.invite(&founder.cx, invitation(AGENT)).await.unwrap();
    house.accounts.withdraw_invitation(&founder.cx, user).await.unwrap();
    assert_eq!(code(house.accounts.join(&house.nobody(), link.token, joining()).await), "link-spent");
    assert_eq!(code(house.accounts.withdraw_invitation(&founder.cx, user).await), "wrong-state");
    assert_eq!(house.lines_of(verbs::INVITE_REVOKE).await.len(), 1);
    house.accounts.enable_person(&founder.cx, user).await.unwrap();
    let (_, link) = house.accounts.invite(&founder.cx, invitation(AGENT)).await.unwrap();
    assert!(house.accounts.join(&house.nobody(), link.token, joining()).await.is_ok());
}

async fn an_agent_cannot_invite_or_learn_who_is_here(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    for email in [FOUNDER, "nobody@brightloom.example", "not an address"] {
        assert_eq!(code(house.accounts.invite(&agent.cx, invitation(email)).await), "forbidden");
        assert_eq!(code(house.accounts.invite(&house.nobody(), invitation(email)).await), "forbidden");
    }
    let made_up: UserId = Id::from_uuid(Uuid::from_u128(7));
    for user in [founder.user.id, made_up] {
        assert_eq!(code(house.accounts.change_roles(&agent.cx, user, vec![Role::Viewer]).await), "not-found");
        assert_eq!(code(house.accounts.disable_person(&agent.cx, user).await), "not-found");
        assert_eq!(code(house.accounts.enable_person(&agent.cx, user).await), "not-found");
    }
    assert_eq!(code(house.accounts.list_people(&agent.cx).await), "forbidden");
    let denied = house.lines_of(verbs::INVITE).await;
    assert_eq!(denied.iter().filter(|line| line.outcome == Outcome::Denied("forbidden".into())).count(), 6);
    assert_eq!(house.lines_of("grant").await.len(), 3);
}

async fn nobody_changes_their_own_roles(house: House) {
    let founder = house.founded().await;
    let own = founder.user.id;
    let outcome = house.accounts.change_roles(&founder.cx, own, vec![Role::SecurityOfficer]).await;
    assert_eq!(code(outcome), "on-oneself");
    assert_eq!(code(house.accounts.disable_person(&founder.cx, own).await), "on-oneself");
    let denied = house.lines_of("grant").await;
    assert!(denied.len() == 2 && denied.iter().all(|line| told(line, own)));
}

async fn the_last_administrator_stays(house: House) {
    let founder = house.founded().await;
    let operator = house.operator();
    assert_eq!(code(house.accounts.disable_person(&operator, founder.user.id).await), "last-administrator");
    let outcome = house.accounts.change_roles(&operator, founder.user.id, vec![Role::Manager]).await;
    assert_eq!(code(outcome), "last-administrator");
    let second = house.joined(&founder.cx, AGENT, &[Role::Administrator]).await;
    house.accounts.change_roles(&second.cx, founder.user.id, vec![Role::Manager]).await.unwrap();
    assert_eq!(code(house.accounts.disable_person(&operator, second.user.id).await), "last-administrator");
}

async fn two_administrators_cannot_remove_each_other(house: House) {
    let founder = house.founded().await;
    let second = house.joined(&founder.cx, AGENT, &[Role::Administrator]).await;
    let (one, other) = tokio::join!(
        house.accounts.disable_person(&founder.cx, second.user.id),
        house.accounts.disable_person(&second.cx, founder.user.id),
    );
    assert_ne!(one.is_ok(), other.is_ok());
}

async fn other_roles_end_the_sessions_that_had_the_old_ones(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let session = house.sign_in(AGENT, PASSWORD).await.unwrap();
    house.signed(&session).await;
    house.accounts.change_roles(&founder.cx, agent.user.id, vec![Role::Agent]).await.unwrap();
    house.signed(&session).await;
    house.accounts.change_roles(&founder.cx, agent.user.id, vec![Role::Manager]).await.unwrap();
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    assert_eq!(house.lines_of(verbs::ROLE_GRANT).await[0].fact_of("roles"), Some("manager"));
    assert_eq!(house.lines_of(verbs::ROLE_REVOKE).await[0].fact_of("roles"), Some("agent"));
    let session = house.sign_in(AGENT, PASSWORD).await.unwrap();
    assert_eq!(house.signed(&session).await.user.roles, [Role::Manager]);
    assert_eq!(
        wrong(house.accounts.change_roles(&founder.cx, agent.user.id, Vec::new()).await),
        [("roles", "missing")]
    );
}

async fn a_disabled_person_is_out_at_once(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let session = house.sign_in(AGENT, PASSWORD).await.unwrap();
    house.signed(&session).await;
    house.accounts.disable_person(&founder.cx, agent.user.id).await.unwrap();
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    assert_eq!(code(house.sign_in(AGENT, PASSWORD).await), "wrong-credentials");
    assert_eq!(code(house.accounts.disable_person(&founder.cx, agent.user.id).await), "wrong-state");
    let ended = house.lines_of(verbs::SESSION_END).await;
    assert_eq!((ended[0].fact_of("why"), ended[0].fact_of("sessions")), (Some("user-disabled"), Some("2")));
    house.accounts.enable_person(&founder.cx, agent.user.id).await.unwrap();
    assert_eq!(code(house.recognise(&session).await), "signed-out");
    assert!(house.sign_in(AGENT, PASSWORD).await.is_ok());
}
