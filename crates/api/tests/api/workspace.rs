//! What is no record: people, roles, teams, and whoever asks.

use std::time::Duration;

use authz::Role;
use serde_json::{Value, json};
use testkit::{Actor, App};
use tokens::TokenForm;

use crate::client::{Answer, raw, router};

testkit::on_both_engines! {
    the_workspace_opens_only_to_a_token_that_names_it => super::named;
    who_works_here_is_told_to_whom_the_page_tells_it => super::policy;
    pages_of_people_and_teams_lose_nobody => super::pages;
    a_token_is_told_whom_it_acts_for_and_what_it_may => super::me;
    a_program_sees_and_ends_the_tokens_of_its_owner => super::tokens;
    the_access_log_is_read_page_by_page_by_whoever_may => super::ledger;
}

/// A program with a token of its own.
struct Program {
    router: axum::Router,
    line: String,
}

impl Program {
    async fn of(app: &App, owner: &Actor, scopes: Option<&[&str]>) -> Self {
        let scopes = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect());
        let form = TokenForm {
            label: "Zqlabel".to_owned(),
            lasts: Duration::from_secs(86_400),
            scopes,
            ..TokenForm::default()
        };
        let made = app.tokens.create(&app.operator(), owner.id, form).await.unwrap();
        Self { router: router(app), line: format!("Bearer {}", made.token.expose()) }
    }

    async fn get(&self, url: &str) -> Answer {
        self.ask("GET", url).await
    }

    async fn ask(&self, method: &str, url: &str) -> Answer {
        raw(&self.router, method, url, &[("authorization", &self.line)], String::new()).await
    }
}

async fn team(app: &App, actor: &Actor, name: &'static str) -> String {
    let put = move |tx: &mut db::WriteTx<'_>| roles::team::put(tx, None, name, None);
    app.db.write(&actor.cx, put).await.unwrap().to_string()
}

/// Fails when: a door of the workspace asks `Tokens::admit` for nothing, or everything is more than every record.
async fn named(app: App) {
    let founder = app.founder().await;
    let team = team(&app, &founder, "North").await;
    let urls = [
        ("user", "/api/v1/users".to_owned()),
        ("user", format!("/api/v1/users/{}", founder.id)),
        ("role", "/api/v1/roles".to_owned()),
        ("role", "/api/v1/roles/agent".to_owned()),
        ("team", "/api/v1/teams".to_owned()),
        ("team", format!("/api/v1/teams/{team}")),
        ("token", "/api/v1/tokens".to_owned()),
        ("ledger", "/api/v1/ledger".to_owned()),
    ];
    let every = ["user:read", "role:read", "team:read", "token:read", "ledger:read"];
    let everything = Program::of(&app, &founder, None).await;
    assert_eq!(everything.get("/api/v1/contacts").await.status, 200);
    for (word, url) in &urls {
        let refused = everything.get(url).await;
        assert_eq!((refused.status, refused.problem()["code"].clone()), (403, json!("forbidden")), "{url}");
        let scope = format!("{word}:read");
        let others: Vec<&str> = every.into_iter().filter(|other| *other != scope).chain(["everything"]).collect();
        assert_eq!(Program::of(&app, &founder, Some(&others)).await.get(url).await.status, 403, "{url} {others:?}");
        let named = Program::of(&app, &founder, Some(&[&scope])).await;
        assert_eq!(named.get(url).await.status, 200, "{url}");
        assert_eq!(named.get("/api/v1/contacts").await.status, 403);
        let both = Program::of(&app, &founder, Some(&[&scope, "everything"])).await;
        assert_eq!((both.get(url).await.status, both.get("/api/v1/contacts").await.status), (200, 200), "{url}");
    }
    app.finish(&[]).await;
}

/// Fails when: a door asks for the scope and not for the policy.
async fn policy(app: App) {
    let founder = app.founder().await;
    let team = team(&app, &founder, "North").await;
    let agent = app.person("Zqann Lee", Role::Agent).await;
    let every = Some(&["user:read", "role:read", "team:read", "everything"][..]);
    let (theirs, hers) = (Program::of(&app, &founder, every).await, Program::of(&app, &agent, every).await);
    let shown = theirs.get(&format!("/api/v1/users/{}", agent.id)).await;
    let user = shown.json();
    assert_eq!((user["name"].clone(), user["email"].clone()), (json!("Zqann Lee"), json!(agent.email)));
    assert_eq!((user["state"].clone(), user["roles"].clone()), (json!("active"), json!(["agent"])));
    assert_eq!(user["team_id"], Value::Null);
    let (absent, at) = (kernel::UserId::from_uuid(kernel::Uuid::nil()), format!("/api/v1/users/{}", founder.id));
    let (there, never) = (hers.get(&at).await, hers.get(&format!("/api/v1/users/{absent}")).await);
    assert_eq!(there.status, 404);
    assert_eq!(there.seen(), never.seen());
    assert_eq!(theirs.get(&format!("/api/v1/users/{absent}")).await.status, 404);
    assert_eq!(theirs.get("/api/v1/users/search").await.status, 404);
    for (url, status) in [("/api/v1/users", 403), ("/api/v1/roles", 403), ("/api/v1/teams", 200)] {
        assert_eq!(hers.get(url).await.status, status, "{url}");
    }
    let (there, never) = (hers.get("/api/v1/roles/agent").await, hers.get("/api/v1/roles/nothing").await);
    assert_eq!(there.status, 403);
    assert_eq!(there.seen(), never.seen());
    assert_eq!(hers.get(&format!("/api/v1/teams/{team}")).await.json()["name"], json!("North"));
    let roles = theirs.get("/api/v1/roles").await.json();
    let all = roles["data"].as_array().unwrap();
    let of = |id: &str| all.iter().find(|role| role["id"] == id).unwrap();
    assert_eq!((of("agent")["built_in"].clone(), of("agent")["holders"].clone()), (json!(true), json!(1)));
    let read = json!({ "area": "records", "object": null, "action": "read", "reach": "team" });
    assert!(of("agent")["grants"].as_array().unwrap().contains(&read), "{}", of("agent"));
    // What its owner loses, it loses.
    let administrator = app.person("Zqida Moe", Role::Administrator).await;
    let its = Program::of(&app, &administrator, every).await;
    assert_eq!(its.get("/api/v1/users").await.status, 200);
    app.accounts.change_roles(&founder.cx, administrator.id, vec![Role::Agent]).await.unwrap();
    assert_eq!(its.get("/api/v1/users").await.status, 403);
    app.finish(&["Zqann", "Zqida"]).await;
}

async fn walked(its: &Program, plural: &str) -> Vec<String> {
    let (mut ids, mut url) = (Vec::new(), format!("/api/v1/{plural}?limit=2"));
    loop {
        assert!(ids.len() < 100, "no end");
        let page = its.get(&url).await;
        let json = page.json();
        let data = json["data"].as_array().unwrap();
        assert!(data.len() <= 2);
        ids.extend(data.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = json["next"].as_str() else {
            assert!(page.header("link").is_none());
            return ids;
        };
        url = format!("/api/v1/{plural}?limit=2&after={next}");
        assert_eq!(page.header("link").unwrap(), format!("<{url}>; rel=\"next\""));
    }
}

async fn pages(app: App) {
    let founder = app.founder().await;
    let its = Program::of(&app, &founder, Some(&["user:read", "role:read", "team:read"])).await;
    let mut people = vec![founder.id.to_string()];
    for name in ["Ann Lee", "Bo Chen", "Cy Dorn", "Di Ek"] {
        people.push(app.person(name, Role::Agent).await.id.to_string());
    }
    let mut teams = Vec::new();
    for name in ["North", "South", "East"] {
        teams.push(team(&app, &founder, name).await);
    }
    for (plural, mut all) in [("users", people), ("teams", teams)] {
        all.sort_unstable();
        assert_eq!(walked(&its, plural).await, all);
    }
    assert_eq!(walked(&its, "roles").await.len(), Role::ALL.len());
    for (query, wrong) in [
        ("limit=0", ("limit", "limit")),
        ("limit=201", ("limit", "limit")),
        ("limit=x", ("limit", "limit")),
        ("after=x", ("after", "cursor")),
        ("f=name:is:x", ("f", "unknown-parameter")),
        ("limit=1&limit=2", ("limit", "repeated")),
    ] {
        let refused = its.get(&format!("/api/v1/users?{query}")).await;
        assert_eq!(refused.status, 422, "{query}");
        assert_eq!(refused.wrongs(), [(wrong.0.to_owned(), wrong.1.to_owned())], "{query}");
    }
    let long = its.get(&format!("/api/v1/roles?after={}", "0".repeat(65))).await;
    assert_eq!(long.wrongs(), [("after".to_owned(), "cursor".to_owned())]);
    assert_eq!(its.get("/api/v1/me?x=1").await.status, 422);
    app.finish(&[]).await;
}

/// Fails when: `revoke` lets a program at another's tokens, or ending one asks for no scope.
async fn tokens(app: App) {
    let (founder, ann) = (app.founder().await, app.person("Zqann Lee", Role::Agent).await);
    let theirs = Program::of(&app, &ann, None).await;
    let hers = app.tokens.list(&ann.cx).await.unwrap()[0].id;
    let every = ["everything", "token:read", "token:delete", "user:read"];
    let its = Program::of(&app, &founder, Some(&every)).await;
    let narrow = Program::of(&app, &founder, Some(&["contact:read", "token:read"])).await;
    let listed = its.get("/api/v1/tokens").await.json();
    // Made within a millisecond, they stand in whichever order.
    let broad = |token: &&Value| token.to_string().contains("everything");
    let data = listed["data"].as_array().unwrap();
    let (first, second) = (data.iter().find(broad).unwrap(), data.iter().find(|token| !broad(token)).unwrap());
    assert_eq!((first["label"].clone(), first["standing"].clone()), (json!("Zqlabel"), json!("good")));
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains(&hers.to_string()));
    let at = |id: &Value| format!("/api/v1/tokens/{}", id.as_str().unwrap());
    let absent = format!("/api/v1/tokens/{}", kernel::UserId::from_uuid(kernel::Uuid::nil()));
    // An administrator ends everybody's in a browser, and knows of this person; a program of theirs does not get at it.
    let there = its.ask("DELETE", &format!("/api/v1/tokens/{hers}")).await;
    assert_eq!(there.status, 404);
    assert_eq!(there.seen(), its.ask("DELETE", &absent).await.seen());
    assert_eq!(theirs.get("/api/v1/me").await.status, 200);
    // Another one only by its name, itself in any case.
    assert_eq!(narrow.ask("DELETE", &at(&first["id"])).await.status, 403);
    assert_eq!(its.get("/api/v1/me").await.status, 200);
    assert_eq!(narrow.ask("DELETE", &at(&second["id"])).await.status, 204);
    assert_eq!(narrow.get("/api/v1/me").await.status, 401);
    assert_eq!(its.ask("DELETE", &at(&second["id"])).await.status, 404);
    let listed = its.get("/api/v1/tokens").await.json();
    let ended = |token: &Value| (token["id"] == second["id"]) == (token["standing"] == json!("ended"));
    assert!(listed["data"].as_array().unwrap().iter().all(ended));
    assert_eq!(its.ask("DELETE", &at(&first["id"])).await.status, 204);
    assert_eq!(its.get("/api/v1/me").await.status, 401);
    app.finish(&["Zqann", "Zqlabel"]).await;
}

/// Fails when: the log opens to whoever may not read it, or a page of it leaves out what happened.
async fn ledger(app: App) {
    let founder = app.founder().await;
    let ann = app.person("Zqann Lee", Role::Agent).await;
    let hers = Program::of(&app, &ann, Some(&["everything", "ledger:read"])).await;
    assert_eq!(hers.get("/api/v1/ledger").await.status, 403);
    let its = Program::of(&app, &founder, Some(&["ledger:read"])).await;
    let contact = founder.create("contact", &[("name", "Zqwren Alder")]).await.unwrap();
    let (mut seen, mut url) = (Vec::new(), "/api/v1/ledger?limit=3".to_owned());
    loop {
        let page = its.get(&url).await;
        assert_eq!(page.status, 200, "{page:?}");
        let json = page.json();
        seen.extend(json["data"].as_array().unwrap().iter().cloned());
        let Some(next) = json["next"].as_str() else { break };
        url = format!("/api/v1/ledger?limit=3&after={next}");
        assert_eq!(page.header("link").unwrap(), format!("<{url}>; rel=\"next\""));
    }
    let made = seen.iter().find(|event| event["ids"] == json!([contact.id.to_string()])).unwrap();
    assert_eq!((made["verb"].clone(), made["outcome"].clone()), (json!("create"), json!("done")));
    assert_eq!(made["actor"], json!({ "kind": "user", "user_id": founder.id.to_string(), "token_id": null }));
    let positions: Vec<_> = seen.iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted_by(|one, other| one >= other) && positions.contains(&0), "{positions:?}");
    let denied = seen.iter().find(|event| event["outcome"] == "denied" && event["object"] == "ledger").unwrap();
    assert_eq!((denied["actor"]["kind"].clone(), denied["code"].clone()), (json!("token"), json!("forbidden")));
    assert!(!json!(seen).to_string().contains("Zq"));
    // It stands in the log itself that it was read.
    let again = its.get("/api/v1/ledger?limit=5").await.json().to_string();
    assert!(again.contains("ledger-read"), "{again}");
    for wrong in ["after=x", "after=-1"] {
        assert_eq!(its.get(&format!("/api/v1/ledger?{wrong}")).await.status, 422, "{wrong}");
    }
    app.finish(&["Zqann", "Zqwren", "Zqlabel"]).await;
}

async fn me(app: App) {
    let ann = app.person("Zqann Lee", Role::Agent).await;
    let its = Program::of(&app, &ann, Some(&["contact:read", "user:read", "team:read"])).await;
    let me = its.get("/api/v1/me").await.json();
    assert_eq!(me["user"], json!({ "id": ann.id.to_string(), "name": "Zqann Lee" }));
    assert_eq!(me["token"]["scopes"], json!(["contact:read", "team:read", "user:read"]));
    let may = |object: &str, reach: Value| json!({ "object": object, "action": "read", "reach": reach });
    // It was made to read people, which its owner may not.
    assert_eq!(me["may"], json!([may("contact", json!("team")), may("team", Value::Null)]));
    assert_eq!(me["people"]["hour"], json!({ "seen": 0, "soft": 500, "hard": 1000 }));
    assert!(!me.to_string().contains("Zqlabel") && !me.to_string().contains(&ann.email));
    let everything = Program::of(&app, &ann, None).await;
    ann.create("contact", &[("name", "Wren Alder")]).await.unwrap();
    assert_eq!(everything.get("/api/v1/contacts").await.status, 200);
    let me = everything.get("/api/v1/me").await.json();
    assert_eq!((me["token"]["scopes"].clone(), me["people"]["day"]["seen"].clone()), (Value::Null, json!(1)));
    assert!(me["may"].as_array().unwrap().iter().all(|one| one["object"] != "user" && one["object"] != "team"));
    app.finish(&["Zqann", "Zqlabel"]).await;
}
