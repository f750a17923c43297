//! Queries, typed and as they were written.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::form::Pairs;
use crate::Refusal;

/// A query of a known shape, and its parts as they were written.
#[derive(Clone, Debug)]
pub struct Query<T> {
    /// The query.
    pub value: T,
    /// Its parts.
    pub pairs: Pairs,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let pairs = Pairs::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let query = query.map_err(|rejection| Refusal::malformed("query").detail(rejection.body_text()))?;
        Ok(Self { value: query.0, pairs })
    }
}

/// A query of any shape. A type of its own, because [`Pairs`] as an argument is a form.
#[derive(Clone, Debug)]
pub struct Params(pub Pairs);

impl std::ops::Deref for Params {
    type Target = Pairs;

    fn deref(&self) -> &Pairs {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Pairs::parse(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}
