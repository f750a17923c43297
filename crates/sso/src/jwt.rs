//! JSON Web Tokens taken apart (RFC 7519, RFC 7515 §5.2), and the keys that prove them (RFC 7517).

use crypto::{Algorithm, PublicKey, unbase64url};
use serde_json::{Map, Value};

use crate::SsoFault;

/// Longer than this is not a token that is looked at.
const LONGEST: usize = 16 * 1024;

/// A token whose signature has not been checked: nothing of it can be read but what chooses the key.
pub(crate) struct Token<'t> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: Option<String>,
    pub(crate) kind: Option<String>,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Takes a token apart.
    pub(crate) fn parse(text: &'t str) -> Result<Self, SsoFault> {
        let malformed = SsoFault::Token("malformed");
        if text.len() > LONGEST {
            return Err(malformed);
        }
        let Some((signed, signature)) = text.rsplit_once('.') else { return Err(malformed) };
        let Some((header, payload)) = signed.split_once('.') else { return Err(malformed) };
        let part = |text: &str| unbase64url(text).ok_or(SsoFault::Token("malformed"));
        let header = object(&part(header)?).ok_or(SsoFault::Token("malformed"))?;
        // What must be understood and is not known here makes the token none (RFC 7515 §4.1.11).
        if header.contains_key("crit") || header.get("b64").is_some() {
            return Err(SsoFault::Token("critical"));
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        let algorithm = text("alg").as_deref().and_then(Algorithm::parse).ok_or(SsoFault::Token("algorithm"))?;
        let (payload, signature) = (part(payload)?, part(signature)?);
        Ok(Self { algorithm, key: text("kid"), kind: text("typ"), signed, payload, signature })
    }

    /// Checks the signature and gives out what is claimed.
    pub(crate) fn open(&self, keys: &Keys) -> Result<Map<String, Value>, SsoFault> {
        let key = keys.find(self.key.as_deref(), self.algorithm).ok_or(SsoFault::Token("key"))?;
        key.verify(self.algorithm, self.signed.as_bytes(), &self.signature)
            .map_err(|_| SsoFault::Token("signature"))?;
        object(&self.payload).ok_or(SsoFault::Token("malformed"))
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
pub(crate) struct Keys(Vec<(Option<String>, Option<Algorithm>, PublicKey)>);

/// More than this is not a set of keys that somebody rotates.
const MOST_KEYS: usize = 64;

impl Keys {
    /// Takes a JSON Web Key Set.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let set = object(bytes)?;
        let keys = set.get("keys")?.as_array()?;
        Some(Self(keys.iter().take(MOST_KEYS).filter_map(key).collect()))
    }

    /// Tells whether there is a key of a name.
    pub(crate) fn has(&self, id: Option<&str>) -> bool {
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
    let part = |name: &str| text(name).and_then(unbase64url);
    let public = match (text("kty")?, text("crv")) {
        ("RSA", _) => PublicKey::Rsa { modulus: part("n")?, exponent: part("e")? },
        ("EC", Some("P-256")) => PublicKey::P256 { x: part("x")?.try_into().ok()?, y: part("y")?.try_into().ok()? },
        ("OKP", Some("Ed25519")) => PublicKey::Ed25519(part("x")?.try_into().ok()?),
        _ => return None,
    };
    Some((text("kid").map(str::to_owned), only, public))
}
