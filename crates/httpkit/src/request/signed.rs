//! Who asks, by cookie.

use std::sync::Arc;
use std::time::Duration;

use accounts::{Accounts, SignedUser};
use authz::Cx;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::asked::Asked;
use super::cross_site::Proof;
use crate::answer::cookie;
use crate::{Refusal, rate};

/// A request whose session was recognised, and that comes from our own pages if it changes something.
///
/// Without a session, a page that was asked for leads to the sign-in and back; everything else is answered 401.
#[derive(Clone)]
pub struct Signed {
    /// Who acts.
    pub cx: Cx,
    /// The person.
    pub user: Arc<SignedUser>,
    /// What the forms of this session carry in their hidden field `csrf`.
    pub csrf: String,
    /// How long the browser need not sign; nothing if the session is tied to none.
    pub fresh: Option<Duration>,
    /// What the browser is known by, if it holds that.
    pub device: Option<String>,
}

impl<S> FromRequestParts<S> for Signed
where
    S: Send + Sync,
    Accounts: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let asked = Asked::from_request_parts(parts, state).await?;
        let presented = cookie::presented(&parts.headers, &asked).ok_or_else(Refusal::signed_out)?;
        let accounts = Accounts::from_ref(state);
        let signed = accounts.authenticate_session(presented, asked.origin(), asked.request, asked.lang).await?;
        rate::count(parts, &asked, &signed.cx)?;
        if !parts.method.is_safe() && !is_proven(parts.extensions.get::<Proof>(), &signed.csrf) {
            return Err(Refusal::cross_site());
        }
        let device = cookie::presented_device(&parts.headers, &asked).map(str::to_owned);
        Ok(Self { cx: signed.cx, user: signed.user, csrf: signed.csrf, fresh: signed.fresh, device })
    }
}

/// A request from a page of ours that shows the cookie of a session, whatever that is worth: for the signature by which a
/// browser shows that the session is its own. Every browser that can sign says where a request comes from.
pub struct Held(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let asked = Asked::from_request_parts(parts, state).await?;
        let presented = cookie::presented(&parts.headers, &asked).ok_or_else(Refusal::signed_out)?;
        match parts.extensions.get::<Proof>() {
            Some(Proof::Headers) => Ok(Self(presented.to_owned())),
            Some(Proof::Token(_)) | None => Err(Refusal::cross_site()),
        }
    }
}

/// Tells whether a change comes from our own pages; without any proof in sight it does not.
fn is_proven(proof: Option<&Proof>, token: &str) -> bool {
    match proof {
        Some(Proof::Headers) => true,
        Some(Proof::Token(Some(presented))) => crypto::same(presented.as_bytes(), token.as_bytes()),
        Some(Proof::Token(None)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_needs_proof_or_the_sessions_token() {
        let token = |text: &str| Proof::Token(Some(text.to_owned()));
        assert!(is_proven(Some(&Proof::Headers), "t"));
        assert!(is_proven(Some(&token("t")), "t"));
        for wrong in [Some(token("u")), Some(token("")), Some(token("tt")), Some(Proof::Token(None)), None] {
            assert!(!is_proven(wrong.as_ref(), "t"), "{wrong:?}");
        }
    }
}
