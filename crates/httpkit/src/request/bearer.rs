//! Who asks, by token.

use authz::Cx;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use kernel::Fault as _;
use tokens::{Presented, TokenFault, Tokens};

use super::asked::Asked;
use crate::{Refusal, rate};

/// A request with a token that was recognised: by itself (RFC 6750 §2.1), or with the proof of a key (RFC 9449 §7.1). No browser
/// adds one by itself, so no other site can.
#[derive(Clone)]
pub struct Bearer(pub Cx);

/// The header with the proof.
const PROOF: HeaderName = HeaderName::from_static("dpop");
/// What a program is told whose token is bound to a key.
const BOUND: &str = "DPoP realm=\"custos\", error=\"invalid_token\", algs=\"ES256 EdDSA\"";
/// What it is told about a proof that does not hold.
const PROOF_REFUSED: &str = "DPoP realm=\"custos\", error=\"invalid_dpop_proof\", algs=\"ES256 EdDSA\"";

impl<S> FromRequestParts<S> for Bearer
where
    S: Send + Sync,
    Tokens: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let asked = Asked::from_request_parts(parts, state).await?;
        let (scheme, token) = presented(&parts.headers).ok_or_else(Refusal::signed_out)?;
        let url;
        let presented = match scheme {
            Scheme::Bearer => Presented::Bearer(token),
            Scheme::Dpop => {
                let (proof, method) = (proof(&parts.headers), parts.method.as_str());
                url = asked.absolute(parts.uri.path());
                Presented::Dpop { token, proof, method, url: &url }
            }
        };
        let tokens = Tokens::from_ref(state);
        match tokens.authenticate(presented, asked.origin(), asked.request, asked.lang).await {
            Ok(cx) => {
                rate::count(parts, &asked, &cx)?;
                Ok(Self(cx))
            }
            Err(fault) => Err(refuse(fault)),
        }
    }
}

/// Says no, and how it is done (RFC 9449 §7.1).
fn refuse(fault: TokenFault) -> Refusal {
    let challenge = match &fault {
        TokenFault::Unproven => Some(BOUND),
        TokenFault::Proof(_) => Some(PROOF_REFUSED),
        TokenFault::Refused | TokenFault::Account(_) => None,
    };
    let detail = match &fault {
        TokenFault::Proof(why) => Some(format!("the proof does not hold: {why}")),
        TokenFault::Unproven => Some("the token is bound to a key: send it as DPoP, with a proof".to_owned()),
        TokenFault::Refused | TokenFault::Account(_) => None,
    };
    if let TokenFault::Account(fault) = fault {
        return fault.into();
    }
    let refusal = Refusal::new(http::StatusCode::UNAUTHORIZED, fault.code());
    let refusal = detail.into_iter().fold(refusal, Refusal::detail);
    challenge
        .into_iter()
        .fold(refusal, |refusal, line| refusal.header(header::WWW_AUTHENTICATE, HeaderValue::from_static(line)))
}

/// How a token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

/// Returns the one token of a request.
fn presented(headers: &HeaderMap) -> Option<(Scheme, &str)> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = lines.next()?.to_str().ok()?.split_once(' ')?;
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        scheme if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return None,
    };
    lines.next().is_none().then(|| (scheme, token.trim()))
}

/// Returns the one proof of a request; of several none (RFC 9449 §4.3).
fn proof(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(PROOF).iter();
    let proof = lines.next()?.to_str().ok()?;
    lines.next().is_none().then_some(proof)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(name: HeaderName, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name.clone(), line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn one_token_is_read_and_two_are_none() {
        let read = |given: &[&str]| {
            presented(&lines(header::AUTHORIZATION, given)).map(|(scheme, token)| (scheme, token.to_owned()))
        };
        assert_eq!(read(&["Bearer custos_x"]), Some((Scheme::Bearer, "custos_x".to_owned())));
        assert_eq!(read(&["bearer  custos_x"]), Some((Scheme::Bearer, "custos_x".to_owned())));
        assert_eq!(read(&["dpop custos_x"]), Some((Scheme::Dpop, "custos_x".to_owned())));
        for none in [&[][..], &["custos_x"], &["Basic eA=="], &["Bearer a", "Bearer b"], &["Bearer a", "DPoP a"]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }

    #[test]
    fn one_proof_is_read_and_two_are_none() {
        assert_eq!(proof(&lines(PROOF, &["a.b.c"])), Some("a.b.c"));
        assert_eq!(proof(&lines(PROOF, &["a.b.c", "a.b.c"])), None);
        assert_eq!(proof(&HeaderMap::new()), None);
    }
}
