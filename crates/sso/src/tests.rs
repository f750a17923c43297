//! Each check has a token that fails only it.

use authz::{Level, Role};
use crypto::{Algorithm, SigningKey, base64url, sha256, sha512};
use kernel::{Fault as _, Timestamp};
use serde_json::{Map, Value, json};

use crate::claims::{Claims, Expected, LoggedOut};
use crate::provider::Metadata;
use crate::{Settings, SsoFault, rule};
use proofs::jws::{Keys, Token};

const ISSUER: &str = "https://id.example.com";
const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_micros(NOW * 1_000_000)
}

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn jwk(id: &str, seed: u8) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "use": "sig", "x": base64url(&signer(seed).verifying().to_bytes())})
}

fn keys(of: &[Value]) -> Keys {
    Keys::parse(json!({ "keys": of }).to_string().as_bytes()).unwrap()
}

fn token(header: &Value, claims: &Value, seed: u8) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", base64url(&signer(seed).sign(signed.as_bytes())))
}

fn good_header() -> Value {
    json!({"alg": "EdDSA", "kid": "one"})
}

fn good() -> Value {
    json!({
        "iss": ISSUER, "aud": "custos", "sub": "mei", "nonce": "n-1", "iat": NOW - 5, "exp": NOW + 300, "auth_time": NOW - 60,
        "at_hash": base64url(&sha256(b"access")[..16]),
    })
}

/// Returns the claims with some of them changed; null takes one away.
fn with(claims: Value, changes: &Value) -> Value {
    let Value::Object(mut map) = claims else { panic!("not an object") };
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            map.remove(name)
        } else {
            map.insert(name.clone(), value.clone())
        };
    }
    Value::Object(map)
}

fn opened(text: &str, keys: &Keys) -> Result<Map<String, Value>, SsoFault> {
    Ok(Token::parse(text)?.open(keys)?)
}

fn expected(anew: bool) -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client: "custos",
        nonce: "n-1",
        access: Some("access"),
        algorithm: Algorithm::Es256,
        since: now().minus(std::time::Duration::from_secs(3_600)),
        anew,
        now: now(),
    }
}

fn checked_as(kind: Option<&str>, claims: &Value, anew: bool) -> Result<Claims, SsoFault> {
    Claims::check(kind, claims.as_object().unwrap().clone(), &expected(anew))
}

fn checked(claims: &Value) -> Result<Claims, SsoFault> {
    checked_as(Some("JWT"), claims, true)
}

fn why<T>(result: Result<T, SsoFault>) -> (&'static str, &'static str) {
    let fault = result.err().unwrap();
    (fault.code(), fault.why().unwrap())
}

#[test]
fn a_good_token_holds() {
    let keys = keys(&[jwk("one", 1), jwk("two", 2)]);
    let claims = opened(&token(&good_header(), &good(), 1), &keys).unwrap();
    let claims = checked(&Value::Object(claims)).unwrap();
    assert_eq!(claims.subject(), "mei");
    for also in [
        json!({"aud": ["custos"]}),
        json!({"aud": ["custos", "other"], "azp": "custos"}),
        json!({"azp": "custos"}),
        json!({"exp": NOW - 119}),
        json!({"iat": NOW + 119, "exp": NOW + 300}),
        json!({"iat": NOW - 700, "exp": NOW + 300}),
        json!({"iat": 1_799_999_995.75, "exp": 1_800_000_300.5}),
        json!({"at_hash": null}),
        json!({"auth_time": NOW - 3_600 - 119}),
        json!({"anything": {"else": []}}),
    ] {
        assert!(checked(&with(good(), &also)).is_ok(), "{also}");
    }
    assert!(checked_as(None, &with(good(), &json!({"auth_time": null})), false).is_ok());
}

#[test]
fn each_claim_that_is_wrong_is_found_alone() {
    for (change, found) in [
        (json!({"iss": "https://id.example.com/"}), "issuer"),
        (json!({"iss": "https://evil.example.com"}), "issuer"),
        (json!({"iss": null}), "issuer"),
        (json!({"aud": "other"}), "audience"),
        (json!({"aud": ["other"]}), "audience"),
        (json!({"aud": []}), "audience"),
        (json!({"aud": null}), "audience"),
        (json!({"aud": {"custos": true}}), "audience"),
        (json!({"aud": ["custos", "other"]}), "party"),
        (json!({"azp": "other"}), "party"),
        (json!({"aud": ["custos", "other"], "azp": "other"}), "party"),
        (json!({"azp": 7}), "party"),
        (json!({"exp": null}), "expiry"),
        (json!({"exp": "soon"}), "expiry"),
        (json!({"exp": 1e300}), "expiry"),
        (json!({"exp": NOW - 121}), "expired"),
        (json!({"exp": -1}), "expired"),
        (json!({"iat": null}), "issued"),
        (json!({"iat": NOW + 121, "exp": NOW + 300}), "future"),
        (json!({"nbf": NOW + 121}), "future"),
        (json!({"iat": NOW - 721, "exp": NOW + 300}), "old"),
        (json!({"nonce": "n-2"}), "nonce"),
        (json!({"nonce": "n-1 "}), "nonce"),
        (json!({"nonce": null}), "nonce"),
        (json!({"sub": ""}), "subject"),
        (json!({"sub": null}), "subject"),
        (json!({"sub": 7}), "subject"),
        (json!({"sub": "x".repeat(256)}), "subject"),
        (json!({"at_hash": "wrong"}), "access token"),
        (json!({"at_hash": 7}), "access token"),
        (json!({"auth_time": null}), "not anew"),
        (json!({"auth_time": NOW - 3_600 - 121}), "not anew"),
        (json!({"events": {}}), "kind"),
    ] {
        assert_eq!(why(checked(&with(good(), &change))).1, found, "{change}");
    }
    for kind in ["at+jwt", "logout+jwt", "dpop+jwt", ""] {
        assert_eq!(why(checked_as(Some(kind), &good(), true)).1, "kind", "{kind}");
    }
    assert_eq!(why(checked_as(None, &with(good(), &json!({"auth_time": NOW - 50_000})), false)).1, "not anew");
}

#[test]
fn an_access_token_is_hashed_as_the_token_is_signed() {
    let long = base64url(&sha512(b"access")[..32]);
    let short = base64url(&sha256(b"access")[..16]);
    for (algorithm, hash, holds) in [
        (Algorithm::EdDsa, &long, true),
        (Algorithm::EdDsa, &short, false),
        (Algorithm::EdDsa, &base64url(&sha512(b"another")[..32]), false),
        (Algorithm::Rs256, &short, true),
        (Algorithm::Ps256, &short, true),
        (Algorithm::Es256, &long, false),
    ] {
        let claims = with(good(), &json!({"at_hash": hash}));
        let expected = Expected { algorithm, ..expected(true) };
        let checked = Claims::check(Some("JWT"), claims.as_object().unwrap().clone(), &expected);
        assert_eq!(checked.is_ok(), holds, "{algorithm:?} {hash}");
    }
}

#[test]
fn a_clock_that_is_wrong_is_told_apart_from_a_token_that_is() {
    assert_eq!(why(checked(&with(good(), &json!({"exp": NOW - 500})))).0, "sso-clock");
    assert_eq!(why(checked(&with(good(), &json!({"nonce": "x"})))).0, "sso-token");
}

#[test]
fn each_signature_that_is_wrong_is_found_alone() {
    let known = keys(&[jwk("one", 1), jwk("two", 2)]);
    let of = |header: Value, seed| token(&header, &good(), seed);
    let text = of(good_header(), 1);
    let mut parts = text.split('.').map(str::to_owned).collect::<Vec<_>>();
    parts[1] = base64url(with(good(), &json!({"sub": "admin"})).to_string().as_bytes());
    let none = |header: Value| format!("{}.{}.", base64url(header.to_string().as_bytes()), parts[1]);
    for (text, found) in [
        (parts.join("."), "signature"),
        (of(good_header(), 2), "signature"),
        (format!("{text}AA"), "signature"),
        (of(json!({"alg": "EdDSA", "kid": "three"}), 1), "key"),
        (of(json!({"alg": "EdDSA"}), 1), "key"),
        (of(json!({"alg": "RS256", "kid": "one"}), 1), "key"),
        (of(json!({"alg": "ES256", "kid": "one"}), 1), "key"),
        (of(json!({"alg": "none", "kid": "one"}), 1), "algorithm"),
        (none(json!({"alg": "none"})), "algorithm"),
        (none(json!({"alg": "None"})), "algorithm"),
        (none(json!({"alg": "HS256"})), "algorithm"),
        (of(json!({"alg": "HS256", "kid": "one"}), 1), "algorithm"),
        (of(json!({"kid": "one"}), 1), "algorithm"),
        (of(json!({"alg": ["EdDSA"], "kid": "one"}), 1), "algorithm"),
        (of(json!({"alg": "EdDSA", "kid": "one", "crit": ["exp"], "exp": 1}), 1), "critical"),
        (of(json!({"alg": "EdDSA", "kid": "one", "b64": false}), 1), "critical"),
        (String::new(), "malformed"),
        ("a.b".to_owned(), "malformed"),
        ("a.b.c".to_owned(), "malformed"),
        (format!("{text}.x"), "malformed"),
        (format!("{text}="), "malformed"),
        ("e30.e30.".repeat(3_000), "malformed"),
        (of(json!(7), 1), "malformed"),
    ] {
        assert_eq!(why(opened(&text, &known)).1, found, "{text}");
    }
}

#[test]
fn a_key_in_the_token_is_not_looked_at() {
    let header = json!({"alg": "EdDSA", "kid": "mine", "jwk": jwk("mine", 9), "jku": "https://evil.example/keys", "x5u": "https://evil.example"});
    assert_eq!(why(opened(&token(&header, &good(), 9), &keys(&[jwk("one", 1)]))).1, "key");
}

#[test]
fn keys_of_other_kinds_and_for_other_ends_are_left_out() {
    let x = base64url(&signer(1).verifying().to_bytes());
    for left_out in [
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "one", "use": "enc", "x": x}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "one", "alg": "HS256", "x": x}),
        json!({"kty": "OKP", "crv": "X25519", "kid": "one", "x": x}),
        json!({"kty": "oct", "kid": "one", "k": x}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": "short"}),
        json!({"kid": "one"}),
        json!("one"),
    ] {
        assert!(
            opened(&token(&good_header(), &good(), 1), &keys(std::slice::from_ref(&left_out))).is_err(),
            "{left_out}"
        );
    }
    let alone = keys(&[jwk("one", 1)]);
    assert!(opened(&token(&json!({"alg": "EdDSA"}), &good(), 1), &alone).is_ok(), "the only key needs no name");
    assert!(Keys::parse(b"[]").is_none() && Keys::parse(b"{}").is_none());
}

fn told() -> Value {
    json!({
        "iss": ISSUER, "aud": "custos", "sub": "mei", "sid": "s-1", "jti": "j-1", "iat": NOW, "exp": NOW + 120,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    })
}

fn heard(kind: Option<&str>, claims: &Value) -> Result<LoggedOut, SsoFault> {
    LoggedOut::check(kind, claims.as_object().unwrap(), (ISSUER, "custos"), now())
}

#[test]
fn each_thing_wrong_with_a_logout_token_is_found_alone() {
    assert_eq!(heard(Some("logout+jwt"), &told()).unwrap().session.as_deref(), Some("s-1"));
    assert!(heard(None, &with(told(), &json!({"sid": null}))).is_ok());
    assert!(heard(None, &with(told(), &json!({"sub": null}))).is_ok());
    for (change, found) in [
        (json!({"iss": "https://evil.example.com"}), "issuer"),
        (json!({"aud": "other"}), "audience"),
        (json!({"iat": null}), "issued"),
        (json!({"exp": NOW - 200}), "expired"),
        (json!({"iat": NOW - 900, "exp": NOW + 900}), "old"),
        (json!({"events": null}), "event"),
        (json!({"events": {"http://schemas.openid.net/event/other": {}}}), "event"),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": 7}}), "event"),
        (json!({"nonce": "n-1"}), "nonce"),
        (json!({"sub": null, "sid": null}), "subject"),
        (json!({"jti": null}), "id"),
    ] {
        assert_eq!(why(heard(Some("logout+jwt"), &with(told(), &change))).1, found, "{change}");
    }
    assert_eq!(why(heard(Some("at+jwt"), &told())).1, "kind");
}

fn settings() -> Settings {
    Settings {
        name: "Northlight ID".to_owned(),
        issuer: ISSUER.to_owned(),
        client_id: "custos".to_owned(),
        client_secret: None,
        role_claim: None,
        roles: std::collections::BTreeMap::new(),
        sign_up_domains: Vec::new(),
        sign_up_roles: vec![Role::Viewer],
        multi: vec!["urn:two".to_owned()],
        resistant: vec!["phr".to_owned()],
    }
}

#[test]
fn what_the_provider_does_not_say_is_not_assumed() {
    let level = |change: Value| rule::assurance(&settings(), &checked(&with(good(), &change)).unwrap(), now()).level;
    for (change, expected) in [
        (json!({}), Level::Single),
        (json!({"amr": ["pwd"]}), Level::Single),
        (json!({"amr": ["hwk"], "acr": "high"}), Level::Single),
        (json!({"amr": ["pwd", "mfa"]}), Level::Multi),
        (json!({"acr": "urn:two"}), Level::Multi),
        (json!({"acr": "mfa"}), Level::Single),
        (json!({"amr": ["phr"]}), Level::Resistant),
        (json!({"acr": "phr", "amr": ["mfa"]}), Level::Resistant),
    ] {
        assert_eq!(level(change.clone()), expected, "{change}");
    }
    let at = |change: Value| {
        let claims = checked_as(None, &with(good(), &change), false).unwrap();
        rule::assurance(&settings(), &claims, now()).at
    };
    assert_eq!(at(json!({})), now().minus(std::time::Duration::from_secs(60)));
    assert_eq!(at(json!({"auth_time": null})), Timestamp::from_micros(0), "not said, so long ago");
    assert_eq!(at(json!({"auth_time": NOW + 100})), now(), "never later than now");
}

#[test]
fn roles_follow_the_claim_only_where_it_is_mapped() {
    let mut settings = settings();
    let of = |settings: &Settings, change: Value| rule::roles(settings, &checked(&with(good(), &change)).unwrap());
    assert_eq!(of(&settings, json!({"groups": ["administrator"]})).unwrap(), None);
    settings.role_claim = Some("groups".to_owned());
    settings.roles.insert("crm".to_owned(), vec![Role::Agent]);
    settings.roles.insert("crm-leads".to_owned(), vec![Role::Manager, Role::Agent]);
    let roles = of(&settings, json!({"groups": ["crm", "crm-leads", "cooks"]})).unwrap();
    assert_eq!(roles, Some(vec![Role::Manager, Role::Agent]));
    assert_eq!(of(&settings, json!({"groups": "crm"})).unwrap(), Some(vec![Role::Agent]));
    for none in
        [json!({}), json!({"groups": []}), json!({"groups": ["administrator", "CRM"]}), json!({"groups": {"crm": 1}})]
    {
        assert!(matches!(of(&settings, none.clone()), Err(SsoFault::NoRole)), "{none}");
    }
}

#[test]
fn only_a_verified_address_of_a_named_domain_signs_up() {
    let mut settings = settings();
    settings.sign_up_domains = vec!["example.org".to_owned()];
    let of = |settings: &Settings, change: Value| {
        rule::sign_up(settings, &checked(&with(good(), &change)).unwrap(), None).map(|new| (new.name, new.roles))
    };
    let mei = json!({"email": "Mei@Example.org", "email_verified": true, "name": "Mei Lin"});
    assert_eq!(of(&settings, mei.clone()), Some(("Mei Lin".to_owned(), vec![Role::Viewer])));
    assert_eq!(of(&settings, with(mei.clone(), &json!({"name": "a\u{0}b"}))).unwrap().0, "mei");
    for change in [
        json!({"email_verified": false}),
        json!({"email_verified": "true"}),
        json!({"email_verified": null}),
        json!({"email": "mei@example.org.evil.example"}),
        json!({"email": "mei@sub.example.org"}),
        json!({"email": "mei@example.org@evil.example"}),
        json!({"email": null}),
    ] {
        assert_eq!(of(&settings, with(mei.clone(), &change)), None, "{change}");
    }
    settings.sign_up_domains.clear();
    assert_eq!(of(&settings, mei), None, "nobody signs up unless the operator says so");
}

#[test]
fn a_provider_that_says_something_else_than_it_should_is_not_used() {
    let good = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://id.example.com/auth", "token_endpoint": "https://id.example.com/token",
        "jwks_uri": "https://id.example.com/keys", "code_challenge_methods_supported": ["S256"],
    });
    let read = |change: &Value| Metadata::parse(with(good.clone(), change).to_string().as_bytes(), ISSUER);
    assert!(read(&json!({})).is_ok());
    assert!(read(&json!({"code_challenge_methods_supported": null})).is_ok());
    for change in [
        json!({"issuer": "https://id.example.com/"}),
        json!({"issuer": "https://evil.example.com"}),
        json!({"issuer": null}),
        json!({"token_endpoint": null}),
        json!({"token_endpoint": "ftp://id.example.com/token"}),
        json!({"jwks_uri": "https://me:it@id.example.com/keys"}),
        json!({"authorization_endpoint": "http://id.example.com/auth"}),
        json!({"end_session_endpoint": "http://id.example.com/end"}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
        json!({"end_session_endpoint": "javascript:alert(1)"}),
        json!({"code_challenge_methods_supported": ["plain"]}),
    ] {
        assert!(read(&change).is_err(), "{change}");
    }
    assert!(Metadata::parse(b"<html>", ISSUER).is_err());
}
