//! ECDSA on P-256 with SHA-256 (FIPS 186-5 §6.4), as browsers sign: a key that is known to be one before it is kept.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};

use crate::{Algorithm, CryptoFault, PublicKey};

/// The public half of a key that a browser made: a point of P-256, uncompressed (SEC 1 §2.3.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PointKey([u8; 65]);

impl PointKey {
    /// Takes a point.
    ///
    /// # Errors
    /// [`CryptoFault::Key`] if the bytes are no point of the curve, or another spelling of one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoFault> {
        let point: [u8; 65] = bytes.try_into().map_err(|_| CryptoFault::Key)?;
        if point.first() != Some(&4) {
            return Err(CryptoFault::Key);
        }
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.as_slice()).map_err(|_| CryptoFault::Key)?;
        Ok(Self(point))
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// Checks a signature: r and s, 32 bytes each (IEEE P1363, as WebCrypto and JWS spell it; RFC 7518 §3.4).
    ///
    /// # Errors
    /// [`CryptoFault::Signature`] if it does not fit.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), CryptoFault> {
        let [_, point @ ..] = &self.0;
        let (Some(x), Some(y)) = (point.first_chunk(), point.last_chunk()) else { return Err(CryptoFault::Key) };
        PublicKey::P256 { x: *x, y: *y }.verify(Algorithm::Es256, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::unhex;

    const X: &str = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    const Y: &str = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    /// RFC 6979 §A.2.5, with SHA-256.
    #[test]
    fn p256_takes_the_standards_own_signatures_and_no_others() {
        let key = PointKey::from_bytes(&unhex(&format!("04{X}{Y}"))).unwrap();
        for (message, r, s) in [
            (
                "sample",
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
            ),
            (
                "test",
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
                "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
            ),
        ] {
            let signature = unhex(&format!("{r}{s}"));
            assert_eq!(key.verify(message.as_bytes(), &signature), Ok(()));
            assert_eq!(key.verify(b"other", &signature), Err(CryptoFault::Signature));
            for wrong in [&signature[..63], &[&signature[..], &[0]].concat(), &[0; 64], &[255; 64], &[]] {
                assert_eq!(key.verify(message.as_bytes(), wrong), Err(CryptoFault::Signature));
            }
        }
    }

    #[test]
    fn what_is_no_point_is_no_key() {
        let good = unhex(&format!("04{X}{Y}"));
        let beside = [&good[..64], &[good[64] ^ 1]].concat();
        let compressed = unhex(&format!("03{X}"));
        for wrong in [&good[..64], &good[1..], &beside, &compressed, &[0; 65], &[4; 65], &[], &[0]] {
            assert!(PointKey::from_bytes(wrong).is_err(), "{wrong:?}");
        }
    }
}
