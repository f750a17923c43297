//! What must hold of a token before a word of it is believed.

use std::time::Duration;

use crypto::{Algorithm, base64url, sha256, sha512};
use kernel::Timestamp;
use serde_json::{Map, Value};

use crate::SsoFault;

/// Clocks may be this far apart.
pub(crate) const SKEW: Duration = Duration::from_secs(120);
/// A token is taken for this long after it was made: it comes straight from the provider.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// What is expected of an ID token.
pub(crate) struct Expected<'e> {
    pub(crate) issuer: &'e str,
    pub(crate) client: &'e str,
    pub(crate) nonce: &'e str,
    /// The access token that came with it.
    pub(crate) access: Option<&'e str>,
    /// By what the token is signed, which says how the access token is hashed in it.
    pub(crate) algorithm: Algorithm,
    /// The person must have proved who they are since then.
    pub(crate) since: Timestamp,
    /// Whether a token that does not say when is refused.
    pub(crate) anew: bool,
    pub(crate) now: Timestamp,
}

/// An ID token that holds.
#[derive(Clone, Debug)]
pub(crate) struct Claims(Map<String, Value>);

/// What a provider tells when it signs somebody out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedOut {
    pub(crate) subject: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) id: String,
}

fn text<'m>(map: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    map.get(name).and_then(Value::as_str)
}

/// Returns a moment (RFC 7519 §2, NumericDate: seconds, with a fraction or without).
fn moment(map: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = map.get(name)?;
    let whole = value.as_i64().or_else(|| {
        let seconds = value.as_f64().filter(|seconds| seconds.is_finite() && seconds.abs() < 1e11)?;
        // Below a hundred thousand million seconds the whole part is exact.
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        Some(seconds.trunc() as i64)
    })?;
    Some(Timestamp::from_micros(whole.checked_mul(1_000_000)?))
}

fn issued_by(map: &Map<String, Value>, issuer: &str) -> Result<(), SsoFault> {
    if text(map, "iss") == Some(issuer) { Ok(()) } else { Err(SsoFault::Token("issuer")) }
}

fn meant_for(map: &Map<String, Value>, client: &str) -> Result<(), SsoFault> {
    let several = match map.get("aud") {
        Some(Value::String(one)) if one == client => false,
        Some(Value::Array(all)) if all.iter().any(|one| one.as_str() == Some(client)) => all.len() > 1,
        _ => return Err(SsoFault::Token("audience")),
    };
    // Meant for others too: then it must say that it was made for us (OpenID Connect Core §3.1.3.7, 4 and 5).
    match map.get("azp") {
        None if several => Err(SsoFault::Token("party")),
        Some(party) if party.as_str() != Some(client) => Err(SsoFault::Token("party")),
        _ => Ok(()),
    }
}

fn in_time(map: &Map<String, Value>, now: Timestamp) -> Result<(), SsoFault> {
    let expires = moment(map, "exp").ok_or(SsoFault::Token("expiry"))?;
    let issued = moment(map, "iat").ok_or(SsoFault::Token("issued"))?;
    if issued > now.plus(SKEW) || moment(map, "nbf").is_some_and(|from| from > now.plus(SKEW)) {
        return Err(SsoFault::Clock("future"));
    }
    if expires <= now.minus(SKEW) {
        return Err(SsoFault::Clock("expired"));
    }
    if issued.plus(FRESH).plus(SKEW) < now {
        return Err(SsoFault::Clock("old"));
    }
    Ok(())
}

/// Spells the left half of a hash, by the algorithm that signs (OpenID Connect Core §3.1.3.6); Ed25519's own is SHA-512 (RFC 8032
/// §5.1).
fn half(algorithm: Algorithm, access: &str) -> String {
    match algorithm {
        Algorithm::EdDsa => base64url(sha512(access.as_bytes()).get(..32).unwrap_or_default()),
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => {
            base64url(sha256(access.as_bytes()).get(..16).unwrap_or_default())
        }
    }
}

impl Claims {
    /// Checks an ID token (OpenID Connect Core §3.1.3.7). Its signature was checked before; its nonce ties it to the browser
    /// that went.
    pub(crate) fn check(
        kind: Option<&str>,
        map: Map<String, Value>,
        expected: &Expected<'_>,
    ) -> Result<Self, SsoFault> {
        // A token of another kind, by the same issuer, is none (RFC 8725 §3.11).
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) || map.contains_key("events") {
            return Err(SsoFault::Token("kind"));
        }
        issued_by(&map, expected.issuer)?;
        meant_for(&map, expected.client)?;
        in_time(&map, expected.now)?;
        if !text(&map, "nonce").is_some_and(|nonce| crypto::same(nonce.as_bytes(), expected.nonce.as_bytes())) {
            return Err(SsoFault::Token("nonce"));
        }
        if !text(&map, "sub").is_some_and(|subject| (1..=255).contains(&subject.len())) {
            return Err(SsoFault::Token("subject"));
        }
        if let (Some(hash), Some(access)) = (map.get("at_hash"), expected.access)
            && hash.as_str() != Some(half(expected.algorithm, access).as_str())
        {
            return Err(SsoFault::Token("access token"));
        }
        let proved = moment(&map, "auth_time");
        if proved.map_or(expected.anew, |at| at < expected.since.minus(SKEW)) {
            return Err(SsoFault::Token("not anew"));
        }
        Ok(Self(map))
    }

    /// Returns who it is: never reused by the provider, and nothing else is a name for a person (OpenID Connect Core §5.7).
    pub(crate) fn subject(&self) -> &str {
        text(&self.0, "sub").unwrap_or_default()
    }

    /// Returns the session at the provider.
    pub(crate) fn session(&self) -> Option<&str> {
        text(&self.0, "sid").filter(|sid| sid.len() <= 255)
    }

    /// Returns when the person proved who they are, and never later than now.
    pub(crate) fn proved_at(&self, now: Timestamp) -> Option<Timestamp> {
        moment(&self.0, "auth_time").map(|at| at.min(now))
    }

    /// Returns the words of a claim that is one word or a list of them.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        match self.0.get(name) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Tells whether something is claimed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns one line of text that is claimed.
    pub(crate) fn line(&self, name: &str) -> Option<&str> {
        text(&self.0, name)
    }

    /// Returns the e-mail address, if the provider says that it is the person's.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        text(&self.0, "email").filter(|_| self.0.get("email_verified") == Some(&Value::Bool(true)))
    }

    /// Adds what the provider says elsewhere about the same person; what the token says stays (OpenID Connect Core §5.3.2: the
    /// subject must be the same).
    pub(crate) fn add(&mut self, more: Map<String, Value>) -> Result<(), SsoFault> {
        if text(&more, "sub") != Some(self.subject()) {
            return Err(SsoFault::Token("user info"));
        }
        for (name, value) in more {
            self.0.entry(name).or_insert(value);
        }
        Ok(())
    }
}

impl LoggedOut {
    /// Checks a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6).
    pub(crate) fn check(
        kind: Option<&str>,
        map: &Map<String, Value>,
        (issuer, client): (&str, &str),
        now: Timestamp,
    ) -> Result<Self, SsoFault> {
        const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
        let kinds = ["JWT", "logout+jwt"];
        if kind.is_some_and(|kind| !kinds.iter().any(|known| known.eq_ignore_ascii_case(kind))) {
            return Err(SsoFault::Token("kind"));
        }
        issued_by(map, issuer)?;
        meant_for(map, client)?;
        in_time(map, now)?;
        if !map.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
            return Err(SsoFault::Token("event"));
        }
        // An ID token has a nonce; one that was stolen must not sign anybody out (§2.4).
        if map.contains_key("nonce") {
            return Err(SsoFault::Token("nonce"));
        }
        let word = |name: &str| text(map, name).filter(|word| (1..=255).contains(&word.len())).map(str::to_owned);
        let (subject, session) = (word("sub"), word("sid"));
        if subject.is_none() && session.is_none() {
            return Err(SsoFault::Token("subject"));
        }
        Ok(Self { subject, session, id: word("jti").ok_or(SsoFault::Token("id"))? })
    }
}
