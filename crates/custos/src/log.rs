//! Structured logs on standard error. Nothing personal goes in: handlers log ids, codes and patterns of paths.

use tracing_subscriber::EnvFilter;

/// Starts logging: `CUSTOS_LOG` filters (`info` when unset), `CUSTOS_LOG_FORMAT=json` writes one object a line.
pub(crate) fn start(default: &str) {
    let filter = EnvFilter::try_from_env("CUSTOS_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr);
    #[expect(clippy::disallowed_methods, reason = "the logger starts before any configuration is read")]
    let json = std::env::var("CUSTOS_LOG_FORMAT").is_ok_and(|format| format == "json");
    let started = if json { writer.json().try_init() } else { writer.compact().try_init() };
    // A second start in one process, as tests do, keeps the first.
    drop(started);
}
