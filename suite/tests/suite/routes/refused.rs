//! What is refused, and what shows nothing: both are in the ledger.

use authz::Role;
use serde_json::json;
use testkit::App;

use super::ENDS;
use super::cases::cases;
use crate::support::ledger::acts;
use crate::support::scene::Scene;

testkit::on_both_engines! {
    a_refusal_leaves_a_ledger_line => super::refusals;
    a_list_that_shows_nobody_leaves_a_ledger_line => super::empty;
}

/// Fails when: a use case or a page refuses and notes no denial.
async fn refusals(app: App) {
    let scene = Scene::set(app).await;
    let cases = cases(&scene).await;
    let mut refused = Vec::new();
    for role in [Role::Administrator, Role::Auditor, Role::Agent, Role::Viewer] {
        let (_, browser, program) = scene.somebody(&format!("Some {}", role.code().replace('_', " ")), role).await;
        for case in cases.iter().filter(|case| !case.route.public && !ENDS.contains(&case.route.name)) {
            // What an administrator changes would hold for everybody after.
            if role == Role::Administrator && case.is_change() {
                continue;
            }
            let answer = case.by(if case.is_api() { &program } else { &browser }).await;
            if answer.status == 403 {
                refused.push((answer.header("x-request-id").to_owned(), format!("{role:?} {}", case.told())));
            }
        }
    }
    assert!(refused.len() > 60, "{}", refused.len());
    let acts = acts(&scene.raw).await;
    let denied = |request: &str| {
        let own = acts.iter().filter(|act| act.request.to_string() == request).flat_map(|act| &act.lines);
        own.into_iter().any(|line| matches!(line.outcome, ledger::Outcome::Denied(_)))
    };
    let silent: Vec<_> = refused.iter().filter(|(request, _)| !denied(request)).map(|(_, told)| told).collect();
    assert!(silent.is_empty(), "{} of {} refusals left no line: {silent:#?}", silent.len(), refused.len());
    scene.end().await;
}

/// Fails when: `list_records` notes no line where there is no row, or a search that finds nobody notes none.
async fn empty(app: App) {
    let scene = Scene::set(app).await;
    let (_, browser, program) = scene.somebody("Bo Chen", Role::Agent).await;
    let asked = [
        (&browser, "/contacts?as=list", "list contact"),
        (&browser, "/contacts?as=board", "list contact"),
        (&browser, "/contacts?as=list&f=email:is:person@zq.example", "list contact"),
        (&browser, "/deals?as=list&bin=1", "list deal"),
        (&browser, "/search?q=Zqperson", "search contact"),
        (&program, "/api/v1/contacts", "list contact"),
        (&program, "/api/v1/contacts?f=email:is:person@zq.example", "list contact"),
        (&program, "/api/v1/deals?sort=-amount", "list deal"),
        (&program, "/api/v1/teams", "list team"),
        (&program, "/api/v1/me", "read token"),
        (&program, "/api/v1/tokens", "list token"),
    ];
    for (client, url, line) in asked {
        let answer = client.get(url).await;
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        let request = answer.header("x-request-id").parse().unwrap();
        let lines = crate::support::ledger::done_in(&scene.raw, request).await;
        let own: Vec<_> = lines.iter().filter(|done| done.starts_with(line)).collect();
        assert_eq!(own, [&format!("{line} Done")], "{url} left {lines:?}");
    }
    let said = program.get("/api/v1/contacts").await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said.text).unwrap()["data"], json!([]));
    scene.end().await;
}
