//! What a stolen token is worth: from another network, long forgotten, and without the key it is bound to.

use std::time::Duration;

use crate::lines::codes_of;
use authz::Cx;
use kernel::{Clock as _, Fault as _, Lang};
use ledger::{Origin, Via, verbs};
use notices::Kind;
use serde_json::{Value, json};
use testkit::{Actor, App, Device};
use tokens::{NewToken, Presented, TokenFault, TokenForm};

const DAY: Duration = Duration::from_secs(86_400);
const URL: &str = "https://crm.example/api/v1/contacts";

testkit::on_both_engines! {
    a_token_from_another_network_is_refused_and_its_owner_told_once => super::elsewhere;
    a_token_that_nobody_uses_ends_by_itself => super::unused;
    a_bound_token_is_worth_nothing_without_its_key => super::bound;
    a_proof_that_lies_is_refused => super::lies;
    a_proof_counts_once_on_every_node => super::replay;
}

fn form() -> TokenForm {
    TokenForm { label: "Export to the warehouse".to_owned(), lasts: 300 * DAY, ..TokenForm::default() }
}

fn origin(ip: &str) -> Origin {
    Origin { ip: Some(ip.parse().unwrap()), ..Origin::via(Via::Api) }
}

async fn from(app: &App, ip: &str, presented: Presented<'_>) -> Result<Cx, TokenFault> {
    app.tokens.authenticate(presented, origin(ip), app.request(), Lang::En).await
}

async fn elsewhere(app: App) {
    let founder = app.founder().await;
    let form = TokenForm { networks: "198.51.100.0/24 2001:db8::/48".to_owned(), ..form() };
    let made = app.tokens.create(&app.operator(), founder.id, form).await.unwrap();
    let token = made.token.expose();
    for home in ["198.51.100.7", "2001:db8::7", "::ffff:198.51.100.200"] {
        assert!(from(&app, home, Presented::Bearer(token)).await.is_ok(), "{home}");
    }
    for abroad in ["203.0.113.9", "198.51.101.7", "2001:db8:1::7", "203.0.113.9"] {
        let refused = from(&app, abroad, Presented::Bearer(token)).await.unwrap_err();
        assert_eq!(refused.code(), "signed-out", "a thief learns nothing about the token");
    }
    let nowhere =
        app.tokens.authenticate(Presented::Bearer(token), Origin::via(Via::Api), app.request(), Lang::En).await;
    assert!(nowhere.is_err());
    assert_eq!(codes_of(&app, verbs::SIGN_IN_FAILED).await, ["other-network"; 5]);
    assert_eq!(told(&app, &founder, Kind::TokenElsewhere).await, 1, "a thousand tries do not bury the notice");
    app.clock.advance(Duration::from_secs(3_600 + 1));
    assert!(from(&app, "203.0.113.9", Presented::Bearer(token)).await.is_err());
    assert_eq!(told(&app, &founder, Kind::TokenElsewhere).await, 2);
    assert!(from(&app, "198.51.100.7", Presented::Bearer(token)).await.is_ok(), "the owner's own program goes on");
    let listed = app.tokens.list(&founder.cx).await.unwrap();
    assert_eq!(listed[0].used_from.as_deref(), Some("198.51.100.7"));
    assert_eq!(told(&app, &founder, Kind::TokenMade).await, 1);
    app.finish(&["Export to the warehouse", "198.51.100.0", "2001:db8::/48"]).await;
}

async fn told(app: &App, actor: &Actor, kind: Kind) -> usize {
    let again = Actor::again(app, &actor.email).await;
    let told = app.accounts.notices().list(&again.cx, None).await.unwrap();
    told.iter().filter(|notice| notice.kind == kind).count()
}

async fn unused(app: App) {
    let founder = app.founder().await;
    let used = app.tokens.create(&app.operator(), founder.id, form()).await.unwrap();
    let unused = app.tokens.create(&app.operator(), founder.id, form()).await.unwrap();
    for _ in 0..4 {
        app.clock.advance(DAY * 20);
        assert!(from(&app, "192.0.2.1", Presented::Bearer(used.token.expose())).await.is_ok());
    }
    assert!(from(&app, "192.0.2.1", Presented::Bearer(unused.token.expose())).await.is_err());
    assert_eq!(codes_of(&app, verbs::SIGN_IN_FAILED).await, ["unused"]);
    app.clock.advance(DAY * 59);
    assert!(from(&app, "192.0.2.1", Presented::Bearer(used.token.expose())).await.is_ok());
}

/// A program that holds a token and the key it is bound to.
struct Program {
    token: String,
    device: Device,
}

impl Program {
    async fn new(app: &App, owner: &Actor) -> Self {
        let device = Device::default();
        let form = TokenForm { key: device.jwk().to_string(), ..form() };
        let NewToken { token, .. } = app.tokens.create(&app.operator(), owner.id, form).await.unwrap();
        Self { token: token.expose().clone(), device }
    }

    fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.device.jwk() })
    }

    fn claims(&self, app: &App, id: &str) -> Value {
        let seconds = app.clock.now().micros() / 1_000_000;
        let hash = crypto::base64url(&crypto::sha256(self.token.as_bytes()));
        json!({ "jti": id, "htm": "GET", "htu": URL, "iat": seconds, "ath": hash })
    }

    fn with<'a>(&'a self, proof: Option<&'a str>) -> Presented<'a> {
        Presented::Dpop { token: &self.token, proof, method: "GET", url: URL }
    }
}

async fn bound(app: App) {
    let founder = app.founder().await;
    let program = Program::new(&app, &founder).await;
    let proof = program.device.jws(&program.header(), &program.claims(&app, "1"));
    assert!(from(&app, "192.0.2.1", program.with(Some(&proof))).await.is_ok());
    let refused = from(&app, "192.0.2.1", Presented::Bearer(&program.token)).await.unwrap_err();
    assert!(matches!(refused, TokenFault::Unproven));
    let refused = from(&app, "192.0.2.1", program.with(None)).await.unwrap_err();
    assert!(matches!(refused, TokenFault::Proof("missing")));
    let thief = Device::default();
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": thief.jwk() });
    let refused = from(&app, "192.0.2.1", program.with(Some(&thief.jws(&header, &program.claims(&app, "2"))))).await;
    assert!(matches!(refused, Err(TokenFault::Proof("other-key"))));
    // The key is named right and did not sign.
    let refused =
        from(&app, "192.0.2.1", program.with(Some(&thief.jws(&program.header(), &program.claims(&app, "3"))))).await;
    assert!(matches!(refused, Err(TokenFault::Proof("signature"))));
    // A token that is bound to nothing gains nothing by a proof.
    let plain = app.tokens.create(&app.operator(), founder.id, form()).await.unwrap();
    let with = Presented::Dpop { token: plain.token.expose(), proof: Some(&proof), method: "GET", url: URL };
    assert!(matches!(from(&app, "192.0.2.1", with).await, Err(TokenFault::Refused)));
    assert_eq!(codes_of(&app, verbs::SIGN_IN_FAILED).await, ["unproven", "missing", "other-key", "signature"]);
    let private = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" });
    let form = TokenForm { key: private.to_string(), ..form() };
    assert!(app.tokens.create(&app.operator(), founder.id, form).await.is_err());
}

async fn lies(app: App) {
    let founder = app.founder().await;
    let program = Program::new(&app, &founder).await;
    let seconds = app.clock.now().micros() / 1_000_000;
    let without = |name: &str| {
        let mut claims = program.claims(&app, "x");
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    let with = |name: &str, value: Value| {
        let mut claims = program.claims(&app, &format!("{name} {value}"));
        claims[name] = value;
        claims
    };
    let wrong = [
        (with("htm", json!("POST")), "method"),
        (with("htm", json!("get")), "method"),
        (without("htm"), "method"),
        (with("htu", json!("https://crm.example/api/v1/deals")), "url"),
        (with("htu", json!("http://crm.example/api/v1/contacts")), "url"),
        (with("htu", json!("https://crm.example.evil.example/api/v1/contacts")), "url"),
        (without("htu"), "url"),
        (with("ath", json!(crypto::base64url(&crypto::sha256(b"another token")))), "token-hash"),
        (without("ath"), "token-hash"),
        (with("iat", json!(seconds - 61)), "time"),
        (with("iat", json!(seconds + 61)), "time"),
        (with("iat", json!("now")), "time"),
        (with("iat", json!(i64::MAX)), "time"),
        (without("iat"), "time"),
        (with("jti", json!("")), "id"),
        (with("jti", json!(7)), "id"),
        (with("jti", json!("x".repeat(201))), "id"),
        (without("jti"), "id"),
    ];
    for (claims, why) in &wrong {
        let proof = program.device.jws(&program.header(), claims);
        match from(&app, "192.0.2.1", program.with(Some(&proof))).await {
            Err(TokenFault::Proof(found)) => assert_eq!(found, *why, "{claims}"),
            other => panic!("{claims}: {other:?}"),
        }
    }
    let header = |change: &dyn Fn(&mut Value)| {
        let mut header = program.header();
        change(&mut header);
        header
    };
    let heads = [
        (header(&|h| h["alg"] = json!("none")), "algorithm"),
        (header(&|h| h["alg"] = json!("HS256")), "algorithm"),
        (header(&|h| h["alg"] = json!("RS256")), "algorithm"),
        (header(&|h| h["alg"] = json!("EdDSA")), "signature"),
        (header(&|h| h["typ"] = json!("JWT")), "kind"),
        (header(&|h| drop(h.as_object_mut().unwrap().remove("typ"))), "kind"),
        (header(&|h| drop(h.as_object_mut().unwrap().remove("jwk"))), "key"),
        (header(&|h| h["jwk"]["d"] = json!("AA")), "key"),
        (header(&|h| h["crit"] = json!(["b64"])), "critical"),
    ];
    for (head, why) in &heads {
        let proof = program.device.jws(head, &program.claims(&app, why));
        match from(&app, "192.0.2.1", program.with(Some(&proof))).await {
            Err(TokenFault::Proof(found)) => assert_eq!(found, *why, "{head}"),
            other => panic!("{head}: {other:?}"),
        }
    }
    assert_eq!(codes_of(&app, verbs::SIGN_IN_FAILED).await.len(), wrong.len() + heads.len());
}

async fn replay(app: App) {
    let founder = app.founder().await;
    let program = Program::new(&app, &founder).await;
    // Another node has a memory of its own; what it shares is the database.
    let other = tokens::Tokens::new(app.accounts.clone());
    let proof = program.device.jws(&program.header(), &program.claims(&app, "once"));
    let ask = |tokens: tokens::Tokens| {
        let presented = program.with(Some(&proof));
        let request = app.request();
        async move { tokens.authenticate(presented, origin("192.0.2.1"), request, Lang::En).await }
    };
    let together =
        tokio::join!(ask(app.tokens.clone()), ask(other.clone()), ask(app.tokens.clone()), ask(other.clone()));
    let taken = [&together.0, &together.1, &together.2, &together.3].iter().filter(|one| one.is_ok()).count();
    assert_eq!(taken, 1);
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(29));
        assert!(matches!(ask(other.clone()).await, Err(TokenFault::Proof("replayed" | "time"))));
    }
    // Signed for the last moment that is taken: it is remembered until then.
    let mut late = program.claims(&app, "late");
    late["iat"] = json!(late["iat"].as_i64().unwrap() + 60);
    let late = program.device.jws(&program.header(), &late);
    assert!(from(&app, "192.0.2.1", program.with(Some(&late))).await.is_ok());
    app.clock.advance(Duration::from_secs(119));
    let another = program.device.jws(&program.header(), &program.claims(&app, "another"));
    assert!(from(&app, "192.0.2.1", program.with(Some(&another))).await.is_ok());
    assert!(matches!(from(&app, "192.0.2.1", program.with(Some(&late))).await, Err(TokenFault::Proof("replayed"))));
}
