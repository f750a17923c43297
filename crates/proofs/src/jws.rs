//! JSON Web Tokens taken apart (RFC 7519, RFC 7515 §5.2), and the keys that prove them (RFC 7517).

use crypto::{Algorithm, PublicKey, unbase64url};
use serde_json::{Map, Value};

/// What is wrong with a token or a proof, in a word for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("token: {0}")]
pub struct JwsFault(pub &'static str);

/// Longer than this is not a token that is looked at.
const LONGEST: usize = 16 * 1024;

/// A token whose signature has not been checked: nothing of it can be read but what chooses the key.
pub struct Token<'t> {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The name of the key.
    pub key: Option<String>,
    /// What it is (`typ`).
    pub kind: Option<String>,
    /// The key it brings itself (`jwk`); it proves nothing but that whoever made the token holds it.
    pub own: Option<Value>,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`JwsFault`] says what is wrong.
    pub fn parse(text: &'t str) -> Result<Self, JwsFault> {
        let malformed = JwsFault("malformed");
        if text.len() > LONGEST {
            return Err(malformed);
        }
        let Some((signed, signature)) = text.rsplit_once('.') else { return Err(malformed) };
        let Some((header, payload)) = signed.split_once('.') else { return Err(malformed) };
        let part = |text: &str| unbase64url(text).ok_or(JwsFault("malformed"));
        let header = object(&part(header)?).ok_or(JwsFault("malformed"))?;
        // What must be understood and is not known here makes the token none (RFC 7515 §4.1.11).
        if header.contains_key("crit") || header.get("b64").is_some() {
            return Err(JwsFault("critical"));
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        let algorithm = text("alg").as_deref().and_then(Algorithm::parse).ok_or(JwsFault("algorithm"))?;
        let (payload, signature) = (part(payload)?, part(signature)?);
        Ok(Self {
            algorithm,
            key: text("kid"),
            kind: text("typ"),
            own: header.get("jwk").cloned(),
            signed,
            payload,
            signature,
        })
    }

    /// Checks the signature and gives out what is claimed.
    ///
    /// # Errors
    /// [`JwsFault`] says what is wrong.
    pub fn open(&self, keys: &Keys) -> Result<Map<String, Value>, JwsFault> {
        self.open_with(keys.find(self.key.as_deref(), self.algorithm).ok_or(JwsFault("key"))?)
    }

    /// Does the same with one key.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(&self, key: &PublicKey) -> Result<Map<String, Value>, JwsFault> {
        key.verify(self.algorithm, self.signed.as_bytes(), &self.signature).map_err(|_| JwsFault("signature"))?;
        object(&self.payload).ok_or(JwsFault("malformed"))
    }
}

fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// A provider's keys. Only those that sign are taken, and only of kinds that are known here.
#[derive(Clone, Default)]
pub struct Keys(Vec<(Option<String>, Option<Algorithm>, PublicKey)>);

/// More than this is not a set of keys that somebody rotates.
const MOST_KEYS: usize = 64;

impl Keys {
    /// Takes a JSON Web Key Set.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let set = object(bytes)?;
        let keys = set.get("keys")?.as_array()?;
        Some(Self(keys.iter().take(MOST_KEYS).filter_map(key).collect()))
    }

    /// Tells whether there is a key of a name.
    #[must_use]
    pub fn has(&self, id: Option<&str>) -> bool {
        id.is_none_or(|id| self.0.iter().any(|(known, ..)| known.as_deref() == Some(id)))
    }

    /// Returns the key a token names; without a name, the only one that can have signed it.
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let fits = |(known, only, key): &&(Option<String>, Option<Algorithm>, PublicKey)| {
            (id.is_none() || known.as_deref() == id)
                && only.is_none_or(|only| only == algorithm)
                && is_for(key, algorithm)
        };
        let mut found = self.0.iter().filter(fits);
        let (_, _, key) = found.next()?;
        found.next().is_none().then_some(key)
    }
}

const fn is_for(key: &PublicKey, algorithm: Algorithm) -> bool {
    matches!(
        (key, algorithm),
        (PublicKey::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
            | (PublicKey::P256 { .. }, Algorithm::Es256)
            | (PublicKey::Ed25519(_), Algorithm::EdDsa)
    )
}

fn key(jwk: &Value) -> Option<(Option<String>, Option<Algorithm>, PublicKey)> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let only = match text("alg") {
        None => None,
        Some(name) => Some(Algorithm::parse(name)?),
    };
    Some((text("kid").map(str::to_owned), only, public_key(jwk)?))
}

/// Takes a public key (RFC 7518 §6, RFC 8037 §2); of a private one nothing.
#[must_use]
pub fn public_key(jwk: &Value) -> Option<PublicKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let part = |name: &str| text(name).and_then(unbase64url);
    Some(match (text("kty")?, text("crv")) {
        ("RSA", _) => PublicKey::Rsa { modulus: part("n")?, exponent: part("e")? },
        ("EC", Some("P-256")) => PublicKey::P256 { x: part("x")?.try_into().ok()?, y: part("y")?.try_into().ok()? },
        ("OKP", Some("Ed25519")) => PublicKey::Ed25519(part("x")?.try_into().ok()?),
        _ => return None,
    })
}
