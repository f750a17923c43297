//! Demonstrating proof of possession (RFC 9449): whoever uses a token that is bound to a key signs each request with it, so
//! that the token alone is worth nothing.

use std::time::Duration;

use crypto::{Algorithm, PublicKey, base64url, sha256, unbase64url};
use kernel::Timestamp;
use serde_json::{Map, Value};

use crate::jws::{JwsFault, Token, public_key};

/// How far the clock of whoever signs may be from ours.
pub const APART: Duration = Duration::from_secs(60);
/// How long a proof is remembered: from the earliest it can be taken to the latest, and a little.
pub const REMEMBERED: Duration = Duration::from_secs(180);
/// The algorithms, as `WWW-Authenticate` spells them (RFC 9449 §7.1).
pub const ALGORITHMS: &str = "ES256 EdDSA";
/// No program needs a longer name for one proof.
const LONGEST_ID: usize = 200;

/// The thumbprint of a key (RFC 7638), with SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Takes 32 bytes as they are stored.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Works out that of a key; nothing for kinds that sign no proofs here.
    #[must_use]
    pub fn of(key: &PublicKey) -> Option<Self> {
        // The members that are required, in the order of the alphabet, without white space (RFC 7638 §3).
        let text = match key {
            PublicKey::P256 { x, y } => {
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, base64url(x), base64url(y))
            }
            PublicKey::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(x)),
            PublicKey::Rsa { .. } => return None,
        };
        Some(Self(sha256(text.as_bytes())))
    }

    /// Takes what somebody pastes: a public key as JSON (RFC 7517), or its thumbprint.
    ///
    /// # Errors
    /// A code for the form: `private-key` for a key that should never have left its machine, `not-a-key`.
    pub fn typed(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if !text.starts_with('{') {
            return unbase64url(text).and_then(|bytes| Self::from_bytes(&bytes)).ok_or("not-a-key");
        }
        let jwk: Value = serde_json::from_str(text).map_err(|_| "not-a-key")?;
        if has_private(&jwk) {
            return Err("private-key");
        }
        public_key(&jwk).as_ref().and_then(Self::of).ok_or("not-a-key")
    }
}

impl std::fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

/// Tells whether a key was given away with its private half.
pub(crate) fn has_private(jwk: &Value) -> bool {
    ["d", "k", "p", "q", "dp", "dq", "qi", "oth"].iter().any(|member| jwk.get(member).is_some())
}

/// The request that a proof has to be about.
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// Scheme, host and path, as the client asked for them.
    pub url: &'a str,
    /// The token that is presented.
    pub token: &'a str,
    /// The key that the token is bound to.
    pub bound: Thumbprint,
    /// Our clock.
    pub now: Timestamp,
}

/// Judges a proof (RFC 9449 §4.3) and returns what it is remembered by, so that it is taken once.
///
/// # Errors
/// [`JwsFault`] names the first rule that is broken.
pub fn judge(proof: &str, asked: &Asked<'_>) -> Result<[u8; 32], JwsFault> {
    let token = Token::parse(proof)?;
    if token.kind.as_deref() != Some("dpop+jwt") {
        return Err(JwsFault("kind"));
    }
    if !matches!(token.algorithm, Algorithm::Es256 | Algorithm::EdDsa) {
        return Err(JwsFault("algorithm"));
    }
    let jwk = token.own.as_ref().filter(|jwk| !has_private(jwk)).ok_or(JwsFault("key"))?;
    let key = public_key(jwk).ok_or(JwsFault("key"))?;
    if Thumbprint::of(&key) != Some(asked.bound) {
        return Err(JwsFault("other-key"));
    }
    let claims = token.open_with(&key)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("htm") != Some(asked.method) {
        return Err(JwsFault("method"));
    }
    if text("htu").and_then(plain) != plain(asked.url) || text("htu").is_none() {
        return Err(JwsFault("url"));
    }
    if text("ath") != Some(base64url(&sha256(asked.token.as_bytes())).as_str()) {
        return Err(JwsFault("token-hash"));
    }
    if !is_fresh(&claims, asked.now) {
        return Err(JwsFault("time"));
    }
    let id = text("jti").filter(|id| (1..=LONGEST_ID).contains(&id.len())).ok_or(JwsFault("id"))?;
    Ok(sha256(&[asked.bound.0.as_slice(), id.as_bytes()].concat()))
}

fn is_fresh(claims: &Map<String, Value>, now: Timestamp) -> bool {
    let seconds = claims.get("iat").and_then(|at| at.as_i64().or_else(|| whole(at.as_f64()?)));
    let made = seconds.and_then(|at| at.checked_mul(1_000_000)).map(Timestamp::from_micros);
    // The future is bounded as the past is: whoever holds the key for a minute must not sign for next year.
    made.is_some_and(|made| made >= now.minus(APART) && made <= now.plus(APART))
}

/// Takes the whole seconds of a time with a fraction (RFC 7519 §2).
fn whole(seconds: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "in range, and the fraction is meant to go")]
    (seconds.abs() < 1e12).then_some(seconds as i64)
}

/// Takes a URL as two spellings of it compare (RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3): without query and fragment, scheme
/// and host in small letters, no port that goes without saying.
pub(crate) fn plain(url: &str) -> Option<(String, String, String)> {
    let url = url.split(['?', '#']).next()?;
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let usual = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = host.strip_suffix(usual).unwrap_or(&host).to_owned();
    Some((scheme, host, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9449 §7: the example of a request with a token, and §6.1: the thumbprint of its key.
    const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    const PRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    fn asked(url: &'static str) -> Asked<'static> {
        let now = Timestamp::from_micros(1_562_262_618_000_000);
        Asked { method: "GET", url, token: TOKEN, bound: Thumbprint::typed(PRINT).unwrap(), now }
    }

    #[test]
    fn the_standards_own_proof_is_taken() {
        let url = "https://resource.example.org/protectedresource";
        assert!(judge(PROOF, &asked(url)).is_ok());
        assert!(judge(PROOF, &asked("https://RESOURCE.example.org:443/protectedresource?page=2")).is_ok());
        let why = |asked: Asked<'_>| judge(PROOF, &asked).unwrap_err().0;
        assert_eq!(why(Asked { method: "POST", ..asked(url) }), "method");
        assert_eq!(why(Asked { method: "get", ..asked(url) }), "method");
        for other in
            ["http://resource.example.org/protectedresource", "https://resource.example.org/protectedresource/", ""]
        {
            assert_eq!(why(asked(other)), "url", "{other}");
        }
        assert_eq!(why(Asked { token: "another", ..asked(url) }), "token-hash");
        let bound = Thumbprint::from_bytes(&[7; 32]).unwrap();
        assert_eq!(why(Asked { bound, ..asked(url) }), "other-key");
        for (seconds, fits) in [(60, true), (61, false), (-60, true), (-61, false), (86_400 * 365, false)] {
            let now = Timestamp::from_micros((1_562_262_618 + seconds) * 1_000_000);
            assert_eq!(judge(PROOF, &Asked { now, ..asked(url) }).is_ok(), fits, "{seconds}");
        }
        for broken in ["", "a.b.c", &PROOF.replace(".2oW9", ".2oX9"), PROOF.rsplit_once('.').unwrap().0] {
            assert!(judge(broken, &asked(url)).is_err());
        }
    }

    #[test]
    fn a_key_is_pasted_as_it_is_or_as_its_thumbprint() {
        // RFC 8037 appendix A.3.
        let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let print = Thumbprint::typed(key).unwrap();
        assert_eq!(print.to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(Thumbprint::typed(&print.to_string()), Ok(print));
        let private = key.replace("\"kty\"", "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"kty\"");
        assert_eq!(Thumbprint::typed(&private), Err("private-key"));
        for wrong in ["", "{", "{}", "abc", r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, r#"{"kty":"oct"}"#] {
            assert_eq!(Thumbprint::typed(wrong), Err("not-a-key"), "{wrong}");
        }
    }
}
