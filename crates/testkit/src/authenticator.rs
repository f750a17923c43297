//! A device that keeps passkeys, in software (WebAuthn Level 3 §6): honest unless a test tells it otherwise.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use minicbor::Encoder;
use serde_json::{Value, json};

/// A passkey in the device.
struct Held {
    id: Vec<u8>,
    pair: EcdsaKeyPair,
    site: String,
    user: String,
}

/// A device with one person in front of it.
pub struct Authenticator {
    held: Option<Held>,
    /// How often it has signed; stays 0 where it does not count.
    pub count: u32,
    /// Whether it counts.
    pub counts: bool,
    /// Whether it verifies its person.
    pub verifies: bool,
    /// Whether it syncs its keys.
    pub syncs: bool,
    /// The site it signs for instead of the one it is asked for.
    pub lies_about_site: Option<String>,
    /// The person it names instead of the one the passkey was made for.
    pub lies_about_person: Option<String>,
}

impl Default for Authenticator {
    fn default() -> Self {
        Self {
            held: None,
            count: 0,
            counts: true,
            verifies: true,
            syncs: false,
            lies_about_site: None,
            lies_about_person: None,
        }
    }
}

fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {value}")).to_owned()
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let data =
        json!({ "type": kind, "challenge": text(options, "/challenge"), "origin": origin, "crossOrigin": false });
    data.to_string().into_bytes()
}

impl Authenticator {
    /// Makes a passkey, as `navigator.credentials.create` does, and returns what goes to the server.
    ///
    /// # Panics
    /// If the options are not what a browser takes.
    pub fn make(&mut self, options: &str, origin: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = digest(&SHA256, pair.public_key().as_ref()).as_ref().to_vec();
        self.held = Some(Held { id, pair, site: text(&options, "/rp/id"), user: text(&options, "/user/id") });
        self.present(&options, origin)
    }

    /// Says that the passkey it holds was made just now, which no honest device does.
    ///
    /// # Panics
    /// If the options are not what a browser takes, or there is no passkey.
    pub fn make_again(&mut self, options: &str, origin: &str) -> String {
        self.present(&serde_json::from_str(options).unwrap(), origin)
    }

    fn present(&self, options: &Value, origin: &str) -> String {
        let client = client_data("webauthn.create", options, origin);
        let mut object = Vec::new();
        let data = self.data(true);
        let mut cbor = Encoder::new(&mut object);
        cbor.map(3).unwrap().str("fmt").unwrap().str("none").unwrap();
        cbor.str("attStmt").unwrap().map(0).unwrap().str("authData").unwrap().bytes(&data).unwrap();
        let id = crypto::base64url(&self.held.as_ref().unwrap().id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "attestationObject": crypto::base64url(&object), "clientDataJSON": crypto::base64url(&client),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// Signs with the passkey, as `navigator.credentials.get` does, and returns what goes to the server.
    ///
    /// # Panics
    /// If the options are not what a browser takes, or there is no passkey.
    pub fn sign(&mut self, options: &str, origin: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        if self.counts {
            self.count += 1;
        }
        let client = client_data("webauthn.get", &options, origin);
        let data = self.data(false);
        let held = self.held.as_ref().unwrap();
        let message = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = held.pair.sign(&SystemRandom::new(), &message).unwrap();
        let user = self.lies_about_person.clone().unwrap_or_else(|| held.user.clone());
        let id = crypto::base64url(&held.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": crypto::base64url(&data), "clientDataJSON": crypto::base64url(&client),
                "signature": crypto::base64url(signature.as_ref()), "userHandle": user,
            },
        })
        .to_string()
    }

    /// Spells the authenticator data (§6.1), with the public key where the passkey is new.
    fn data(&self, fresh: bool) -> Vec<u8> {
        let held = self.held.as_ref().unwrap();
        let site = self.lies_about_site.as_ref().unwrap_or(&held.site);
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        let flags = 1 | flag(self.verifies, 4) | flag(self.syncs, 8 | 16) | flag(fresh, 64);
        let mut data = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        if fresh {
            data.extend([0; 16]);
            data.extend(u16::try_from(held.id.len()).unwrap().to_be_bytes());
            data.extend(&held.id);
            let (x, y) = held.pair.public_key().as_ref()[1..].split_at(32);
            let mut cbor = Encoder::new(&mut data);
            cbor.map(5).unwrap().i8(1).unwrap().i8(2).unwrap().i8(3).unwrap().i8(-7).unwrap();
            cbor.i8(-1).unwrap().i8(1).unwrap().i8(-2).unwrap().bytes(x).unwrap().i8(-3).unwrap().bytes(y).unwrap();
        }
        data
    }
}
