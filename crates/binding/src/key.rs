//! The key, and what it signs.

use crypto::PointKey;
use kernel::{ChallengeId, SessionId};

/// The public half of a key that a browser keeps (Web Cryptography §18.2: ECDSA on P-256, not extractable).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey(PointKey);

impl DeviceKey {
    /// Takes what a form carries: base64url of the uncompressed point.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 87 {
            return None;
        }
        Self::from_bytes(&crypto::unbase64url(text)?)
    }

    /// Takes the point.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PointKey::from_bytes(bytes).ok().map(Self)
    }

    /// Returns the point.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 65] {
        self.0.as_bytes()
    }

    /// Spells the key as forms carry it.
    #[must_use]
    pub fn spell(&self) -> String {
        crypto::base64url(self.as_bytes())
    }

    /// Tells whether a signature, in base64url, is of this key over a message.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &str) -> bool {
        let bytes = if signature.len() == 86 { crypto::unbase64url(signature) } else { None };
        bytes.is_some_and(|bytes| self.0.verify(message, &bytes).is_ok())
    }
}

/// What a signature is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To go on for some minutes.
    Refresh,
    /// To do something dangerous right now.
    Act,
}

impl Purpose {
    /// Takes the word of a form; anything else asks for the lesser one.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == Self::Act.word() { Self::Act } else { Self::Refresh }
    }

    /// Returns the word that is signed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Act => "act",
        }
    }
}

/// Returns what is signed. It names its use, its session and its question: a signature made for one is good for no other, and
/// one made for anything else in the world is good for none.
#[must_use]
pub fn message(purpose: Purpose, session: SessionId, challenge: ChallengeId) -> Vec<u8> {
    format!("custos-device-v1\n{}\n{session}\n{challenge}", purpose.word()).into_bytes()
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        let text = "BGD-1LolWp0xyWHrdMY1bWjASbiSO2H6bOZpYi5g8p-2eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";
        let key = DeviceKey::parse(text).unwrap();
        assert_eq!(key.spell(), text);
        for wrong in ["", "x", &text.repeat(2), &format!("{text}="), &text.replace('k', "l"), &"A".repeat(87)] {
            assert!(DeviceKey::parse(wrong).is_none(), "{wrong}");
        }
        for wrong in ["", "x", &"A".repeat(86), &"A".repeat(87), &"é".repeat(43)] {
            assert!(!key.signed(b"m", wrong), "{wrong}");
        }
    }

    #[test]
    fn every_part_of_what_is_signed_counts() {
        let id = |n| Uuid::from_u128(n);
        let of = |purpose, session, challenge| {
            message(purpose, SessionId::from_uuid(id(session)), ChallengeId::from_uuid(id(challenge)))
        };
        let one = of(Purpose::Refresh, 1, 2);
        for other in [of(Purpose::Act, 1, 2), of(Purpose::Refresh, 2, 2), of(Purpose::Refresh, 1, 1)] {
            assert_ne!(one, other);
        }
        assert_eq!(Purpose::parse("act"), Purpose::Act);
        assert_eq!(Purpose::parse("anything"), Purpose::Refresh);
    }
}
