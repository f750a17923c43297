//! Every address, asked by everybody.

pub(crate) mod cases;
mod factors;
mod given;
mod inside;
mod refused;
mod twins;

use authz::Role;
use testkit::{App, PASSWORD};

use self::cases::{Case, Sent, all, case, cases};
use crate::support::http::{BODY_LIMIT, Client, HOST, site};
use crate::support::ledger::done_in;
use crate::support::raw::Raw;
use crate::support::scene::{CANARY, Scene, absent};

testkit::on_both_engines! {
    nobody_and_garbage_get_nothing => super::nobody;
    who_has_no_right_sees_and_changes_nothing => super::weak;
    what_is_hidden_is_answered_like_what_is_absent => super::hidden;
    a_change_that_succeeds_leaves_a_ledger_line => super::ledgered;
    another_site_changes_nothing => super::cross_site;
    a_host_that_is_not_ours_is_refused => super::hosts;
    bodies_that_are_not_as_they_should_be_are_refused => super::bodies;
}

/// Routes that end the session of whoever asks, or begin another.
const ENDS: [&str; 13] = [
    "SignOut",
    "SignOutEverywhere",
    "EndSession",
    "JoinPage",
    "EnterPage",
    "SignInPage",
    "SecondStepPage",
    "PasskeyEnter",
    "ProviderLogout",
    "CallPublic",
    "AppToken",
    "ProvePage",
    "ProveAnswer",
];

/// How many records there are, and in which versions: a change shows.
async fn state(scene: &Scene) -> (i64, i64) {
    let raw = &scene.raw;
    let versions = raw.number("select cast(sum(version) as bigint) from r_contact");
    (versions.await, raw.number("select count(*) from app_user where state <> 'disabled'").await)
}

/// Fails when: a handler takes no `Signed` or `Bearer`, or one of them lets somebody in.
async fn nobody(app: App) {
    let scene = Scene::set(app).await;
    let nobody = Client::nobody(&scene.site).with("sec-fetch-site", "same-origin");
    let (cookie, token) = (&scene.founder.cookie, scene.app.token(&scene.founder).await);
    let mut altered = cookie.clone();
    let last = altered.pop().unwrap();
    altered.push(if last == 'A' { 'B' } else { 'A' });
    let mut askers = vec![
        nobody.clone(),
        nobody.with("cookie", &format!("custos={cookie}")),
        nobody.with("authorization", &format!("Bearer {cookie}")),
    ];
    for wrong in ["", "x", "a.b", &altered, &token, &"x".repeat(4_000), "%00", "\"", "null"] {
        askers.push(nobody.with("cookie", &format!("__Host-custos={wrong}")));
        if wrong != token {
            askers.push(nobody.with("authorization", &format!("Bearer {wrong}")));
        }
    }
    let cases = cases(&scene).await;
    let before = state(&scene).await;
    for case in cases.iter().filter(|case| !case.route.public) {
        for asker in &askers {
            let answer = case.by(asker).await;
            let to_the_door = answer.status == 303 && answer.header("location").starts_with("/sign-in");
            assert!(
                answer.status == 401 || (!case.is_change() && !case.is_api() && to_the_door),
                "{}: {answer:?}",
                case.told()
            );
            assert!(!answer.text.contains(CANARY), "{}", case.told());
            assert_eq!(answer.header("set-cookie"), "", "{}", case.told());
        }
    }
    for case in cases.iter().filter(|case| case.route.public && !case.is_change()) {
        let answer = case.by(&nobody).await;
        assert!(answer.status < 500 && !answer.text.contains(CANARY), "{}: {answer:?}", case.told());
    }
    assert_eq!(state(&scene).await, before);
    // A token opens no page, and a cookie no door for programs.
    let program = Client::program(&scene.site, &token);
    for case in cases.iter().filter(|case| !case.route.public) {
        let asker = if case.is_api() { Client::of(&scene.site, &scene.founder) } else { program.clone() };
        let answer = case.by(&asker).await;
        assert!(matches!(answer.status, 401 | 303) && !answer.text.contains(CANARY), "{}: {answer:?}", case.told());
    }
    assert_eq!(state(&scene).await, before);
    scene.end().await;
}

/// Fails when: a use case forgets to open a row or to ask for a scope, or a page shows what the role may not see.
async fn weak(app: App) {
    let scene = Scene::set(app).await;
    let cases = cases(&scene).await;
    let before = state(&scene).await;
    for (role, sees) in [
        (Role::Administrator, false),
        (Role::SecurityOfficer, false),
        (Role::Auditor, false),
        (Role::Agent, false),
        (Role::Viewer, true),
        (Role::Marketer, true),
    ] {
        let (_, browser, program) = scene.somebody(&format!("Weak {}", role.code().replace('_', " ")), role).await;
        let before = state(&scene).await;
        for case in cases.iter().filter(|case| !ENDS.contains(&case.route.name)) {
            // What an administrator may do to people, and anybody to what will be their own, is no weakness.
            let own = matches!(
                (role, case.route.name),
                (
                    Role::Administrator,
                    "PeoplePage"
                        | "PersonState"
                        | "PersonRoles"
                        | "RolesPage"
                        | "RolePage"
                        | "RoleRemove"
                        | "TeamNew"
                        | "TeamChange"
                        | "PolicyPage"
                        | "BudgetPage"
                        | "BudgetRaise"
                        | "ExportLimit"
                        | "RescueApprove"
                        | "RescueStop"
                        | "TokenEnd"
                        | "AppsPage"
                        | "WebhookState"
                ) | (Role::Administrator | Role::SecurityOfficer, "ApprovalReview" | "AppStop")
                    | (Role::SecurityOfficer, "CanariesPage" | "CanaryRelease" | "IntegrityPage" | "KeysPage")
            ) || (role == Role::Agent
                && matches!((case.route.name, case.method), ("ListPage" | "RecordList", "POST")));
            if own && case.is_change() {
                continue;
            }
            let answer = case.by(if case.is_api() { &program } else { &browser }).await;
            assert!(answer.status < 500, "{role:?} {}: {answer:?}", case.told());
            assert!(sees || !answer.text.contains(CANARY), "{role:?} {}: {answer:?}", case.told());
            let refused = matches!(answer.status, 403 | 404 | 409 | 422);
            let harmless = matches!(
                case.route.name,
                "Preferences"
                    | "BulkAct"
                    | "BulkUndo"
                    | "PasskeyAsk"
                    | "PasskeyNew"
                    | "AppOffer"
                    | "ProviderEnter"
                    | "CallPage"
                    | "CallAnswer"
                    | "CallCustomer"
                    | "ProviderJoin"
                    | "ProviderLink"
                    | "NoticesPage"
                    | "TokensPage"
                    | "WebhookList"
                    | "ProveAsk"
                    | "RescueStopOwn"
                    | "DeviceRegister"
                    | "DeviceRefresh"
                    | "RescuePage"
                    | "RescueLink"
                    | "ReadingPage"
                    | "RecordSearch"
                    | "AlikeHint"
                    | "AppAuthorize"
            );
            assert!(!case.is_change() || refused || harmless, "{role:?} {}: {answer:?}", case.told());
        }
        assert_eq!(state(&scene).await, before, "{role:?} changed something");
    }
    assert_eq!(state(&scene).await.0, before.0);
    scene.end().await;
}

/// Fails when: a handler tells "forbidden" where the row may not even be known, or puts the id into the page.
async fn hidden(app: App) {
    let scene = Scene::set(app).await;
    let (_, browser, program) = scene.somebody("Bo Chen", Role::Agent).await;
    let nothing = absent().to_string();
    let mut asked = 0;
    // Teams are known to everybody who works here: records are shared with them.
    for route in all().filter(|route| route.path.contains("{id}") && route.name != "OneTeam") {
        for method in route.methods {
            let case = case(&scene, route, method).await;
            let id = case.url.split('/').find(|part| part.len() == 36).unwrap().to_owned();
            let client = if case.is_api() { &program } else { &browser };
            for version in ["1", "2", ""] {
                let with = |url: &str, sent: &Sent| {
                    let sent = match sent {
                        Sent::Form(fields) => Sent::Form(
                            fields
                                .iter()
                                .map(|(n, v)| (*n, if *n == "version" { version.to_owned() } else { v.clone() }))
                                .collect(),
                        ),
                        Sent::Json(json) => Sent::Json(json.clone()),
                        _ => Sent::Nothing,
                    };
                    Case { route, method, url: url.to_owned(), sent }
                };
                let there = with(&case.url, &case.sent).by(client).await;
                let absent = with(&case.url.replace(&id, &nothing), &case.sent).by(client).await;
                // Settings of people are forbidden as a whole: there or not makes no difference.
                assert!(matches!(there.status, 403 | 404), "{}: {there:?}", case.told());
                assert_eq!(there.seen(), absent.seen(), "{}", case.told());
                asked += 1;
            }
        }
    }
    assert!(asked >= 30, "{asked}");
    scene.end().await;
}

/// Fails when: a write notes no line (and `Unledgered` is switched off), or uses `keep` for a fact.
async fn ledgered(app: App) {
    let scene = Scene::set(app).await;
    let token = scene.app.token(&scene.founder).await;
    for route in all() {
        for method in route.methods.iter().filter(|method| **method != "GET") {
            // Their own tests, in a house that is not set up, with an app, a passkey, and of a password.
            let elsewhere = [
                "SetUpPage",
                "AppConfirm",
                "AppRemove",
                "RecoveryRenew",
                "PasswordPage",
                "RescueLink",
                "ApprovalApprove",
                // A token of its own: `assistant.rs` holds that what was read is told of it.
                "AssistantDoor",
            ];
            if elsewhere.contains(&route.name) {
                continue;
            }
            if matches!(route.name, "DeviceAsk" | "DeviceProve" | "DeviceRegister" | "DeviceRefresh") {
                continue; // A session that is tied to no browser has nobody to ask: `attack/copied.rs` and `bound.rs` hold their lines.
            }
            if matches!(
                route.name,
                "PasskeyAsk" | "PasskeyEnter" | "PasskeyNew" | "PasskeyAdd" | "ProveAsk" | "ProveAnswer"
            ) {
                continue; // A question is no fact, and only a device answers it: the tests of `accounts` hold the lines of answers.
            }
            if matches!(route.name, "ProviderEnter" | "ProviderJoin" | "ProviderLink") {
                continue; // So is the way to the provider; `sso.rs` holds the lines of the way back.
            }
            let (case, browser) = (case(&scene, route, method).await, scene.fresh().await);
            let program = Client::program(&scene.site, &token);
            let answer = case.by(if case.is_api() { &program } else { &browser }).await;
            assert!((200..400).contains(&answer.status), "{}: {answer:?}", case.told());
            let request = answer.header("x-request-id").parse().unwrap();
            let lines = done_in(&scene.raw, request).await;
            assert!(lines.iter().any(|line| line.ends_with("Done")), "{} left {lines:?}", case.told());
        }
    }
    // The start of an import has put its job into the queue; nobody works here.
    scene.raw.run("delete from job").await;
    scene.end().await;
}

macro_rules! in_an_empty_house {
    ($($engine:ident)*) => {$(
        mod $engine {
            #[tokio::test(flavor = "multi_thread")]
            async fn setting_up_leaves_a_ledger_line_and_works_once() {
                if let Some(app) = testkit::App::empty(stringify!($engine)).await { super::super::setting_up(app).await; }
            }
        }
    )*};
}
mod first_run {
    in_an_empty_house!(sqlite postgres);
}

/// Fails when: `set_up` notes no line, or does not ask whether somebody can sign in already.
async fn setting_up(app: App) {
    let (site, raw) = (site(&app), Raw::data(&app).await);
    let link = app.accounts.first_run_link(&app.operator()).await.unwrap();
    let url = format!("/setup/{}", link.token.expose());
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    let fields = [("workspace", "W"), ("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
    assert_eq!(nobody.post(&url, &[("workspace", "")]).await.status, 422);
    assert_eq!(nobody.get(&url).await.status, 200);
    let made = nobody.post(&url, &fields).await;
    assert_eq!(made.status, 303, "{made:?}");
    let lines = done_in(&raw, made.header("x-request-id").parse().unwrap()).await;
    assert!(lines.iter().any(|line| line.ends_with("Done")), "{lines:?}");
    for again in [nobody.post(&url, &fields).await, nobody.get(&url).await] {
        assert_eq!(again.status, 404, "{again:?}");
    }
    app.finish(&["ada@example.org"]).await;
}

/// Fails when: `prove` or `is_proven` in httpkit says yes.
async fn cross_site(app: App) {
    const FROM_NOWHERE: usize = 4;
    let scene = Scene::set(app).await;
    let cases = cases(&scene).await;
    let before = state(&scene).await;
    let founder = Client::of(&scene.site, &scene.founder).without("sec-fetch-site");
    let askers = [
        founder.with("sec-fetch-site", "cross-site"),
        founder.with("sec-fetch-site", "same-site"),
        founder.with("origin", "https://evil.example"),
        founder.with("origin", "null"),
        founder.clone(),
        founder.with("x-csrf-token", "0123456789abcdef0123456789abcdef"),
    ];
    for case in cases.iter().filter(|case| case.is_change() && !case.is_api()) {
        for (n, asker) in askers.iter().enumerate() {
            // Every browser says where a change comes from. Who says nothing is a program, and for one that signs in there is
            // no session yet whose token it could know.
            if n >= FROM_NOWHERE && case.route.public {
                continue;
            }
            let answer = case.by(asker).await;
            assert_eq!(answer.status, 403, "{}: {answer:?}", case.told());
        }
    }
    assert_eq!(state(&scene).await, before);
    scene.end().await;
}

/// Fails when: `Hosts::check` lets any name through.
async fn hosts(app: App) {
    let scene = Scene::set(app).await;
    let cases = cases(&scene).await;
    let token = scene.app.token(&scene.founder).await;
    for case in &cases {
        let founder =
            if case.is_api() { Client::program(&scene.site, &token) } else { Client::of(&scene.site, &scene.founder) };
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", &format!("{HOST}.evil.example")]
        {
            let answer = case.by(&founder.with("host", host)).await;
            assert!(answer.status == 421 && !answer.text.contains(CANARY), "{}: {answer:?}", case.told());
        }
        for asker in [founder.without("host"), founder.with("host", "a b"), founder.with("host", "")] {
            let answer = case.by(&asker).await;
            assert!(answer.status == 400 && !answer.text.contains(CANARY), "{}: {answer:?}", case.told());
        }
    }
    let ours = Client::of(&scene.site, &scene.founder).with("host", HOST).get("/").await;
    assert_eq!(ours.status, 200, "{ours:?}");
    scene.end().await;
}

/// Fails when: the body limit of `protect` or a parser in httpkit is taken away.
async fn bodies(app: App) {
    let scene = Scene::set(app).await;
    let cases = cases(&scene).await;
    let token = scene.app.token(&scene.founder).await;
    let before = state(&scene).await;
    let ends = [
        "SignOut",
        "SignOutEverywhere",
        "EndSession",
        "TokenEnd",
        "EnterPage",
        "RestoreRecord",
        "ImportStart",
        "JoinPage",
        "PasskeyAsk",
        "PasskeyNew",
        "PasskeyRemove",
        "CallCustomer",
        "ProviderLink",
        "ProviderUnlink",
        "RoleRemove",
        "ShareEnd",
        "ProveAsk",
        "BudgetRaise",
        "CanaryRelease",
        "IntegrityPage",
        "HoldLift",
        "SuggestionAccept",
        "SuggestionReject",
        "WebhookSecret",
        "WebhookTest",
        "WebhookRemove",
        "WebhookAgain",
        // Their token is one for everything: `assistant.rs` sends what is no message.
        "AssistantDoor",
    ];
    for case in
        cases.iter().filter(|case| case.is_change() && case.method != "DELETE" && !ends.contains(&case.route.name))
    {
        let founder =
            if case.is_api() { Client::program(&scene.site, &token) } else { Client::of(&scene.site, &scene.founder) };
        let kind = if case.is_api() { "application/json" } else { "application/x-www-form-urlencoded" };
        for (kind, body) in [
            (kind, vec![b'x'; BODY_LIMIT + 1]),
            (kind, b"a=%ff&name=%80".to_vec()),
            ("multipart/form-data; boundary=edge", b"--edge\r\nnonsense".to_vec()),
            ("multipart/form-data", b"--edge".to_vec()),
            ("text/plain", b"name=x".to_vec()),
            ("application/xml", b"<x/>".to_vec()),
        ] {
            let answer = founder.send(case.method, &case.url, kind, body).await;
            assert!(matches!(answer.status, 400 | 413 | 415 | 422), "{} as {kind}: {answer:?}", case.told());
        }
        for method in ["PUT", "TRACE", "CONNECT", "PROPFIND"] {
            let answer = founder.send(method, &case.url, "", Vec::new()).await;
            assert!(matches!(answer.status, 404 | 405 | 400), "{method} {}: {answer:?}", case.told());
        }
    }
    assert_eq!(state(&scene).await, before);
    scene.end().await;
}
