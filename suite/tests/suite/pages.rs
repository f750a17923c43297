//! Every page, looked at closely: nothing inline, every control labelled, every word in both languages, every header.

use kernel::text::is_han;
use testkit::App;

use crate::support::app::{enrolled, step_of};
use crate::support::apps::{registered, wish};
use crate::support::html::{Page, Tag};
use crate::support::http::{Answer, Client, form};
use crate::support::scene::{CANARY, Scene};

testkit::on_both_engines! {
    every_page_keeps_the_rules_in_both_languages => super::pages;
    every_answer_carries_the_same_headers => super::headers;
    many_are_picked_by_whoever_may_act_on_many => super::picked;
    the_page_of_the_api_shows_all_of_its_description_in_both_languages => super::api_page;
}

/// Fails when: a list offers to pick many for what is refused.
async fn picked(app: App) {
    let scene = Scene::set(app).await;
    for (role, offered) in [(authz::Role::Viewer, false), (authz::Role::Manager, true)] {
        let (_, browser, _) = scene.somebody(&format!("Some {}", role.code()), role).await;
        let page = browser.get("/contacts?as=list").await;
        assert!(page.status == 200 && page.text.contains(CANARY), "{page:?}");
        assert_eq!(
            (page.text.contains("id=\"bulk\""), page.text.contains("id=\"all\"")),
            (offered, offered),
            "{role:?}"
        );
        assert_eq!(page.text.contains("type=\"checkbox\" name=\"id\""), offered, "{role:?}");
    }
    scene.end().await;
}

/// The addresses of every page, with all its forms.
async fn addresses(scene: &Scene) -> Vec<String> {
    let mut all: Vec<String> = [
        "/",
        "/search",
        "/search?q=Zqcanary",
        "/search?q=nothing",
        "/import",
        "/import?object=deal",
        "/ledger",
        "/notices",
        "/recover",
        "/settings/recovery",
        "/settings/people",
        "/verify-call",
        "/settings/account",
        "/settings/account/passkeys",
        "/settings/account/password",
        "/settings/policy",
        "/approvals",
        "/settings/budget",
        "/settings/canaries",
        "/settings/integrity",
        "/settings/keys",
        "/erasures",
        "/suggestions",
        "/settings/apps",
        "/settings/reading",
        "/settings/account/tokens",
        "/settings/people/tokens",
        "/settings/account/api",
        "/settings/account/webhooks",
        "/settings/account/webhooks/new",
        "/exports",
        "/exports/new?object=contact&f=owner:is:me",
        "/settings/roles",
        "/settings/roles/agent",
        "/settings/account/rights",
        "/prove?level=single",
        "/prove?level=multi",
        "/prove?level=resistant",
    ]
    .map(str::to_owned)
    .to_vec();
    for object in scene.app.records.objects().iter() {
        let (base, id) = (format!("/{}", object.plural), scene.record(object.name.as_str()).id);
        for more in [
            "",
            "/new",
            "/duplicates",
            "?as=list",
            "?as=list&bin=1",
            "?as=list&did=created",
            "?as=list&f=owner:is:me&sort=-updated_at",
        ] {
            all.push(format!("{base}{more}"));
        }
        all.push(format!("/settings/account/api?of={}", object.plurals.en));
        for more in ["", "/edit", "?tab=access", "?did=restored", "/sharing", "/files"] {
            all.push(format!("{base}/{id}{more}"));
        }
    }
    all.push(format!("/approvals/{}", scene.asked(&scene.founder).await));
    all.push(format!("/approvals/{}", scene.alone().await));
    let hook = scene.webhook().await.0;
    all.push(format!("/settings/account/webhooks/{hook}"));
    all.push(format!("/settings/account/webhooks/{hook}/edit"));
    let id = registered(&scene.app, &scene.approvals, &scene.founder, &["contact:read"]).await;
    let wish: Vec<(&str, String)> = wish(id);
    let wish: Vec<(&str, &str)> = wish.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.push(format!("/oauth/authorize?{}", form(&wish)));
    all.push(format!("/erasures/{}", scene.erased().await));
    all.push(format!("/contacts/{}/erase", scene.record("contact").id));
    let (one, other) =
        (scene.record("contact").id, scene.founder.create("contact", &[("name", "Zqtwin")]).await.unwrap().id);
    all.push(format!("/contacts/merge?id={one}&id={other}"));
    all.push(format!("/import/{}", scene.import));
    all.push(format!("/import/{}/check", scene.import));
    crate::routes::cases::suggested(scene).await;
    let contact = scene.record("contact").id;
    let file = crate::attachment::one(scene, &contact.to_string(), false).await;
    all.push(format!("/contacts/{contact}/files?did=removed&file={file}"));
    all
}

/// Fails when: a view writes `style=`, an `on…=` or a script without `src`, a control without a label, or a text that is not
/// in `text.rs`.
async fn pages(app: App) {
    let scene = Scene::set(app).await;
    let mut wrong = Vec::new();
    let founder = Client::of(&scene.site, &scene.founder);
    let nobody = Client::nobody(&scene.site).with("sec-fetch-site", "same-origin");
    for lang in ["en", "zh-CN"] {
        let (founder, nobody) = (founder.with("accept-language", lang), nobody.with("accept-language", lang));
        let mut shown = Vec::new();
        for address in addresses(&scene).await {
            let answer = founder.get(&address).await;
            assert_eq!(answer.status, 200, "{address}: {answer:?}");
            shown.push((address, answer));
        }
        shown.push((
            "a wrong form".to_owned(),
            founder.post("/contacts", &[("name", ""), ("email", "x"), ("birthday", "x")]).await,
        ));
        shown.push((
            "one like it".to_owned(),
            founder.post("/contacts", &[("name", "Zqother"), ("email", "person@zq.example")]).await,
        ));
        let contact = format!("/contacts/{}", scene.record("contact").id);
        let version = if lang == "en" { "1" } else { "2" };
        assert_eq!(
            founder.post(&contact, &[("version", version), ("city", &format!("Zqcity {lang}"))]).await.status,
            303
        );
        shown.push((
            "a conflict".to_owned(),
            founder.post(&contact, &[("version", version), ("city", "Zqthird"), ("stage", "former")]).await,
        ));
        shown.push(("nothing there".to_owned(), founder.get("/nothing/here/at/all").await));
        shown.push((
            "an invitation".to_owned(),
            founder
                .post(
                    "/settings/people",
                    &[("name", "Zqguest"), ("email", &format!("zq{lang}@zq.example")), ("roles", "viewer")],
                )
                .await,
        ));
        shown.push((
            "a wrong invitation".to_owned(),
            founder.post("/settings/people", &[("name", ""), ("email", "x")]).await,
        ));
        shown.push(("no table".to_owned(), founder.upload("/import", "contact", b"PK\x03\x04").await));
        let somebody = scene.app.person(&format!("Zq {lang}"), authz::Role::Agent).await;
        let theirs = Client::of(&scene.site, &somebody).with("accept-language", lang);
        let password = [("current", testkit::PASSWORD)];
        shown.push(("an app".to_owned(), theirs.post("/settings/account/app", &password).await));
        shown.push(("a wrong one".to_owned(), theirs.post("/settings/account/app", &[("current", "x")]).await));
        let (_, cookie, codes) = enrolled(&scene.app, &somebody).await;
        let theirs = theirs.with("cookie", &format!("__Host-custos={cookie}"));
        shown.extend(tokens(&theirs).await);
        shown.push(("an account".to_owned(), theirs.get("/settings/account").await));
        let wrong_code = theirs.post("/settings/account/app/remove", &[("remove", "x")]).await;
        shown.push(("a wrong code".to_owned(), wrong_code));
        let renewed = theirs.post("/settings/account/recovery", &[("renew", &codes[0])]).await;
        shown.push(("new codes".to_owned(), renewed));
        let fields = [("email", somebody.email.as_str()), ("password", testkit::PASSWORD)];
        let second = nobody.post("/sign-in", &fields).await;
        let answer = [("step", step_of(&second)), ("code", "x".to_owned())];
        let answer = answer.each_ref().map(|(name, value)| (*name, value.as_str()));
        shown.push(("a wrong second step".to_owned(), nobody.post("/sign-in/code", &answer).await));
        shown.push(("a spent one".to_owned(), nobody.post("/sign-in/code", &answer).await));
        shown.push(("the second step".to_owned(), second));
        let away = nobody.post("/sign-in/provider", &[]).await;
        shown.push(("back from nowhere".to_owned(), nobody.get("/sign-in/provider/back?state=e&code=x").await));
        shown.push(("the way to the provider".to_owned(), away));
        let call = [("colleague", somebody.id.to_string())];
        let call = call.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(founder.post("/verify-call", &call).await.status, 303);
        shown.push(("a call".to_owned(), founder.get("/verify-call").await));
        let of_contact = format!("/verify-call/customer/{}", scene.record("contact").id);
        assert_eq!(founder.post(&of_contact, &[]).await.status, 303);
        shown.push(("a call with a customer".to_owned(), founder.get("/verify-call").await));
        shown.push(("is it us".to_owned(), nobody.get("/is-it-us").await));
        shown.push(("it is not".to_owned(), nobody.post("/is-it-us", &[("code", "x")]).await));
        shown.push(("the door".to_owned(), nobody.get("/sign-in").await));
        shown.push((
            "a wrong password".to_owned(),
            nobody.post("/sign-in", &[("email", "zq@zq.example"), ("password", "x")]).await,
        ));
        shown.push(("a spent link".to_owned(), nobody.get("/join/spent").await));
        for (address, answer) in &shown {
            assert!(answer.status < 500, "{address}: {answer:?}");
            let page = Page::read(&answer.text);
            for fault in inline(&page).into_iter().chain(unlabelled(&page)).chain(words(&page, lang)) {
                wrong.push(format!("{lang} {address}: {fault}"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
    scene.end().await;
}

/// Fails when: the page leaves an operation out, or a sentence of the description has no Chinese words.
async fn api_page(app: App) {
    let scene = Scene::set(app).await;
    let client = Client::of(&scene.site, &scene.founder);
    let program = Client::program(&scene.site, &scene.app.token(&scene.founder).await);
    let document: serde_json::Value = serde_json::from_str(&program.get("/api/v1/openapi.json").await.text).unwrap();
    let mut shown = client.get("/settings/account/api").await.text;
    for tag in document["tags"].as_array().unwrap() {
        let part = httpkit::segment_url(tag["name"].as_str().unwrap());
        shown += &client.get(&format!("/settings/account/api?of={part}")).await.text;
    }
    let (mut operations, mut silent) = (0, Vec::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            assert!(shown.contains(&format!("id={}", operation["operationId"])), "{method} {path}");
            operations += 1;
        }
    }
    assert!(operations > 20, "{operations}");
    sentences(&document["paths"], &mut silent);
    sentences(&document["components"]["responses"], &mut silent);
    for schema in ["ContactSearch", "ContactNew"] {
        let members = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        silent.extend(members.values().filter_map(|member| Some(member["description"].as_str()?.to_owned())));
    }
    silent.retain(|text| ui::text::api::said(kernel::Lang::Zh, text).is_none());
    assert!(silent.is_empty(), "not said in Chinese: {silent:?}");
    scene.end().await;
}

/// Gathers what a description says in sentences.
fn sentences(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            // What headers say is not shown.
            for (name, value) in members.iter().filter(|(name, _)| *name != "headers") {
                match value.as_str().filter(|_| matches!(name.as_str(), "summary" | "description")) {
                    Some(text) => found.push(text.to_owned()),
                    None => sentences(value, found),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| sentences(item, found)),
        _ => {}
    }
}

/// What a page's policy forbids.
fn inline(page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    for tag in &page.tags {
        for (name, value) in &tag.attributes {
            let address = matches!(name.as_str(), "href" | "src" | "action" | "formaction");
            let elsewhere =
                address && !(value.starts_with('/') && !value.starts_with("//") || value.starts_with(['#', '?']));
            // What a field of a record links to is a person's own word; it opens in a window that knows nothing of ours.
            let theirs = elsewhere
                && tag.name == "a"
                && ["https://", "http://", "mailto:", "tel:", "otpauth:"].iter().any(|s| value.starts_with(s))
                && tag.get("rel").is_none_or(|rel| {
                    rel.contains("noopener") || value.starts_with("mailto:") || value.starts_with("tel:")
                });
            if name == "style" || name.starts_with("on") || (elsewhere && !theirs) {
                wrong.push(format!("{name}=\"{value}\" on {}", tag.name));
            }
        }
        if tag.name == "style"
            || tag.name == "iframe"
            || tag.name == "base"
            || (tag.name == "script" && tag.get("src").is_none())
        {
            wrong.push(format!("a {} in the page", tag.name));
        }
    }
    wrong
}

/// Controls that a reader of screens could not name.
fn unlabelled(page: &Page) -> Vec<String> {
    let named = |tag: &Tag| {
        let by_attribute =
            ["aria-label", "title"].iter().any(|name| tag.get(name).is_some_and(|text| !text.trim().is_empty()));
        let by_id = tag.get("aria-labelledby").is_some_and(|ids| ids.split(' ').all(|id| page.has_id(id)));
        let labelled = tag.get("id").is_some_and(|id| page.all("label").any(|label| label.get("for") == Some(id)));
        by_attribute || by_id || labelled || tag.within.iter().any(|outer| outer == "label")
    };
    let control = |tag: &&Tag| match tag.name.as_str() {
        "input" => !matches!(tag.get("type"), Some("hidden" | "submit")),
        "select" | "textarea" => true,
        _ => false,
    };
    let mut wrong: Vec<String> =
        page.tags.iter().filter(control).filter(|tag| !named(tag)).map(|tag| format!("no label: {tag:?}")).collect();
    for tag in &page.tags {
        for name in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for id in tag.get(name).into_iter().flat_map(|ids| ids.split(' ')).filter(|id| !page.has_id(id)) {
                wrong.push(format!("{name} leads to no {id:?} from {}", tag.name));
            }
        }
    }
    let mut ids: Vec<&str> = page.tags.iter().filter_map(|tag| tag.get("id")).collect();
    ids.sort_unstable();
    wrong.extend(ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("two ids {:?}", pair[0])));
    wrong
}

/// The pages of tokens: one that was made, what it read, one that was refused.
async fn tokens(theirs: &Client) -> Vec<(String, Answer)> {
    let place = "/settings/account/tokens";
    let token = [("label", "Zqtoken"), ("purpose", "Zqpurpose"), ("expires", "30"), ("scopes", "contact:read")];
    let made = theirs.post(place, &token).await;
    let used = made.text.split("/settings/account/tokens/").nth(1).map(|rest| rest[..36].to_owned()).unwrap();
    let read = theirs.get(&format!("{place}/{used}")).await;
    let mistyped = [("label", ""), ("expires", "30"), ("networks", "office"), ("key", "x")];
    let refused = theirs.post(place, &mistyped).await;
    [("a token", made), ("what it read", read), ("a wrong token", refused)]
        .map(|(what, it)| (what.to_owned(), it))
        .into()
}

/// Words that are no language's: names of the product, of keys, of formats, of agents, and what people typed.
const NAMES: &[&str] = &[
    "Custos",
    "Northlight",
    "Ada",
    "Founder",
    "English",
    "CSV",
    "PIN",
    "JavaScript",
    "Ctrl",
    "Alt",
    "Esc",
    "Enter",
    "Chrome",
    "API",
    "URL",
    "EUR",
    "JWK",
    "DPoP",
    "RFC",
    "JSON",
    "PNG",
    "png",
    "office",
    "UTF",
    "TSV",
    "localhost",
    "HTTPS",
    "JavaScript",
    "PIN",
    "example",
    "http",
    "www",
];

/// Texts in the other language, or in none.
fn words(page: &Page, lang: &str) -> Vec<String> {
    let spoken = page.tags.iter().flat_map(|tag| {
        let spoken =
            |name: &str| matches!(name, "title" | "aria-label" | "placeholder" | "alt") || name.starts_with("data-say");
        tag.attributes.iter().filter(move |(name, _)| spoken(name)).map(|(_, text)| text.clone())
    });
    let shown =
        page.texts.iter().filter(|(within, _)| within != "kbd" && within != "code").map(|(_, text)| text.clone());
    let mut wrong = Vec::new();
    for text in shown.chain(spoken) {
        // Addresses are nobody's language.
        let text: Vec<&str> =
            text.split_whitespace().filter(|word| !word.contains('@') && !word.contains("://")).collect();
        let text = text.join(" ");
        let mine = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| {
            word.len() >= 3
                && word.chars().all(|c| c.is_ascii_alphabetic())
                && !word.to_lowercase().starts_with("zq")
                && !NAMES.contains(word)
        });
        let latin: Vec<&str> = mine.collect();
        let han = text.chars().any(is_han) && !["中文", "简体中文"].contains(&text.as_str());
        let key = text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            || text.contains("::")
            || text.contains("_") && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if (lang == "en" && han) || (lang != "en" && !latin.is_empty()) || key {
            wrong.push(format!("not {lang}: {text:?}"));
        }
    }
    wrong
}

/// What every answer says, whatever it is about.
const FIXED: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
         manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
         midi=(), payment=(), serial=(), usb=()",
    ),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Fails when: a header is taken out of `answer/header.rs`, or a handler adds one that tells something.
async fn headers(app: App) {
    let scene = Scene::set(app).await;
    let token = scene.app.token(&scene.founder).await;
    let (founder, program) = (Client::of(&scene.site, &scene.founder), Client::program(&scene.site, &token));
    let contact = scene.record("contact").id;
    let mut answers = Vec::new();
    for address in
        addresses(&scene).await.iter().map(String::as_str).chain(["/nothing/there", "/sign-in", "/healthz", "/readyz"])
    {
        answers.push((address.to_owned(), founder.get(address).await));
    }
    for address in
        ["/api/v1", "/api/v1/contacts", &format!("/api/v1/contacts/{contact}"), "/api/v2", "/api/v1/contacts?x=1"]
    {
        answers.push((address.to_owned(), program.get(address).await));
    }
    answers.push(("a foreign host".to_owned(), founder.with("host", "evil.example").get("/").await));
    answers.push(("no method".to_owned(), founder.send("PUT", "/", "", Vec::new()).await));
    let others = [
        "content-type",
        "content-length",
        "x-request-id",
        "location",
        "allow",
        "etag",
        "link",
        "ratelimit",
        "ratelimit-policy",
        "content-language",
    ];
    for (address, answer) in &answers {
        for (name, value) in FIXED {
            assert_eq!(answer.header(name), *value, "{address}");
            assert_eq!(answer.headers.get_all(*name).iter().count(), 1, "{address} {name}");
        }
        let known = |name: &str| others.contains(&name) || FIXED.iter().any(|(fixed, _)| *fixed == name);
        let unknown: Vec<_> = answer.headers.keys().filter(|name| !known(name.as_str())).collect();
        assert!(unknown.is_empty(), "{address}: {unknown:?}");
        assert!(!answer.header("location").contains(CANARY));
    }
    let asset = founder.get(&ui::asset::url("shell.js")).await;
    assert_eq!((asset.status, asset.header("cache-control")), (200, "public, max-age=31536000, immutable"));
    scene.end().await;
}
