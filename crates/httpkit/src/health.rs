//! Whether the server lives and can work, for whoever watches over it.

use std::future::Future;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use kernel::Fault;

use crate::{Mount as _, Refusal};

crate::routes! {
    /// Whether the process answers.
    Alive {} => "/healthz", [GET], public;
    /// Whether it can work: the database answers.
    Ready {} => "/readyz", [GET], public;
}

/// Puts `/healthz` and `/readyz` at their routes. `probe` asks what the server cannot work without.
pub fn health<P, W, F>(probe: P) -> Router
where
    P: Fn() -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<(), F>> + Send,
    F: Fault,
{
    let ready = move || {
        let probe = probe.clone();
        async move { probe().await.map(|()| (StatusCode::OK, "ready\n")).map_err(Refusal::from) }
    };
    Router::new().at::<Alive>(get(async || (StatusCode::OK, "alive\n"))).at::<Ready>(get(ready))
}
