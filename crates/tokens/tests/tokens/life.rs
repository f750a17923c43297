//! Tokens for programs.

use std::time::Duration;

use crate::lines::lines_of;
use accounts::AccountFault;
use authz::{Cx, Role};
use kernel::Lang;
use ledger::{ActorRef, Origin, Via, verbs};
use testkit::App;
use tokens::{Presented, TokenFault, TokenForm};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

testkit::on_both_engines! {
    a_token_has_its_owners_rights_of_the_moment => super::rights_of_the_moment;
    a_token_ends => super::ends;
    a_withdrawn_token_is_refused_at_once => super::withdrawn;
    a_disabled_owners_token_is_refused_at_once => super::disabled;
    nobody_makes_a_token_for_another => super::for_another;
}

fn form() -> TokenForm {
    TokenForm { label: "Nightly report for Mei".to_owned(), lasts: 30 * DAY, ..TokenForm::default() }
}

async fn bearer(app: &App, token: &str) -> Result<Cx, TokenFault> {
    app.tokens.authenticate(Presented::Bearer(token), Origin::via(Via::Api), app.request(), Lang::En).await
}

fn code<T>(outcome: Result<T, impl kernel::Fault>) -> &'static str {
    outcome.err().map_or("no fault", |fault| fault.code())
}

fn wrong<T>(outcome: Result<T, AccountFault>) -> Vec<(&'static str, &'static str)> {
    match outcome.err() {
        Some(AccountFault::Invalid(wrong)) => wrong.iter().map(|w| (w.field, w.code)).collect(),
        other => panic!("{other:?}"),
    }
}

async fn rights_of_the_moment(app: App) {
    let (founder, agent) = (app.founder().await, app.person("Tomas Agent", Role::Agent).await);
    let made = app.tokens.create(&agent.cx, agent.id, form()).await.unwrap();
    let token = made.token.expose();
    assert!(token.starts_with("custos_"));
    let cx = bearer(&app, token).await.unwrap();
    assert_eq!(cx.roles(), [Role::Agent]);
    assert_eq!(cx.actor(), ActorRef::Token { token: made.id, user: agent.id });
    assert_eq!((cx.person(), cx.session()), (Some(agent.id), None));
    app.accounts.change_roles(&founder.cx, agent.id, vec![Role::Viewer]).await.unwrap();
    let cx = bearer(&app, token).await.unwrap();
    assert_eq!(cx.roles(), [Role::Viewer]);
    let listed = app.tokens.list(&cx).await.unwrap();
    assert_eq!(listed[0].label, "Nightly report for Mei");
    assert_eq!(Some(listed[0].hint.as_str()), token.get(token.len() - 4..));
    assert!(listed[0].used_at.is_some());
    assert_eq!(code(app.tokens.create(&cx, agent.id, form()).await), "not-found");
}

async fn ends(app: App) {
    let founder = app.founder().await;
    let made = app.tokens.create(&app.operator(), founder.id, form()).await.unwrap();
    app.clock.advance(30 * DAY - HOUR);
    assert!(bearer(&app, made.token.expose()).await.is_ok());
    app.clock.advance(HOUR);
    assert_eq!(code(bearer(&app, made.token.expose()).await), "signed-out");
    for (lasts, why) in [(800 * DAY, "too-long"), (Duration::ZERO, "too-short")] {
        let outcome = app.tokens.create(&app.operator(), founder.id, TokenForm { lasts, ..form() }).await;
        assert_eq!(wrong(outcome), [("expires", why)]);
    }
    for wrong in ["", "custos_", "Bearer x", made.token.expose().trim_end_matches(|c| c != '_')] {
        assert_eq!(code(bearer(&app, wrong).await), "signed-out");
    }
    assert_eq!(lines_of(&app, verbs::SIGN_IN_FAILED).await.len(), 1);
}

async fn withdrawn(app: App) {
    let (founder, agent) = (app.founder().await, app.person("Tomas Agent", Role::Agent).await);
    let made = app.tokens.create(&founder.cx, founder.id, form()).await.unwrap();
    bearer(&app, made.token.expose()).await.unwrap();
    assert_eq!(code(app.tokens.revoke(&agent.cx, made.id).await), "not-found");
    app.tokens.revoke(&founder.cx, made.id).await.unwrap();
    assert_eq!(code(bearer(&app, made.token.expose()).await), "signed-out");
    assert_eq!(code(app.tokens.revoke(&founder.cx, made.id).await), "not-found");
    let made = app.tokens.create(&agent.cx, agent.id, form()).await.unwrap();
    app.tokens.revoke(&founder.cx, made.id).await.unwrap();
    assert_eq!(lines_of(&app, verbs::TOKEN_REVOKE).await.len(), 2);
}

async fn disabled(app: App) {
    let (founder, agent) = (app.founder().await, app.person("Tomas Agent", Role::Agent).await);
    let made = app.tokens.create(&agent.cx, agent.id, form()).await.unwrap();
    bearer(&app, made.token.expose()).await.unwrap();
    app.accounts.disable_person(&founder.cx, agent.id).await.unwrap();
    // Nobody tries it in between: what was recognised a moment ago does not outlive the account.
    app.accounts.enable_person(&founder.cx, agent.id).await.unwrap();
    assert_eq!(code(bearer(&app, made.token.expose()).await), "signed-out");
}

async fn for_another(app: App) {
    let (founder, agent) = (app.founder().await, app.person("Tomas Agent", Role::Agent).await);
    let nobody = Cx::nobody(Origin::via(Via::Web), app.request(), Lang::En);
    assert_eq!(code(app.tokens.create(&founder.cx, agent.id, form()).await), "not-found");
    assert_eq!(code(app.tokens.create(&nobody, agent.id, form()).await), "not-found");
    assert_eq!(lines_of(&app, verbs::TOKEN_CREATE).await.len(), 2);
}
