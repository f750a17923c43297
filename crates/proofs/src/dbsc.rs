//! Device bound session credentials (W3C Editor's Draft, header names of 2026): a browser signs with a key that it keeps itself,
//! in the machine's secure hardware where there is some, that a session is its own.

use crypto::{Algorithm, PublicKey};
use serde_json::{Map, Value};

use crate::dpop::{has_private, plain};
use crate::jws::{JwsFault, Token, public_key};

/// What a browser sent, taken apart; nothing of it is believed yet.
pub struct Proof<'t>(Token<'t>);

impl<'t> Proof<'t> {
    /// Takes the value of `Secure-Session-Response`: a token, with or without the quotes of a structured string.
    ///
    /// # Errors
    /// [`JwsFault`] names the first rule that is broken. Only ES256 is offered, so only ES256 is taken.
    pub fn parse(text: &'t str) -> Result<Self, JwsFault> {
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let token = Token::parse(quoted.unwrap_or(text))?;
        if token.kind.as_deref() != Some("dbsc+jwt") {
            return Err(JwsFault("kind"));
        }
        if token.algorithm != Algorithm::Es256 {
            return Err(JwsFault("algorithm"));
        }
        Ok(Self(token))
    }

    /// Checks a proof that brings a new key along: the key, and the question it answers.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn registers(&self, url: &str) -> Result<([u8; 65], String), JwsFault> {
        let jwk = self.0.own.as_ref().filter(|jwk| !has_private(jwk)).ok_or(JwsFault("key"))?;
        let Some(PublicKey::P256 { x, y }) = public_key(jwk) else { return Err(JwsFault("key")) };
        let mut point = [4; 65];
        point.iter_mut().skip(1).zip(x.iter().chain(&y)).for_each(|(to, from)| *to = *from);
        Ok((point, self.answers(&point, url)?))
    }

    /// Checks a proof by a key that is known, as a point of P-256, and returns the question that it answers.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn answers(&self, point: &[u8; 65], url: &str) -> Result<String, JwsFault> {
        let [_, point @ ..] = point;
        let (Some(x), Some(y)) = (point.first_chunk(), point.last_chunk()) else { return Err(JwsFault("key")) };
        let claims = self.0.open_with(&PublicKey::P256 { x: *x, y: *y })?;
        if !is_for(&claims, url) {
            return Err(JwsFault("audience"));
        }
        claims.get("jti").and_then(Value::as_str).map(str::to_owned).ok_or(JwsFault("id"))
    }
}

/// The draft has dropped the audience, and browsers may still say it: then it has to be right.
fn is_for(claims: &Map<String, Value>, url: &str) -> bool {
    claims.get("aud").is_none_or(|said| said.as_str().is_some_and(|said| plain(said) == plain(url)))
}
