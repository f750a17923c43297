//! Law 4: no line, no answer. The ledger's table is taken away by somebody from outside, in the middle of work.
//!
//! That a write without a line is refused, that a stale version changes nothing and that a panic harms nobody are tested
//! where they live, in `db/tests/laws.rs`.

use testkit::App;

use crate::support::http::{Client, site};
use crate::support::raw::Raw;
use crate::support::scene::{CANARY, Scene};

testkit::on_both_engines! {
    without_a_ledger_nothing_is_shown_on_pages_and_to_programs => super::nothing_shown;
    without_a_ledger_no_use_case_answers => super::no_answer;
    without_a_ledger_nothing_is_changed => super::nothing_changed;
    without_a_ledger_nobody_gets_in => super::nobody_in;
    a_denial_whose_line_cannot_be_written_is_still_a_denial => super::denied_all_the_same;
}

const TAKE_AWAY: &str = "alter table ledger_entry rename to ledger_taken";
const PUT_BACK: &str = "alter table ledger_taken rename to ledger_entry";

/// Addresses whose pages hold the canary.
fn telling(scene: &Scene) -> Vec<String> {
    let contact = scene.record("contact").id;
    let pages = [
        "/",
        "/contacts",
        "/contacts?as=list&f=owner:is:me",
        "/deals",
        "/deals?as=list",
        "/tasks",
        "/notes",
        "/companies",
        "/search?q=zqcanary",
    ];
    let mut all: Vec<String> = pages.map(str::to_owned).to_vec();
    all.extend(["", "/edit", "?tab=access"].map(|more| format!("/contacts/{contact}{more}")));
    all.push(format!("/import/{}", scene.import));
    all
}

/// Fails when: `hand_over` in `db/src/handle.rs` sends the result before its line is written.
async fn nothing_shown(app: App) {
    let scene = Scene::set(app).await;
    let token = scene.app.token(&scene.founder).await;
    let (founder, program) = (Client::of(&scene.site, &scene.founder), Client::program(&scene.site, &token));
    let contact = scene.record("contact").id;
    let pages = telling(&scene);
    let machine = ["/api/v1/contacts".to_owned(), format!("/api/v1/contacts/{contact}")];
    for address in pages.iter().chain(&machine) {
        let client = if address.starts_with("/api") { &program } else { &founder };
        let before = client.get(address).await;
        assert!(before.status == 200 && before.text.contains(CANARY), "{address}: {before:?}");
        scene.raw.run(TAKE_AWAY).await;
        let answer = client.get(address).await;
        let reveal = founder.post(&format!("/contacts/{contact}/reveal/national_id"), &[("reason", "call")]).await;
        scene.raw.run(PUT_BACK).await;
        assert!(answer.status >= 500 && !answer.text.contains(CANARY), "{address}: {answer:?}");
        assert!(reveal.status >= 500 && !reveal.text.contains(CANARY), "{reveal:?}");
        assert_eq!(client.get(address).await.status, 200, "{address}: it works again");
    }
    scene.end().await;
}

/// Fails when: a use case reads without noting a line, which the pages above would not show.
async fn no_answer(app: App) {
    let scene = Scene::set(app).await;
    let (founder, at) = (&scene.founder, scene.record("contact").clone());
    scene.raw.run(TAKE_AWAY).await;
    let (one, two, three, four) = (at.clone(), at.clone(), at.clone(), at.clone());
    let answers = [
        founder.read(move |r, tx| r.read_record(tx, &one).map(|_| ())).await,
        founder.read(|r, tx| r.list_records(tx, "contact", &records::ListQuery::default()).map(|_| ())).await,
        founder.read(|r, tx| r.search(tx, "zqcanary", &[], 5).map(|_| ())).await,
        founder.read(|r, tx| r.board(tx, "deal", &records::ListQuery::default()).map(|_| ())).await,
        founder.read(move |r, tx| r.related(tx, &two, 5).map(|_| ())).await,
        founder.read(move |r, tx| r.titles_of(tx, [three]).map(|_| ())).await,
        founder.read(move |r, tx| r.reveal_field(tx, &four, "national_id", "asked for").map(|_| ())).await,
        founder.read(|r, tx| r.ledger_page(tx, None, 5).map(|_| ())).await,
    ];
    scene.raw.run(PUT_BACK).await;
    for (n, answer) in answers.iter().enumerate() {
        assert!(matches!(answer, Err(records::RecordFault::Db(_))), "use case {n}: {answer:?}");
    }
    scene.end().await;
}

/// Fails when: a write is committed although its line is not, for example by two transactions instead of one.
async fn nothing_changed(app: App) {
    let scene = Scene::set(app).await;
    let token = scene.app.token(&scene.founder).await;
    let (founder, program) = (Client::of(&scene.site, &scene.founder), Client::program(&scene.site, &token));
    let contact = scene.record("contact").id.to_string();
    let before = everything(&scene.raw).await;
    scene.raw.run(TAKE_AWAY).await;
    let json = serde_json::json!({ "fields": { "name": "Zqnew" } });
    let answers = [
        founder.post("/contacts", &[("name", "Zqnew")]).await,
        founder.post(&format!("/contacts/{contact}"), &[("version", "1"), ("city", "Zqnew")]).await,
        founder.post(&format!("/contacts/{contact}/delete"), &[("version", "1")]).await,
        founder.post(&format!("/contacts/{contact}/move"), &[("version", "1"), ("stage", "former")]).await,
        founder.post(&format!("/contacts/{contact}/note"), &[("text", "Zqnew")]).await,
        founder.post("/contacts/bulk", &[("act", "delete"), ("id", &contact)]).await,
        founder.post("/preferences", &[("theme", "dark")]).await,
        founder
            .post("/settings/people", &[("name", "Zqnew"), ("email", "zqnew@example.org"), ("roles", "viewer")])
            .await,
        founder.post(&format!("/import/{}/start", scene.import), &[]).await,
        founder.upload("/import", "contact", b"name\nZqnew\n").await,
        program.json("POST", "/api/v1/contacts", &json).await,
        program.json("PATCH", &format!("/api/v1/contacts/{contact}"), &json).await,
        program.send("DELETE", &format!("/api/v1/contacts/{contact}"), "", Vec::new()).await,
    ];
    scene.raw.run(PUT_BACK).await;
    for answer in &answers {
        assert!(answer.status >= 500, "{answer:?}");
    }
    assert_eq!(everything(&scene.raw).await, before);
    assert_eq!(scene.raw.number("select count(*) from job").await, 0);
    scene.end().await;
}

/// Every cell of the tables that hold facts.
async fn everything(raw: &Raw) -> Vec<(String, Vec<u8>)> {
    let facts = |place: &str| {
        place.starts_with("r_")
            || place.starts_with("app_user")
            || place.starts_with("import")
            || place.starts_with("blind")
            || place.starts_with("link")
    };
    let mut cells: Vec<_> =
        raw.cells().await.into_iter().filter(|cell| facts(&cell.place)).map(|cell| (cell.place, cell.bytes)).collect();
    cells.sort();
    cells
}

/// Fails when: a session is started, or ended, without a line.
async fn nobody_in(app: App) {
    let (site, raw, founder) = (site(&app), Raw::data(&app).await, app.founder().await);
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    let fields = [("email", "ada.founder@example.org"), ("password", testkit::PASSWORD)];
    let sessions = raw.number("select count(*) from session where ended_at is null").await;
    raw.run(TAKE_AWAY).await;
    let answer = nobody.post("/sign-in", &fields).await;
    let out = Client::of(&site, &founder).post("/sign-out", &[]).await;
    raw.run(PUT_BACK).await;
    assert!(answer.status >= 500 && answer.header("set-cookie").is_empty(), "{answer:?}");
    assert!(out.status >= 500, "{out:?}");
    assert_eq!(raw.number("select count(*) from session where ended_at is null").await, sessions);
    assert_eq!(nobody.post("/sign-in", &fields).await.status, 303);
    app.finish(&[]).await;
}

/// Fails when: a fault of the ledger turns "you may not" into something that tells more.
async fn denied_all_the_same(app: App) {
    let scene = Scene::set(app).await;
    let (_, agent, _) = scene.somebody("Bo Chen", authz::Role::Agent).await;
    let contact = format!("/contacts/{}", scene.record("contact").id);
    let before = agent.get(&contact).await;
    scene.raw.run(TAKE_AWAY).await;
    let answer = agent.get(&contact).await;
    scene.raw.run(PUT_BACK).await;
    assert_eq!(before.status, 404);
    assert!(matches!(answer.status, 404 | 500..) && !answer.text.contains(CANARY), "{answer:?}");
    scene.end().await;
}
