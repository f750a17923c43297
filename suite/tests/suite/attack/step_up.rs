//! A session that somebody relayed, copied or found open: what it gets where a proof is asked for, and how the owner goes on.

use accounts::{PasskeyAnswer, Site};
use authz::{Demand, Level, Role};
use testkit::{Actor, App, Authenticator, PASSWORD};

use crate::support::app::enrolled;
use crate::support::html::Page;
use crate::support::http::{Answer, Client, HOST, site};
use crate::support::scene::{CANARY, Scene};

testkit::on_both_engines! {
    a_relayed_password_and_code_get_no_dangerous_act => super::relayed;
    a_form_goes_on_after_the_proof_as_it_was => super::kept;
    what_is_secret_or_too_large_is_not_sent_back => super::not_kept;
    a_script_is_told_what_to_ask_for => super::told;
    who_owes_a_proof_reaches_only_what_gives_it => super::owing;
    a_form_waits_until_what_is_owed_is_proved => super::waiting;
    guesses_at_a_proof_are_counted => super::guesses;
    another_site_proves_nothing => super::foreign;
    the_rules_are_changed_by_who_may_and_has_proved_it => super::rules;
    a_password_is_changed_on_its_page => super::password;
}

/// Every dangerous act that a page offers.
fn dangerous(scene: &Scene, person: &Actor) -> Vec<(String, Vec<(&'static str, String)>)> {
    let contact = scene.record("contact").id;
    let text = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Vec<_>>();
    vec![
        (format!("/contacts/{contact}/reveal/national_id"), text(&[("reason", "call")])),
        ("/settings/people".to_owned(), text(&[("name", "Zq"), ("email", "zq@zq.example"), ("roles", "viewer")])),
        (format!("/settings/budget/{}/raise", person.id), Vec::new()),
        ("/settings/reading".to_owned(), text(&[("reason", "Zq")])),
        (format!("/settings/people/{}/state", person.id), text(&[("to", "disabled")])),
        (
            "/settings/policy".to_owned(),
            text(&[("minutes.viewer", "5"), ("sign_in.viewer", "single"), ("danger.viewer", "single")]),
        ),
    ]
}

fn pairs<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// Returns what a hidden field of the page holds.
fn hidden(answer: &Answer, name: &str) -> Option<String> {
    let page = Page::read(&answer.text);
    let field = page.all("input").find(|input| input.get("name") == Some(name));
    field.map(|input| input.get("value").unwrap_or_default().to_owned())
}

fn is_asked(answer: &Answer) -> bool {
    answer.status == 403 && answer.text.contains("data-step-up")
}

/// The browser after its session got another id.
fn renewed(client: &Client, answer: &Answer) -> Client {
    client.with("cookie", answer.header("set-cookie").split(';').next().unwrap())
}

/// Fails when: `dare` is taken out of `decide` or `permit`, or `Cx` forgets what is asked.
async fn relayed(app: App) {
    let scene = Scene::set(app).await;
    let victim = scene.app.person("Vic Stone", Role::Viewer).await;
    let (_, cookie, codes) = enrolled(&scene.app, &scene.founder).await;
    assert_eq!(codes.len(), 10);
    for (level, asks) in [(Level::Resistant, true), (Level::Multi, false)] {
        scene.app.asks(level, 10).await;
        let relay = Client::browser(&scene.site, &cookie);
        for (url, fields) in dangerous(&scene, &victim) {
            let answer = relay.post(&url, &pairs(&fields)).await;
            assert_eq!(is_asked(&answer), asks, "{url} {level:?}: {answer:?}");
            assert!(!asks || !answer.text.contains(CANARY), "{url}");
            assert!(asks || answer.status < 400, "{url}: {answer:?}");
        }
    }
    scene.end().await;
}

/// Fails when: the box leaves a field out, the session keeps its id, or the way on carries the old token.
async fn kept(app: App) {
    let scene = Scene::set(app).await;
    let (authenticator, cookie, _) = enrolled(&scene.app, &scene.founder).await;
    scene.app.asks(Level::Multi, 5).await;
    scene.app.clock.advance(std::time::Duration::from_secs(6 * 60));
    let browser = Client::browser(&scene.site, &cookie);
    let fields = [("name", "Zq & Söhne"), ("email", "zq@zq.example"), ("roles", "viewer"), ("roles", "agent")];
    let asked = browser.post("/settings/people", &fields).await;
    assert!(is_asked(&asked), "{asked:?}");
    let form = [("to", hidden(&asked, "to")), ("kept", hidden(&asked, "kept")), ("level", hidden(&asked, "level"))];
    let form = form.map(|(name, value)| (name, value.unwrap()));
    let with = |code: &str| [&form[..], &[("prove-code", code.to_owned())]].concat();
    let wrong = browser.post("/prove", &pairs(&with("000000"))).await;
    assert_eq!((wrong.status, hidden(&wrong, "kept")), (422, hidden(&asked, "kept")), "{wrong:?}");
    let proved = browser.post("/prove", &pairs(&with(&authenticator.now(&scene.app)))).await;
    assert_eq!(proved.status, 200, "{proved:?}");
    let page = Page::read(&proved.text);
    let way_on = page.all("form").find(|form| form.get("data-onward").is_some()).unwrap();
    assert_eq!(way_on.get("action"), Some("/settings/people"));
    let shown: Vec<(String, String)> = page
        .all("input")
        .filter(|input| input.get("type") == Some("hidden"))
        .map(|input| (input.get("name").unwrap().to_owned(), input.get("value").unwrap().to_owned()))
        .collect();
    for (name, value) in fields {
        assert!(shown.contains(&(name.to_owned(), value.to_owned())), "{name}={value} in {shown:?}");
    }
    assert_eq!(browser.get("/settings/account").await.status, 303, "the old id is good no longer");
    // A browser that says nothing of where it comes from goes by the new token.
    let token = shown.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let quiet = renewed(&browser, &proved).without("sec-fetch-site");
    let old = hidden(&asked, "csrf").unwrap();
    let stale = [&fields[..], &[("csrf", old.as_str())]].concat();
    assert_eq!(quiet.post("/settings/people", &stale).await.status, 403);
    let fresh = [&fields[..], &[("csrf", token.as_str())]].concat();
    let done = quiet.post("/settings/people", &fresh).await;
    assert!(done.status == 200 && done.text.contains("/join/"), "{done:?}");
    scene.end().await;
}

/// Fails when: `NEVER` loses a name, or a form of any size is kept.
async fn not_kept(app: App) {
    let scene = Scene::set(app).await;
    passkey_of(&scene.app, &scene.founder).await;
    scene.app.asks(Level::Resistant, 10).await;
    let browser = Client::of(&scene.site, &scene.founder);
    let secret = [("current", PASSWORD), ("password", "lagoon-quartz-sparrow-88")];
    let from = browser.with("referer", "http://localhost/settings/account/password");
    let asked = from.post("/settings/account/password", &secret).await;
    assert!(is_asked(&asked) && !asked.text.contains("lagoon") && !asked.text.contains(PASSWORD), "{asked:?}");
    assert_eq!(hidden(&asked, "kept"), None);
    let long = "x".repeat(70_000);
    let asked = browser.post("/settings/people", &[("name", "Zqlong"), ("email", &long)]).await;
    assert!(is_asked(&asked) && !asked.text.contains("Zqlong"), "{}", asked.status);
    // Nobody is sent elsewhere.
    for to in ["https://evil.example/", "//evil.example", "javascript:alert(1)"] {
        let page = browser.get(&format!("/prove?level=resistant&next={}", httpkit::segment_url(to))).await;
        assert!(page.status == 200 && !page.text.contains("evil") && !page.text.contains("alert("), "{page:?}");
    }
    scene.end().await;
}

/// Adds a passkey, which nothing has to vouch for: the house is young.
async fn passkey_of(app: &App, actor: &Actor) -> Authenticator {
    let (site, mut device) = (Site::parse(HOST, true).unwrap(), Authenticator::default());
    let question = app.accounts.ask_new_passkey(&actor.cx, site.clone()).await.unwrap();
    let credential = device.make(&question.options, &format!("https://{HOST}"));
    let answer = PasskeyAnswer { challenge: question.challenge, credential };
    app.accounts.add_passkey(&actor.cx, site, answer, ("Laptop", None)).await.unwrap();
    device
}

async fn told(app: App) {
    let scene = Scene::set(app).await;
    passkey_of(&scene.app, &scene.founder).await;
    scene.app.asks(Level::Resistant, 10).await;
    let script = Client::of(&scene.site, &scene.founder).with("accept", "*/*");
    let url = format!("/contacts/{}/reveal/national_id", scene.record("contact").id);
    let answer = script.post(&url, &[]).await;
    let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((answer.status, &said["code"], &said["level"]), (403, &"step-up".into(), &"resistant".into()));
    assert!(!answer.text.contains(CANARY));
    scene.end().await;
}

/// Fails when: the layer is taken away, or `OPEN` gets longer than it says.
async fn owing(app: App) {
    let scene = Scene::set(app).await;
    let strict = Demand { sign_in: Level::Multi, ..Demand::default() };
    let all = Role::ALL.iter().map(|role| (*role, strict)).collect();
    scene.app.accounts.set_role_policy(&scene.app.operator(), all).await.unwrap();
    let browser = Client::of(&scene.site, &scene.founder);
    for url in ["/", "/contacts", "/ledger", "/settings/people", "/settings/policy", "/search?q=Zq", "/import", "/bin"]
    {
        let answer = browser.get(url).await;
        assert!(answer.status == 303 && answer.header("location").starts_with("/prove?next="), "{url}: {answer:?}");
    }
    for url in ["/contacts", "/settings/people", "/contacts/bulk"] {
        let answer = browser.post(url, &[("name", CANARY)]).await;
        assert!(is_asked(&answer), "{url}: {answer:?}");
    }
    for url in ["/prove", "/settings/account"] {
        let answer = browser.get(url).await;
        assert!(answer.status == 200 && !answer.text.contains(CANARY), "{url}: {answer:?}");
    }
    // Setting up an app is the second step, and the way in.
    let signed = scene.app.founder().await;
    assert!(signed.cx.roles().is_empty());
    let (_, cookie, _) = enrolled(&scene.app, &signed).await;
    assert_eq!(Client::browser(&scene.site, &cookie).get("/contacts").await.status, 200);
    assert_eq!(browser.post("/sign-out", &[]).await.status, 303);
    scene.end().await;
}

/// Fails when: a button that somebody presses while they owe a proof is lost.
async fn waiting(app: App) {
    let scene = Scene::set(app).await;
    passkey_of(&scene.app, &scene.founder).await;
    let strict = Demand { sign_in: Level::Resistant, ..Demand::default() };
    let all = Role::ALL.iter().map(|role| (*role, strict)).collect();
    scene.app.accounts.set_role_policy(&scene.app.operator(), all).await.unwrap();
    let browser = Client::of(&scene.site, &scene.founder);
    for (url, fields) in [("/notices", &[][..]), ("/contacts", &[("name", "Zq")][..])] {
        let asked = browser.post(url, fields).await;
        assert!(is_asked(&asked), "{url}: {asked:?}");
        let page = Page::read(&asked.text);
        let way_on = page.all("form").find(|form| form.get("data-onward").is_some()).unwrap();
        assert_eq!(way_on.get("action"), Some(url));
        assert_eq!(hidden(&asked, "name").as_deref(), fields.first().map(|(_, value)| *value));
    }
    scene.end().await;
}

async fn guesses(app: App) {
    let site = site(&app);
    let actor = app.person("Guy Lee", Role::Agent).await;
    let (_, cookie, _) = enrolled(&app, &actor).await;
    let browser = Client::browser(&site, &cookie);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(browser.post("/prove", &[("prove-code", "000000"), ("level", "multi")]).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 2, "{statuses:?}");
    app.finish(&[]).await;
}

async fn foreign(app: App) {
    let site = site(&app);
    let actor = app.person("Far Lee", Role::Agent).await;
    let browser = Client::of(&site, &actor).with("sec-fetch-site", "cross-site");
    for url in ["/prove", "/prove/passkey", "/prove/passkey/answer", "/settings/policy", "/settings/account/password"] {
        assert_eq!(browser.post(url, &[("prove-password", PASSWORD)]).await.status, 403, "{url}");
    }
    app.finish(&[]).await;
}

async fn rules(app: App) {
    let scene = Scene::set(app).await;
    let founder = Client::of(&scene.site, &scene.founder);
    let change = |minutes: &str| {
        [
            ("minutes.viewer", minutes.to_owned()),
            ("sign_in.viewer", "multi".to_owned()),
            ("danger.viewer", "multi".to_owned()),
        ]
    };
    assert_eq!(founder.post("/settings/policy", &pairs(&change("5"))).await.status, 303);
    let shown = founder.get("/settings/policy").await;
    assert!(shown.text.contains("value=\"5\""), "{shown:?}");
    for wrong in ["0", "721", "-1", "x", "", "99999999999999999999"] {
        assert_eq!(founder.post("/settings/policy", &pairs(&change(wrong))).await.status, 422, "{wrong}");
    }
    let beyond =
        [("minutes.administrator", "5"), ("sign_in.administrator", "resistant"), ("danger.administrator", "single")];
    let refused = founder.post("/settings/policy", &beyond).await;
    assert!(refused.status == 409 && refused.text.contains("shut yourself out"), "{refused:?}");
    let (_, agent, _) = scene.somebody("Ann Lee", Role::Agent).await;
    assert_eq!(agent.get("/settings/policy").await.status, 403);
    assert_eq!(agent.post("/settings/policy", &pairs(&change("5"))).await.status, 403);
    scene.end().await;
}

async fn password(app: App) {
    let site = site(&app);
    let actor = app.person("Pat Lee", Role::Agent).await;
    let browser = Client::of(&site, &actor);
    assert_eq!(browser.get("/settings/account/password").await.status, 200);
    let new = "lagoon-quartz-sparrow-88";
    for (current, password) in [("wrong", new), (PASSWORD, "short"), ("", "")] {
        let answer = browser.post("/settings/account/password", &[("current", current), ("password", password)]).await;
        assert!(answer.status == 422 && !answer.text.contains(new), "{answer:?}");
    }
    let changed = browser.post("/settings/account/password", &[("current", PASSWORD), ("password", new)]).await;
    assert_eq!((changed.status, changed.header("location")), (303, "/settings/account"));
    assert_eq!(browser.get("/settings/account").await.status, 303, "the old cookie is good no longer");
    assert_eq!(renewed(&browser, &changed).get("/settings/account").await.status, 200);
    let door = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    assert_eq!(door.post("/sign-in", &[("email", &actor.email), ("password", new)]).await.status, 303);
    app.finish(&[new]).await;
}
