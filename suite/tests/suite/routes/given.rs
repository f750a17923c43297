//! Ids of people, teams, roles, records and of what hangs on them, where a form, an address or a message of an assistant names
//! them beside what it is about: what is there and not for whoever asks is answered like what never was.

use std::time::Duration;

use authz::{Area, Reach, Role, Verb};
use records::RecordRef;
use serde_json::{Value, json};
use testkit::App;
use tokens::{ASSISTANT, PROPOSES, TokenForm};

use super::cases;
use crate::support::http::{Answer, Client};
use crate::support::scene::{Scene, absent, one_of_each};

testkit::on_both_engines! {
    a_name_in_a_form_of_what_is_not_theirs_is_a_name_of_nothing => super::forms;
    an_export_is_asked_about_nothing_hidden => super::exports;
    an_assistant_names_nothing_hidden => super::assistants;
    what_hangs_on_one_thing_is_not_reached_through_another => super::beside;
    people_and_roles_that_are_not_there_are_given_nothing => super::people;
}

/// Returns an answer without the ids in it, which are those of what was asked or made.
fn seen(answer: &Answer) -> String {
    let text = answer.seen();
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    let bytes = text.as_bytes();
    while from < bytes.len() {
        let id = text.get(from..from + 36).and_then(|part| part.parse::<kernel::RecordId>().ok());
        match (id, text.get(from..).and_then(|rest| rest.chars().next())) {
            (Some(_), _) => {
                kept.push_str("ID");
                from += 36;
            }
            (None, Some(letter)) => {
                kept.push(letter);
                from += letter.len_utf8();
            }
            (None, None) => break,
        }
    }
    kept
}

/// Asks twice, and holds that both were refused, or shown nothing, alike.
async fn alike(client: &Client, (method, told): (&str, &str), ids: [&str; 2], of: impl Fn(&str) -> Ask) -> u16 {
    let [mut one, mut other] = [None, None];
    for (answer, id) in [(&mut one, ids[0]), (&mut other, ids[1])] {
        let (url, fields) = of(id);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        *answer = Some(if method == "GET" { client.get(&url).await } else { client.post(&url, &fields).await });
    }
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.status < 500, "{told}: {one:?}");
    assert_eq!(seen(&one), seen(&other), "{told}");
    one.status
}

/// An address, and the fields of a form.
type Ask = (String, Vec<(&'static str, String)>);

/// What may not change.
async fn rows(scene: &Scene) -> Vec<i64> {
    let mut rows = Vec::new();
    for sql in [
        "select count(*) from record_share",
        "select count(*) from team_member",
        "select count(*) from call_check",
        "select count(*) from proposal",
        "select count(*) from r_deal",
        "select cast(sum(version) as bigint) from r_contact",
        "select cast(sum(version) as bigint) from app_user where state <> 'invited'",
    ] {
        rows.push(scene.raw.number(sql).await);
    }
    rows
}

/// Fails when: `share::open`, `begin` of calls, or a page that fills a form asks whether a row is there and not who may know of it.
async fn forms(app: App) {
    let scene = Scene::set(app).await;
    let (actor, browser, _) = scene.somebody("Bo Chen", Role::Agent).await;
    assert_eq!(browser.get("/").await.status, 200);
    let own = one_of_each(&actor).await;
    let own = own.iter().find(|at| at.object.as_str() == "contact").unwrap();
    let gone = scene.app.person("Gone Away", Role::Agent).await.id;
    scene.app.accounts.disable_person(&scene.founder.cx, gone).await.unwrap();
    let guest = cases::invited(&scene.app).await.0.to_string();
    let (gone, never, before) = (gone.to_string(), absent().to_string(), rows(&scene).await);
    for id in [&gone, &guest] {
        let with = |id: &str| vec![("with", format!("person:{id}")), ("until", "2026-12-24".to_owned())];
        let share = |id: &str| (format!("/contacts/{}/sharing", own.id), with(id));
        assert_eq!(alike(&browser, ("POST", "share"), [id, &never], share).await, 422);
        let call = |id: &str| ("/verify-call".to_owned(), vec![("colleague", id.to_owned())]);
        assert_eq!(alike(&browser, ("POST", "call"), [id, &never], call).await, 404);
        let why = |id: &str| (format!("/contacts/{}/sharing?who={id}", own.id), Vec::new());
        alike(&browser, ("GET", "why"), [id, &never], why).await;
    }
    let team = |id: &str| vec![("with", format!("team:{id}")), ("until", "2026-12-24".to_owned())];
    let person = gone.as_str();
    let share = |id: &str| (format!("/contacts/{}/sharing", own.id), team(id));
    assert_eq!(alike(&browser, ("POST", "share with a team"), [person, &never], share).await, 422);
    for at in &scene.records {
        let id = at.id.to_string();
        for (plural, field) in [("deals", "contact"), ("deals", "company"), ("contacts", "company"), ("tasks", "deal")]
        {
            let fill = |id: &str| (format!("/{plural}/new?{field}={id}"), Vec::new());
            assert_eq!(alike(&browser, ("GET", "a filled form"), [&id, &never], fill).await, 200);
            let made = |id: &str| {
                (
                    format!("/{plural}"),
                    vec![("name", "x".to_owned()), ("title", "x".to_owned()), (field, id.to_owned())],
                )
            };
            let status = alike(&browser, ("POST", "a linked record"), [&id, &never], made).await;
            assert!((400..500).contains(&status), "{plural} {field} {}: {status}", at.object);
        }
        let place = |id: &str| ("/settings/canaries".to_owned(), vec![("address", format!("/contacts/{id}"))]);
        assert_eq!(alike(&browser, ("POST", "a canary"), [&id, &never], place).await, 403);
        let token = async |id: &str| {
            let rows = format!("deal:{}:is:{id}", at.object);
            let fields = [("label", "x"), ("expires", "30"), ("scopes", "deal:read"), ("rows", rows.as_str())];
            browser.post("/settings/account/tokens", &fields).await.status
        };
        assert_eq!(token(&id).await, token(&never).await, "a token of a row, {}", at.object);
    }
    assert_eq!(rows(&scene).await, before, "something was made");
    scene.end().await;
}

/// Fails when: a preview counts what its asker may not see, or a plan holds a condition that says so.
async fn exports(app: App) {
    let scene = Scene::set(app).await;
    let (records, charter) = (scene.app.records.clone(), Role::Agent.charter());
    let charter = charter.grant(Area::Records, Verb::Export, Reach::Own);
    let saving =
        scene.app.db.write(&scene.founder.cx, move |tx| roles::save(tx, records.objects(), Role::Agent, "", &charter));
    saving.await.unwrap();
    scene.app.accounts.forget_everybody();
    let (actor, browser, _) = scene.somebody("Bo Chen", Role::Agent).await;
    assert_eq!(browser.get("/").await.status, 200);
    one_of_each(&actor).await;
    let never = absent().to_string();
    for (object, field) in [("contact", "company"), ("deal", "contact"), ("deal", "company"), ("task", "deal")] {
        let id = scene.record(field).id.to_string();
        let look = |id: &str| (format!("/exports/new?object={object}&f={field}:is:{id}"), Vec::new());
        assert_eq!(alike(&browser, ("GET", "a preview"), [&id, &never], look).await, 200);
        let title = if object == "task" { "title" } else { "name" };
        let fields = |id: &str| {
            vec![
                ("object", object.to_owned()),
                ("f", format!("{field}:is:{id}")),
                ("field", title.to_owned()),
                ("reason", "Letter".to_owned()),
            ]
        };
        let plan = |id: &str| ("/exports".to_owned(), fields(id));
        alike(&browser, ("POST", "a plan"), [&id, &never], plan).await;
    }
    let planned = scene.raw.number("select cast(coalesce(sum(total), 0) as bigint) from export_run").await;
    assert_eq!(planned, 0, "a hidden record was counted");
    scene.raw.run("delete from job").await;
    scene.end().await;
}

/// Returns what an assistant is told without the mark around it, which no two answers share.
fn unframed(answer: &Answer) -> String {
    let seen = seen(answer);
    let mark = seen.split("<data-").nth(1).and_then(|rest| rest.split('>').next()).map(str::to_owned);
    mark.map_or(seen.clone(), |mark| seen.replace(&mark, "MARK"))
}

/// Fails when: a tool, or what it proposes, looks a row up without asking who may know of it.
async fn assistants(app: App) {
    let scene = Scene::set(app).await;
    let (actor, ..) = scene.somebody("Bo Chen", Role::Agent).await;
    let own = one_of_each(&actor).await;
    let own = |object: &str| own.iter().find(|at| at.object.as_str() == object).unwrap();
    let form = TokenForm {
        label: "x".to_owned(),
        lasts: Duration::from_secs(86_400),
        scopes: Some(vec![ASSISTANT.to_owned(), PROPOSES.to_owned()]),
        ..TokenForm::default()
    };
    let made = scene.app.tokens.create(&scene.app.operator(), actor.id, form).await.unwrap();
    let its = Client::program(&scene.site, made.token.expose()).with("mcp-protocol-version", "2025-11-25");
    let before = rows(&scene).await;
    let call = async |name: &str, arguments: Value| {
        let params = json!({ "name": name, "arguments": arguments });
        let asked = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
        its.json("POST", "/mcp", &asked).await
    };
    for target in &scene.records {
        let object = target.object.as_str();
        let ask = |at: &str| {
            let change = json!({ "object": object, "id": at, "fields": { "tags": "x" }, "why": "x" });
            let note = json!({ "object": "note", "why": "x", "fields": { "text": "x", "contact": at } });
            let sale = json!({ "object": "deal", "why": "x", "fields": { "name": "x", "company": at } });
            let link = |at: &str, own: &RecordRef, field: &str| json!({ "object": own.object.as_str(), "id": own.id.to_string(), "fields": { field: at }, "why": "x" });
            vec![
                ("get_record", json!({ "object": object, "id": at })),
                ("get_timeline", json!({ "object": object, "id": at })),
                ("list_records", json!({ "object": "deal", "filters": [format!("contact:is:{at}")] })),
                ("count_records", json!({ "object": "task", "filters": [format!("deal:is:{at}")] })),
                ("search", json!({ "query": at })),
                ("propose_change", change),
                ("propose_new", note),
                ("propose_new", sale),
                ("propose_change", link(at, own("contact"), "company")),
                ("propose_change", link(at, own("task"), "deal")),
            ]
        };
        let (there, never) = (ask(&target.id.to_string()), ask(&absent().to_string()));
        for ((tool, hidden), (_, nothing)) in there.into_iter().zip(never) {
            let (one, other) = (call(tool, hidden.clone()).await, call(tool, nothing).await);
            assert_eq!(unframed(&one), unframed(&other), "{tool} {hidden}");
        }
    }
    assert_eq!(rows(&scene).await, before, "something was proposed");
    scene.end().await;
}

/// Fails when: what is named second in an address is found without what is named first.
async fn beside(app: App) {
    let scene = Scene::set(app).await;
    let (actor, browser, _) = scene.somebody("Bo Chen", Role::Agent).await;
    assert_eq!(browser.get("/").await.status, 200);
    let own = one_of_each(&actor).await;
    let own = own.iter().find(|at| at.object.as_str() == "contact").unwrap();
    let share = cases::shared(&scene, &scene.record("contact").id.to_string()).await;
    let (_, delivery) = scene.webhook().await;
    let hooks = webhooks::Webhooks::new(scene.app.accounts.clone(), scene.app.records.clone());
    let plan = webhooks::Plan {
        name: "Own".to_owned(),
        url: "https://hook.example/own".to_owned(),
        events: vec!["contact.created".to_owned()],
        fields: Vec::new(),
    };
    let (hook, _) = hooks.create(&actor.cx, plan).await.unwrap();
    let never = absent().to_string();
    let before = rows(&scene).await;
    let end = |id: &str| (format!("/contacts/{}/sharing/{id}/end", own.id), Vec::new());
    assert_eq!(alike(&browser, ("POST", "a share"), [&share, &never], end).await, 404);
    let again = |id: &str| (format!("/settings/account/webhooks/{hook}/again/{id}"), Vec::new());
    assert_eq!(alike(&browser, ("POST", "a delivery"), [&delivery, &never], again).await, 409);
    assert_eq!(rows(&scene).await, before);
    let sent = scene.raw.number("select count(*) from webhook_delivery where state = 'failed'").await;
    assert_eq!(sent, 1, "another's delivery goes again");
    scene.end().await;
}

/// Fails when: a role, team or person that is not there is written to somebody, or a weak role learns which there are.
async fn people(app: App) {
    let scene = Scene::set(app).await;
    let (actor, browser, _) = scene.somebody("Bo Chen", Role::Agent).await;
    let (_, chief, _) = scene.somebody("Adi Chief", Role::Administrator).await;
    for client in [&browser, &chief] {
        assert_eq!(client.get("/").await.status, 200);
    }
    let (role, team) = (cases::made(&scene).await, cases::new_team(&scene).await);
    let never = absent().to_string();
    let nothing = role.replace(|letter: char| letter.is_ascii_hexdigit(), "0");
    let before = rows(&scene).await;
    // Whoever may not asks in vain, whatever they name.
    let roles = |id: &str| (format!("/settings/people/{}/roles", actor.id), vec![("roles", id.to_owned())]);
    assert_eq!(alike(&browser, ("POST", "roles"), [&role, &nothing], roles).await, 404);
    let copy = |id: &str| ("/settings/roles".to_owned(), vec![("from", id.to_owned()), ("name", "x".to_owned())]);
    assert_eq!(alike(&browser, ("POST", "a copied role"), [&role, &nothing], copy).await, 403);
    let above = |id: &str| ("/settings/teams".to_owned(), vec![("name", "x".to_owned()), ("parent", id.to_owned())]);
    assert_eq!(alike(&browser, ("POST", "a team"), [&team, &never], above).await, 403);
    let next = |id: &str| {
        let to = [("to", "handed".to_owned()), ("successor", id.to_owned())];
        (format!("/settings/people/{}/state", scene.founder.id), to.to_vec())
    };
    alike(&browser, ("POST", "a successor"), [&actor.id.to_string(), &never], next).await;
    // Whoever may names only what is there.
    let somebody = scene.app.person("Some Body", Role::Viewer).await.id;
    let after = rows(&scene).await;
    for (field, id) in [("team", &never), ("roles", &nothing)] {
        let fields = [("roles", "viewer"), (field, id.as_str())];
        let answer = chief.post(&format!("/settings/people/{somebody}/roles"), &fields).await;
        assert!((400..500).contains(&answer.status), "{field}: {answer:?}");
    }
    let invited = [("name", "Guest"), ("email", "guest@zq.example"), ("roles", nothing.as_str())];
    let answer = chief.post("/settings/people", &invited).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert_eq!(rows(&scene).await, after);
    assert_eq!(before.len(), after.len());
    scene.end().await;
}
