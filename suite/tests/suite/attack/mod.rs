//! What somebody does who wants to be somebody else.

mod app;
mod bound;
pub(crate) mod budget;
mod copied;
mod forgery;
mod guess;
mod search;
mod session;
mod step_up;

/// Tells whether the long run is wanted.
fn long() -> bool {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so")]
    let long = std::env::var("CUSTOS_TEST_LONG").is_ok_and(|long| long == "1");
    long
}
