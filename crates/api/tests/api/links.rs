//! What a record links to, and what links to it.

use std::time::Duration;

use authz::Role;
use serde_json::{Value, json};
use testkit::{Actor, App};
use tokens::TokenForm;

use crate::client::{Client, raw, router};

testkit::on_both_engines! {
    links_lead_both_ways_and_into_no_bin => super::both;
    what_is_hidden_is_no_link_and_is_not_counted => super::hidden;
    a_token_follows_no_link_that_it_was_not_made_for => super::narrow;
    many_links_go_on_in_their_list => super::many;
}

fn ids(of: &Value) -> Vec<&str> {
    of.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

/// Returns those that link to a record from an object.
fn from<'a>(answer: &'a Value, object: &str) -> &'a Value {
    let all = answer["from"].as_array().unwrap();
    &all.iter().find(|group| group["object"] == object).unwrap_or_else(|| panic!("{answer}"))["data"]
}

fn last(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

/// Fails when: a link leads to what lies in the bin, or out of it.
async fn both(app: App) {
    let its = Client::of(&app, &app.founder().await).await;
    let company = its.make("companies", json!({ "name": "Zqworks" })).await;
    let contact = its.make("contacts", json!({ "name": "Zqann", "company": last(&company) })).await;
    let deal = its.make("deals", json!({ "name": "Zqsale", "contact": last(&contact) })).await;
    let gone = its.make("deals", json!({ "name": "Zqgone", "contact": last(&contact) })).await;
    assert_eq!(its.delete(&gone).await.status, 204);
    let answer = its.get(&format!("{contact}/links")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let links = answer.json();
    let to = json!([{ "field": "company", "object": "company", "id": last(&company), "title": "Zqworks" }]);
    assert_eq!(links["to"], to);
    assert_eq!(from(&links, "deal"), &json!([{ "id": last(&deal), "title": "Zqsale" }]));
    assert_eq!(from(&links, "task"), &json!([]));
    assert_eq!(its.delete(&company).await.status, 204);
    assert_eq!(its.get(&format!("{contact}/links")).await.json()["to"], json!([]));
    assert_eq!(its.get(&format!("{company}/links")).await.status, 404);
    assert_eq!(its.get(&format!("{contact}/links?limit=1")).await.status, 422);
    app.finish(&[]).await;
}

/// Fails when: a target is told of without asking who may see it, or the other way round.
async fn hidden(app: App) {
    let (founder, ann) = (app.founder().await, app.person("Ann Agent", Role::Agent).await);
    let (theirs, hers) = (Client::of(&app, &founder).await, Client::of(&app, &ann).await);
    let company = theirs.make("companies", json!({ "name": "Zqhidden" })).await;
    let contact = hers.make("contacts", json!({ "name": "Ona" })).await;
    let own = hers.make("tasks", json!({ "title": "Call", "contact": last(&contact) })).await;
    theirs.make("tasks", json!({ "title": "Zqhidden", "contact": last(&contact) })).await;
    assert_eq!(theirs.patch(&contact, json!({ "company": last(&company) })).await.status, 200);
    let seen = theirs.get(&format!("{contact}/links")).await.json();
    assert_eq!((ids(&seen["to"]).len(), ids(from(&seen, "task")).len()), (1, 2));
    let answer = hers.get(&format!("{contact}/links")).await;
    let links = answer.json();
    assert_eq!((ids(&links["to"]), ids(from(&links, "task"))), (Vec::new(), vec![last(&own)]));
    assert!(!answer.text.contains("Zqhidden") && !answer.text.contains(last(&company)), "{}", answer.text);
    // Somebody else's record has no links for her, as one that never was.
    let (there, never) = (format!("{company}/links"), "/api/v1/companies/00000000-0000-7000-8000-000000000001/links");
    let (there, never) = (hers.get(&there).await, hers.get(never).await);
    assert_eq!(there.status, 404);
    assert_eq!(there.seen(), never.seen());
    app.finish(&[]).await;
}

async fn token(app: &App, owner: &Actor, scopes: &[&str], fields: &[&str]) -> String {
    let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let form = TokenForm {
        label: "x".to_owned(),
        lasts: Duration::from_secs(86_400),
        scopes: Some(texts(scopes)),
        fields: texts(fields),
        ..TokenForm::default()
    };
    app.tokens.create(&app.operator(), owner.id, form).await.unwrap().token.expose().clone()
}

/// Fails when: a link is told of by a field, an object or a name that the token does not see.
async fn narrow(app: App) {
    let founder = app.founder().await;
    let its = Client::of(&app, &founder).await;
    let company = its.make("companies", json!({ "name": "Zqworks" })).await;
    let contact = its.make("contacts", json!({ "name": "Zqann", "company": last(&company) })).await;
    let deal = its.make("deals", json!({ "name": "Zqsale", "contact": last(&contact) })).await;
    let ask = async |token: &str, url: &str| {
        let line = format!("Bearer {token}");
        raw(&router(&app), "GET", &format!("{url}/links"), &[("authorization", &line)], String::new()).await
    };
    // One object: nothing of the others, not even that there are none.
    let one = token(&app, &founder, &["contact:read"], &[]).await;
    assert_eq!(ask(&one, &contact).await.json(), json!({ "to": [], "from": [] }));
    // A field that is not seen is no link, and a name that is not seen is not said.
    let blind =
        token(&app, &founder, &["contact:read", "company:read", "deal:read"], &["contact:city", "deal:contact"]).await;
    let links = ask(&blind, &contact).await;
    assert_eq!(links.json()["to"], json!([]));
    assert_eq!(from(&links.json(), "deal"), &json!([{ "id": last(&deal), "title": null }]));
    assert!(!links.text.contains("Zqsale"), "{}", links.text);
    let links = ask(&blind, &deal).await.json();
    let to = json!([{ "field": "contact", "object": "contact", "id": last(&contact), "title": null }]);
    assert_eq!(links["to"], to);
    let by_field = token(&app, &founder, &["contact:read", "deal:read"], &["deal:name"]).await;
    let links = ask(&by_field, &contact).await.json();
    assert_eq!((&links["to"], &links["from"]), (&json!([]), &json!([])));
    app.finish(&[]).await;
}

/// Fails when: `next` is not where the list goes on.
async fn many(app: App) {
    let its = Client::of(&app, &app.founder().await).await;
    let company = its.make("companies", json!({ "name": "Works" })).await;
    for n in 0..53 {
        its.make("contacts", json!({ "name": format!("C {n}"), "company": last(&company) })).await;
    }
    let links = its.get(&format!("{company}/links")).await.json();
    let group = links["from"].as_array().unwrap().iter().find(|group| group["object"] == "contact").unwrap();
    assert_eq!(ids(&group["data"]).len(), 50);
    let rest = its.get(group["next"].as_str().unwrap()).await.json();
    let rest = ids(&rest["data"]);
    assert_eq!(rest.len(), 3);
    assert!(rest.iter().all(|id| !ids(&group["data"]).contains(id)));
    app.finish(&[]).await;
}
