//! Tokens that are shown once: 256 random bits, spelled for the place they are used in.

use kernel::Chance;
use zeroize::Zeroizing;

use crate::CryptoFault;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PREFIX: &str = "custos_";

/// Spells bytes in base64url without padding (RFC 4648 §5).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = group >> (18 - 6 * place) & 63;
            text.extend(ALPHABET.get(index as usize).map(|letter| char::from(*letter)));
        }
    }
    text
}

/// Spells bytes in base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Takes base64url without padding; the one spelling of each byte string only.
#[must_use]
pub fn unbase64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut group, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        group = group << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(group >> bits & 255).ok()?);
        }
    }
    let rest = group & ((1 << bits) - 1);
    if bits >= 6 || rest != 0 { None } else { Some(bytes) }
}

/// The token of an API client: `custos_`, 43 letters, `_`, 6 letters of checksum, so that a scanner for leaked secrets
/// recognises it and a mistyped one is told apart from a wrong one.
pub struct BearerToken(Zeroizing<[u8; 32]>);

impl BearerToken {
    /// Makes a token.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(Zeroizing::new(kernel::chance::array(chance)))
    }

    /// Takes a token as it was shown.
    ///
    /// # Errors
    /// [`CryptoFault::Token`] if it is none.
    pub fn parse(text: &str) -> Result<Self, CryptoFault> {
        let rest = text.strip_prefix(PREFIX).ok_or(CryptoFault::Token)?;
        let (body, check) = rest.split_at_checked(43).ok_or(CryptoFault::Token)?;
        let bytes: [u8; 32] = unbase64url(body).and_then(|b| b.try_into().ok()).ok_or(CryptoFault::Token)?;
        if check.strip_prefix('_') != Some(checksum(&bytes).as_str()) {
            return Err(CryptoFault::Token);
        }
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Returns the text to show, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}_{}", base64url(self.0.as_slice()), checksum(&self.0)))
    }

    /// Returns the secret, for hashing with the vault's token key.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

fn checksum(bytes: &[u8; 32]) -> String {
    let hash = crate::sha256(&[b"custos token checksum".as_slice(), bytes].concat());
    base64url(hash.get(..4).unwrap_or_default())
}

/// The token in a one-time link: 43 letters.
pub struct LinkToken(Zeroizing<[u8; 32]>);

impl LinkToken {
    /// Makes a token.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(Zeroizing::new(kernel::chance::array(chance)))
    }

    /// Takes a token from a link.
    ///
    /// # Errors
    /// [`CryptoFault::Token`] if it is none.
    pub fn parse(text: &str) -> Result<Self, CryptoFault> {
        let bytes: Option<[u8; 32]> =
            if text.len() == 43 { unbase64url(text).and_then(|b| b.try_into().ok()) } else { None };
        bytes.map(|b| Self(Zeroizing::new(b))).ok_or(CryptoFault::Token)
    }

    /// Returns the text for the link, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(base64url(self.0.as_slice()))
    }

    /// Returns the secret, for hashing with the vault's token key.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;
    use proptest::prelude::*;

    use super::*;

    /// RFC 4648 §10, without padding.
    #[test]
    fn base64url_gives_the_standards_own_values() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64url(bytes.as_bytes()), text);
            assert_eq!(unbase64url(text).unwrap(), bytes.as_bytes());
        }
        for wrong in ["Z", "Zh", "Zm9=", "Zm+v", "é"] {
            assert_eq!(unbase64url(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn tokens_parse_back_and_mistyped_ones_do_not() {
        let token = BearerToken::generate(&SeededChance::new(4));
        let text = token.reveal();
        assert_eq!(text.len(), 7 + 43 + 1 + 6);
        assert_eq!(BearerToken::parse(&text).unwrap().expose_bytes(), token.expose_bytes());
        let typed = text.chars().nth(20).unwrap();
        let mistyped = text.replace(typed, if typed == 'a' { "b" } else { "a" });
        assert!(BearerToken::parse(&mistyped).is_err());
        let link = LinkToken::generate(&SeededChance::new(5));
        assert_eq!(LinkToken::parse(&link.reveal()).unwrap().expose_bytes(), link.expose_bytes());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in "\\PC{0,80}") {
            let _ = (BearerToken::parse(&text).is_ok(), LinkToken::parse(&text).is_ok(), unbase64url(&text));
        }
    }
}
