//! Keys that browsers keep themselves (device bound session credentials): the browser is played, as no browser of the machine that
//! runs this has a place for such a key.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{App, Device};

use super::copied::{ADA, MINUTE, see};
use crate::support::browser::{Tied, set_cookie};
use crate::support::http::{Answer, Client, site};
use crate::support::ledger::acts;
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_browser_registers_a_key_and_signs_before_its_cookie_runs_out => super::goes_on;
    a_page_alone_does_not_keep_a_session_that_a_browser_signs_for => super::profile;
    a_browser_without_scripts_is_tied_by_its_own_key => super::plain;
    a_registration_that_does_not_hold_ties_nothing => super::registers;
    a_key_is_registered_once => super::once;
    a_signature_that_does_not_hold_ends_the_session => super::forged;
    an_answer_is_good_once_and_for_its_own_session => super::replayed;
    another_id_and_garbage_are_no_use => super::garbage;
    a_step_up_keeps_the_key_and_a_sign_out_ends_it => super::life;
}

const REGISTER: &str = "/device/register";
const REFRESH: &str = "/device/refresh";

/// A browser that keeps a key for the session that somebody has just signed in to.
struct Keeper {
    key: Device,
    tied: Tied,
    challenge: String,
    id: String,
}

/// The question in a header.
fn quoted(line: &str, name: &str) -> String {
    line.split_once(name).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default().to_owned()
}

fn header() -> Value {
    json!({ "typ": "dbsc+jwt", "alg": "ES256" })
}

/// Takes from the client what a browser does not say of requests that it makes itself.
fn own(client: &Client) -> Client {
    client.without("sec-fetch-site")
}

fn told(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_default()
}

impl Keeper {
    async fn enter(site: &axum::Router) -> Self {
        let (tied, entered) = Tied::enter_with(site, ADA).await;
        let offer = entered.header("secure-session-registration");
        assert!(offer.starts_with("(ES256);path=\"/device/register\";challenge=\""), "{offer}");
        let challenge = quoted(offer, "challenge=\"");
        Self { key: Device::default(), tied, challenge, id: String::new() }
    }

    /// What an honest browser brings.
    fn brought(&self) -> String {
        self.key.jws(
            &json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": self.key.jwk() }),
            &json!({ "jti": self.challenge }),
        )
    }

    async fn send(&self, url: &str, token: &str) -> Answer {
        own(&self.tied.client).with("secure-session-response", token).post(url, &[]).await
    }

    async fn registered(mut self) -> Self {
        let answer = self.send(REGISTER, &self.brought()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.id = told(&answer)["session_identifier"].as_str().unwrap().to_owned();
        self
    }

    fn asking(&self) -> Client {
        own(&self.tied.client).with("sec-secure-session-id", &format!("\"{}\"", self.id))
    }

    /// Asks for a question.
    async fn asked(&self) -> String {
        let answer = self.asking().post(REFRESH, &[]).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let line = answer.header("secure-session-challenge");
        assert!(line.ends_with(&format!(";id=\"{}\"", self.id)), "{line}");
        quoted(line, "\"")
    }

    async fn answer(&mut self, token: &str) -> Answer {
        let answer = self.asking().with("secure-session-response", token).post(REFRESH, &[]).await;
        if let Some(cookie) = set_cookie(&answer) {
            self.tied.client = self.tied.client.with("cookie", &cookie);
        }
        answer
    }

    /// Does all that a browser does when its short cookie has run out.
    async fn refresh(&mut self) -> Answer {
        let challenge = self.asked().await;
        let token = self.key.jws(&header(), &json!({ "jti": challenge }));
        self.answer(&token).await
    }
}

/// Fails when: a signature of the browser's key does not let the session go on, or replaces no secret.
async fn goes_on(app: App) {
    let site = site(&app);
    let keeper = Keeper::enter(&site).await;
    let answer = keeper.send(REGISTER, &keeper.brought()).await;
    let said = told(&answer);
    assert_eq!((answer.status, said["refresh_url"].as_str()), (200, Some(REFRESH)), "{answer:?}");
    assert_eq!(said["scope"]["origin"], "http://localhost");
    let credential = &said["credentials"][0];
    let line = answer.header("set-cookie");
    assert_eq!(
        (credential["type"].as_str(), credential["name"].as_str()),
        (Some("cookie"), Some("__Host-custos_bound"))
    );
    assert_eq!(line, format!("__Host-custos_bound=1; {}; Max-Age=240", credential["attributes"].as_str().unwrap()));
    let mut keeper = Keeper { id: said["session_identifier"].as_str().unwrap().to_owned(), ..keeper };
    let thief = keeper.tied.copied();
    for _ in 0..6 {
        app.clock.advance(4 * MINUTE);
        assert_eq!(see(&keeper.tied.client).await, "in");
        let answer = keeper.refresh().await;
        assert_eq!(
            (answer.status, told(&answer)["session_identifier"].as_str()),
            (200, Some(&*keeper.id)),
            "{answer:?}"
        );
    }
    // Copied at the beginning, it died with the first signature; copied now, it dies within five minutes.
    assert_eq!((see(&thief).await, see(&keeper.tied.client).await), ("asked", "in"));
    assert_eq!(keeper.refresh().await.status, 200, "its owner's browser goes on");
    let thief = keeper.tied.copied();
    app.clock.advance(5 * MINUTE);
    assert_eq!(see(&thief).await, "asked");
    assert_eq!(keeper.refresh().await.status, 200);
    assert_eq!((see(&thief).await, see(&keeper.tied.client).await), ("in", "in"), "for requests under way");
    app.clock.advance(Duration::from_secs(11));
    assert_eq!((see(&thief).await, see(&keeper.tied.client).await), ("asked", "in"));
    app.finish(&[]).await;
}

/// Fails when: what lies in a profile, the cookie and the page's key, is enough to go on with.
async fn profile(app: App) {
    let site = site(&app);
    let mut owner = Keeper::enter(&site).await.registered().await;
    let mut thief = owner.tied.profile();
    // The owner is away: the page's key lasts a while, so that a browser that cannot sign for a moment loses nothing.
    for minutes in [4, 8, 12] {
        app.clock.advance(4 * MINUTE);
        assert_eq!((thief.prove("refresh").await.status, see(&thief.client).await), (200, "in"), "{minutes}");
    }
    app.clock.advance(4 * MINUTE);
    assert_eq!(thief.prove("refresh").await.status, 401);
    assert_eq!(see(&thief.client).await, "asked");
    // The browser finds its way back, however old its cookie is; the copy does not.
    assert_eq!((owner.refresh().await.status, see(&owner.tied.client).await), (200, "in"));
    app.clock.advance(11 * Duration::from_secs(1));
    assert_eq!(thief.prove("refresh").await.status, 200, "the one before, for answers under way");
    let mut thief = owner.tied.profile();
    app.clock.advance(MINUTE);
    assert_eq!((owner.refresh().await.status, owner.refresh().await.status), (200, 200));
    assert_eq!((thief.prove("refresh").await.status, see(&thief.client).await), (401, "asked"));
    app.finish(&[]).await;
}

/// Fails when: a browser without scripts gets no longer life by its key, or a signature of that stands for a proof.
async fn plain(app: App) {
    let site = site(&app);
    let nobody = Client::nobody(&site).with("sec-fetch-site", "same-origin");
    let entered = nobody.post("/sign-in", &[("email", ADA), ("password", testkit::PASSWORD)]).await;
    let cookie = set_cookie(&entered).unwrap();
    let tied = Tied { device: Device::default(), client: nobody.with("cookie", &cookie), cookie };
    let challenge = quoted(entered.header("secure-session-registration"), "challenge=\"");
    let mut keeper = Keeper { key: Device::default(), tied, challenge, id: String::new() }.registered().await;
    let thief = keeper.tied.copied();
    let invited = async |client: &Client, email: &str| {
        let form = [("name", "Eve"), ("email", email), ("roles", "viewer")];
        let answer = client.post("/settings/people", &form).await;
        (answer.status, answer.header("x-prove").to_owned())
    };
    // Without scripts nobody can sign for one act, so a proof of a moment ago has to do, and lasts two minutes.
    assert_eq!(invited(&keeper.tied.client, "eve@example.org").await, (200, String::new()));
    app.clock.advance(2 * MINUTE + Duration::from_secs(1));
    assert_eq!((keeper.refresh().await.status, invited(&keeper.tied.client, "bo@example.org").await.0), (200, 403));
    for _ in 0..40 {
        app.clock.advance(4 * MINUTE);
        assert_eq!(keeper.refresh().await.status, 200);
        assert_eq!(see(&keeper.tied.client).await, "in");
    }
    assert_eq!(see(&thief).await, "asked");
    let (asked, _) = keeper.tied.question("act").await;
    assert_eq!(asked.status, 409, "no page has a key to sign with");
    app.finish(&[]).await;
}

/// Fails when: what a browser brings is not held to its kind, its algorithm, its signature and its question.
async fn registers(app: App) {
    let (site, raw) = (site(&app), Raw::data(&app).await);
    let keeper = Keeper::enter(&site).await;
    let (key, other) = (&keeper.key, Device::default());
    let full = |alg: &str| json!({ "typ": "dbsc+jwt", "alg": alg, "jwk": key.jwk() });
    let asked = json!({ "jti": keeper.challenge });
    let good = keeper.brought();
    let unsigned = good.rsplit_once('.').unwrap().0;
    let mut private = key.jwk();
    private["d"] = json!("AAAA");
    let of = |jwk: Value| key.jws(&json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": jwk }), &asked);
    let forged = [
        ("", String::new()),
        ("cut", good[..good.len() / 2].to_owned()),
        ("unsigned", unsigned.to_owned()),
        ("empty signature", format!("{unsigned}.")),
        ("alg none", key.jws(&full("none"), &asked)),
        ("alg RS256", key.jws(&full("RS256"), &asked)),
        ("alg HS256", key.jws(&full("HS256"), &asked)),
        ("alg EdDSA", key.jws(&full("EdDSA"), &asked)),
        ("kind", key.jws(&json!({ "typ": "JWT", "alg": "ES256", "jwk": key.jwk() }), &asked)),
        ("no key", key.jws(&header(), &asked)),
        ("another's key", of(other.jwk())),
        ("private", of(private)),
        ("RSA", of(json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }))),
        ("no point", of(json!({ "kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43) }))),
        ("no question", key.jws(&full("ES256"), &json!({}))),
        ("wrong question", key.jws(&full("ES256"), &json!({ "jti": "x" }))),
        ("made up", key.jws(&full("ES256"), &json!({ "jti": "00000000-0000-7000-8000-000000000000" }))),
        (
            "sent elsewhere",
            key.jws(&full("ES256"), &json!({ "jti": keeper.challenge, "aud": "https://evil.example/device/register" })),
        ),
    ];
    for (what, token) in &forged {
        let answer = keeper.send(REGISTER, token).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (409, ""), "{what}: {answer:?}");
    }
    for client in [keeper.tied.client.without("cookie"), keeper.tied.client.with("cookie", "__Host-custos=x")] {
        let answer = own(&client).with("secure-session-response", &good).post(REGISTER, &[]).await;
        assert_eq!(answer.status, 401, "{answer:?}");
    }
    let foreign = keeper.tied.client.with("sec-fetch-site", "cross-site").with("secure-session-response", &good);
    assert_eq!(foreign.post(REGISTER, &[]).await.status, 403);
    assert_eq!(own(&keeper.tied.client).post(REGISTER, &[]).await.status, 400);
    // Somebody else's question, and one that has waited too long.
    let two = Keeper::enter(&site).await;
    let crossed = two.key.jws(&json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": two.key.jwk() }), &asked);
    assert_eq!(two.send(REGISTER, &crossed).await.status, 409);
    app.clock.advance(MINUTE);
    assert_eq!(two.send(REGISTER, &two.brought()).await.status, 409);
    // Nothing of it has touched the session.
    assert_eq!(see(&keeper.tied.client).await, "in");
    let lines: Vec<String> =
        acts(&raw).await.iter().flat_map(|act| &act.lines).map(|line| format!("{line:?}")).collect();
    let failed = |why: &str| lines.iter().any(|line| line.contains("session-bind") && line.contains(why));
    assert!(
        ["malformed", "algorithm", "kind", "key", "signature", "id", "audience", "spent"].iter().all(|why| failed(why))
    );
    app.finish(&[]).await;
}

/// Fails when: a question is answered twice, or a session gets a second key.
async fn once(app: App) {
    let site = site(&app);
    let mut keeper = Keeper::enter(&site).await.registered().await;
    assert_eq!(keeper.send(REGISTER, &keeper.brought()).await.status, 409, "the same again");
    let thief = Device::default();
    let token = thief
        .jws(&json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": thief.jwk() }), &json!({ "jti": keeper.challenge }));
    assert_eq!(keeper.send(REGISTER, &token).await.status, 409);
    // Nor with a question that was asked for something else.
    let challenge = keeper.asked().await;
    let token =
        thief.jws(&json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": thief.jwk() }), &json!({ "jti": challenge }));
    assert_eq!(keeper.send(REGISTER, &token).await.status, 409);
    assert_eq!(keeper.refresh().await.status, 200, "the first key is the one that counts");
    // Two at once: one key, and nothing is broken.
    let keeper = Keeper::enter(&site).await;
    let brought = keeper.brought();
    let both = tokio::join!(keeper.send(REGISTER, &brought), keeper.send(REGISTER, &brought));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    app.finish(&[]).await;
}

/// Fails when: a signature is not checked by the key that was registered, by ES256 and nothing else.
async fn forged(app: App) {
    let site = site(&app);
    type Forge = fn(&Keeper, &str) -> String;
    let forges: [(&str, Forge); 7] = [
        ("another key", |_, challenge| Device::default().jws(&header(), &json!({ "jti": challenge }))),
        ("its own key", |_, challenge| {
            let key = Device::default();
            key.jws(&json!({ "typ": "dbsc+jwt", "alg": "ES256", "jwk": key.jwk() }), &json!({ "jti": challenge }))
        }),
        ("the page's key", |keeper, challenge| keeper.tied.device.jws(&header(), &json!({ "jti": challenge }))),
        ("none", |keeper, challenge| {
            let token = keeper.key.jws(&json!({ "typ": "dbsc+jwt", "alg": "none" }), &json!({ "jti": challenge }));
            format!("{}.", token.rsplit_once('.').unwrap().0)
        }),
        ("RS256", |keeper, challenge| {
            keeper.key.jws(&json!({ "typ": "dbsc+jwt", "alg": "RS256" }), &json!({ "jti": challenge }))
        }),
        ("HS256", |keeper, challenge| {
            keeper.key.jws(&json!({ "typ": "dbsc+jwt", "alg": "HS256" }), &json!({ "jti": challenge }))
        }),
        ("cut", |keeper, challenge| {
            let token = keeper.key.jws(&header(), &json!({ "jti": challenge }));
            token[..token.len() - 9].to_owned()
        }),
    ];
    for (what, forge) in forges {
        let mut keeper = Keeper::enter(&site).await.registered().await;
        let token = forge(&keeper, &keeper.asked().await);
        let answer = keeper.answer(&token).await;
        assert_eq!((answer.status, told(&answer)["continue"].as_bool()), (200, Some(false)), "{what}: {answer:?}");
        assert_eq!((answer.header("set-cookie"), see(&keeper.tied.client).await), ("", "out"), "{what}");
    }
    app.finish(&[]).await;
}

/// Fails when: an answer is taken twice, too late, for another question or another session.
async fn replayed(app: App) {
    let site = site(&app);
    let (mut one, mut two) =
        (Keeper::enter(&site).await.registered().await, Keeper::enter(&site).await.registered().await);
    let token = one.key.jws(&header(), &json!({ "jti": one.asked().await }));
    assert_eq!(one.answer(&token).await.status, 200);
    let again = one.answer(&token).await;
    assert_eq!((again.status, again.header("set-cookie")), (403, ""), "replayed: {again:?}");
    assert_ne!(again.header("secure-session-challenge"), "", "and asked anew");
    let late = one.key.jws(&header(), &json!({ "jti": one.asked().await }));
    app.clock.advance(MINUTE);
    assert_eq!(one.answer(&late).await.status, 403);
    // Another session's question, and the page's.
    let theirs = two.asked().await;
    let crossed = one.key.jws(&header(), &json!({ "jti": theirs }));
    assert_eq!(one.answer(&crossed).await.status, 403);
    let (_, page) = one.tied.question("refresh").await;
    let crossed = one.key.jws(&header(), &json!({ "jti": page["challenge"] }));
    assert_eq!(one.answer(&crossed).await.status, 403);
    let token = two.key.jws(&header(), &json!({ "jti": theirs }));
    assert_eq!(two.answer(&token).await.status, 200, "theirs is as good as ever");
    assert_eq!((see(&one.tied.client).await, see(&two.tied.client).await), ("in", "in"));
    app.finish(&[]).await;
}

/// Fails when: an id opens a session without its cookie, or something that is no id breaks anything.
async fn garbage(app: App) {
    let site = site(&app);
    let (one, two) = (Keeper::enter(&site).await.registered().await, Keeper::enter(&site).await.registered().await);
    let told_over = async |client: &Client, id: &str| {
        let answer = client.with("sec-secure-session-id", id).post(REFRESH, &[]).await;
        (
            answer.status == 200 && told(&answer)["continue"] == json!(false) && answer.header("set-cookie").is_empty(),
            answer,
        )
    };
    for client in [own(&one.tied.client), own(&one.tied.client).without("cookie")] {
        let (over, answer) = told_over(&client, &two.id).await;
        assert!(over, "{answer:?}");
    }
    let (over, answer) = told_over(&own(&one.tied.client), "00000000-0000-7000-8000-000000000000").await;
    assert!(over, "{answer:?}");
    let untied = Tied::enter(&site, ADA).await;
    let (over, answer) = told_over(&own(&untied.client), &one.id).await;
    assert!(over, "no key there: {answer:?}");
    for id in ["", "x", "\"", "\"\"", &one.id[1..], &one.id.to_uppercase(), &"9".repeat(9_000)] {
        let answer = own(&one.tied.client).with("sec-secure-session-id", id).post(REFRESH, &[]).await;
        assert_eq!(answer.status / 100, 4, "{id}: {answer:?}");
    }
    assert_eq!(own(&one.tied.client).post(REFRESH, &[]).await.status, 400);
    assert_eq!((see(&one.tied.client).await, see(&two.tied.client).await), ("in", "in"));
    app.finish(&[]).await;
}

/// Fails when: a session that gets another id loses its key, or one that has ended is signed for.
async fn life(app: App) {
    let site = site(&app);
    let mut keeper = Keeper::enter(&site).await.registered().await;
    assert_eq!(keeper.tied.prove("act").await.status, 200);
    let proof = [("to", "/settings/account"), ("level", "single"), ("prove-password", testkit::PASSWORD)];
    let proved = keeper.tied.client.post("/prove", &proof).await;
    let cookie = set_cookie(&proved).unwrap_or_else(|| panic!("{proved:?}"));
    assert_eq!(proved.header("secure-session-registration"), "", "it has one");
    let before = keeper.tied.cookie.clone();
    keeper.tied.client = keeper.tied.client.with("cookie", &cookie);
    assert_ne!(before[..36], cookie[..36], "another id");
    assert_eq!((keeper.refresh().await.status, see(&keeper.tied.client).await), (200, "in"));
    let out = keeper.tied.client.post("/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    let answer = keeper.asking().post(REFRESH, &[]).await;
    assert_eq!((answer.status, told(&answer)["continue"].as_bool()), (200, Some(false)), "{answer:?}");
    app.finish(&[]).await;
}
