//! A whole Custos in a folder of its own, for one test: either engine, a clock that stands, chance from a seed.
//!
//! - [`App`]: the house. [`App::finish`] checks what must hold after every test: the queue is empty, the ledger verifies, and
//!   none of the planted names lies in any file.
//! - [`Actor`]: somebody who signed in; a value that acts.
//! - [`Authenticator`]: a device that keeps passkeys, in software. [`Device`]: a browser that keeps a key.
//! - [`on_both_engines!`]: one test, two engines. PostgreSQL runs where `CUSTOS_TEST_POSTGRES` names a server, and says so
//!   where it does not.
//!
//! # How to add one more
//! Something every test should leave behind in order: `check.rs`. Somebody with another role: [`App::person`].

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skipped"
)]

mod actor;
mod app;
mod authenticator;
mod check;
mod device;

pub use actor::Actor;
pub use app::{App, PASSWORD};
pub use authenticator::Authenticator;
pub use device::Device;
pub use {kernel, tokens};

/// Declares each test once for each engine: `on_both_engines! { name => body; }`, where `body` is `async fn(App)`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* $name:ident => $body:path;)*) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(app) = $crate::App::start("sqlite").await { $body(app).await; }
            })*
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(app) = $crate::App::start("postgres").await { $body(app).await; }
            })*
        }
    };
}
