//! What AI assistants suggest: nothing happens before the person says so, and then only what they saw.

use std::time::Duration;

use authz::Role;
use proposals::{MOST_OPEN, Proposals, Shown};
use records::{ListQuery, RecordRef};
use serde_json::{Value, json};
use testkit::{Actor, App};
use tokens::{ASSISTANT, PROPOSES, TokenForm};

use crate::attack::budget::opened;
use crate::support::http::{Answer, Client, site};
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    what_an_assistant_suggests_happens_when_its_person_says_so => super::whole;
    only_a_token_made_for_it_suggests => super::scope;
    nobody_else_and_no_program_answers => super::others;
    a_suggestion_is_for_the_record_that_was_looked_at => super::outdated;
    what_was_answered_is_not_answered_again => super::once;
    two_nodes_do_once_what_was_accepted_at_both => super::nodes;
    suggestions_are_few_and_go => super::limits;
    what_is_suggested_lies_sealed => super::sealed;
    what_cannot_be_done_is_not_suggested => super::wrong;
}

const DAY: Duration = Duration::from_secs(86_400);

async fn client(app: &App, actor: &Actor, scopes: &[&str]) -> Client {
    let scopes = Some(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    let form = TokenForm { label: "Zqassistant".to_owned(), lasts: DAY * 30, scopes, ..TokenForm::default() };
    let made = app.tokens.create(&app.operator(), actor.id, form).await.unwrap();
    Client::program(&site(app), made.token.expose()).with("mcp-protocol-version", "2025-11-25")
}

async fn ask(client: &Client, method: &str, params: Value) -> Value {
    let asked = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    serde_json::from_str(&client.json("POST", "/mcp", &asked).await.text).unwrap()
}

/// Calls a tool; what it answers, or what it says instead.
async fn call(client: &Client, name: &str, arguments: Value) -> Result<Value, String> {
    let json = ask(client, "tools/call", json!({"name": name, "arguments": arguments})).await;
    let result = &json["result"];
    if result["isError"] == json!(false) {
        Ok(result["structuredContent"]["data"].clone())
    } else {
        Err(result["content"][0]["text"].as_str().map_or_else(|| json.to_string(), str::to_owned))
    }
}

fn change(at: &RecordRef, fields: Value) -> Value {
    json!({"object": at.object.as_str(), "id": at.id.to_string(), "fields": fields, "why": "Zqwhy it moved"})
}

async fn suggested(client: &Client, at: &RecordRef, fields: Value) -> String {
    let done = call(client, "propose_change", change(at, fields)).await.unwrap();
    assert_eq!(done["changed"], json!(false));
    done["proposed"].as_str().unwrap().to_owned()
}

async fn contact(of: &Actor) -> RecordRef {
    of.create("contact", &[("name", CANARY), ("city", "Zqold"), ("stage", "lead")]).await.unwrap()
}

async fn answer(browser: &Client, id: &str, act: &str) -> Answer {
    browser.post(&format!("/suggestions/{id}/{act}"), &[]).await
}

/// Fails when: a proposal changes something by itself, the page shows other values than are written, or the ledger has no line.
async fn whole(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let (its, browser) = (client(&app, &founder, &[ASSISTANT, PROPOSES]).await, Client::of(&site(&app), &founder));
    let id = suggested(&its, &at, json!({"city": "Zqnew", "stage": "customer"})).await;
    let before = founder.record(&at).await.unwrap();
    assert_eq!((before.current_version(), before.value("city").and_then(records::Value::as_text)), (1, Some("Zqold")));
    let page = browser.get("/suggestions").await;
    for said in ["Zqold", "Zqnew", "Zqwhy it moved", "Zqassistant", "Customer", "comes from a program"] {
        assert!(page.status == 200 && page.text.contains(said), "{said}: {}", page.text);
    }
    let menu = |text: &str| text.contains("<span class=\"due-n\">1<span class=\"vh\"> Waiting for you");
    assert!(menu(&page.text) && menu(&browser.get("/contacts").await.text), "the menu says how many wait");
    let zh = browser.with("accept-language", "zh-CN").get("/suggestions").await;
    assert!(zh.status == 200, "{zh:?}");
    assert_eq!(answer(&browser, &id, "accept").await.status, 303);
    assert!(!menu(&browser.get("/contacts").await.text));
    let after = founder.record(&at).await.unwrap();
    assert_eq!((after.current_version(), after.value("city").and_then(records::Value::as_text)), (2, Some("Zqnew")));
    assert!(!browser.get("/suggestions").await.text.contains("Zqnew"));

    // A new record, and one that is rejected.
    let note = json!({"text": "Zqnote", "kind": "note", "contact": at.id.to_string()});
    let note = json!({"object": "note", "fields": note, "why": "Zqwhy"});
    let made = call(&its, "propose_new", note.clone()).await.unwrap()["proposed"].as_str().unwrap().to_owned();
    let not = call(&its, "propose_new", note).await.unwrap()["proposed"].as_str().unwrap().to_owned();
    assert!(browser.get("/suggestions").await.text.contains("Zqnote"));
    assert_eq!(answer(&browser, &made, "accept").await.status, 303);
    assert_eq!(answer(&browser, &not, "reject").await.status, 303);
    let count = founder.read(|records, tx| Ok(records.count_records(tx, "note", &ListQuery::default())?.counted));
    assert_eq!(count.await.unwrap(), 1);
    sequence::settle(&app.db, &founder.cx).await.unwrap();
    let events = founder.read(|records, tx| records.ledger_page(tx, None, 500)).await.unwrap().events;
    let said = |verb: &str| events.iter().filter(|event| event.verb == verb).count();
    assert_eq!((said("propose"), said("proposal-accept"), said("proposal-reject")), (3, 2, 1));
    app.finish(&[CANARY]).await;
}

/// Fails when: the tools are there for tokens that were made to read.
async fn scope(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let reads = client(&app, &founder, &[ASSISTANT]).await;
    let tools = ask(&reads, "tools/list", json!({})).await.to_string();
    assert!(tools.contains("get_record") && !tools.contains("propose"), "{tools}");
    let refused =
        ask(&reads, "tools/call", json!({"name": "propose_change", "arguments": change(&at, json!({"city": "x"}))}))
            .await;
    assert_eq!(refused["error"]["code"], json!(-32602), "{refused}");
    // What suggests still writes through no door.
    let its = client(&app, &founder, &[ASSISTANT, PROPOSES, "contact:read", "contact:update"]).await;
    let url = format!("/api/v1/contacts/{}", at.id);
    assert_eq!(its.json("PATCH", &url, &json!({"fields": {"city": "x"}})).await.status, 403);
    let form = TokenForm {
        label: "x".to_owned(),
        lasts: DAY,
        scopes: Some(vec![PROPOSES.to_owned()]),
        ..TokenForm::default()
    };
    assert!(app.tokens.create(&app.operator(), founder.id, form).await.is_err());
    assert!(tokens::scopes_of(&[PROPOSES.to_owned()]).is_err());
    app.finish(&[CANARY]).await;
}

/// Fails when: `own` does not ask whose it is, or a program can answer.
async fn others(app: App) {
    let founder = app.founder().await;
    let other = app.person("Ona Other", Role::Manager).await;
    let at = contact(&founder).await;
    let its = client(&app, &founder, &[ASSISTANT, PROPOSES]).await;
    let id = suggested(&its, &at, json!({"city": "Zqnew"})).await;
    let theirs = Client::of(&site(&app), &other);
    let made_up = "00000000-0000-7000-8000-000000000001";
    for act in ["accept", "reject"] {
        let (there, gone) = (answer(&theirs, &id, act).await, answer(&theirs, made_up, act).await);
        assert_eq!((there.status, gone.status), (404, 404), "{act}");
        assert_ne!(its.json("POST", &format!("/suggestions/{id}/{act}"), &json!({})).await.status, 303);
    }
    assert!(!theirs.get("/suggestions").await.text.contains("Zqnew"));
    let proposals = Proposals::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let program = app.program(&app.token(&founder).await).await;
    assert!(proposals.accept(&program, id.parse().unwrap()).await.is_err());
    assert!(proposals.reject(&program, id.parse().unwrap()).await.is_err());
    assert_eq!(founder.record(&at).await.unwrap().current_version(), 1);
    // Who may not change it makes no change by accepting it either.
    let viewer = app.person("Vic Viewer", Role::Viewer).await;
    let its = client(&app, &viewer, &[ASSISTANT, PROPOSES]).await;
    let id = suggested(&its, &at, json!({"city": "Zqnew"})).await;
    assert_eq!(answer(&Client::of(&site(&app), &viewer), &id, "accept").await.status, 403);
    assert_eq!(founder.record(&at).await.unwrap().current_version(), 1);
    app.finish(&[CANARY]).await;
}

/// Fails when: the version is not handed to the use case.
async fn outdated(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let (its, browser) = (client(&app, &founder, &[ASSISTANT, PROPOSES]).await, Client::of(&site(&app), &founder));
    let id = suggested(&its, &at, json!({"city": "Zqnew"})).await;
    founder.update(&at, Some(1), &[("street", "Zqroad 1")]).await.unwrap();
    let page = browser.get("/suggestions").await;
    assert!(page.text.contains("has changed since") && !page.text.contains(&format!("{id}/accept")), "{}", page.text);
    let refused = answer(&browser, &id, "accept").await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let after = founder.record(&at).await.unwrap();
    assert_eq!(after.value("city").and_then(records::Value::as_text), Some("Zqold"));
    assert_eq!(answer(&browser, &id, "reject").await.status, 303);
    app.finish(&[CANARY]).await;
}

/// Fails when: `end` does not ask whether it waits.
async fn once(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let (its, browser) = (client(&app, &founder, &[ASSISTANT, PROPOSES]).await, Client::of(&site(&app), &founder));
    let note = json!({"object": "note", "why": "x", "fields": {"text": "Zqnote", "contact": at.id.to_string()}});
    let id = call(&its, "propose_new", note).await.unwrap()["proposed"].as_str().unwrap().to_owned();
    let proposals = Proposals::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (proposals, cx, id) = (proposals.clone(), founder.cx.clone(), id.parse().unwrap());
        tries.spawn(async move { proposals.accept(&cx, id).await.is_ok() });
    }
    let done = tries.join_all().await.into_iter().filter(|done| *done).count();
    assert_eq!(done, 1);
    assert_eq!(answer(&browser, &id, "reject").await.status, 404);
    let count = founder.read(|records, tx| Ok(records.count_records(tx, "note", &ListQuery::default())?.counted));
    assert_eq!(count.await.unwrap(), 1);
    app.finish(&[CANARY]).await;
}

/// Fails when: `end` ends what the other node has ended in the meantime.
async fn nodes(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let its = client(&app, &founder, &[ASSISTANT, PROPOSES]).await;
    let other = opened(&app).await;
    let nodes = [&app.db, &other].map(|db| Proposals::new(db.clone(), app.vault.clone(), app.records.clone()));
    for round in 0..5 {
        let note = json!({"object": "note", "why": "x", "fields": {"text": "Zqnote", "contact": at.id.to_string()}});
        let id = call(&its, "propose_new", note).await.unwrap()["proposed"].as_str().unwrap().to_owned();
        let mut tries = tokio::task::JoinSet::new();
        for n in 0..8 {
            let (node, cx, id) = (nodes[n % 2].clone(), founder.cx.clone(), id.parse().unwrap());
            tries.spawn(async move { node.accept(&cx, id).await.is_ok() });
        }
        let done = tries.join_all().await.into_iter().filter(|done| *done).count();
        assert_eq!(done, 1, "{round}");
    }
    let count = founder.read(|records, tx| Ok(records.count_records(tx, "note", &ListQuery::default())?.counted));
    assert_eq!(count.await.unwrap(), 5);
    drop((nodes, other));
    app.finish(&[CANARY]).await;
}

/// Fails when: nobody counts what waits, or what nobody answered stays.
async fn limits(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let (its, browser) = (client(&app, &founder, &[ASSISTANT, PROPOSES]).await, Client::of(&site(&app), &founder));
    let mut last = String::new();
    for n in 0..MOST_OPEN {
        last = suggested(&its, &at, json!({"city": format!("Zq{n}")})).await;
    }
    let refused = call(&its, "propose_change", change(&at, json!({"city": "more"}))).await.unwrap_err();
    assert!(refused.contains("Too many"), "{refused}");
    assert_eq!(answer(&browser, &last, "reject").await.status, 303);
    suggested(&its, &at, json!({"city": "again"})).await;
    app.clock.advance(DAY * 7);
    let page = browser.get("/suggestions").await;
    assert!(!page.text.contains("again"), "{}", page.text);
    let proposals = Proposals::new(app.db.clone(), app.vault.clone(), app.records.clone());
    assert_eq!(proposals.tidy(&app.operator()).await.unwrap(), u64::try_from(MOST_OPEN).unwrap() + 1);
    app.finish(&[CANARY]).await;
}

/// Fails when: what is proposed lies in the clear, or outlives the person it is about.
async fn sealed(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let its = client(&app, &founder, &[ASSISTANT, PROPOSES]).await;
    suggested(&its, &at, json!({"city": "Zqsecrettown"})).await;
    let raw = Raw::open(app.data()).await;
    let stored = raw.blobs("select sealed from proposal").await;
    assert!(stored.len() == 1 && !stored[0].is_empty());
    let about = raw.number("select count(*) from proposal where subject_id is not null").await;
    assert_eq!(about, 1, "it is sealed under the key of the contact");
    app.finish(&[CANARY, "Zqsecrettown", "Zqwhy"]).await;
}

/// Fails when: a proposal is taken that the person could not make, or that would tell the program what it does not see.
async fn wrong(app: App) {
    let founder = app.founder().await;
    let at = contact(&founder).await;
    let its = client(&app, &founder, &[ASSISTANT, PROPOSES]).await;
    for (fields, why) in [
        (json!({"nonesuch": 1}), "unknown-field"),
        (json!({"stage": "nonesuch"}), "stage"),
        (json!({"national_id": "123"}), "national_id"),
        (json!({"version": 7}), "unknown-field"),
        (json!({}), "change nothing"),
        (json!({"city": "Zqold"}), "change nothing"),
    ] {
        let refused = call(&its, "propose_change", change(&at, fields.clone())).await.unwrap_err();
        assert!(refused.contains(why), "{fields}: {refused}");
    }
    let mut silent = change(&at, json!({"city": "x"}));
    silent["why"] = json!("  ");
    assert!(call(&its, "propose_change", silent).await.unwrap_err().contains("Say in"));
    // Hidden and absent are one.
    let bo = app.person("Bo Agent", Role::Agent).await;
    let its = client(&app, &bo, &[ASSISTANT, PROPOSES]).await;
    let gone = RecordRef { object: at.object.clone(), id: crate::support::scene::absent() };
    let there = call(&its, "propose_change", change(&at, json!({"city": "x"}))).await.unwrap_err();
    assert_eq!(there, call(&its, "propose_change", change(&gone, json!({"city": "x"}))).await.unwrap_err());
    let proposals = Proposals::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let waiting = app.db.read(&founder.cx, move |tx| proposals.list_in(tx)).await.unwrap();
    assert!(waiting.iter().all(|one| matches!(one.shown, Shown::Ready { .. })) && waiting.is_empty());
    app.finish(&[CANARY]).await;
}
