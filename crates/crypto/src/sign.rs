//! Ed25519 (RFC 8032).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use kernel::Chance;
use zeroize::Zeroizing;

use crate::CryptoFault;

/// A private key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl SigningKey {
    /// Makes a key.
    pub fn generate(chance: &dyn Chance) -> Self {
        let seed = Zeroizing::new(kernel::chance::array::<32>(chance));
        Self::from_seed(*seed)
    }

    /// Takes the 32-byte seed of a key (RFC 8032 §5.1.5).
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(&seed) else {
            // Every 32 bytes are a seed; a library that says otherwise cannot be trusted with anything.
            std::process::abort();
        };
        let public = pair.public_key().as_ref().first_chunk::<32>().copied().unwrap_or([0; 32]);
        Self { pair, public }
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().first_chunk::<64>().copied().unwrap_or([0; 64])
    }

    /// Returns the key that verifies.
    #[must_use]
    pub const fn verifying(&self) -> VerifyingKey {
        VerifyingKey(self.public)
    }
}

/// A public key that verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Takes the bytes of a key. Bytes that are no point of the curve verify nothing.
    ///
    /// # Errors
    /// [`CryptoFault::Key`] for the all-zero key.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, CryptoFault> {
        if bytes == [0; 32] { Err(CryptoFault::Key) } else { Ok(Self(bytes)) }
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// [`CryptoFault::Signature`] if it does not fit.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), CryptoFault> {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).map_err(|_| CryptoFault::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::unhex;

    /// RFC 8032 §7.1, tests 1 and 2.
    #[test]
    fn ed25519_gives_the_standards_own_values() {
        let cases = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        ];
        for (seed, public, message, signature) in cases {
            let key = SigningKey::from_seed(unhex(seed).try_into().unwrap());
            assert_eq!(key.verifying().to_bytes().to_vec(), unhex(public));
            let signed = key.sign(&unhex(message));
            assert_eq!(signed.to_vec(), unhex(signature));
            assert_eq!(key.verifying().verify(&unhex(message), &signed), Ok(()));
            assert_eq!(key.verifying().verify(b"other", &signed), Err(CryptoFault::Signature));
        }
    }
}
