//! Signatures that others made: RSA (RFC 8017), ECDSA on P-256 (FIPS 186-5) and Ed25519 (RFC 8032), as JSON Web Signatures
//! name and spell them (RFC 7518 §3, RFC 8037 §3).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use crate::CryptoFault;

/// How something was signed. Nothing that a key both signs and verifies with is here, and nothing weaker than 112 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, keys of 2,048 bits and more.
    Rs256,
    /// RSASSA-PSS with SHA-256, keys of 2,048 bits and more.
    Ps256,
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Takes the name in a header (RFC 7518 §3.1); `none` and everything with a shared key are no names here.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// Somebody's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Modulus and exponent, big-endian.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The exponent.
        exponent: Vec<u8>,
    },
    /// A point of P-256: x and y, 32 bytes each.
    P256 {
        /// The first coordinate.
        x: [u8; 32],
        /// The second.
        y: [u8; 32],
    },
    /// A point of Ed25519.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Checks a signature. A key verifies only what belongs to its kind: the header of a message cannot make an RSA key into a
    /// shared secret (RFC 8725 §2.1).
    ///
    /// # Errors
    /// [`CryptoFault::Signature`] if it does not fit, for whatever reason.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), CryptoFault> {
        let fits = match (self, algorithm) {
            (Self::Rsa { modulus, exponent }, Algorithm::Rs256 | Algorithm::Ps256) => {
                let n = modulus.iter().position(|byte| *byte != 0).and_then(|at| modulus.get(at..)).unwrap_or_default();
                let key = RsaPublicKeyComponents { n, e: exponent };
                match algorithm {
                    Algorithm::Ps256 => key.verify(&RSA_PSS_2048_8192_SHA256, message, signature),
                    _ => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
                }
            }
            (Self::P256 { x, y }, Algorithm::Es256) => {
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            (Self::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            _ => return Err(CryptoFault::Signature),
        };
        fits.map_err(|_| CryptoFault::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unbase64url;

    fn rsa(n: &str) -> PublicKey {
        PublicKey::Rsa { modulus: unbase64url(n).unwrap(), exponent: vec![1, 0, 1] }
    }

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        unbase64url(text).unwrap().try_into().unwrap()
    }

    /// Every key, how it signs, and a message with its signature.
    fn known() -> Vec<(PublicKey, Algorithm, &'static str, &'static str)> {
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
        vec![
            (rsa(A2_N), Algorithm::Rs256, A2_INPUT, A2_SIGNATURE),
            (rsa(PSS_N), Algorithm::Ps256, PSS_INPUT, PSS_SIGNATURE),
            (PublicKey::P256 { x: bytes(x), y: bytes(y) }, Algorithm::Es256, A3_INPUT, A3_SIGNATURE),
            (
                PublicKey::Ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
                Algorithm::EdDsa,
                ED_INPUT,
                ED_SIGNATURE,
            ),
        ]
    }

    // RFC 7515 appendix A.2.
    const A2_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const A2_INPUT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const A2_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    // RFC 7515 appendix A.3.
    const A3_INPUT: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const A3_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    // RFC 8037 appendix A.4.
    const ED_INPUT: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const ED_SIGNATURE: &str = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    // No RFC has a vector for PS256: this one was made with OpenSSL 3, whose key was thrown away.
    const PSS_INPUT: &str = "PS256 by another hand";
    const PSS_N: &str = "u4okGlOsnXumhNtx_rEptdArihM60dAJgmT2EH2C93bQlvhW-KKT80L20ktSQmO0rfMix-tToXupX5VxpDqL_v4rlXFhl9dHVScuDQtyL8QVRC7bwdJvQAl6_GaV3UEI7_rJsuHTRqhJQaVC5fcSiCB8ye-mEXxftWDBcTYPGta9X9olYUbtWSqKM3lx5tdcHkYca6YZjNsNRploeMLWjqRFtrABKa4Ki_Lreok5eu2eKyGG97OEeB0QOYznOd0HX5GSKG17vpxNWZDv2Uasp8XaXluxCaQGHh47iGSgdkmWWmiwbI26do6vX55bguK0kkjSaCbAOE5v7YvKikYWzw";
    const PSS_SIGNATURE: &str = "UoG_1etgJ7bAA-2HLKtrupCZ0fSAJQ6CYPJk5YD9DE5dJh6w4VXd6BE8FftO2aWo9kTbegjxBQ190QrGfEy7JE2A_JiqNT38nqCWIbH_2sTJQ2LmuG92nY6Pry6EUVOL6axFYkpYZWhwa9GnCW9Oa4ciBW-4160fO-F5oqIacs-6yswYGmydoHlDjQsjbgy1EH9co-1ojT50j9zwfp3D8hcH8gIHl5zTBNvjKLtq2ZWty9qXUHAPdcOKvPoWrzKPbSLmWWeRIdzThzZUfrO8ooSAZfG9Nl6XSccj3aPSIVz3qiXCijqTuPMBPjq82WEshbZ8f1n4HlnjOvHDLDSA9w";
    // The same for an RSA key of 1,024 bits and RS256.
    const SHORT_N: &str = "sq17PK1eTT_bCfNOw10SpsaDjnba9AJ3-vgAsy7127ZFMPqslZMA8v0lv00qD1JsvFrrGUl1HuNR8wpYQW5nstLyHi4xCAbfm560Lk35gyMI7dYI_Io1Z4YbIOCcEYkDfAfS_a5s9q8tpuU-7MhjmojksCYvlvgSzoeHW6Pkn_s";
    const SHORT_SIGNATURE: &str = "MS0SKj0G8MqhyynxNbcl-jZPH90b9VG4F0IWfsOkB86C75fdLn2MZBDRC5jYi8JNMS-CY0paU10f4vFy4Ut9S0TSmCCgJdBy9RvFQ1gocfXKTdMCG2iU1odDqL_kOOF16L8wg9gu5jVjEQRP7I5S63Zo-0xt2jb2JCKNPptpuwM";

    #[test]
    fn every_algorithm_gives_the_standards_own_values() {
        for (key, algorithm, message, signature) in known() {
            let signature = unbase64url(signature).unwrap();
            assert_eq!(key.verify(algorithm, message.as_bytes(), &signature), Ok(()), "{algorithm:?}");
            assert!(key.verify(algorithm, format!("{message}x").as_bytes(), &signature).is_err(), "{algorithm:?}");
            for at in [0, signature.len() / 2, signature.len() - 1] {
                let mut altered = signature.clone();
                altered[at] ^= 1;
                assert!(key.verify(algorithm, message.as_bytes(), &altered).is_err(), "{algorithm:?}");
            }
            for wrong in [&signature[1..], &[], &[signature.as_slice(), &[0]].concat()] {
                assert!(key.verify(algorithm, message.as_bytes(), wrong).is_err(), "{algorithm:?}");
            }
        }
    }

    #[test]
    fn a_key_verifies_only_what_belongs_to_its_kind() {
        for (key, own, message, signature) in known() {
            let signature = unbase64url(signature).unwrap();
            for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
                assert_eq!(
                    key.verify(algorithm, message.as_bytes(), &signature).is_ok(),
                    algorithm == own,
                    "{own:?} {algorithm:?}"
                );
            }
        }
        for name in ["none", "None", "", "HS256", "HS512", "RS1", "RS384", "rs256", "ES384", "ES256K", "A256GCM"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }

    #[test]
    fn short_and_broken_keys_verify_nothing() {
        let signature = unbase64url(SHORT_SIGNATURE).unwrap();
        assert!(rsa(SHORT_N).verify(Algorithm::Rs256, PSS_INPUT.as_bytes(), &signature).is_err());
        let zero = PublicKey::P256 { x: [0; 32], y: [0; 32] };
        assert!(zero.verify(Algorithm::Es256, b"", &[0; 64]).is_err());
        let empty = PublicKey::Rsa { modulus: Vec::new(), exponent: Vec::new() };
        assert!(empty.verify(Algorithm::Rs256, b"", &[0; 256]).is_err());
        let padded =
            PublicKey::Rsa { modulus: [vec![0], unbase64url(A2_N).unwrap()].concat(), exponent: vec![1, 0, 1] };
        assert!(padded.verify(Algorithm::Rs256, A2_INPUT.as_bytes(), &unbase64url(A2_SIGNATURE).unwrap()).is_ok());
    }
}
