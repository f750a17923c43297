//! Who asks, by token.

use accounts::Accounts;
use authz::Cx;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, header};

use super::asked::Asked;
use crate::Refusal;

/// A request with a token that was recognised (RFC 6750 §2.1). No browser adds one by itself, so no other site can.
#[derive(Clone)]
pub struct Bearer(pub Cx);

impl<S> FromRequestParts<S> for Bearer
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let asked = Asked::from_request_parts(parts, state).await?;
        let token = token(&parts.headers).ok_or_else(Refusal::signed_out)?;
        let accounts = Accounts::from_ref(state);
        Ok(Self(accounts.authenticate_token(token, asked.origin(), asked.request, asked.lang).await?))
    }
}

/// Returns the one token of a request.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = lines.next()?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && lines.next().is_none()).then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_is_read_and_two_are_none() {
        let read = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::AUTHORIZATION, line.parse().unwrap());
            }
            token(&headers).map(str::to_owned)
        };
        assert_eq!(read(&["Bearer custos_x"]), Some("custos_x".to_owned()));
        assert_eq!(read(&["bearer  custos_x"]), Some("custos_x".to_owned()));
        for none in [&[][..], &["custos_x"], &["Basic eA=="], &["Bearer a", "Bearer b"]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
