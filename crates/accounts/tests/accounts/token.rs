//! Tokens for programs.

use std::time::Duration;

use accounts::{AccountFault, TokenForm};
use authz::{Cx, Role};
use kernel::Lang;
use ledger::{ActorRef, Origin, Via, verbs};

use crate::house::{HOUR, House, code, wrong};

const DAY: Duration = Duration::from_secs(86_400);
const AGENT: &str = "tomas@brightloom.example";

on_both_engines! {
    a_token_has_its_owners_rights_of_the_moment;
    a_token_ends;
    a_withdrawn_token_is_refused_at_once;
    a_disabled_owners_token_is_refused_at_once;
    nobody_makes_a_token_for_another;
}

fn form() -> TokenForm {
    TokenForm { label: "Nightly report for Mei".to_owned(), lasts: 30 * DAY }
}

async fn bearer(house: &House, token: &str) -> Result<Cx, AccountFault> {
    house.accounts.authenticate_token(token, Origin::via(Via::Api), house.request(), Lang::En).await
}

async fn a_token_has_its_owners_rights_of_the_moment(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let made = house.accounts.create_token(&agent.cx, agent.user.id, form()).await.unwrap();
    let token = made.token.expose();
    assert!(token.starts_with("custos_"));
    let cx = bearer(&house, token).await.unwrap();
    assert_eq!(cx.roles(), [Role::Agent]);
    assert_eq!(cx.actor(), ActorRef::Token { token: made.id, user: agent.user.id });
    assert_eq!((cx.person(), cx.session()), (Some(agent.user.id), None));
    house.accounts.change_roles(&founder.cx, agent.user.id, vec![Role::Viewer]).await.unwrap();
    let cx = bearer(&house, token).await.unwrap();
    assert_eq!(cx.roles(), [Role::Viewer]);
    let listed = house.accounts.list_tokens(&cx).await.unwrap();
    assert_eq!(listed[0].label, "Nightly report for Mei");
    assert_eq!(Some(listed[0].hint.as_str()), token.get(token.len() - 4..));
    assert!(listed[0].used_at.is_some());
    assert_eq!(code(house.accounts.create_token(&cx, agent.user.id, form()).await), "not-found");
}

async fn a_token_ends(house: House) {
    let founder = house.founded().await;
    let made = house.accounts.create_token(&house.operator(), founder.user.id, form()).await.unwrap();
    house.clock.advance(30 * DAY - HOUR);
    assert!(bearer(&house, made.token.expose()).await.is_ok());
    house.clock.advance(HOUR);
    assert_eq!(code(bearer(&house, made.token.expose()).await), "signed-out");
    for (lasts, why) in [(800 * DAY, "too-long"), (Duration::ZERO, "too-short")] {
        let outcome = house.accounts.create_token(&founder.cx, founder.user.id, TokenForm { lasts, ..form() }).await;
        assert_eq!(wrong(outcome), [("expires", why)]);
    }
    for wrong in ["", "custos_", "Bearer x", made.token.expose().trim_end_matches(|c| c != '_')] {
        assert_eq!(code(bearer(&house, wrong).await), "signed-out");
    }
    assert_eq!(house.lines_of(verbs::SIGN_IN_FAILED).await.len(), 1);
}

async fn a_withdrawn_token_is_refused_at_once(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let made = house.accounts.create_token(&founder.cx, founder.user.id, form()).await.unwrap();
    bearer(&house, made.token.expose()).await.unwrap();
    assert_eq!(code(house.accounts.revoke_token(&agent.cx, made.id).await), "not-found");
    house.accounts.revoke_token(&founder.cx, made.id).await.unwrap();
    assert_eq!(code(bearer(&house, made.token.expose()).await), "signed-out");
    assert_eq!(code(house.accounts.revoke_token(&founder.cx, made.id).await), "not-found");
    let made = house.accounts.create_token(&agent.cx, agent.user.id, form()).await.unwrap();
    house.accounts.revoke_token(&founder.cx, made.id).await.unwrap();
    assert_eq!(house.lines_of(verbs::TOKEN_REVOKE).await.len(), 2);
}

async fn a_disabled_owners_token_is_refused_at_once(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    let made = house.accounts.create_token(&agent.cx, agent.user.id, form()).await.unwrap();
    bearer(&house, made.token.expose()).await.unwrap();
    house.accounts.disable_person(&founder.cx, agent.user.id).await.unwrap();
    assert_eq!(code(bearer(&house, made.token.expose()).await), "signed-out");
    house.accounts.enable_person(&founder.cx, agent.user.id).await.unwrap();
    assert_eq!(code(bearer(&house, made.token.expose()).await), "signed-out");
}

async fn nobody_makes_a_token_for_another(house: House) {
    let founder = house.founded().await;
    let agent = house.joined(&founder.cx, AGENT, &[Role::Agent]).await;
    assert_eq!(code(house.accounts.create_token(&founder.cx, agent.user.id, form()).await), "not-found");
    assert_eq!(code(house.accounts.create_token(&house.nobody(), agent.user.id, form()).await), "not-found");
    assert_eq!(house.lines_of(verbs::TOKEN_CREATE).await.len(), 2);
}
