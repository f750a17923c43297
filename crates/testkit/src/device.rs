//! A browser that keeps a key (Web Cryptography), in software.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// The key of a browser; a clone is the same key in a copy of its profile.
#[derive(Clone)]
pub struct Device(Arc<EcdsaKeyPair>);

impl Default for Device {
    fn default() -> Self {
        Self(Arc::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }
}

impl Device {
    /// Returns the public half, as forms carry it.
    #[must_use]
    pub fn key(&self) -> String {
        crypto::base64url(self.0.public_key().as_ref())
    }

    /// Signs any message, as `crypto.subtle.sign` does.
    ///
    /// # Panics
    /// If the machine has no chance left.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        crypto::base64url(self.0.sign(&SystemRandom::new(), message).unwrap().as_ref())
    }

    /// Returns the public half as JSON (RFC 7517).
    ///
    /// # Panics
    /// Never with a key of this kind.
    #[must_use]
    pub fn jwk(&self) -> serde_json::Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (crypto::base64url(&point[1..33]), crypto::base64url(&point[33..]));
        serde_json::json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    /// Signs claims as a compact token (RFC 7515 §7.1).
    #[must_use]
    pub fn jws(&self, header: &serde_json::Value, claims: &serde_json::Value) -> String {
        let signed = [header, claims].map(|part| crypto::base64url(part.to_string().as_bytes())).join(".");
        format!("{signed}.{}", self.sign(signed.as_bytes()))
    }

    /// Signs the answer to a question.
    #[must_use]
    pub fn answer(&self, purpose: &str, session: &str, challenge: &str) -> String {
        self.sign(format!("custos-device-v1\n{purpose}\n{session}\n{challenge}").as_bytes())
    }
}
