//! The cookie of a session: base64url (RFC 4648 §5) of the session's id and its secret.

use crypto::{Secret, Zeroizing};
use kernel::{Chance, SessionId, Uuid};

/// 48 bytes are 64 characters, so there is no padding and each value has one spelling.
const LENGTH: usize = 64;
/// As many bytes of a secret stay when it is replaced; as many again are new.
const FAMILY: usize = 16;

/// What a browser holds of a session.
pub struct Cookie {
    /// The session.
    pub id: SessionId,
    /// Its secret, or one it had before.
    pub secret: Secret<[u8; 32]>,
}

impl Cookie {
    /// Makes the first cookie of a session.
    pub fn new(id: SessionId, chance: &dyn Chance) -> Self {
        Self { id, secret: Secret::new(kernel::chance::array(chance)) }
    }

    /// Returns the cookie with another secret of the same family, by which one that was copied long ago is still recognised.
    #[must_use]
    pub fn rotated(&self, chance: &dyn Chance) -> Self {
        let fresh = Zeroizing::new(kernel::chance::array::<16>(chance));
        let mut secret = *self.secret.expose();
        for (byte, new) in secret.iter_mut().skip(FAMILY).zip(fresh.iter()) {
            *byte = *new;
        }
        Self { id: self.id, secret: Secret::new(secret) }
    }

    /// Returns what all secrets of the session have in common.
    #[must_use]
    pub fn family(&self) -> &[u8] {
        self.secret.expose().get(..FAMILY).unwrap_or_default()
    }

    /// Spells it: 64 characters that need no escaping.
    #[must_use]
    pub fn spell(&self) -> Secret<String> {
        let bytes = Zeroizing::new([&self.id.to_bytes()[..], &self.secret.expose()[..]].concat());
        Secret::new(crypto::base64url(&bytes))
    }

    /// Takes what a browser sent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != LENGTH {
            return None;
        }
        let bytes = Zeroizing::new(crypto::unbase64url(text)?);
        let (id, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { id: SessionId::from_uuid(Uuid::from_bytes(*id)), secret: Secret::new(secret.try_into().ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{SeededChance, Timestamp};

    #[test]
    fn a_rotated_cookie_is_of_the_same_session_and_family_and_opens_on_its_own() {
        let chance = SeededChance::new(5);
        let one = Cookie::new(SessionId::new(Timestamp::from_micros(1), &chance), &chance);
        let other = one.rotated(&chance);
        assert_eq!((one.id, one.family()), (other.id, other.family()));
        assert_eq!(one.family().len(), 16);
        assert_ne!(one.secret.expose()[16..], other.secret.expose()[16..]);
        assert_ne!(one.secret.expose()[16..], [0; 16]);
    }

    #[test]
    fn a_cookie_round_trips_and_anything_else_is_refused() {
        let chance = SeededChance::new(3);
        for _ in 0..200 {
            let cookie = Cookie::new(SessionId::new(Timestamp::from_micros(1), &chance), &chance);
            let text = cookie.spell();
            let again = Cookie::parse(text.expose()).unwrap();
            assert_eq!((again.id, *again.secret.expose()), (cookie.id, *cookie.secret.expose()));
            assert_eq!(text.expose().len(), LENGTH);
            let twice = text.expose().repeat(2);
            let part = |length: usize| twice.get(..length).unwrap();
            for wrong in [part(63), part(65), &twice, &format!("{}=", part(63)), &format!("{}é", part(62))] {
                assert!(Cookie::parse(wrong).is_none(), "{wrong}");
            }
        }
        assert!(Cookie::parse("").is_none());
    }
}
