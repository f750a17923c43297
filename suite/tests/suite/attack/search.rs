//! What somebody learns who tries names and addresses out: no faster than a hand types.

use std::time::Duration;

use authz::Role;
use serde_json::{Value, json};
use testkit::App;
use tokens::{ASSISTANT, TokenForm};

use crate::support::http::{Answer, Client, site_hearing};

testkit::on_both_engines! {
    whoever_guesses_by_searching_waits => super::guesses;
    what_is_no_guess_is_not_counted_as_one => super::others;
}

/// Requests of a minute; a quarter of them may look for something.
const HEARD: u32 = 80;
const GUESSES: usize = 20;

/// A way to ask what is in sealed fields.
enum Way {
    Page(&'static str),
    Form(&'static str, &'static [(&'static str, &'static str)]),
    Data(&'static str),
    Body(&'static str, Value),
}

async fn ask(way: &Way, (browser, program): (&Client, &Client)) -> Answer {
    match way {
        Way::Page(url) => browser.get(url).await,
        Way::Form(url, fields) => browser.post(url, fields).await,
        Way::Data(url) => program.get(url).await,
        Way::Body(url, body) => program.json("POST", url, body).await,
    }
}

fn tool(name: &str, arguments: &Value) -> Way {
    let params = json!({"name": name, "arguments": arguments});
    Way::Body("/mcp", json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}))
}

/// Fails when: a way to look for something does not ask `Searches` first.
async fn guesses(app: App) {
    let site = site_hearing(&app, HEARD);
    let filters = json!(["email:is:zq@zq.example"]);
    let ways = [
        Way::Page("/search?q=zq"),
        Way::Page("/contacts?f=name%3Ahas%3Azq"),
        Way::Page("/contacts?f=email%3Ais%3Azq@zq.example&f=stage%3Ais%3Alead"),
        Way::Form("/contacts/alike", &[("email", "zq@zq.example")]),
        Way::Data("/api/v1/contacts?f=phone%3Ais%3A%2B4790000000"),
        Way::Body("/api/v1/contacts/search", json!({"filters": filters})),
        tool("search", &json!({"query": "zq"})),
        tool("list_records", &json!({"object": "contact", "filters": filters})),
        tool("count_records", &json!({"object": "contact", "filters": filters})),
    ];
    for (n, way) in ways.iter().enumerate() {
        let eve = app.person(&format!("Eve {}", char::from(b'a' + u8::try_from(n).unwrap())), Role::Manager).await;
        let scopes = Some(["contact:read", ASSISTANT].map(str::to_owned).to_vec());
        let form =
            TokenForm { label: "Eve".to_owned(), lasts: Duration::from_secs(86_400), scopes, ..TokenForm::default() };
        let made = app.tokens.create(&eve.cx, eve.id, form).await.unwrap();
        let program = Client::program(&site, made.token.expose()).with("mcp-protocol-version", "2025-11-25");
        let browser = Client::of(&site, &eve);
        for left in (0..GUESSES).rev() {
            let answer = ask(way, (&browser, &program)).await;
            assert_eq!(answer.status, 200, "{n}: {answer:?}");
            if matches!(way, Way::Data(_) | Way::Body(..)) {
                assert!(answer.header("ratelimit").contains(&format!("\"search\";r={left};")), "{answer:?}");
                assert!(answer.header("ratelimit-policy").ends_with(", \"search\";q=20;w=60"), "{answer:?}");
            }
        }
        let refused = ask(way, (&browser, &program)).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "3"), "{n}: {refused:?}");
        let says =
            if matches!(way, Way::Data(_) | Way::Body(..)) { "too-many-searches" } else { "searching very fast" };
        assert!(refused.text.contains(says), "{n}: {refused:?}");
        // What else they ask is answered, and somebody else's search too.
        assert_eq!(browser.get("/contacts").await.status, 200);
        let colleague =
            app.person(&format!("Colleague {}", char::from(b'a' + u8::try_from(n).unwrap())), Role::Agent).await;
        assert_eq!(Client::of(&site, &colleague).get("/search?q=zq").await.status, 200);
        app.clock.advance(Duration::from_secs(3));
        assert_eq!(
            (ask(way, (&browser, &program)).await.status, ask(way, (&browser, &program)).await.status),
            (200, 429)
        );
    }
    app.finish(&[]).await;
}

/// Fails when: a page that tells nothing of sealed fields is counted, or what people do in one surface is held against their programs.
async fn others(app: App) {
    let site = site_hearing(&app, HEARD);
    let founder = app.founder().await;
    let (browser, program) = (Client::of(&site, &founder), Client::program(&site, &app.token(&founder).await));
    for url in ["/search", "/search?q=", "/contacts", "/contacts?f=stage%3Ais%3Alead&sort=name"] {
        for _ in 0..8 {
            assert_eq!(browser.get(url).await.status, 200, "{url}");
        }
    }
    let zh = browser.with("accept-language", "zh");
    for _ in 0..GUESSES {
        assert_eq!(zh.get("/search?q=zq").await.status, 200);
    }
    let refused = zh.get("/search?q=zq").await;
    assert!(refused.status == 429 && refused.text.contains("搜索过于频繁"), "{refused:?}");
    assert_eq!(program.get("/api/v1/contacts?f=name%3Ahas%3Azq").await.status, 200);
    let answer = program.get("/api/v1/contacts?f=stage%3Ais%3Alead").await;
    assert!(!answer.header("ratelimit").contains("search"), "{answer:?}");
    app.finish(&[]).await;
}
