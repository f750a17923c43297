//! What accounts promise, on both engines.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr, reason = "a test")]

/// Runs each test on SQLite, and on PostgreSQL where there is one.
macro_rules! on_both_engines {
    ($($name:ident;)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { if let Some(house) = $crate::house::open("sqlite").await { super::$name(house).await; } })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { if let Some(house) = $crate::house::open("postgres").await { super::$name(house).await; } })*
        }
    };
}

mod device;
mod directory;
mod first_run;
mod house;
mod passkey;
mod passkey_refused;
mod people;
mod rest;
mod second_step;
mod session;
mod sign_in;
mod step_up;
