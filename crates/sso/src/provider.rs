//! What the provider says about itself, its keys, and what it gives for a code.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crypto::{Secret, Zeroizing};
use kernel::Timestamp;
use outbound::{Answer, Ask, Outbound, OutboundFault, Url, encode};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::{Settings, SsoFault};
use proofs::jws::{Keys, Token};

/// What the provider says about itself is believed for this long.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// Keys that nobody knew are asked for again at most this often, so that made-up tokens are not made-up requests.
const AGAIN: Duration = Duration::from_secs(60);
/// So many requests to the provider at once.
const MOST: usize = 8;

/// What the provider says about itself (OpenID Connect Discovery 1.0 §3).
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorize: Url,
    token: Url,
    keys: Url,
    user_info: Option<Url>,
    pub(crate) end_session: Option<Url>,
    /// Whether it names itself when it sends somebody back (RFC 9207).
    pub(crate) names_itself: bool,
    /// Whether our secret goes into the form, because it takes it nowhere else.
    in_form: bool,
}

/// What the provider gave for a code.
pub(crate) struct Given {
    pub(crate) id_token: Zeroizing<String>,
    pub(crate) access_token: Option<Zeroizing<String>>,
}

/// The provider. It is asked when somebody needs it, and not before.
pub(crate) struct Provider {
    outbound: Outbound,
    permits: Semaphore,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Timestamp, Arc<Metadata>)>,
    keys: Option<(Timestamp, Arc<Keys>)>,
}

fn fresh(since: Timestamp, now: Timestamp, span: Duration) -> bool {
    // A clock that was put back makes nothing fresher.
    since <= now && now.since(since) < span
}

impl Provider {
    pub(crate) fn new(outbound: Outbound) -> Self {
        Self { outbound, permits: Semaphore::new(MOST), known: Mutex::default() }
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, SsoFault> {
        let _permit = self.permits.try_acquire().map_err(|_| SsoFault::Busy)?;
        self.outbound.send(ask).await.map_err(SsoFault::Down)
    }

    async fn ask_json(&self, url: &Url) -> Result<Vec<u8>, SsoFault> {
        let answer = self.ask(Ask::get(url.clone()).accept("application/json")).await?;
        if answer.is_success() { Ok(answer.body) } else { Err(SsoFault::Provider("status")) }
    }

    /// Returns what the provider says about itself.
    pub(crate) async fn metadata(&self, settings: &Settings, now: Timestamp) -> Result<Arc<Metadata>, SsoFault> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).metadata.clone();
        if let Some((since, metadata)) = known.filter(|(since, _)| fresh(*since, now, KEPT)) {
            let _ = since;
            return Ok(metadata);
        }
        let place = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let body = self.ask_json(&url(&place)?).await?;
        let metadata = Arc::new(Metadata::parse(&body, &settings.issuer)?);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).metadata = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// Returns the keys that a token can be checked with. A name nobody knows means that they were rotated, perhaps.
    pub(crate) async fn keys(
        &self,
        settings: &Settings,
        token: &Token<'_>,
        now: Timestamp,
    ) -> Result<Arc<Keys>, SsoFault> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).keys.clone();
        if let Some((since, keys)) = known {
            let good = fresh(since, now, KEPT) && keys.has(token.key.as_deref());
            if good || fresh(since, now, AGAIN) {
                return Ok(keys);
            }
        }
        let metadata = self.metadata(settings, now).await?;
        let body = self.ask_json(&metadata.keys).await?;
        let keys = Arc::new(Keys::parse(&body).ok_or(SsoFault::Provider("keys"))?);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).keys = Some((now, Arc::clone(&keys)));
        Ok(keys)
    }

    /// Gives a code and gets tokens (OpenID Connect Core §3.1.3).
    pub(crate) async fn exchange(
        &self,
        settings: &Settings,
        metadata: &Metadata,
        (code, redirect, verifier): (&str, &str, &str),
    ) -> Result<Given, SsoFault> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let mut line = None;
        match &settings.client_secret {
            Some(secret) if metadata.in_form => {
                fields
                    .extend([("client_id", settings.client_id.as_str()), ("client_secret", secret.expose().as_str())]);
            }
            Some(secret) => line = Some(basic(&settings.client_id, secret)),
            None => fields.push(("client_id", settings.client_id.as_str())),
        }
        let mut ask = Ask::form(metadata.token.clone(), &fields).accept("application/json");
        if let Some(line) = line {
            ask = ask.authorization(line);
        }
        let answer = self.ask(ask).await?;
        if !answer.is_success() {
            // A code that is no good is a sign-in that is no good; anything else is the provider's or the operator's.
            let said: Option<Map<String, Value>> = serde_json::from_slice(&answer.body).ok();
            let error = said.as_ref().and_then(|said| said.get("error")).and_then(Value::as_str);
            return Err(if error == Some("invalid_grant") { SsoFault::Refused } else { SsoFault::Provider("token") });
        }
        let said: Map<String, Value> = serde_json::from_slice(&answer.body).map_err(|_| SsoFault::Provider("token"))?;
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(|text| Zeroizing::new(text.to_owned()));
        Ok(Given { id_token: text("id_token").ok_or(SsoFault::Provider("token"))?, access_token: text("access_token") })
    }

    /// Asks what else the provider says about somebody (OpenID Connect Core §5.3).
    pub(crate) async fn user_info(&self, metadata: &Metadata, access: &str) -> Result<Map<String, Value>, SsoFault> {
        let url = metadata.user_info.clone().ok_or(SsoFault::Provider("user info"))?;
        let line = Secret::new(format!("Bearer {access}"));
        let answer = self.ask(Ask::get(url).accept("application/json").authorization(line)).await?;
        let read = if answer.is_success() { serde_json::from_slice(&answer.body).ok() } else { None };
        read.ok_or(SsoFault::Provider("user info"))
    }
}

fn url(text: &str) -> Result<Url, SsoFault> {
    Url::parse(text).map_err(|fault: OutboundFault| SsoFault::Down(fault))
}

/// Spells who we are (RFC 6749 §2.3.1): both parts encoded, then base64 with padding (RFC 4648 §4).
fn basic(client: &str, secret: &Secret<String>) -> Secret<String> {
    let pair = Zeroizing::new(format!("{}:{}", encode(client), encode(secret.expose())));
    let mut text = crypto::base64url(pair.as_bytes()).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    Secret::new(format!("Basic {text}"))
}

impl Metadata {
    pub(crate) fn parse(body: &[u8], issuer: &str) -> Result<Self, SsoFault> {
        let said: Map<String, Value> = serde_json::from_slice(body).map_err(|_| SsoFault::Provider("discovery"))?;
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        // Letter by letter: otherwise one issuer speaks for another (OpenID Connect Discovery §4.3).
        if text("issuer") != Some(issuer) {
            return Err(SsoFault::Provider("issuer"));
        }
        // A provider that is reached over TLS sends nobody over the clear, the browser neither.
        let clear = issuer.starts_with("http://");
        let url = |text: &str| {
            url(text).and_then(|url| if clear || url.is_secure() { Ok(url) } else { Err(SsoFault::Provider("clear")) })
        };
        let place = |name: &'static str| url(text(name).ok_or(SsoFault::Provider("discovery"))?);
        let maybe = |name: &'static str| text(name).map(url).transpose();
        let lists = |name: &str, word: &str| match said.get(name) {
            Some(Value::Array(all)) => Some(all.iter().any(|one| one.as_str() == Some(word))),
            _ => None,
        };
        // Who lists ways and leaves this one out would take a code from whoever has it.
        if lists("code_challenge_methods_supported", "S256") == Some(false) {
            return Err(SsoFault::Provider("PKCE"));
        }
        let methods = "token_endpoint_auth_methods_supported";
        Ok(Self {
            authorize: place("authorization_endpoint")?,
            token: place("token_endpoint")?,
            keys: place("jwks_uri")?,
            user_info: maybe("userinfo_endpoint")?,
            end_session: maybe("end_session_endpoint")?,
            names_itself: said.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
            in_form: lists(methods, "client_secret_basic") == Some(false)
                && lists(methods, "client_secret_post") == Some(true),
        })
    }
}
