//! An identity provider of our own, that tells the truth until it is told to lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use crypto::{SigningKey, base64url, sha256};
use http::{HeaderMap, StatusCode};
use kernel::Clock as _;
use outbound::{Outbound, encode};
use serde_json::{Value, json};
use sso::{Settings, Sso};
use testkit::App;
use tokio::net::TcpListener;

use super::http::{Answer, Client};

/// Who we are there, and how we prove it.
const CLIENT: &str = "custos & co";
const SECRET: &str = "s3cret/+ %";

/// What the provider would say next.
pub(crate) struct Lies {
    /// Claims over the good ones; null takes one away.
    pub(crate) claims: Value,
    /// Members over the good header of the token.
    pub(crate) header: Value,
    /// Members over the good discovery document.
    pub(crate) discovery: Value,
    /// What it says of somebody who is asked about once more.
    pub(crate) user_info: Value,
    /// The name and seed of the key that signs, and whether it is among those it shows.
    pub(crate) key: (&'static str, u8, bool),
    /// Who it says it is when it sends somebody back.
    pub(crate) names_itself: Option<String>,
    /// Whether every answer is an error.
    pub(crate) down: bool,
}

#[derive(Default)]
struct Asked {
    codes: HashMap<String, (String, String)>,
    keys: usize,
}

struct Inner {
    issuer: String,
    clock: Arc<kernel::FixedClock>,
    lies: Mutex<Lies>,
    asked: Mutex<Asked>,
}

/// A provider and the way to it.
#[derive(Clone)]
pub(crate) struct Idp {
    inner: Arc<Inner>,
    pub(crate) sso: Sso,
}

/// Puts members over others; null takes one away.
fn over(mut good: Value, changes: &Value) -> Value {
    let map = good.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            map.remove(name)
        } else {
            map.insert(name.clone(), value.clone())
        };
    }
    good
}

impl Idp {
    /// Starts one that a house signs in with.
    pub(crate) async fn start(app: &App) -> Self {
        Self::start_as(app, |_| {}).await
    }

    /// Starts one, with settings of its own.
    pub(crate) async fn start_as(app: &App, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let lies = Lies {
            claims: json!({}),
            header: json!({}),
            discovery: json!({}),
            user_info: json!({}),
            key: ("one", 1, true),
            names_itself: Some(issuer.clone()),
            down: false,
        };
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            clock: Arc::clone(&app.clock),
            lies: Mutex::new(lies),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state(Arc::clone(&inner));
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut settings = Settings {
            name: "Northlight ID".to_owned(),
            issuer,
            client_id: CLIENT.to_owned(),
            client_secret: Some(crypto::Secret::new(SECRET.to_owned())),
            role_claim: None,
            roles: std::collections::BTreeMap::new(),
            sign_up_domains: Vec::new(),
            sign_up_roles: Vec::new(),
            multi: Vec::new(),
            resistant: vec!["phr".to_owned()],
        };
        change(&mut settings);
        let out = outbound::Settings { allow_private: vec!["127.0.0.1".to_owned()], ..outbound::Settings::default() };
        let outbound = Outbound::new(out).unwrap();
        let sso = Sso::new(app.db.clone(), app.vault.clone(), app.accounts.clone(), outbound, settings);
        Self { inner, sso }
    }

    /// Changes what it says.
    pub(crate) fn lie(&self, change: impl FnOnce(&mut Lies)) {
        change(&mut self.inner.lies.lock().unwrap());
    }

    /// Says who signs in next.
    pub(crate) fn claim(&self, claims: Value) {
        self.lie(|lies| lies.claims = claims);
    }

    /// Returns who it is.
    pub(crate) fn issuer(&self) -> String {
        self.inner.issuer.clone()
    }

    /// Returns how often its keys were asked for.
    pub(crate) fn keys_asked(&self) -> usize {
        self.inner.asked.lock().unwrap().keys
    }

    /// Sends somebody back who came there by an answer of ours: the address they are sent to.
    pub(crate) fn sends_back(&self, away: &Answer) -> String {
        let asked = query_of(away);
        let code = base64url(&sha256(asked["state"].as_bytes()));
        let mut known = self.inner.asked.lock().unwrap();
        known.codes.insert(code.clone(), (asked["nonce"].clone(), asked["code_challenge"].clone()));
        let named = self.inner.lies.lock().unwrap().names_itself.clone();
        let named = named.map(|issuer| format!("&iss={}", encode(&issuer))).unwrap_or_default();
        format!("/sign-in/provider/back?state={}&code={code}{named}", encode(&asked["state"]))
    }

    /// Goes there and back in a browser.
    pub(crate) async fn round(&self, client: &Client, from: &str, fields: &[(&str, &str)]) -> Answer {
        let away = client.post(from, fields).await;
        assert_eq!(away.status, 200, "{away:?}");
        away_with(client, &away).get(&self.sends_back(&away)).await
    }

    /// Signs a token that says that somebody was signed out there.
    pub(crate) fn logout_token(&self, changes: &Value) -> String {
        let now = self.inner.clock.now().micros() / 1_000_000;
        let good = json!({
            "iss": self.inner.issuer, "aud": CLIENT, "sub": "mei", "jti": format!("{now}"), "iat": now, "exp": now + 120,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        let lies = self.inner.lies.lock().unwrap();
        sign(&json!({"alg": "EdDSA", "typ": "logout+jwt", "kid": lies.key.0}), &over(good, changes), lies.key.1)
    }
}

/// Returns a browser that holds what an answer gave it, besides what it held.
pub(crate) fn away_with(client: &Client, away: &Answer) -> Client {
    let mut line = away.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let line = line.rfind(|line| line.starts_with("__Host-custos_away=")).unwrap();
    let (cookie, rest) = line.split_once(';').unwrap();
    assert_eq!(rest, " Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
    client.also("cookie", cookie).without("sec-fetch-site").with("sec-fetch-site", "cross-site")
}

/// Returns what somebody takes along to the provider.
pub(crate) fn query_of(away: &Answer) -> HashMap<String, String> {
    let url = away.header("refresh").strip_prefix("0; url=").unwrap_or_else(|| panic!("not away: {away:?}"));
    let (_, query) = url.split_once('?').unwrap();
    let pairs = httpkit::Pairs::parse(query.as_bytes()).unwrap();
    let names = [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "max_age",
        "prompt",
    ];
    names.iter().filter_map(|name| Some(((*name).to_owned(), pairs.get(name)?.to_owned()))).collect()
}

fn sign(header: &Value, claims: &Value, seed: u8) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = SigningKey::from_seed([seed; 32]).sign(signed.as_bytes());
    format!("{signed}.{}", base64url(&signature))
}

async fn discovery(State(idp): State<Arc<Inner>>) -> Response {
    let lies = idp.lies.lock().unwrap();
    if lies.down {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let at = |path: &str| format!("{}/{path}", idp.issuer);
    let good = json!({
        "issuer": idp.issuer, "authorization_endpoint": at("auth"), "token_endpoint": at("token"), "jwks_uri": at("keys"),
        "userinfo_endpoint": at("me"), "end_session_endpoint": at("end"), "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    Json(over(good, &lies.discovery)).into_response()
}

async fn keys(State(idp): State<Arc<Inner>>) -> Json<Value> {
    idp.asked.lock().unwrap().keys += 1;
    let (name, seed, shown) = idp.lies.lock().unwrap().key;
    let seed = if shown { seed } else { 99 };
    let x = base64url(&SigningKey::from_seed([seed; 32]).verifying().to_bytes());
    let name = if shown { name } else { "another" };
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": name, "use": "sig", "x": x}]}))
}

async fn token(State(idp): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    let lies = idp.lies.lock().unwrap();
    if lies.down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    // RFC 6749 §2.3.1: both parts encoded, then base64.
    let line = headers.get("authorization").map(|line| line.to_str().unwrap().to_owned()).unwrap_or_default();
    let pair =
        line.strip_prefix("Basic ").unwrap_or_default().trim_end_matches('=').replace('+', "-").replace('/', "_");
    let pair = String::from_utf8(crypto::unbase64url(&pair).unwrap_or_default()).unwrap();
    if pair != format!("{}:{}", encode(CLIENT), encode(SECRET)) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    let form = httpkit::Pairs::parse(body.as_bytes()).unwrap();
    let code = form.get("code").unwrap_or_default();
    let known = idp.asked.lock().unwrap().codes.remove(code);
    let verifier = form.get("code_verifier").unwrap_or_default();
    let Some((nonce, challenge)) = known else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    if base64url(&sha256(verifier.as_bytes())) != challenge {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    }
    let now = idp.clock.now().micros() / 1_000_000;
    let good = json!({
        "iss": idp.issuer, "aud": CLIENT, "sub": "mei", "nonce": nonce, "iat": now, "exp": now + 300, "auth_time": now, "sid": "s-1",
    });
    let header = over(json!({"alg": "EdDSA", "kid": lies.key.0}), &lies.header);
    let id_token = sign(&header, &over(good, &lies.claims), lies.key.1);
    Json(json!({"id_token": id_token, "access_token": "access", "token_type": "Bearer"})).into_response()
}

async fn me(State(idp): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer access");
    Json(over(json!({"sub": "mei"}), &idp.lies.lock().unwrap().user_info)).into_response()
}
