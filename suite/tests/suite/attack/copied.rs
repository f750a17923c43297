//! Cookies that were copied into another browser.

use std::time::Duration;

use authz::Role;
use testkit::{App, Device};

use crate::support::browser::Tied;
use crate::support::html::{Page, Tag};
use crate::support::http::{Answer, Client, site};
use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_copied_cookie_dies_within_five_minutes_and_its_owner_goes_on => super::dies;
    a_copied_cookie_that_is_tried_again_ends_the_session_and_that_is_told => super::told;
    a_question_is_no_use_to_whoever_has_no_key => super::keyless;
    nobody_signs_for_somebody_else => super::crossed;
    a_page_waits_for_a_signature_and_a_script_is_told_to_sign => super::waits;
    a_form_waits_for_a_signature_as_it_was_sent => super::form_waits;
    a_copied_cookie_does_nothing_dangerous_at_all => super::dangerous;
    two_tabs_and_a_sign_out_in_one_of_them => super::tabs;
    cookies_cut_and_doubled_and_a_clock_put_back => super::broken;
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const ADA: &str = "ada.founder@example.org";

/// What a page answers: it is there, the browser has to sign, or nobody is signed in.
fn state(answer: &Answer) -> &'static str {
    match (answer.status, answer.header("x-prove")) {
        (200, "") => "in",
        (401, "refresh") => "asked",
        (303 | 401, "") => "out",
        _ => panic!("{answer:?}"),
    }
}

pub(super) async fn see(client: &Client) -> &'static str {
    state(&client.get("/contacts").await)
}

/// Fails when: a signature does not replace the secret, or a session goes on without one.
async fn dies(app: App) {
    let site = site(&app);
    let mut owner = Tied::enter(&site, ADA).await;
    let thief = owner.copied();
    assert_eq!(see(&thief).await, "in", "at first it is as good as the cookie");
    app.clock.advance(4 * MINUTE);
    assert_eq!(see(&owner.client).await, "in");
    assert_eq!(owner.prove("refresh").await.status, 200);
    app.clock.advance(MINUTE);
    assert_eq!((see(&thief).await, see(&owner.client).await), ("asked", "in"));
    // Without anybody who signs it dies as well.
    let alone = Tied::enter(&site, ADA).await;
    app.clock.advance(5 * MINUTE - Duration::from_secs(1));
    assert_eq!(see(&alone.copied()).await, "in");
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(see(&alone.copied()).await, "asked");
    app.finish(&[]).await;
}

/// Fails when: a secret from long ago is taken for garbage, or a question that nobody answers has no end.
async fn told(app: App) {
    let (site, raw) = (site(&app), Raw::data(&app).await);
    let mut owner = Tied::enter(&site, ADA).await;
    let thief = owner.copied();
    for _ in 0..3 {
        app.clock.advance(4 * MINUTE);
        assert_eq!(see(&owner.client).await, "in");
        assert_eq!(owner.prove("refresh").await.status, 200);
    }
    assert_eq!(see(&thief).await, "asked");
    app.clock.advance(MINUTE + Duration::from_secs(1));
    assert_eq!(see(&thief).await, "out");
    assert_eq!(see(&owner.client).await, "out");
    let lines: Vec<String> =
        acts(&raw).await.iter().flat_map(|act| &act.lines).map(|line| format!("{line:?}")).collect();
    assert!(lines.iter().any(|line| line.contains("session-end") && line.contains("device-silent")), "{lines:?}");
    // The owner is not kept out, and learns of it on the first page.
    let again = Tied::enter(&site, ADA).await.client.get("/contacts").await;
    assert_eq!(state(&again), "in");
    assert!(again.text.contains("A session of yours turned up in another browser"), "{}", again.text);
    app.finish(&[]).await;
}

/// Fails when: a signature is not checked, or a wrong one has no consequence.
async fn keyless(app: App) {
    let site = site(&app);
    for forged in [
        |_: &str, _: &str| "A".repeat(86),
        |session: &str, challenge: &str| Device::default().answer("refresh", session, challenge),
    ] {
        let owner = Tied::enter(&site, ADA).await;
        let (asked, question) = owner.question("refresh").await;
        assert_eq!(asked.status, 200);
        let text = |name: &str| question[name].as_str().unwrap();
        let signature = forged(text("session"), text("challenge"));
        let fields = [("purpose", "refresh"), ("challenge", text("challenge")), ("signature", &signature)];
        let answer = owner.copied().post("/device/prove", &fields).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (401, ""), "{answer:?}");
        assert_eq!(see(&owner.client).await, "out", "the session has ended");
    }
    // Nor is it one to whoever has no cookie, or comes from another site.
    let owner = Tied::enter(&site, ADA).await;
    let foreign = owner.copied().with("sec-fetch-site", "cross-site");
    let silent = owner.copied().without("sec-fetch-site");
    for (client, status) in [(owner.client.without("cookie"), 401), (foreign, 403), (silent, 403)] {
        for url in ["/device/ask", "/device/prove"] {
            let fields = [("challenge", "00000000-0000-7000-8000-000000000000"), ("signature", "x")];
            assert_eq!(client.post(url, &fields).await.status, status, "{url}");
        }
    }
    assert_eq!(see(&owner.client).await, "in");
    app.finish(&[]).await;
}

/// Fails when: a question is not its session's own, is good twice, or names no use.
async fn crossed(app: App) {
    let site = site(&app);
    let other = app.person("Bo Chen", Role::Agent).await;
    let (mut one, two) = (Tied::enter(&site, ADA).await, Tied::enter(&site, &other.email).await);
    let send = async |client: &Client, purpose: &str, challenge: &str, signature: &str| {
        let fields = [("purpose", purpose), ("challenge", challenge), ("signature", signature)];
        client.post("/device/prove", &fields).await.status
    };
    let (_, asked) = one.question("refresh").await;
    let (session, challenge) = (asked["session"].as_str().unwrap(), asked["challenge"].as_str().unwrap());
    let (_, theirs) = two.question("refresh").await;
    let (their_session, their_challenge) = (theirs["session"].as_str().unwrap(), theirs["challenge"].as_str().unwrap());
    // Somebody else's question, signed by one's own key for one's own session; and a use it was not asked for.
    let signature = one.device.answer("refresh", session, their_challenge);
    assert_eq!(send(&one.client, "refresh", their_challenge, &signature).await, 409);
    let signature = one.device.answer("act", session, challenge);
    assert_eq!(send(&one.client, "act", challenge, &signature).await, 409);
    let right = one.device.answer("refresh", session, challenge);
    assert_eq!(send(&one.client, "refresh", challenge, &right).await, 200);
    assert_eq!(send(&one.client, "refresh", challenge, &right).await, 409, "replayed");
    assert_eq!(one.prove("refresh").await.status, 200);
    // Another person's key, and another person's signature.
    let (_, asked) = one.question("refresh").await;
    let signature = two.device.answer("refresh", session, asked["challenge"].as_str().unwrap());
    assert_eq!(send(&one.client, "refresh", asked["challenge"].as_str().unwrap(), &signature).await, 401);
    let signature = two.device.answer("refresh", their_session, their_challenge);
    assert_eq!(send(&two.client, "refresh", their_challenge, &signature).await, 200, "theirs is as good as ever");
    app.finish(&[]).await;
}

/// Fails when: whoever has to sign is sent to the sign-in, or a page shows anything before.
async fn waits(app: App) {
    let site = site(&app);
    let mut owner = Tied::enter(&site, ADA).await;
    app.clock.advance(5 * MINUTE);
    let page = owner.client.get("/contacts?sort=name").await;
    assert_eq!((page.status, page.header("location")), (401, ""));
    assert!(page.text.contains("data-sign=\"/contacts?sort=name\""), "{}", page.text);
    assert!(page.text.contains("/sign-in?next=%2Fcontacts%3Fsort%3Dname"), "{}", page.text);
    assert!(!page.text.contains("Northlight"), "{}", page.text);
    let change = owner.client.post("/contacts", &[("name", "Early")]).await;
    assert_eq!(state(&change), "asked");
    assert_eq!(owner.prove("refresh").await.status, 200);
    assert_eq!(owner.client.post("/contacts", &[("name", "Ines Falk")]).await.status, 303);
    app.finish(&["Ines Falk", "Early"]).await;
}

/// Fails when: a form that a browser sent by itself is lost for lack of a signature, is altered, shows a password again, or gets
/// a token it did not bring.
async fn form_waits(app: App) {
    let site = site(&app);
    let owner = Tied::enter(&site, ADA).await;
    let whole = owner.client.with("sec-fetch-dest", "document");
    let fields = [("name", "Zq & Söhne"), ("email", "zq@zq.example"), ("roles", "viewer"), ("roles", "agent")];
    let waits = async |url: &str, fields: &[(&str, &str)], purpose: &str| {
        let answer = whole.post(url, fields).await;
        assert_eq!(answer.header("x-prove"), purpose, "{answer:?}");
        let page = Page::read(&answer.text);
        let sign = page.all("div").find(|div| div.get("data-sign").is_some()).unwrap();
        assert_eq!(sign.get("data-purpose"), Some(purpose));
        let to = page.all("form").next().map(|form| form.get("action").unwrap().to_owned());
        let text = |input: &Tag, name: &str| input.get(name).unwrap().to_owned();
        let kept: Vec<_> = page.all("input").map(|input| (text(input, "name"), text(input, "value"))).collect();
        (answer.status, to, kept)
    };
    let sent = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let people = || Some("/settings/people".to_owned());
    assert_eq!(waits("/settings/people", &fields, "act").await, (403, people(), sent(&fields)));
    let with_token = [&[("csrf", "theirs")][..], &fields].concat();
    assert_eq!(waits("/settings/people", &with_token, "act").await, (403, people(), sent(&with_token)));
    let typed = [("current", "wrasse"), ("password", "lagoon-quartz-sparrow-88")];
    assert_eq!(waits("/settings/account/password", &typed, "act").await, (403, None, Vec::new()));
    // A script signs by itself; it is told so, and gets no form to send.
    let script = owner.client.with("sec-fetch-dest", "empty").post("/settings/people", &fields).await;
    assert_eq!((script.header("x-prove"), script.text.contains("data-onward")), ("act", false));
    app.clock.advance(5 * MINUTE);
    let late = [("name", "Ines Falk")];
    assert_eq!(waits("/contacts", &late, "refresh").await, (401, Some("/contacts".to_owned()), sent(&late)));
    // What another site sent is not kept: it would be sent again with the owner's signature.
    let foreign = whole.with("sec-fetch-site", "cross-site").post("/contacts", &late).await;
    assert_eq!((foreign.status, foreign.text.contains("data-onward")), (403, false), "{foreign:?}");
    app.finish(&[]).await;
}

/// Fails when: the gate does not ask what the browser has signed, or takes a signature for something else, or one of long ago.
async fn dangerous(app: App) {
    let (site, second) = (site(&app), Duration::from_secs(1));
    let mut owner = Tied::enter(&site, ADA).await;
    let invite = async |client: &Client, name: &str| {
        let email = format!("{name}@example.org");
        let answer = client.post("/settings/people", &[("name", name), ("email", &email), ("roles", "viewer")]).await;
        (answer.status, answer.header("x-prove").to_owned())
    };
    let refused = || (403, "act".to_owned());
    // Just signed in, just signed to go on: neither is a signature for an act.
    assert_eq!(invite(&owner.copied(), "early").await, refused());
    assert_eq!(owner.prove("refresh").await.status, 200);
    assert_eq!((see(&owner.copied()).await, invite(&owner.copied(), "fresh").await), ("in", refused()));
    let thief = owner.copied();
    assert_eq!(owner.prove("act").await.status, 200);
    assert_eq!(invite(&thief, "behind").await, refused(), "the secret from before the signature");
    assert_eq!(invite(&owner.client, "rightly").await.0, 200);
    app.clock.advance(15 * second);
    assert_eq!(invite(&owner.client, "still").await.0, 200);
    app.clock.advance(second);
    assert_eq!(invite(&owner.client, "late").await, refused());
    assert_eq!(owner.prove("act").await.status, 200);
    assert_eq!(invite(&owner.client, "again").await.0, 200);
    let people = Raw::data(&app).await.number("select count(*) from app_user").await;
    assert_eq!(people, 4, "the owner and the three that the owner invited");
    app.finish(&[]).await;
}

/// Fails when: a tab that sends with the secret from a moment ago is turned away, or a sign-out leaves anything behind.
async fn tabs(app: App) {
    let site = site(&app);
    let mut owner = Tied::enter(&site, ADA).await;
    let behind = owner.copied();
    assert_eq!(owner.prove("refresh").await.status, 200);
    assert_eq!(behind.post("/contacts", &[("name", "Under Way")]).await.status, 303);
    // It signs as well, a moment later: no new cookie comes to overtake the one on the way.
    let mut tab = Tied { device: owner.device, client: behind, cookie: String::new() };
    assert_eq!(tab.prove("refresh").await.status, 200);
    assert_eq!((tab.cookie.as_str(), see(&owner.client).await), ("", "in"));
    assert_eq!(owner.client.post("/sign-out", &[]).await.status, 303);
    for (left, url) in [(&owner.client, "/contacts"), (&tab.client, "/contacts"), (&tab.client, "/device/ask")] {
        let answer = left.post(url, &[("name", "Too Late")]).await;
        assert_eq!((answer.status, answer.header("x-prove")), (401, ""), "{url}");
    }
    app.finish(&["Under Way", "Too Late"]).await;
}

/// Fails when: a part of a cookie is taken for the whole, or a clock that was put back makes a session last.
async fn broken(app: App) {
    let site = site(&app);
    let mut owner = Tied::enter(&site, ADA).await;
    let value = owner.cookie.strip_prefix("__Host-custos=").unwrap().to_owned();
    let (id, family) = (&value[..22], &value[..43]);
    for wrong in [
        id.to_owned(),
        family.to_owned(),
        format!("{value}{value}"),
        format!("{}A", &value[..63]),
        format!("{id}{}", "A".repeat(42)),
    ] {
        let client = owner.client.with("cookie", &format!("__Host-custos={wrong}"));
        // Whatever is of the session's own family may be asked to sign; nothing else is even that.
        assert!(matches!(see(&client).await, "out" | "asked"), "{wrong}");
    }
    assert_eq!(owner.prove("refresh").await.status, 200, "the question is answered");
    let now = kernel::Clock::now(&*app.clock);
    app.clock.set(now.minus(30 * 24 * 60 * MINUTE));
    assert_eq!(see(&owner.client).await, "asked");
    assert_eq!(owner.prove("refresh").await.status, 200);
    assert_eq!(see(&owner.client).await, "in");
    app.clock.set(now.plus(30 * 24 * 60 * MINUTE));
    assert_eq!(see(&owner.client).await, "out");
    assert_eq!(see(&Tied::enter(&site, ADA).await.client).await, "in");
    app.finish(&[]).await;
}
