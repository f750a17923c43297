//! Secrets in free text: found on every way in, kept by whoever means it, moved where they belong, refused where the workspace
//! says so.

use authz::{Level, Role};
use policy::SecretRule;
use records::{Change, ListQuery, RecordRef};
use scanner::Kind;
use serde_json::json;
use testkit::{Actor, App};

use crate::support::http::{self, Client};
use crate::support::import;
use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_form_points_out_a_secret_and_keeps_what_was_typed => super::form;
    a_secret_moves_to_a_field_where_it_is_covered => super::moved;
    a_program_says_that_it_means_it => super::program;
    what_a_workspace_does_not_keep_comes_in_nowhere => super::barred;
    what_stood_there_before_is_not_held_against_anybody => super::before;
}

/// A number that passes for one of a card: nobody has it, made of eights and a check digit.
fn card() -> String {
    let number = |digit: u32| format!("400088888888888{digit}");
    (0..10).map(number).find(|number| scanner::find(number).first().is_some_and(|f| f.kind == Kind::Card)).unwrap()
}

async fn contacts(actor: &Actor) -> Vec<RecordRef> {
    let list = |records: &records::Records, tx: &db::ReadTx<'_>| {
        let page = records.list_records(tx, "contact", &ListQuery::default())?;
        Ok(page.rows.iter().map(|row| row.at()).collect())
    };
    actor.read(list).await.unwrap()
}

async fn rule(app: &App, founder: &Actor, kind: Kind, rule: SecretRule) {
    let cx = founder.proved(app, Level::Resistant);
    app.db.write(&cx, move |tx| policy::change_secrets(tx, &[(kind, rule)])).await.unwrap();
}

/// Fails when: `secret::judge` is not asked on create, or finds nothing.
async fn form(app: App) {
    let (founder, site) = (app.founder().await, http::site(&app));
    let browser = Client::of(&site, &founder);
    let city = format!("paid with {}", card());
    let typed = [("name", "Mina Holt"), ("title", city.as_str())];
    let answer = browser.post("/contacts", &typed).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    let page = answer.seen();
    assert!(page.contains(&city) && page.contains("keep_secrets"), "what was typed stays, and can be meant");
    assert!(contacts(&founder).await.is_empty());

    let kept = browser.post("/contacts", &[&typed[..], &[("keep_secrets", "1")]].concat()).await;
    assert_eq!(kept.status, 303, "{kept:?}");
    let lines = acts(&Raw::data(&app).await).await;
    let said = lines.iter().flat_map(|act| &act.lines).find(|line| line.fact_of("holds").is_some()).unwrap();
    assert_eq!((said.verb.as_ref(), said.fact_of("holds")), (ledger::verbs::CREATE, Some("card")));

    let at = contacts(&founder).await.remove(0);
    let note = [("text", city.as_str()), ("kind", "note")];
    let answer = browser.post(&format!("/contacts/{}/note", at.id), &note).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(
        answer.seen().contains("keep_secrets") && answer.seen().contains("Mina Holt"),
        "the whole form, about the same person"
    );
    app.finish(&[]).await;
}

/// Fails when: a form does not move what it is asked to, moves it over what a masked field holds, or leaves it in the text.
async fn moved(app: App) {
    let (founder, site) = (app.founder().await, http::site(&app));
    let browser = Client::of(&site, &founder);
    let title = format!("id {} seen", card());
    let typed = [("name", "Mina Holt"), ("title", title.as_str()), ("move", "title:national_id")];
    let answer = browser.post("/contacts", &typed).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let at = contacts(&founder).await.remove(0);
    let (again, secret) = (at.clone(), card());
    let shown = founder.read(move |records, tx| {
        let record = records.read_record(tx, &again)?;
        Ok((record.value("title").cloned(), record.holds("national_id")))
    });
    let (kept, holds) = shown.await.unwrap();
    assert!(holds && !kept.as_ref().and_then(records::Value::as_text).unwrap().contains(&secret), "{kept:?}");
    // What is there already is not written over.
    let (other, url) = (format!("and {}", card()), format!("/contacts/{}", at.id));
    let answer = browser.post(&url, &[("title", other.as_str()), ("move", "title:national_id")]).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(!answer.seen().contains("title:national_id"), "and it is not offered");
    app.finish(&[&secret]).await;
}

/// Fails when: the API takes a secret that nobody said is meant, or does not take one that is.
async fn program(app: App) {
    let (founder, site) = (app.founder().await, http::site(&app));
    let program = Client::program(&site, &app.token(&founder).await);
    let mut body = json!({ "fields": { "name": "Mina Holt", "title": format!("pays by {}", card()) } });
    let refused = program.json("POST", "/api/v1/contacts", &body).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.seen().contains("secret-card"), "{refused:?}");
    body["keep_secrets"] = json!("yes");
    assert_eq!(program.json("POST", "/api/v1/contacts", &body).await.status, 422, "a word is not a yes");
    body["keep_secrets"] = json!(true);
    assert_eq!(program.json("POST", "/api/v1/contacts", &body).await.status, 201);
    app.finish(&[]).await;
}

/// Fails when: a rule that refuses is not asked by the use case, or not by an import; or somebody without the right, or without
/// a fresh proof, changes a rule.
async fn barred(app: App) {
    let founder = app.founder().await;
    let agent = app.person("Ann Agent", Role::Agent).await;
    let change = |tx: &mut db::WriteTx<'_>| policy::change_secrets(tx, &[(Kind::Card, SecretRule::Allow)]);
    assert!(app.db.write(&agent.cx, change).await.is_err());
    app.asks(Level::Multi, 5).await;
    let weak = Actor::again(&app, &founder.email).await;
    assert!(app.db.write(&weak.cx, change).await.is_err(), "not without a proof");
    app.asks(Level::Single, 12 * 60).await;
    rule(&app, &founder, Kind::Card, SecretRule::Refuse).await;
    let text = format!("pays by {}", card());
    let (typed, object) = (text.clone(), "contact");
    let kept = founder.write(move |records, tx| {
        let change = Change::new().text("name", "Mina Holt").text("title", typed).keeping_secrets();
        records.create_record(tx, object, change).map(|_| ())
    });
    assert!(matches!(kept.await, Err(records::RecordFault::Invalid(faults)) if faults[0].why.code() == "barred-card"));
    let file = format!("Name,Title\nMina Holt,{text}\nTom Ray,Buyer\n");
    let done = import::import(&app, &founder, "contact", file.as_bytes()).await.unwrap();
    assert_eq!((done.counts.created, done.counts.wrong), (1, 1));
    assert_eq!(done.problems[0].code, "barred-card");
    rule(&app, &founder, Kind::Card, SecretRule::Allow).await;
    founder.create("contact", &[("name", "Mina Holt"), ("title", &text)]).await.unwrap();
    app.finish(&[]).await;
}

/// Fails when: a change of something else is refused because of what a text held before.
async fn before(app: App) {
    let founder = app.founder().await;
    rule(&app, &founder, Kind::Card, SecretRule::Allow).await;
    let text = format!("pays by {}", card());
    let at = founder.create("contact", &[("name", "Mina Holt"), ("title", &text)]).await.unwrap();
    rule(&app, &founder, Kind::Card, SecretRule::Warn).await;
    founder.update(&at, None, &[("title", &format!("{text}, monthly"))]).await.unwrap();
    founder.update(&at, None, &[("city", "Lyon")]).await.unwrap();
    assert!(founder.update(&at, None, &[("city", &card())]).await.is_err());
    app.finish(&[]).await;
}
