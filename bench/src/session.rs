//! What it costs to recognise who asks: the check that every request with a cookie goes through, while it is remembered.

use std::time::Instant;

use anyhow::{Context as _, Result};
use kernel::Lang;
use ledger::{Origin, Via};
use testkit::{App, Device};

use crate::custos::processor_time;
use crate::report::{Bound, Line};

/// As many that the hundredths of a second in which the system counts make no difference.
const CHECKS: u32 = 400_000;

/// Measures the check of a session that is tied to a browser.
pub(crate) async fn check() -> Result<Line> {
    let app = App::start("sqlite").await.context("no house")?;
    let cookie = app.tied_founder(&Device::default()).await;
    let origin = Origin { via: Via::Web, ip: Some("203.0.113.7".parse()?), agent: Some("Chrome".to_owned()) };
    let request = app.request();
    let (before, started) = (processor_time(std::process::id()), Instant::now());
    for _ in 0..CHECKS {
        app.accounts.authenticate_session(&cookie, origin.clone(), request, Lang::En).await?;
    }
    let (took, passed) = (processor_time(std::process::id()) - before, started.elapsed());
    Ok(Line {
        name: "a session check, of a core".to_owned(),
        value: took / f64::from(CHECKS) * 1e6,
        unit: "µs",
        bound: Bound::AtMost(5.0),
        detail: format!("{CHECKS} in {:.2} s, one after the other", passed.as_secs_f64()),
    })
}
